"""What time it is, in Japan. One place, so that a test can hold the clock still."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")


class NoZone(ValueError):
    """A moment that doesn't say of which zone its hour is."""

    def __init__(self) -> None:
        super().__init__(
            "the moment has no time zone; give it one, such as tzinfo=JAPAN of resources.clock"
        )


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def now_in_japan() -> datetime:
    """Return the present moment, aware, in Japan's time."""
    return now().astimezone(JAPAN)


def today() -> date:
    """Return today's date in Japan."""
    return now_in_japan().date()


def in_japan(moment: datetime) -> datetime:
    """Return an aware moment in Japan's time. Raises `NoZone`: no machine's own zone is meant."""
    if moment.utcoffset() is None:
        raise NoZone
    return moment.astimezone(JAPAN)


def to_the_minute(moment: datetime) -> str:
    """Return a moment of `JAPAN` as ISO 8601 has it, without seconds."""
    # Since 1951 the offset is one and the same; to ask the zone for it takes a microsecond.
    return moment.replace(tzinfo=None).isoformat(timespec="minutes") + "+09:00"
