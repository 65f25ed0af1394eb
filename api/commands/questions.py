"""`ibasho suggest`, `nearby` and `why`: the three questions to the engine."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.inputs import BadInput, identifier, moment, read_profile
from api.commands.opening import at_of, opened
from api.commands.output import Format, FormatOption, hint, print_json
from api.commands.words import say
from geodata.pace import USUAL_SPEED_M_S, USUAL_WALK_MINUTES

if TYPE_CHECKING:
    from geodata.coordinates import LonLat
    from jobs.program import Program
    from matching.need import Need

ProfileOption = Annotated[
    str, typer.Option("--profile", help=say("help.profile"), metavar="FILE|-")
]
SchemeOption = Annotated[str, typer.Option("--scheme", help=say("help.scheme"))]


def need_from(program: "Program", source: str) -> "Need":
    """Read a profile and check it; its address is looked up in the gazetteer."""
    from matching.need import parse_need

    return parse_need(
        read_profile(source), program.vocabulary, lambda address: at_of(program, address)
    )


def suggest(
    profile: ProfileOption,
    limit: Annotated[int, typer.Option(min=1, max=200, help=say("help.limit"))] = 10,
    scheme: SchemeOption = "standard",
    form: FormatOption = Format.TABLE,
) -> None:
    from matching.suggest import suggest_placements

    with opened() as program:
        need = need_from(program, profile)
        with program.database.reading() as session:
            answer = suggest_placements(session, program.store, need, limit=limit, scheme=scheme)
            empty = _is_empty(answer.revision)
        if form is Format.JSON:
            print_json(answer.as_json())
        else:
            from api.commands.answers import print_answer

            print_answer(answer, program.vocabulary)
        if empty:
            hint(say("hint.empty_catalogue"))


def nearby(
    lon: Annotated[float | None, typer.Option(help=say("help.lon"))] = None,
    lat: Annotated[float | None, typer.Option(help=say("help.lat"))] = None,
    address: Annotated[str | None, typer.Option(help=say("help.address"))] = None,
    town: Annotated[str | None, typer.Option(help=say("help.town"))] = None,
    station: Annotated[str | None, typer.Option(help=say("help.station"))] = None,
    when: Annotated[str | None, typer.Option(help=say("help.when"), metavar="ISO")] = None,
    minutes: Annotated[
        int, typer.Option("--minutes", "--minutes-left", min=0, max=1440, help=say("help.minutes"))
    ] = 30,
    walk_minutes: Annotated[
        float, typer.Option(min=0.1, max=600, help=say("help.walk_minutes"))
    ] = USUAL_WALK_MINUTES,
    speed: Annotated[
        float, typer.Option("--speed", min=0.1, max=5, help=say("help.speed"))
    ] = USUAL_SPEED_M_S,
    radius: Annotated[
        float | None, typer.Option("--radius", min=1, max=100_000, help=say("help.radius"))
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help=say("help.kind"))] = None,
    without_steps: Annotated[
        bool, typer.Option("--without-steps", help=say("help.without_steps"))
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help=say("help.limit"))] = 20,
    form: FormatOption = Format.TABLE,
) -> None:
    from matching.nearby import NearbyQuestion, nearby_places

    at_time = None if when is None else moment(when)
    with opened() as program:
        kinds = None if not kind else known_kinds(program, kind)
        question = NearbyQuestion(
            at=_origin(program, lon, lat, address or town, station, address and town),
            walk_minutes=walk_minutes,
            speed_m_s=speed,
            radius_m=radius,
            when=at_time,
            minutes_left=minutes,
            kinds=kinds,
            without_steps=without_steps,
            limit=limit,
        )
        with program.database.reading() as session:
            answer = nearby_places(session, program.store, question)
        if form is Format.JSON:
            print_json(answer.as_json())
        else:
            from api.commands.answers import print_nearby

            print_nearby(answer, program.vocabulary, from_town=bool(address or town))
        if _is_empty(answer.revision):
            hint(say("hint.empty_catalogue"))


def why(
    offering: Annotated[str, typer.Argument(help=say("help.offering"))],
    profile: ProfileOption,
    scheme: SchemeOption = "standard",
    form: FormatOption = Format.TABLE,
) -> None:
    from matching.why import explain, offering_to_explain

    wanted = identifier(offering)
    with opened() as program:
        need = need_from(program, profile)
        with program.database.reading() as session:
            explanation = explain(
                session, program.store, need, offering_to_explain(session, wanted), scheme=scheme
            )
        if form is Format.JSON:
            print_json(explanation.as_json())
        else:
            from api.commands.answers import print_explanation

            print_explanation(explanation, program.vocabulary)


def _is_empty(revision: int) -> bool:
    return revision == 0


def known_kinds(program: "Program", kinds: list[str]) -> list[str]:
    known = set(program.vocabulary.codes("kind"))
    if any(k not in known for k in kinds):
        raise BadInput(say("input.unknown_kind", kinds=", ".join(sorted(known))))
    return kinds


def _origin(
    program: "Program",
    lon: float | None,
    lat: float | None,
    words: str | None,
    station: str | None,
    twice: str | None,
) -> "LonLat":
    from geodata.coordinates import BadPosition, LonLat, position

    given = sum(x is not None for x in (lon, words, station))
    if (lon is None) != (lat is None) or given != 1 or twice:
        raise BadInput(say("input.no_origin"))
    if lon is not None and lat is not None:
        try:
            return position(lon, lat)
        except BadPosition as error:
            key = "input.swapped" if error.swapped else "input.outside_japan"
            raise BadInput(say(key)) from None
    if station is not None:
        return _station(program, station)
    found = at_of(program, words or "")
    if found is None or found.lon is None or found.lat is None:
        raise BadInput(say("input.address_unknown"))
    return LonLat(found.lon, found.lat)


def _station(program: "Program", name: str) -> "LonLat":
    from geodata.stations import load_stations

    found = load_stations(program.settings.layers_folder).get(name.removesuffix("駅"))
    if found is None:
        raise BadInput(say("input.station_unknown"))
    return found
