"""Gives out the tests to the processes of a run."""

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser"


class WithOneBrowser(LoadScopeScheduling):
    """Gives out the tests one by one, but those of the pages in a browser in one piece.

    (`--dist loadgroup` of pytest-xdist 3.8 finds no groups with pytest 9: it changes a test's id,
    which can no longer be changed.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else nodeid
