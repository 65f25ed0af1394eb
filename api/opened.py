"""The running program, as a request finds it."""

from fastapi import Request

from jobs.program import Program


def program_of(request: Request) -> Program:
    """Return what the running program holds, with the closed lists as they were last seen."""
    program = request.app.state.program
    assert isinstance(program, Program), "the program is opened when the application starts"
    return program
