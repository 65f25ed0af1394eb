"""What a rule's verdict rests on, in the words that a page and a terminal share."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from api.days_shown import shown_date
from api.words import say
from resources.vocabulary import Vocabulary


class Words(NamedTuple):
    """The reader's language, and the closed lists as they stand."""

    language: str
    vocabulary: Vocabulary

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def label(self, axis: str, code: str) -> str:
        return self.vocabulary.label(axis, code, self.language)

    def labels(self, axis: str, codes: Iterable[str]) -> str:
        return "・".join(self.label(axis, code) for code in codes)

    def both(self, ja: str, en: str) -> str:
        return ja if self.language == "ja" else en

    def day(self, value: str) -> str:
        return shown_date(value, self.language)


def evidence_words(rule: str, field: str, value: Any, language: str, vocabulary: Vocabulary) -> str:
    """Return a fact of a place in words; the way to it is put into words by whoever shows it."""
    words = Words(language, vocabulary)
    if value is None:
        return words.say("evidence.unknown")
    if isinstance(value, bool):
        return words.say("evidence.yes" if value else "evidence.no")
    if rule in _OF_KIND and field == "kind":
        return _OF_KIND[rule](words, value)
    if rule in _SAID:
        return _SAID[rule](words, value)
    if rule == "age":
        of_age = words.say("evidence.age", age=value)
        until = words.both("～", "–")
        return of_age + until if field.endswith("_min") else until + of_age
    return str(value)


def _usual_audience(w: Words, kind: str) -> str:
    codes = w.vocabulary.term("kind", kind).facts.get("audience") or []
    names = w.both("、", ", ").join(w.label("audience", code) for code in codes)
    return w.say("evidence.usual_audience", kind=w.label("kind", kind), audience=names)


def _walk_in(w: Words, kind: str) -> str:
    return w.label("kind", kind) + w.both("：", ": ") + w.say("evidence.walk_in")


def _windows(w: Words, value: Any) -> str:
    if isinstance(value, dict):
        return w.say("evidence.sessions", n=value["sessions_in_8_weeks"])
    return w.say("evidence.over", date=w.day(value))


def _per_week(w: Words, times: int) -> str:
    return w.say("evidence.per_week", n=times) if times else w.say("evidence.any_per_week")


def _places(w: Words, value: dict[str, Any]) -> str:
    said = [w.label("availability", value["status"])]
    said += [str(value["places"])] if value["places"] is not None else []
    said += [w.day(value["said_at"])] if value["said_at"] else []
    return "・".join(said)


def _host_rest(w: Words, value: dict[str, Any]) -> str:
    said = []
    if value["resting_until"]:
        said.append(w.say("evidence.resting", date=w.day(value["resting_until"])))
    cap, now = value["accompanied_cap"], value["accompanied_now"]
    if cap is not None:
        said.append(w.say("evidence.accompanied", cap=cap, now="?" if now is None else now))
    return w.both("・", "; ").join(said) or w.say("evidence.unknown")


def _protected(w: Words, value: dict[str, bool | None]) -> str:
    said = {None: "form.unknown", True: "form.yes", False: "form.no"}
    return w.both("・", "; ").join(
        w.say(f"form.{name}") + w.both("：", ": ") + w.say(said[known])
        for name, known in value.items()
    )


def _set_aside(w: Words, value: dict[str, str]) -> str:
    if value["until"] == "never":
        return w.say("placement.never_again")
    return w.say("placement.ask_again", date=w.day(value["until"]))


def _steps(w: Words, rungs: Iterable[int]) -> str:
    terms = w.vocabulary.terms("step")
    return "・".join(w.both(terms[rung].ja, terms[rung].en) for rung in rungs)


def _requirements(w: Words, codes: list[str]) -> str:
    return w.labels("requirement", codes) or w.say("form.nothing_required")


def _checked(w: Words, _value: Any) -> str:
    return w.say("evidence.checked")


def _codes_of(axis: str) -> Callable[[Words, list[str]], str]:
    return lambda w, codes: w.labels(axis, codes)


def _code_of(axis: str) -> Callable[[Words, str], str]:
    return lambda w, code: w.label(axis, code)


def _number(key: str) -> Callable[[Words, int], str]:
    return lambda w, n: w.say(key, n=n)


_OF_KIND: dict[str, Callable[[Words, Any], str]] = {
    "audience": _usual_audience,
    "host_rest": _walk_in,
}
"""Rules whose evidence may be what the place's kind is as a rule."""

_SAID: dict[str, Callable[[Words, Any], str]] = {
    "published": lambda w, status: w.say(f"status.{status}"),
    "kind": _code_of("kind"),
    "audience": _codes_of("audience"),
    "gender": lambda w, code: w.say(f"form.gender_{code}"),
    "languages": _codes_of("language"),
    "windows": _windows,
    "minutes": _number("nearby.minutes_n"),
    "sessions_per_week": _per_week,
    "places": _places,
    "fee": _number("evidence.yen"),
    "noise": _code_of("noise"),
    "group_size": _number("people.count"),
    "conversation": _code_of("conversation"),
    "requirements": _requirements,
    "strain": _codes_of("activity"),
    "step": _steps,
    "host_rest": _host_rest,
    "exclude_host": _checked,
    "exclude_resource": _checked,
    "exclude_area": _checked,
    "protected": _protected,
    "set_aside": _set_aside,
}
"""By rules; of the others the evidence is a yes or no, or a limit of age."""
