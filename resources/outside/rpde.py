"""One page of an RPDE feed of OpenActive: items that changed, and where the next page is.

Realtime Paged Data Exchange 1.0: `items` with `state`, `kind`, `id`, `modified` and `data`, and
`next`; a page without items is the last for now. OpenActive Modelling Opportunity Data 2.0 for the
fields of a session.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from resources.clock import JAPAN
from resources.outside.said import (
    DatedSession,
    Doubt,
    Unreadable,
    count_of,
    is_ahead,
    moment_of,
    read_json,
)

TYPES = ("application/json", "application/vnd.openactive.rpde+json")

LONGEST_KEY = 300
EARLIEST_MS = 1_262_304_000_000  # 2010: an earlier `modified` is a counter, not a moment


@dataclass(frozen=True)
class Item:
    """Something that changed. data : None where it was deleted."""

    key: str  # kind and id, which together are unique in a feed
    id: str
    data: dict[str, Any] | None
    said_on: date | None

    def is_called(self, name: str) -> bool:
        """Tell whether a name that staff wrote down is this item's."""
        return name in (self.id, self.key) or name in _names(self.data)


@dataclass(frozen=True)
class FeedPage:
    """A page. next_url : as it stands there; is_last : nothing more for now."""

    items: list[Item]
    next_url: str
    is_last: bool


def read_page(body: bytes, *, now: datetime) -> FeedPage:
    """Read a page; an item that lacks what every item has is passed over. Raises `Unreadable`."""
    page = read_json(body)
    if not isinstance(page, dict) or not isinstance(page.get("items"), list):
        raise Unreadable("not_rpde")
    next_url = page.get("next")
    if not isinstance(next_url, str) or not next_url:
        raise Unreadable("not_rpde")
    return FeedPage(list(_items(page["items"], now)), next_url, not page["items"])


def _items(raw: list[Any], now: datetime) -> Iterator[Item]:
    for part in raw:
        if not isinstance(part, dict):
            continue
        own, kind, state = part.get("id"), part.get("kind"), part.get("state")
        if isinstance(own, bool) or not isinstance(own, str | int) or not isinstance(kind, str):
            continue
        key = f"{kind}:{own}"
        data = part.get("data")
        if len(key) > LONGEST_KEY or state not in ("updated", "deleted"):
            continue
        if state == "updated" and not isinstance(data, dict):
            continue
        said_on = _said_on(part.get("modified"), now)
        yield Item(key, str(own), data if state == "updated" else None, said_on)


def _said_on(modified: Any, now: datetime) -> date | None:
    """Return the day of a change; None where `modified` is no moment, as the format allows."""
    if isinstance(modified, str) and modified.isdecimal():
        modified = int(modified[:20])
    if isinstance(modified, bool) or not isinstance(modified, int):
        return None
    if not EARLIEST_MS <= modified <= now.timestamp() * 1000 + 3_600_000:
        return None
    return datetime.fromtimestamp(modified / 1000, UTC).astimezone(JAPAN).date()


def sessions_of(item: Item, name: str, *, now: datetime) -> list[DatedSession]:
    """Return the sessions that an item has for what staff call `name`; empty where it has none.

    The item is a session of its own, or one of a series or a facility of that name, or the series
    with its sessions inside. An item of that name without times speaks for the whole.
    """
    data = item.data
    if data is None:
        return []
    belongs = any(
        name in _names(data.get(whole)) for whole in ("superEvent", "facilityUse", "partOf")
    )
    if not (belongs or item.is_called(name)):
        return []
    inside = data.get("subEvent") or data.get("event")
    if isinstance(inside, list):
        parts = [part for part in inside if isinstance(part, dict)]
        found = [_session(item, part, data, now) for part in parts]
        return [session for session in found if session.starts_at is not None]
    own = _session(item, data, {}, now)
    # A series alone says how many it takes, not how many places are left.
    says_something = own.starts_at is not None or own.left is not None or own.problem is not None
    return [own] if says_something else []


def _session(
    item: Item, data: dict[str, Any], series: dict[str, Any], now: datetime
) -> DatedSession:
    starts_at = moment_of(data.get("startDate"))
    status = str(data.get("eventStatus", series.get("eventStatus", ""))).rpartition("/")[2]
    left = _left(data, series)
    problem = left.problem if isinstance(left, Doubt) else None
    if item.said_on is not None and is_ahead(item.said_on, now):
        problem = "date_ahead"
    key = item.key
    if series:
        key = f"{item.key}#{next(iter(sorted(_names(data))), data.get('startDate'))}"
    return DatedSession(
        key=key[:LONGEST_KEY],
        item_key=item.key,
        starts_at=starts_at,
        ends_at=moment_of(data.get("endDate")),
        left=None if problem or isinstance(left, Doubt) else left,
        cancelled=status in ("EventCancelled", "EventPostponed"),
        said_on=item.said_on,
        problem=problem,
    )


def _left(data: dict[str, Any], series: dict[str, Any]) -> int | Doubt | None:
    for left, most in (
        ("remainingAttendeeCapacity", "maximumAttendeeCapacity"),
        ("remainingUses", "maximumUses"),
    ):
        if data.get(left) is not None:
            return count_of(data[left], data.get(most, series.get(most)))
    return None


def _names(value: Any) -> set[str]:
    """Return what an object is called: its ids, or itself where only the id stands there."""
    if isinstance(value, str):
        return {value}
    if not isinstance(value, dict):
        return set()
    found = (value.get(key) for key in ("@id", "id", "identifier"))
    return {
        str(name)[:LONGEST_KEY]
        for name in found
        if isinstance(name, str | int) and not isinstance(name, bool)
    }
