"""The municipalities that an installation's file lists now: looked at again while programs run."""

import logging
import threading
import time
from collections.abc import Mapping

from jobs.log_lines import fields
from jobs.municipalities import Municipality, read_municipalities
from jobs.settings import BadSetting, Settings

log = logging.getLogger("ibasho.jobs")

LOOKED_AT_EVERY_S = 1.0

Stamp = tuple[int, int, int]


class Listed:
    """What the file lists; read again when it has changed, and kept where it can't be used.

    now : by slug; another mapping when the list is another. Empty without a file
    trouble : why the file as it stands can't be used; None where it can
    """

    def __init__(self, given: Settings, *, every_s: float = LOOKED_AT_EVERY_S) -> None:
        """Raises `BadSetting`."""
        self._given = given
        self._every_s = every_s
        self._looking = threading.Lock()
        self._looked_at = time.monotonic()
        self._stamp = self._stamp_now()
        self.now: Mapping[str, Municipality] = self._read()
        self.trouble: str | None = None

    def is_due(self) -> bool:
        """Tell whether the file was last looked at so long ago that it should be again."""
        return (
            self._given.municipalities is not None
            and time.monotonic() - self._looked_at >= self._every_s
        )

    def look(self, *, at_once: bool = False) -> bool:
        """Read the file if it is time and it has changed; tell whether another list is in force."""
        with self._looking:
            if not at_once and not self.is_due():
                return False
            self._looked_at = time.monotonic()
            # Before the file is read: one that changes meanwhile is read once more.
            stamp = self._stamp_now()
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            try:
                found = self._read()
            except BadSetting as error:
                self.trouble = str(error)
                log.error(fields("municipalities_kept", reason=error))
                return False
            self.trouble = None
            before, self.now = self.now, found
            if before == found:
                return False
            log.warning(
                "municipalities_listed added=%s removed=%s changed=%s",
                _said(found.keys() - before.keys()),
                _said(before.keys() - found.keys()),
                _said({s for s in found.keys() & before.keys() if found[s] != before[s]}),
            )
            return True

    def _read(self) -> dict[str, Municipality]:
        found = read_municipalities(self._given)
        if self._given.municipalities is not None and not found:
            raise BadSetting(
                "the file of IBASHO_MUNICIPALITIES lists none; `ibasho municipality add` adds one"
            )
        return found

    def _stamp_now(self) -> Stamp | None:
        if self._given.municipalities is None:
            return None
        try:
            seen = self._given.municipalities.stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _said(slugs: set[str]) -> str:
    return ",".join(sorted(slugs)) or "-"
