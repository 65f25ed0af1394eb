"""What each criterion rests on at one place: the facts it weighed, as values and in words."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from matching.columns import CONVERSATIONS, NOISES
from matching.criteria import WEEKS_AHEAD, sessions_wished
from matching.learned import Learned
from matching.reach import walk_minutes
from matching.schemes import UNIT
from matching.sentences import Sentence, joined, sentence
from matching.sight import Seen
from matching.sureness import ago
from matching.terms import ESSENTIAL
from matching.verdicts import codes_of, labels_of, rungs_of, shown_date, shown_flag, shown_number
from resources.host_experience import NEVER_ANSWERED


class Ground(NamedTuple):
    """The facts that a criterion weighed; None in `value` is what isn't known."""

    value: dict[str, Any]
    words: Sentence

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "words": self.words.as_json()}


NOT_KNOWN = "ground.not_known"


def _codes(p: Seen, axis: str, codes: Sequence[str]) -> Sentence:
    return labels_of(list(codes), p.codebook, axis)


def _needs(p: Seen) -> Ground:
    asked = p.ask.need.needs
    stated = p["needs_stated"] == 1
    circle = 0 if stated else p.codebook.needs_of_circle(p["audience"])
    told = p["needs"] if stated else p.codebook.usual_needs[p["kind"]] | circle
    answered = [c for c in codes_of(told, p.codebook, "need") if c in asked]
    value = {"answered": answered, "asked": list(asked), "stated": stated}
    if not answered:
        return Ground(value, sentence("ground.needs_none"))
    surely = answered if stated else codes_of(circle, p.codebook, "need")
    by_whom = {
        "needs" if stated else "needs_circle": [c for c in answered if c in surely],
        "needs_usual": [c for c in answered if c not in surely],
    }
    words = joined(
        [
            sentence(f"ground.{k}", needs=_codes(p, "need", some))
            for k, some in by_whom.items()
            if some
        ]
    )
    first = codes_of(p.codebook.first_needs[p["kind"]], p.codebook, "need") or answered
    besides = [c for c in answered if c not in first]
    if besides:
        percent = f"{p.ask.thresholds.other_needs_percent:g}"
        said = sentence("ground.needs_other", needs=_codes(p, "need", besides), percent=percent)
        words = joined([words, said])
    essential = [c for c, weight in asked.items() if weight >= ESSENTIAL]
    wished = int(p["activities"]) & p.ask.activities
    if essential and not wished and not set(essential) & set(answered):
        percent = f"{p.ask.thresholds.beside_percent:g}"
        needs = _codes(p, "need", essential)
        unanswered = sentence("ground.needs_beside", needs=needs, percent=percent)
        return Ground(value, joined([words, unanswered]))
    return Ground(value, words)


_ONLINE = {True: "ground.online", False: "ground.not_online", None: "ground.online_unknown"}


def _wishes(p: Seen) -> Ground:
    text, read = p.ask.wish, p.ask.activities_read
    wished = p.ask.need.wishes.activities or read
    offered = codes_of(p["activities"], p.codebook, "activity")
    shared = [c for c in wished if c in offered]
    value: dict[str, Any] = {"activities": shared}
    words = []
    if read:
        words.append(sentence("ground.activities_read", activities=_codes(p, "activity", read)))
    if wished:
        none = "ground.activities_none" if offered else NOT_KNOWN
        activities = _codes(p, "activity", shared)
        words.append(
            sentence("ground.activities", activities=activities) if shared else sentence(none)
        )
    if p.ask.home_wished:
        value["online"] = shown_flag(p["online"])
        words.append(sentence(_ONLINE[value["online"]]))
    if text:
        value["alike"] = round(float(p["alike"]), 4)
        words.append(sentence("ground.alike", alike=f"{value['alike']:.2f}"))
    return Ground(value, joined(words))


def _nearness(p: Seen) -> Ground:
    if p.ask.home_wished and p["online"] == 1:
        return Ground({"walk_minutes": None, "online": True}, sentence("ground.online"))
    if not math.isfinite(p["walk_m"]):
        return Ground({"walk_minutes": None}, sentence(NOT_KNOWN))
    minutes = walk_minutes(p["walk_m"], p.ask.need.speed_m_s)
    return Ground({"walk_minutes": minutes}, sentence("ground.nearness", minutes=minutes))


def _time(p: Seen) -> Ground:
    per_week = p.ask.limits.sessions_per_week
    wanted = None if not per_week else int(sessions_wished(per_week))
    if p["schedule_known"] != 1:
        return Ground({"sessions_in_4_weeks": None, "wanted": wanted}, sentence(NOT_KNOWN))
    held = (int(p["fitting"]) & int(WEEKS_AHEAD)).bit_count()
    value: dict[str, Any] = {"sessions_in_4_weeks": held, "wanted": wanted}
    if wanted is None:
        return Ground(value, sentence("ground.time_not_wished", n=held))
    return Ground(value, sentence("ground.time", n=held, wanted=wanted))


def _atmosphere(p: Seen) -> Ground:
    limits = p.ask.limits
    value: dict[str, Any] = {}
    words = []
    for name, order, asked in (
        ("noise", NOISES, limits.noise),
        ("conversation", CONVERSATIONS, limits.conversation),
    ):
        if asked is not None:
            value[name] = None if p[name] < 0 else order[p[name]]
            known = value[name] is not None
            words.append(_codes(p, name, [value[name]]) if known else _unknown(name))
    if limits.group_size is not None:
        size = value["group_size"] = shown_number(p["group_size"])
        known = size is not None
        words.append(sentence("ground.people", n=size) if known else _unknown("group_size"))
    return Ground(value, joined(words))


def _unknown(rule: str) -> Sentence:
    return sentence("ground.unknown_of", of=sentence(f"ground.of_{rule}"))


def _step(p: Seen) -> Ground:
    steps = rungs_of(p["steps"])
    if not steps:
        return Ground({"steps": None}, sentence(NOT_KNOWN))
    terms = [p.codebook.vocabulary.terms("step")[r] for r in steps]
    return Ground({"steps": steps}, joined([Sentence(t.ja, t.en) for t in terms]))


def _first_contact(p: Seen) -> Ground:
    value = {n: shown_flag(p[n]) for n in ("visit_first", "accompaniment")}
    words = [
        sentence(f"ground.{n}_{'unknown' if v is None else 'yes' if v else 'no'}")
        for n, v in value.items()
    ]
    return Ground(value, joined(words))


def _cost(p: Seen) -> Ground:
    fee = shown_number(p["fee_yen"])
    if fee is None:
        return Ground({"fee_yen": None}, sentence(NOT_KNOWN))
    return Ground(
        {"fee_yen": fee}, sentence("ground.fee", yen=fee) if fee else sentence("ground.free")
    )


def _freshness(p: Seen) -> Ground:
    day = shown_date(p["verified_day"])
    term = int(p.codebook.term_days[p["kind"]])
    value = {"verified_on": day, "term_days": term}
    if day is None:
        return Ground(value, sentence("sure.never_verified"))
    return Ground(value, sentence("ground.verified", ago=ago(day, p.ask.day), term=term))


def _host(p: Seen) -> Ground:
    value: dict[str, Any] = {
        "accompanied_at_least": shown_number(p["host_accompanied"]),
        "stayed_at_least": shown_number(p["host_stayed"]),
        "answers_within_days": shown_number(p["host_answer_days"]),
    }
    words = [*_room_of_host(p, value), *_experience(value), *_answers(value)]
    return Ground(value, joined(words) if words else sentence(NOT_KNOWN))


def _room_of_host(p: Seen, value: dict[str, Any]) -> list[Sentence]:
    if not p.codebook.accompanies[p["kind"]]:
        value["accompanies"] = False
        return [sentence("ground.walk_in")]
    cap, now = shown_number(p["host_cap"]), shown_number(p["host_now"])
    value |= {"accompanied_cap": cap, "accompanied_now": now}
    return [] if cap is None or now is None else [sentence("ground.host", now=now, cap=cap)]


def _experience(value: dict[str, Any]) -> list[Sentence]:
    came, stayed = value["accompanied_at_least"], value["stayed_at_least"]
    words = [] if came is None else [sentence("ground.host_accompanied", n=came)]
    return words if stayed is None else [*words, sentence("ground.host_stayed", n=stayed)]


def _answers(value: dict[str, Any]) -> list[Sentence]:
    days = value["answers_within_days"]
    if days is None:
        return []
    if days >= NEVER_ANSWERED:
        return [sentence("ground.host_slow")]
    return [sentence("ground.host_answers", days=days)]


GROUNDS: dict[str, Callable[[Seen], Ground]] = {
    "needs": _needs,
    "wishes": _wishes,
    "nearness": _nearness,
    "time": _time,
    "atmosphere": _atmosphere,
    "step": _step,
    "first_contact": _first_contact,
    "cost": _cost,
    "freshness": _freshness,
    "host": _host,
}
"""By the codes of the criteria, each of which has one."""


def ground_of_learned(learned: Learned, contribution: int) -> Ground:
    """Return what the learned criterion rests on: outcomes, and the chance that it made of them."""
    chance = round(contribution / UNIT / learned.share, 2)
    value = {"chance": chance, "outcomes": learned.outcomes, "made_on": learned.made_on.isoformat()}
    words = sentence("ground.learned", percent=round(100 * chance), outcomes=learned.outcomes)
    return Ground(value, words)
