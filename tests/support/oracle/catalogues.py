"""Random catalogues and needs, odd ones among them, from a seed."""

import random
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from resources.changes import acting
from resources.host_experience import ANSWER_DAYS, PEOPLE, HostExperience
from resources.vocabulary import default_vocabulary
from resources.witnessed import HostAsked, SessionSeen

VOCABULARY = default_vocabulary()
CENTRE = (139.7148, 35.7290)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WORDS = [
    "静かに本を読んで過ごせます", "木工と修理の会", "お茶を飲みながらおしゃべり", "子どもと一緒に遊べる",
    "話さなくてもよい居場所です", "軽い作業を一緒に", "畑で野菜を育てる", "体操と歌",
]  # fmt: skip
WISHES = [
    *WORDS, "体操と歌は苦手、お茶を飲みながらおしゃべりしたい", "子どもと遊ぶのは疲れるのでいやだ。木工がしたい", "畑で野菜を育てるのはいやだ",
]  # fmt: skip


def maybe(r: random.Random, value: Any, share: float = 0.65) -> Any:
    return value if r.random() < share else None


def some(r: random.Random, axis: str, most: int) -> list[str]:
    return r.sample(VOCABULARY.codes(axis), r.randint(0, most))


def of_an_age(r: random.Random) -> str:
    return r.choice(["children", "youth", "elderly"])


def hours(r: random.Random) -> tuple[str, str]:
    start = r.choice([6 * 60, 9 * 60, 10 * 60, 13 * 60, 16 * 60, 20 * 60 + 30])
    end = start + r.choice([20, 60, 120, 240, 480])
    return f"{start // 60:02d}:{start % 60:02d}", f"{end // 60:02d}:{end % 60:02d}"


def schedule(r: random.Random) -> dict[str, Any]:
    rules = []
    for _ in range(r.randint(0, 3)):
        start, end = hours(r)
        days = sorted(r.sample(DAYS, r.randint(0, 4)), key=DAYS.index)
        rules.append(
            {
                "days": days,
                "nth": r.choice([[], [], [1, 3], [2, 4], [-1]]) if days else [],
                "month_days": r.choice([[], [], [], [15], [1, 31]]),
                "from": start,
                "to": end,
                "holidays": r.choice([None, "closed", "open", "only"]),
            }
        )
    closed: list[dict[str, Any]] = []
    if r.random() < 0.4:
        closed.append({"from_day": "12-29", "to_day": "01-03"})
    if r.random() < 0.2:
        closed.append({"dates": ["2026-12-03", "2026-12-10"]})
    return {"rules": rules, "closed": closed}


def registration(r: random.Random, hosts: list[uuid.UUID], today: date) -> dict[str, Any]:
    """Return the parts of a registration, with much left unknown."""
    yes_no = [
        "staff_present", "visit_first", "accompaniment", "online", "pays", "transport",
        "with_child", "animals", "smoking", "alcohol", "children_present", "child_safe",
        "confirms_participants", "publishes_members",
    ]  # fmt: skip
    low = r.randint(0, 60)
    resource = {
        "name": f"場所{r.randint(1, 99)}",
        "kind": r.choice(VOCABULARY.codes("kind")),
        "status": r.choice(["published"] * 12 + ["paused", "closed", "draft"]),
        "description": maybe(r, r.choice(WORDS)),
        "audience": maybe(r, r.choice([*[some(r, "audience", 3)] * 2, [of_an_age(r)]]), 0.4),
        "accepted_audience": maybe(r, some(r, "audience", 3), 0.2),
        "age_min": maybe(r, low, 0.4),
        "age_max": maybe(r, low + r.randint(0, 60), 0.4),
        "accepted_age_min": maybe(r, 15, 0.1),
        "gender": maybe(r, r.choice(["any", "any", "female", "male"])),
        "languages": maybe(r, some(r, "language", 3)),
        "requirements": maybe(r, some(r, "requirement", 2)),
        "needs": maybe(r, some(r, "need", 8)),
        "activities": maybe(r, some(r, "activity", 4)),
        "steps": maybe(r, sorted(r.sample(range(6), r.randint(0, 3)))),
        "noise": maybe(r, r.choice(["low", "medium", "high"])),
        "group_size": maybe(r, r.choice([1, 3, 8, 30])),
        "conversation": maybe(r, r.choice(["none", "optional", "expected"])),
        "fee_yen": maybe(r, r.choice([0, 0, 100, 300, 1000])),
        **{name: maybe(r, r.random() < 0.6) for name in yes_no},
    }
    location = {
        "address": "豊島区",
        "visibility": r.choice(["public"] * 9 + ["team", "hidden"]),
        "step_free": maybe(r, r.random() < 0.6),
    }
    city = r.choice([None, "豊島区", "豊島区", "豊島区", "豊島区", "遠い市", "点のない市"])
    location |= {"prefecture": maybe(r, "東京都"), "city": city}
    if city != "点のない市" and r.random() < 0.9:
        far = 0.5 if city == "遠い市" else 0.0
        location |= {
            "lon": CENTRE[0] + far + r.gauss(0, 0.012),
            "lat": CENTRE[1] + r.gauss(0, 0.01),
            "accuracy_m": r.choice([None, 10.0, 180.5, 900.0]),
        }
    offering = {
        "schedule": maybe(r, schedule(r), 0.8),
        "attendance": maybe(r, r.choice(["drop_in", "whole"])),
        "min_minutes": maybe(r, r.choice([0, 30, 60, 180]), 0.4),
        "min_per_week": maybe(r, r.choice([0, 1, 2, 5])),
        "availability": r.choice(
            ["capacity", "capacity", "waitlist", "assess-first", "none", "unknown"]
        ),
        "places": maybe(r, r.choice([0, 1, 5])),
        "availability_said_on": maybe(r, today - timedelta(days=r.randint(0, 200))),
        "verified_on": maybe(r, today - timedelta(days=r.randint(0, 400))),
        "ends_on": maybe(r, today + timedelta(days=r.randint(-20, 60)), 0.1),
    }
    parts: dict[str, Any] = {"resource": resource, "location": location, "offering": offering}
    if r.random() < 0.9:
        parts["organization"] = {"id": r.choice(hosts)}
    return parts


def need(r: random.Random, hosts: list[uuid.UUID], today: date) -> dict[str, Any]:
    """Return a need in the JSON of the contract, with much left out."""
    limits = {
        "noise": maybe(r, r.choice(["low", "medium", "high"]), 0.3),
        "group_size": maybe(r, r.choice([1, 3, 10]), 0.3),
        "conversation": maybe(r, r.choice(["none", "optional", "expected"]), 0.3),
        "staff_present": maybe(r, r.random() < 0.5, 0.3),
        "gender": maybe(r, r.choice(["female", "male", "other"]), 0.5),
        "step_free": maybe(r, r.random() < 0.5, 0.3),
        "max_yen": maybe(r, r.choice([0, 300]), 0.3),
        "pay_wanted": maybe(r, r.random() < 0.3, 0.2),
        "languages": maybe(r, r.sample(["ja", "en", "ne"], 2), 0.3),
        "with_child": maybe(r, r.random() < 0.4, 0.3),
        "sessions_per_week": maybe(r, r.choice([1, 2]), 0.4),
        "minutes": maybe(r, r.choice([30, 60, 120]), 0.4),
        "transport": maybe(r, r.random() < 0.5, 0.3),
        "from_home": maybe(r, r.choice([True, True, False, False, "only"]), 0.2),
        "no_smoking": maybe(r, True, 0.2),
        "no_animals": maybe(r, True, 0.2),
        "holds": maybe(r, some(r, "requirement", 3), 0.3),
    }
    # Of every second number of things; nothing is drawn, so that the needs stay those they were.
    limits["holds_open"] = len(limits["holds"] or ()) % 2 == 1 or None
    windows = []
    for _ in range(r.choice([0, 0, 1, 2, 4])):
        start, end = hours(r)
        windows.append({"day": r.choice(DAYS), "from": start, "to": min(end, "24:00")})
    safety: dict[str, Any] = {
        "exclude_organizations": [str(h) for h in r.sample(hosts, r.choice([0, 0, 2]))],
        "protected": r.random() < 0.1,
        "no_children_present": r.random() < 0.1,
        "no_alcohol": r.random() < 0.1,
    }
    if r.random() < 0.2:
        safety["exclude_areas"] = [{"lon": CENTRE[0], "lat": CENTRE[1], "radius_m": 400.0}]
    return {
        "at": {"lon": CENTRE[0] + r.gauss(0, 0.005), "lat": CENTRE[1] + r.gauss(0, 0.005)},
        "walk_minutes": maybe(r, r.choice([10, 20, 30]), 0.6),
        "speed_m_s": r.choice([0.6, 1.1]),
        "radius_m": maybe(r, r.choice([500, 1500]), 0.2),
        "age": maybe(r, r.choice([5, 14, 34, 52, 78]), 0.7),
        "on": maybe(r, (today + timedelta(days=r.randint(0, 40))).isoformat(), 0.7),
        "needs": {n: r.randint(1, 3) for n in some(r, "need", 4)},
        "wishes": {
            "activities": some(r, "activity", 3),
            "text": maybe(r, r.choice(WISHES), 0.4),
        },
        "step": maybe(r, r.randint(0, 5), 0.6),
        "set_aside": [
            {
                "organization": str(h),
                "until": maybe(r, (today + timedelta(r.randint(-9, 50))).isoformat()),
            }
            for h in r.sample(hosts, r.choice([0, 0, 1]))
        ],
        "limits": limits,
        "windows": windows,
        "safety": safety,
    }


def witness(session: Session, r: random.Random, offering: uuid.UUID, today: date) -> None:
    """Let people say of an offering's sessions whether they took place, and call its host."""
    acting(session, by="test")
    for _ in range(r.randint(0, 6)):
        on, said_by = today - timedelta(days=r.randint(0, 90)), r.choice(["host", "staff"])
        at = datetime.combine(on, time(12), UTC) + timedelta(minutes=r.randint(0, 5_000))
        session.merge(
            SessionSeen(
                offering_id=offering, on=on, said_by=said_by, held=r.random() < 0.7, by="x", at=at
            )
        )
    for _ in range(r.randint(0, 6)):
        on = today - timedelta(days=r.randint(0, 90))
        session.add(
            HostAsked(
                offering_id=offering, id=uuid.UUID(int=r.getrandbits(128)), way="room", asked_on=on,
                silent_from=on + timedelta(days=8), by="x",
                answered_on=maybe(r, on + timedelta(days=r.randint(0, 7))),
            )
        )  # fmt: skip
    session.flush()


def experience(session: Session, r: random.Random, host: uuid.UUID) -> None:
    """Let something be known of a host from the casework."""
    acting(session, by="test")
    session.merge(
        HostExperience(
            organization_id=host, accompanied=r.choice(PEOPLE), stayed=maybe(r, PEOPLE[0]),
            answer_days=r.choice(ANSWER_DAYS),
        )
    )  # fmt: skip
    session.flush()
