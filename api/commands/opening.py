"""Opens the program for one command and closes it again."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.commands.chosen import chosen_settings
from api.commands.inputs import BadInput
from api.commands.words import say

if TYPE_CHECKING:
    from jobs.program import Program
    from matching.need import At


@contextmanager
def opened() -> Iterator["Program"]:
    """Open the program by the settings; the database is made where there is none."""
    from jobs.program import open_program

    settings = chosen_settings()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise BadInput(say("input.bad_home", path=settings.home)) from None
    program = open_program(settings)
    try:
        yield program
    finally:
        program.close()


def at_of(program: "Program", address: str) -> "At | None":
    """Look an address up; None where the gazetteer doesn't know at least its town."""
    from geodata.addresses import geocode
    from matching.need import At

    found = geocode(address, program.gazetteer())
    if found.town is None or found.lon is None or found.lat is None:
        return None
    return At(lon=found.lon, lat=found.lat, accuracy_m=found.accuracy_m)
