"""Functions that run as machine code: plain loops over arrays, compiled by Numba when first used.

What was compiled is kept beside the package (or in NUMBA_CACHE_DIR), under a name made of all the
package's sources: a change in one file is a change in every loop that it reaches.
"""

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

HERE = Path(__file__).parent


def compiled(function: F) -> F:
    """Return a function compiled for the types it is called with; it holds no lock meanwhile.

    Where nothing can be written beside the package, it is compiled anew in each process.
    """
    source = sys.modules[function.__module__].__file__
    assert source is not None
    settings: Any = numba.config
    before = settings.CACHE_DIR
    package = Path(source).parent
    kept = Path(before) / package.name if before else package / "__pycache__"
    settings.CACHE_DIR = str(kept / _version(package))
    try:
        made: Any = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to keep it
        made = numba.njit(nogil=True)(function)
    finally:
        settings.CACHE_DIR = before
    return cast(F, made)


@cache
def _version(package: Path) -> str:
    """Return the name under which the compiled functions of a package as it is now are kept."""
    digest = hashlib.sha256()
    for source in sorted({*HERE.glob("*.py"), *package.glob("*.py")}):
        digest.update(source.read_bytes())
    return f"compiled-{digest.hexdigest()[:16]}"
