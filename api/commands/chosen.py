"""Which of several municipalities a command is about: `--municipality`, or IBASHO_MUNICIPALITY."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer.main
from typer.core import TyperGroup

from api.commands.inputs import BadInput
from api.commands.output import hint
from api.commands.words import say

if TYPE_CHECKING:
    from jobs.settings import Settings

OF_THE_INSTALLATION = (
    "serve",
    "worker",
    "backup-key",
    "capacity",
    "municipality",
    "schedule parse",
)
"""Commands that are about all of them, or about none."""

OVER_ALL = ("doctor", "migrate", "database upgrade", "index build", "backup", "restore", "verify")
"""Commands that may be run for one after the other by `--municipality all`."""

_chosen: ContextVar[str] = ContextVar("municipality", default="")


def chosen_settings() -> "Settings":
    """Return the settings of the municipality that the command is about.

    Raises `BadInput` where several are listed and none is named, or the one named isn't there.
    """
    from jobs.municipalities import read_municipalities
    from jobs.settings import read_settings

    settings = read_settings()
    several = read_municipalities(settings)
    slug = _chosen.get() or settings.municipality
    if not several:
        if slug:
            raise BadInput(say("input.no_municipalities"))
        return settings
    if not slug and len(several) == 1:
        (slug,) = several
    if not slug:
        raise BadInput(say("input.which_municipality", known=", ".join(several)))
    if slug not in several:
        raise BadInput(say("input.no_such_municipality", known=", ".join(several)))
    return several[slug].settings


def with_municipality(app: typer.Typer) -> TyperGroup:
    """Return the command line with `--municipality` on each command that is about one."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    (option,) = (p for p in typer.main.get_command(_one_option()).params if p.name != "help")
    for name, command in _commands(root):
        if name in OF_THE_INSTALLATION or name.split()[0] in OF_THE_INSTALLATION:
            continue
        command.params.append(option)
        if command.callback is not None and not isinstance(command, TyperGroup):
            command.callback = _for_each(command.callback, may_all=name in OVER_ALL)
    return root


def _one_option() -> typer.Typer:
    """Return a command line of nothing but the option: typer makes options for functions only."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def nothing(
        municipality: Annotated[
            str | None,
            typer.Option(help=say("help.municipality"), expose_value=False, callback=_remember),
        ] = None,
    ) -> None: ...

    return app


def _commands(group: TyperGroup, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        full = f"{before} {name}".strip()
        if not isinstance(command, TyperGroup):
            yield full, command
            continue
        if command.invoke_without_command:
            yield full, command
        yield from _commands(command, full)


def _remember(context: typer.Context, value: str | None) -> str | None:
    # A group's own option counts for the command below it, unless that says one too.
    if value or context.parent is None or context.parent.parent is None:
        _chosen.set(value or "")
    return value


def _for_each(run: Callable[..., Any], *, may_all: bool) -> Callable[..., Any]:
    """Let a command run for one municipality after the other where all are named."""

    @wraps(run)
    def over(**given: Any) -> Any:
        from jobs.municipalities import EVERY, read_municipalities
        from jobs.settings import read_settings

        if _chosen.get() != EVERY:
            return run(**given)
        if not may_all:
            raise BadInput(say("input.not_over_all"))
        worst = 0
        for slug, one in read_municipalities(read_settings()).items():
            hint(f"== {slug}  {one.name}")
            _chosen.set(slug)
            try:
                run(**given)
            except typer.Exit as ended:
                worst = max(worst, ended.exit_code)
        if worst:
            raise typer.Exit(worst)
        return None

    return over
