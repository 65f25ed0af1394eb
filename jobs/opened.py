"""The programs of an installation's municipalities, opened when they are first needed.

A process holds so many open at once; of those that nobody uses, the one used longest ago is closed.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from jobs.listed import Listed
from jobs.municipalities import Municipality
from jobs.program import Program, open_program
from jobs.settings import Settings

ONLY = ""
"""The slug of the one municipality of an installation that names none."""


class NoSuchMunicipality(LookupError):
    """No municipality of this installation has that name."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"no municipality is called {slug!r}")


@dataclass(eq=False)
class _Held:
    slug: str
    program: Program
    users: int = 0
    is_over: bool = False  # listed no more, or otherwise: closed when its last user is done


class Programs:
    """Opens, holds and closes the programs of several municipalities, for any number of threads.

    settings : of each municipality, by slug
    at_most : how many are held open; more only while all of them are in use
    closed : told the slug of each that was closed
    listed : where the settings come from, when they may change; see `look_again`
    followed : the list by which it goes
    """

    def __init__(
        self,
        settings: Mapping[str, Settings],
        *,
        at_most: int,
        closed: Callable[[str], None] = lambda _slug: None,
        listed: Listed | None = None,
    ) -> None:
        self._settings = settings
        self._at_most = max(at_most, 1)
        self._closed = closed
        self._listed = listed
        self.followed: Mapping[str, Municipality] = {} if listed is None else listed.now
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._of_program: dict[int, _Held] = {}

    @classmethod
    def only(cls, program: Program) -> "Programs":
        """Return the programs of an installation of one municipality, which is open already."""
        programs = cls({ONLY: program.settings}, at_most=1)
        programs._hold(_Held(ONLY, program))
        return programs

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(self._settings)

    @property
    def at_most(self) -> int:
        return self._at_most

    def open_now(self) -> tuple[str, ...]:
        """Return which are open at this moment."""
        with self._lock:
            return tuple(self._held)

    def look_again(self, *, at_once: bool = False) -> None:
        """Follow the list that they come from, if it has changed; at most once a second.

        One that is listed no more, or otherwise, is closed as soon as nobody uses it.
        """
        if self._listed is None or not (at_once or self._listed.is_due()):
            return
        if self._listed.look(at_once=at_once):
            self._follow(self._listed.now)

    def _follow(self, listed: Mapping[str, Municipality]) -> None:
        settings = {slug: one.settings for slug, one in listed.items()}
        with self._lock:
            self._settings = settings
            left = [h for s, h in self._held.items() if settings.get(s) != h.program.settings]
            for held in left:
                del self._held[held.slug]
                held.is_over = True
            closing = [held for held in left if not held.users]
        self.followed = listed
        self._close(closing)

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
        with self._lock:
            opening = self._opening.setdefault(slug, threading.Lock())
        with opening:  # the others go on meanwhile
            program = self.take_open(slug)
            while program is None:
                program = self._open(slug)
        return program

    def _open(self, slug: str) -> Program | None:
        if slug not in self._settings:
            self.look_again(at_once=True)  # asked for by a process that has looked already
        settings = self._settings.get(slug)
        if settings is None:
            raise NoSuchMunicipality(slug)
        program = open_program(settings)
        with self._lock:
            is_current = self._settings.get(slug) == settings
            if is_current:
                self._hold(_Held(slug, program, users=1))
        if not is_current:  # the list changed while it was being opened
            program.close()
            return None
        self._close_over()
        return program

    def _hold(self, held: _Held) -> None:
        self._held[held.slug] = held
        self._of_program[id(held.program)] = held

    def give_back(self, program: Program) -> None:
        """Say that one use of a program is over."""
        with self._lock:
            held = self._of_program.get(id(program))
            if held is None:  # all were closed meanwhile
                return
            held.users -= 1
            closing = [held] if held.is_over and not held.users else []
        self._close(closing)

    @contextmanager
    def use(self, slug: str) -> Iterator[Program]:
        """Take a program for as long as the block runs."""
        program = self.take(slug)
        try:
            yield program
        finally:
            self.give_back(program)

    def _close_over(self) -> None:
        with self._lock:
            idle = [held for held in self._held.values() if not held.users]
            closing = idle[: max(len(self._held) - self._at_most, 0)]
            for held in closing:
                del self._held[held.slug]
        self._close(closing)

    def _close(self, closing: Sequence[_Held]) -> None:
        """Close what nobody uses or finds any more."""
        for held in closing:
            with self._lock:
                del self._of_program[id(held.program)]
                is_open_anew = held.slug in self._held
            held.program.close()
            if not is_open_anew:
                self._closed(held.slug)

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            held = list(self._of_program.values())
            self._held.clear()
            self._of_program.clear()
        for one in held:
            one.program.close()


def programs_of(
    settings: Settings,
    *,
    closed: Callable[[str], None] = lambda _slug: None,
    listed: Listed | None = None,
) -> Programs:
    """Return the programs of an installation, of one municipality or of several, none open yet.

    listed : the list to follow, where the caller looks at it too

    Raises `BadSetting`.
    """
    listed = listed or Listed(settings)
    each = {slug: one.settings for slug, one in listed.now.items()} or {ONLY: settings}
    return Programs(each, at_most=settings.open_municipalities, closed=closed, listed=listed)
