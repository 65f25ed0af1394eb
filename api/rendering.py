"""Pages from templates: the reader's language, and how facts are put into words."""

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api import words
from api.days_shown import shown_date
from api.evidence_shown import evidence_words
from api.identity import language_of
from jobs.demo.accounts import DEMO_PASSWORD
from matching.sentences import question_of
from resources import clock
from resources.clock import JAPAN
from resources.vocabulary import Vocabulary, default_vocabulary

TEMPLATES = Path(__file__).parent / "templates"
MARKS = {
    "ja": {"colon": "：", "comma": "、", "until": "～"},
    "en": {"colon": ": ", "comma": ", ", "until": "–"},
}
"""What stands between words, as each language writes it."""

WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def shown_moment(value: str | datetime | None, language: str) -> str:
    """Return 12月3日（木）13:00, or Thu 3 Dec 13:00."""
    if value is None:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    moment = moment.astimezone(JAPAN)
    weekday = WEEKDAYS[language][moment.weekday()]
    if language == "ja":
        return f"{moment.month}月{moment.day}日（{weekday}）{moment:%H:%M}"
    return f"{weekday} {moment.day} {moment:%b} {moment:%H:%M}"


def shown_session(session: dict[str, Any] | None, language: str) -> str:
    """Return 12月3日（木）13:00–15:00."""
    if session is None:
        return ""
    end = datetime.fromisoformat(session["end"]).astimezone(JAPAN)
    return f"{shown_moment(session['start'], language)}–{end:%H:%M}"


def shown_age(value: str | date | None, language: str) -> str:
    """Return how many days ago something was: 47日前."""
    if value is None:
        return words.say("days.never", language)
    day = date.fromisoformat(value) if isinstance(value, str) else value
    days = (clock.today() - day).days
    return (
        words.say("days.ago", language, n=days) if days > 0 else words.say("days.today", language)
    )


def shown_availability(availability: dict[str, Any], language: str, vocabulary: Vocabulary) -> str:
    """Return 空き2（47日前・職員が確認)."""
    status, places = availability["status"], availability["places"]
    if status == "capacity" and places is not None:
        head = words.say("availability.places", language, n=places)
    else:
        head = vocabulary.label("availability", status, language)
    if status == "unknown":
        return head
    by = words.say(f"said.{availability['said_by'] or 'none'}", language)
    days = shown_age(availability["said_at"], language)
    return head + words.say("availability.said", language, days=days, by=by)


def _both(value: Any, language: str) -> str:
    """Return the reader's words of something that is said in both languages."""
    if value is None:
        return ""
    return str(value[language] if isinstance(value, dict) else getattr(value, language))


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def compile_templates() -> None:
    """Compile each template, so that no reader waits for the first page of its kind."""
    for name in _ENVIRONMENT.list_templates():
        _ENVIRONMENT.get_template(name)


def _vocabulary(request: Request) -> Vocabulary:
    program = getattr(request.app.state, "program", None)
    return program.vocabulary if program is not None else default_vocabulary()


def render(request: Request, template: str, **context: Any) -> HTMLResponse:
    """Return a page.

    The template finds: `t` (words by key), `label` (of a code), `both` (of what is said in two
    languages), `question_of` (a rule), the `shown_…` functions, the marks between words
    (`colon`, `comma`, `until`), `user`, `csrf`, `lang`, `path`, `settings`, `menu`.
    """
    from api import menu, security

    user = getattr(request.state, "user", None)
    language = language_of(request)
    vocabulary = _vocabulary(request)
    common: dict[str, Any] = {
        "t": lambda key, **values: words.say(key, language, **values),
        "said_or_code": lambda key, code: words.said_or_code(key, code, language),
        "label": lambda axis, code: vocabulary.label(axis, code, language),
        "both": partial(_both, language=language),
        "shown_evidence": lambda v: evidence_words(
            v["rule"], v["evidence"]["field"], v["evidence"]["value"], language, vocabulary
        ),
        "question_of": lambda rule: question_of(rule).in_language(language),
        **MARKS[language],
        "shown_moment": partial(shown_moment, language=language),
        "shown_session": partial(shown_session, language=language),
        "shown_date": partial(shown_date, language=language),
        "shown_age": partial(shown_age, language=language),
        "shown_availability": partial(shown_availability, language=language, vocabulary=vocabulary),
        "vocabulary": vocabulary,
        "lang": language,
        "path": request.url.path,
        "settings": request.app.state.settings,
        "demo_password": DEMO_PASSWORD,
        "user": user,
        "menu": menu.menu_of(user.role) if user else (),
        "is_at": menu.is_at,
    }
    if "csrf" not in context:
        common["csrf"] = security.csrf_token(request)
    html = _ENVIRONMENT.get_template(template).render({**common, **context})
    return HTMLResponse(html, headers={"Content-Language": language})
