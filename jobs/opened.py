"""The programs of an installation's municipalities, opened when they are first needed.

A process holds so many open at once; of those that nobody uses, the one used longest ago is closed.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from jobs.municipalities import read_municipalities
from jobs.program import Program, open_program
from jobs.settings import Settings

ONLY = ""
"""The slug of the one municipality of an installation that names none."""


class NoSuchMunicipality(LookupError):
    """No municipality of this installation has that name."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"no municipality is called {slug!r}")


@dataclass
class _Held:
    program: Program
    users: int = 0


class Programs:
    """Opens, holds and closes the programs of several municipalities, for any number of threads.

    settings : of each municipality, by slug
    at_most : how many are held open; more only while all of them are in use
    closed : told the slug of each that was closed
    """

    def __init__(
        self,
        settings: Mapping[str, Settings],
        *,
        at_most: int,
        closed: Callable[[str], None] = lambda _slug: None,
    ) -> None:
        self._settings = settings
        self._at_most = max(at_most, 1)
        self._closed = closed
        self._lock = threading.Lock()
        self._opening = {slug: threading.Lock() for slug in settings}
        self._held: OrderedDict[str, _Held] = OrderedDict()

    @classmethod
    def only(cls, program: Program) -> "Programs":
        """Return the programs of an installation of one municipality, which is open already."""
        programs = cls({ONLY: program.settings}, at_most=1)
        programs._held[ONLY] = _Held(program)
        return programs

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(self._settings)

    def open_now(self) -> tuple[str, ...]:
        """Return which are open at this moment."""
        with self._lock:
            return tuple(self._held)

    def take_open(self, slug: str) -> Program | None:
        """Return a program that is open already, for use until `give_back`; never waits."""
        with self._lock:
            held = self._held.get(slug)
            if held is None:
                return None
            held.users += 1
            self._held.move_to_end(slug)
            return held.program

    def take(self, slug: str) -> Program:
        """Return a program, opened if need be, for use until `give_back`.

        Raises `NoSuchMunicipality`, and whatever opening a database may raise.
        """
        if slug not in self._settings:
            raise NoSuchMunicipality(slug)
        with self._opening[slug]:  # the others go on meanwhile
            program = self.take_open(slug)
            if program is None:
                program = open_program(self._settings[slug])
                with self._lock:
                    self._held[slug] = _Held(program, users=1)
                self._close_over()
        return program

    def give_back(self, slug: str) -> None:
        """Say that one use of a program is over."""
        with self._lock:
            self._held[slug].users -= 1

    @contextmanager
    def use(self, slug: str) -> Iterator[Program]:
        """Take a program for as long as the block runs."""
        program = self.take(slug)
        try:
            yield program
        finally:
            self.give_back(slug)

    def _close_over(self) -> None:
        with self._lock:
            idle = [slug for slug, held in self._held.items() if not held.users]
            over = idle[: max(len(self._held) - self._at_most, 0)]
            closing = [(slug, self._held.pop(slug)) for slug in over]
        for slug, held in closing:
            held.program.close()
            self._closed(slug)

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            held, self._held = self._held, OrderedDict()
        for one in held.values():
            one.program.close()


def programs_of(
    settings: Settings, *, closed: Callable[[str], None] = lambda _slug: None
) -> Programs:
    """Return the programs of an installation, of one municipality or of several, none open yet."""
    several = read_municipalities(settings)
    each = {slug: one.settings for slug, one in several.items()} or {ONLY: settings}
    return Programs(each, at_most=settings.open_municipalities, closed=closed)
