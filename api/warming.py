"""What a server does before it says that it is ready, so that nobody waits for it afterwards."""

import logging
from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from api.rendering import compile_templates
from jobs.garbage import leave_aside
from jobs.log_lines import fields
from jobs.open_data import catch_up
from jobs.program import Program
from matching.warm import warm

log = logging.getLogger("ibasho.api")


def warm_up(program: Program, routes: Sequence[BaseRoute]) -> None:
    """Make the first question and the first pages quick, and leave aside what stays.

    Where the question fails, whoever asks it will be told why.
    """
    try:
        with program.database.reading() as session:
            warm(session, program.store)
        if program.settings.open_data:
            catch_up(program.database)
    except Exception as error:
        log.warning(fields("nothing_asked_at_the_start", reason=type(error).__name__))
    compile_templates()
    for _ in iter_route_contexts(routes):
        pass  # each is worked out as it is first looked at
    # Some 500,000 objects stand after the start, nearly all of them the libraries' own; walking
    # over them again and again would stop every request for a quarter of a second.
    leave_aside()
