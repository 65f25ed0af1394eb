"""`ibasho serve` and `ibasho worker`: the processes that keep running."""

import errno
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.output import hint
from api.commands.words import language, say

if TYPE_CHECKING:
    from jobs.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help=say("help.host"))] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=say("help.port"))] = None,
) -> None:
    import dataclasses

    from jobs.settings import read_settings

    settings = read_settings()
    settings = dataclasses.replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
    # Before anything is opened: a port that is taken is said at once, and nothing has begun.
    listener = listening(settings)
    from api.serving import make_server
    from jobs.program import open_program

    if settings.municipalities is None:
        # Of a database that can't be opened one sentence is said here, before anything serves.
        try:
            open_program(settings).close()
        except BaseException:
            listener.close()
            raise

    server = make_server(settings)
    hint(say("hint.serving", url=_address(listener)))
    _show_demo_accounts(settings)
    server.run(sockets=[listener])


def worker(
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=256, help=say("help.concurrency"))
    ] = None,
) -> None:
    from jobs.settings import read_settings

    settings = read_settings()
    if settings.runner != "celery":
        raise BadInput(say("input.worker_needs_celery"))
    from jobs.celery_runner import run_worker

    raise typer.Exit(run_worker(settings, concurrency=concurrency))


def listening(settings: "Settings") -> socket.socket:
    """Return a socket that listens where the settings say; raise `BadInput` where it can't."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise BadInput(say("input.bad_host", host=settings.host)) from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(where)
        listener.listen(256)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            other = settings.port + 1 if settings.port < 65535 else settings.port - 1
            raise BadInput(say("input.port_busy", port=settings.port, other=other)) from None
        if error.errno == errno.EACCES:
            raise BadInput(say("input.port_forbidden", port=settings.port)) from None
        raise BadInput(say("input.bad_host", host=settings.host)) from None
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - only shown
        host = socket.gethostname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _show_demo_accounts(settings: "Settings") -> None:
    if not settings.demo:
        return
    from jobs.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    hint(say("hint.demo_accounts"))
    for account in DEMO_ACCOUNTS:
        who = account.display_name if language() == "ja" else account.role
        hint(f"  {account.login:<12} {DEMO_PASSWORD}   {who}")
