"""What is stored of a password is argon2id, with work that a guesser has to do too."""

import importlib.util
from types import ModuleType

import pytest

from casework import passwords


@pytest.fixture(scope="module")
def as_it_runs() -> ModuleType:
    """The module as the program imports it; the tests' own process hashes with less work."""
    spec = importlib.util.spec_from_file_location("as_it_runs", passwords.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_hash_takes_32_mib_and_three_passes(as_it_runs: ModuleType) -> None:
    kept = as_it_runs.hashed("a long enough password")
    assert kept.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert as_it_runs.matches(kept, "a long enough password")
    assert not as_it_runs.matches(kept, "a long enough passwort")


def test_a_hash_of_less_work_is_still_checked(as_it_runs: ModuleType) -> None:
    """As one is that was stored before the work was raised."""
    older = passwords.hashed("a long enough password")
    assert not older.startswith("$argon2id$v=19$m=32768,")
    assert as_it_runs.matches(older, "a long enough password")
