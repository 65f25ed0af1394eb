"""A day as the reader's language writes it."""

from datetime import date


def shown_date(value: str | date | None, language: str) -> str:
    """Return 2026年10月2日, or 2 Oct 2026."""
    if value is None:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%b %Y}"
