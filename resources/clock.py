"""What time it is, in Japan. One place, so that a test can hold the clock still."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def now_in_japan() -> datetime:
    """Return the present moment, aware, in Japan's time."""
    return now().astimezone(JAPAN)


def today() -> date:
    """Return today's date in Japan."""
    return now_in_japan().date()


def to_the_minute(moment: datetime) -> str:
    """Return a moment of `JAPAN` as ISO 8601 has it, without seconds."""
    # Since 1951 the offset is one and the same; to ask the zone for it takes a microsecond.
    return moment.replace(tzinfo=None).isoformat(timespec="minutes") + "+09:00"
