"""A file that is written appears whole or not at all: aside first, then renamed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.commands.inputs import BadInput
from api.commands.words import say


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give the path of a file to write; it takes the target's place once all went well.

    The file lies in a folder of its own beside the target, under the target's own name, since
    some writers look at the ending or put files of their own beside it.
    """
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise BadInput(say("input.unwritable", path=target)) from error
    try:
        unfinished = aside / target.name
        yield unfinished
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        raise BadInput(say("input.unwritable", path=target)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
