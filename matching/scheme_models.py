"""The tables of what a municipality weighs by; every write to them stands in the change log."""

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from resources.models import Base, Logged


class PriorityScheme(Logged, Base):
    """A named set of weights, editable, several side by side (see `schemes.Scheme`)."""

    __tablename__ = "priority_scheme"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    ja: Mapped[str] = mapped_column(String(60))
    en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    weights: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    minimum_score: Mapped[float]
    per_host: Mapped[int]
    per_kind: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Threshold(Logged, Base):
    """A number that holds for every scheme (see `schemes.Thresholds`)."""

    __tablename__ = "threshold"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[float]
