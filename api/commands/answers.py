"""Tables of the engine's answers, for people who read them in a terminal."""

from datetime import date, datetime

from api.commands.output import print_table
from api.commands.words import language, say
from geodata.points import is_rough
from matching.answers import Answer, Miss, Suggestion, Verdict
from matching.explained import Explanation
from matching.nearby import NearbyAnswer
from matching.place_shown import PlaceKept, PlaceShown
from matching.schemes import UNIT
from matching.sentences import sentence
from matching.sureness import sure_words
from matching.times import SessionAhead
from resources.clock import JAPAN
from resources.vocabulary import Vocabulary

MAIN_REASONS = 3
"""How many of the largest contributions are named in a row of the table."""


def print_answer(answer: Answer, vocabulary: Vocabulary) -> None:
    """Print the suggestions with their main reasons, what to ask, and the nearest misses."""
    if answer.suggestions:
        print_table(
            say("table.suggestions"),
            say("table.suggestion_columns").split("|"),
            (
                _suggestion_row(n, s, vocabulary, from_town=answer.from_town)
                for n, s in enumerate(answer.suggestions, 1)
            ),
        )
    else:
        if answer.relaxation is None or not answer.relaxation.hosts_rest:
            print(say("table.nothing_fits"))
        _print_removed(answer)
    if answer.nearest_misses:
        print_table(
            say("table.misses"),
            say("table.miss_columns").split("|"),
            (_miss_row(m, vocabulary, from_town=answer.from_town) for m in answer.nearest_misses),
        )
    if any(s.place.invented for s in answer.suggestions):
        print(say("table.invented"))


def print_nearby(answer: NearbyAnswer, vocabulary: Vocabulary, *, from_town: bool) -> None:
    """Print the places that can be reached and are open."""
    if not answer.places:
        print(say("table.nothing_nearby"))
        return
    print_table(
        say("table.nearby", when=_moment(answer.when)),
        say("table.nearby_columns").split("|"),
        (
            (
                _place(p.place, vocabulary),
                say(f"open.{p.open}"),
                None if p.open_until is None else p.open_until.astimezone(JAPAN).strftime("%H:%M"),
                _distance(p.place, p.walk_minutes, p.distance_m, p.route, from_town=from_town),
                _room(p.place, p.arrive_at.date()),
                p.place.phone,
                p.place.address,
            )
            for p in answer.places
        ),
    )


def print_explanation(explanation: Explanation, vocabulary: Vocabulary) -> None:
    """Print every rule with its verdict, evidence and change; then what the score is made of."""
    suggestion = explanation.suggestion
    kind = vocabulary.label("kind", suggestion.place.kind, language())
    print(f"{suggestion.place.name}（{kind}）" if language() == "ja" else
          f"{suggestion.place.name} ({kind})")  # fmt: skip
    way = _way_to(suggestion, from_town=explanation.from_town)
    print(say("table.suggestible" if explanation.suggestible else "table.not_suggestible"))
    print_table(
        say("table.verdicts"),
        say("table.verdict_columns").split("|"),
        (
            _verdict_row(v, suggestion.place.verified_on, way, vocabulary)
            for v in explanation.verdicts
        ),
    )
    print_table(
        say("table.score", score=f"{suggestion.score / UNIT:.4f}",
            minimum=f"{explanation.minimum_score / UNIT:.4f}"),
        say("table.contribution_columns").split("|"),
        (
            (
                w.words.in_language(language()),
                w.ground.words.in_language(language()),
                f"{w.contribution / UNIT:.4f}",
            )
            for w in explanation.weighed
        ),
    )  # fmt: skip


def _suggestion_row(
    n: int, s: Suggestion, vocabulary: Vocabulary, *, from_town: bool
) -> list[object]:
    best = sorted(s.contributions.items(), key=lambda item: -item[1])[:MAIN_REASONS]
    reasons = [sentence(_reason(code, s)).in_language(language()) for code, part in best if part]
    asks = [_question(v) for v in s.verdicts if v.verdict == "unknown"]
    why = say("table.reasons", reasons=say("table.comma").join(reasons))
    if asks:
        why += "\n" + say("table.asks", asks=" ".join(asks))
    return [
        n,
        _place(s.place, vocabulary),
        f"{s.score / UNIT:.2f}\n{s.confidence / 100:.2f}",
        _way_to(s, from_town=from_town),
        _session(s.next_session),
        _room(s.place, s.asked_on),
        why,
        s.first_step_words.in_language(language()),
    ]


def _reason(code: str, s: Suggestion) -> str:
    """Return the key of a criterion's name: what is joined from home isn't near."""
    joined = code == "nearness" and s.way_in == "online"
    return "rule.at_home" if joined else f"criterion.{code}"


def _question(v: Verdict) -> str:
    """Return what to ask the place, with the way there that must be asked where there is one."""
    question = v.question.in_language(language())
    way = None if v.change is None or v.of_person else v.change.in_language(language())
    return (
        say("table.question", question=question)
        if way is None
        else say("table.question_of_way", question=question, way=way)
    )


def _miss_row(miss: Miss, vocabulary: Vocabulary, *, from_town: bool) -> list[object]:
    changes = [v.change or v.words for v in miss.failed]
    return [
        _place(miss.place, vocabulary),
        None if from_town or _is_rough(miss.place) else miss.distance_m,
        "\n".join(c.in_language(language()) for c in changes),
    ]


def _place(place: PlaceKept, vocabulary: Vocabulary) -> str:
    return f"{place.name}\n{vocabulary.label('kind', place.kind, language())}\n{place.offering}"


def _way_to(s: Suggestion, *, from_town: bool) -> str | None:
    if s.way_in is not None:
        return say(f"table.way_{s.way_in}")
    return _distance(s.place, s.walk_minutes, s.distance_m, s.route, from_town=from_town)


def _distance(
    place: PlaceKept,
    walk_minutes: int | None,
    distance_m: int | None,
    route: str,
    *,
    from_town: bool,
) -> str | None:
    if walk_minutes is None or distance_m is None:
        return None
    if _is_rough(place):
        return say("table.walk_rough", minutes=walk_minutes)
    if from_town:
        return say("table.walk_from_town", minutes=walk_minutes)
    key = "table.walk_streets" if route == "streets" else "table.walk"
    return say(key, minutes=walk_minutes, metres=distance_m)


def _is_rough(place: PlaceKept) -> bool:
    """Tell whether only the middle of its town is known: metres would say more than is known."""
    return is_rough(place.accuracy_m)


def _room(place: PlaceShown, on: date) -> str:
    return "\n".join(words.in_language(language()) for words in sure_words(place, on))


def _evidence(v: Verdict, way: str | None, vocabulary: Vocabulary) -> str | None:
    """Return what a verdict rests on, as the page says it; the way there as the lists do."""
    from api.evidence_shown import evidence_words

    if v.value is None:
        return None
    if v.rule == "reach":
        return way
    return evidence_words(v.rule, v.field, v.value, language(), vocabulary)


def _verdict_row(
    v: Verdict, verified_on: str | None, way: str | None, vocabulary: Vocabulary
) -> list[object]:
    return [
        v.words.in_language(language()),
        say(f"verdict.{v.verdict}"),
        _evidence(v, way, vocabulary),
        verified_on,
        None if v.change is None else v.change.in_language(language()),
    ]


def _print_removed(answer: Answer) -> None:
    if answer.removed_by:
        print_table(
            say("table.removed"),
            say("table.removed_columns").split("|"),
            (
                (sentence(f"rule.{code}").in_language(language()), count)
                for code, count in sorted(answer.removed_by.items(), key=lambda i: (-i[1], i[0]))
            ),
        )
    if answer.relaxation is not None:
        count = answer.relaxation.count
        if answer.relaxation.hosts_rest:
            print(say("table.hosts_rest", count=count))
        else:
            rule = answer.relaxation.words.in_language(language())
            print(say("table.relaxation", rule=rule, count=count))
        if answer.relaxation.change is not None:
            change = answer.relaxation.change.in_language(language())
            print(say("table.relaxation_how", change=change, count=answer.relaxation.change_count))


def _session(session: SessionAhead | None) -> str | None:
    if session is None:
        return None
    start, end = session.start.astimezone(JAPAN), session.end.astimezone(JAPAN)
    mark = "?" if session.uncertain else ""
    return f"{_moment(start)}–{end:%H:%M}{mark}"


def _moment(when: datetime) -> str:
    days = say("table.days").split("|")
    local = when.astimezone(JAPAN)
    return f"{local.month}/{local.day}({days[local.weekday()]}) {local:%H:%M}"
