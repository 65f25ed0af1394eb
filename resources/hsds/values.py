"""Reads single values of an HSDS record; what can't be is said in a sentence and left unknown."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from geodata.coordinates import is_in_japan
from resources.clock import JAPAN
from resources.hsds.parts import email, web
from resources.registration import OLDEST
from resources.sources.rows import is_storable

Json = dict[str, Any]


@dataclass(frozen=True)
class Odd:
    """A value of a record that was left out, and why, in both languages."""

    ja: str
    en: str


@dataclass
class Reader:
    """Reads the values of one record and notes the odd ones.

    changed : (table, column) of what the record changed in the catalogue
    """

    odd: list[Odd] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)

    def note(self, ja: str, en: str) -> None:
        found = Odd(ja, en)
        if found not in self.odd:
            self.odd.append(found)

    def left_out(self, name: str) -> None:
        self.note(
            f"{name} の値が使えないので、未確認のままにしました。",
            f"The value of {name} can't be used; it stays unknown.",
        )

    def text(self, record: Json, name: str, longest: int) -> str | None:
        """Return a text without space around it; None where there is none."""
        value = record.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not is_storable(value) or len(value) > longest:
            self.left_out(name)
            return None
        return value.strip() or None

    def whole(self, record: Json, name: str, most: int) -> int | None:
        """Return a whole number from 0; 12.0 is one, true is not."""
        value = record.get(name)
        if value is None:
            return None
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value <= most or int(value) != value:
            self.left_out(name)
            return None
        return int(value)

    def yes(self, record: Json, name: str) -> bool | None:
        value = record.get(name)
        if value is not None and not isinstance(value, bool):
            self.left_out(name)
            return None
        return value

    def one_of(self, record: Json, name: str, choices: tuple[str, ...]) -> str | None:
        value = record.get(name)
        if value is not None and value not in choices:
            self.left_out(name)
            return None
        return value

    def day(self, record: Json, name: str, *, past: date | None = None) -> date | None:
        """Return a day; of a moment, the day it is in Japan.

        past : today, for what can't have happened later
        """
        value = record.get(name)
        if value is None or value == "":
            return None
        try:
            found = _day(value)
        except (TypeError, ValueError):
            found = None
        if found is None or not 1900 <= found.year <= 2200 or (past and found > past):
            self.left_out(name)
            return None
        return found

    def mail(self, record: Json, name: str) -> str | None:
        found = self.text(record, name, 300)
        if found is not None and email(found) is None:
            self.left_out(name)
            return None
        return found

    def page(self, record: Json, name: str) -> str | None:
        found = self.text(record, name, 2000)
        if found is not None and web(found) is None:
            self.left_out(name)
            return None
        return found

    def ages(self, record: Json) -> tuple[int | None, int | None]:
        """Return the youngest and the oldest age; neither where they contradict each other."""
        low = self.whole(record, "minimum_age", OLDEST)
        high = self.whole(record, "maximum_age", OLDEST)
        if low is not None and high is not None and low > high:
            self.left_out("minimum_age, maximum_age")
            return None, None
        return low, high

    def point(self, record: Json) -> tuple[float, float] | None:
        """Return longitude and latitude in Japan; never mended where they seem to be swapped."""
        lat, lon = record.get("latitude"), record.get("longitude")
        if lat is None and lon is None:
            return None
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (lat, lon))
        if not numbers or not is_in_japan(float(lon), float(lat)):  # type: ignore[arg-type]
            self.note(
                "緯度と経度が日本の中にないので、位置は未確認のままにしました。",
                "Latitude and longitude are not in Japan; the position stays unknown.",
            )
            return None
        return float(lon), float(lat)  # type: ignore[arg-type]

    def objects(self, record: Json, name: str) -> list[Json]:
        """Return the objects of a list; what isn't one is left out."""
        value = record.get(name)
        if value is None:
            return []
        found = [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
        if not isinstance(value, list) or len(found) < len(value):
            self.left_out(name)
        return found

    def inside(self, record: Json, name: str) -> Json:
        """Return a nested object; an empty one where there is none."""
        value = record.get(name)
        if value is not None and not isinstance(value, dict):
            self.left_out(name)
        return value if isinstance(value, dict) else {}


def _day(value: str) -> date:
    if len(value) == 10:
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    return moment.date() if moment.tzinfo is None else moment.astimezone(JAPAN).date()
