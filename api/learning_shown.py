"""Pictures of what outcomes said, as SVG: chances against what stayed, and groups of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from resources.lists_shown import Exposure

SIZE = 220
MARGIN = 34
TICKS = (0, 50, 100)
"""Per cent that are marked at both sides of a picture."""

_PICTURE = Environment(autoescape=True).from_string(
    """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ size }} {{ size }}" role="img" \
aria-label="{{ title }}" class="plot">
<title>{{ title }}</title>
<rect x="{{ m }}" y="{{ m }}" width="{{ w }}" height="{{ w }}" fill="none" stroke="#888"/>
<line x1="{{ m }}" y1="{{ m + w }}" x2="{{ m + w }}" y2="{{ m }}" stroke="#bbb"/>
{% for t in ticks %}<text x="{{ m + w * t / 100 }}" y="{{ m + w + 11 }}" font-size="8" \
text-anchor="middle">{{ t }}%</text>
<text x="{{ m - 3 }}" y="{{ m + w - w * t / 100 + 3 }}" font-size="8" \
text-anchor="end">{{ t }}%</text>
{% endfor %}{% for p in points %}<circle cx="{{ p.x }}" cy="{{ p.y }}" r="{{ p.r }}" \
fill="#1f5f8b" fill-opacity="0.7"><title>{{ p.count }}</title></circle>
<text x="{{ p.x }}" y="{{ p.y - p.r - 2 }}" font-size="8" text-anchor="middle">{{ p.count }}</text>
{% endfor %}<text x="{{ m + w / 2 }}" y="{{ size - 6 }}" font-size="11" \
text-anchor="middle">{{ across }}</text>
<text x="12" y="{{ m + w / 2 }}" font-size="11" text-anchor="middle" \
transform="rotate(-90 12 {{ m + w / 2 }})">{{ up }}</text>
</svg>
"""
)


def calibration_picture(
    bins: Sequence[Mapping[str, Any]], *, title: str, across: str, up: str
) -> Markup:
    """Return the bins of a calibration as a picture; on the diagonal a chance is what happened.

    bins : `evaluation.Calibration` as JSON; a dot's area, and the number above it, say of how many
        it tells
    """
    width = SIZE - 2 * MARGIN
    most = max((b["count"] for b in bins), default=1)
    points = [
        {
            "x": round(MARGIN + width * b["expected"], 1),
            "y": round(MARGIN + width * (1 - b["stayed"]), 1),
            "r": round(3 + 9 * (b["count"] / most) ** 0.5, 1),
            "count": b["count"],
        }
        for b in bins
    ]
    svg = _PICTURE.render(
        size=SIZE, m=MARGIN, w=width, points=points, title=title, across=across, up=up,
        ticks=TICKS,
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - of our own template, which escapes what it is given


BAR = 12
NAMES, PERCENT = 120, 30
"""Room for the names before the bars, and for the number behind each."""
COLOURS = {"share": "#8aa5b8", "accepted": "#1f5f8b", "with_nothing": "#b5651d"}
"""Of each bar, in the order in which they stand."""

_GROUPS = Environment(autoescape=True).from_string(
    """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}" role="img" \
aria-label="{{ title }}" class="plot">
<title>{{ title }}</title>
{% for row in rows %}<text x="{{ names - 8 }}" y="{{ row.y + 20 }}" font-size="11" \
text-anchor="end">{{ row.name }}</text>
{% for bar in row.bars %}<rect x="{{ names }}" y="{{ bar.y }}" width="{{ bar.width }}" \
height="10" fill="{{ bar.colour }}"><title>{{ bar.told }}</title></rect>
<text x="{{ names + bar.width + 3 }}" y="{{ bar.y + 9 }}" font-size="9">{{ bar.percent }}</text>
{% endfor %}{% endfor %}{% for word in words %}<rect x="{{ names }}" y="{{ word.y }}" width="10" \
height="10" fill="{{ word.colour }}"/>
<text x="{{ names + 14 }}" y="{{ word.y + 9 }}" font-size="11">{{ word.said }}</text>
{% endfor %}</svg>
"""
)


@dataclass(frozen=True)
class Beside:
    """What was shown for people of a group, and what was begun for them; None = isn't told.

    lists, places_per_list, with_nothing : as in `resources.lists_shown.Exposure`
    shown, share, accepted : as in `matching.evaluation.Group`
    """

    name: str
    lists: int | None
    places_per_list: float | None
    with_nothing: float | None
    shown: int | None
    share: float | None
    accepted: float | None


def beside(
    groups: Sequence[Mapping[str, Any]], exposures: Sequence[Exposure], *, no_age: str
) -> list[Beside]:
    """Return exposure and acceptance of each group in one row.

    groups : `evaluation.Group` as JSON; no_age : how lists are called for which no age was told
    """
    begun = {g["name"]: g for g in groups}
    shown = {no_age if e.name is None else e.name: e for e in exposures}
    rows = []
    for name in [*sorted(begun.keys() | (shown.keys() - {no_age})), *(shown.keys() & {no_age})]:
        group, seen = begun.get(name, {}), shown.get(name)
        rows.append(
            Beside(
                name,
                None if seen is None else seen.lists,
                None if seen is None else seen.places_per_list,
                None if seen is None else seen.with_nothing,
                group.get("shown"),
                group.get("share"),
                group.get("accepted"),
            )
        )
    return rows


def groups_picture(rows: Sequence[Beside], *, title: str, words: Mapping[str, str]) -> Markup:
    """Return the bars of each group, all of them ending at 1; one that isn't told is absent.

    words : what the bars are called, by the names of `COLOURS`
    """
    whole, high = 2 * SIZE - NAMES - PERCENT, BAR * (len(COLOURS) + 1)
    used = [name for name in COLOURS if any(getattr(row, name) is not None for row in rows)]
    drawn = []
    for i, row in enumerate(rows):
        top = MARGIN // 2 + high * i
        bars = [
            {
                "y": top + BAR * k,
                "width": round(whole * value, 1),
                "colour": COLOURS[name],
                "told": f"{words[name]} {value:.0%}",
                "percent": f"{value:.0%}",
            }
            for k, name in enumerate(COLOURS)
            if (value := getattr(row, name)) is not None
        ]
        drawn.append({"name": row.name, "y": top, "bars": bars})
    below = MARGIN // 2 + high * len(rows)
    said = [
        {"said": words[name], "colour": COLOURS[name], "y": below + 16 * k}
        for k, name in enumerate(used)
    ]
    svg = _GROUPS.render(
        width=2 * SIZE, height=below + 16 * len(used) + 4, names=NAMES, rows=drawn, title=title,
        words=said,
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - as above
