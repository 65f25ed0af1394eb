"""Pictures of what later outcomes said, as SVG: chances told against shares that stayed."""

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

SIZE = 220
MARGIN = 28

_PICTURE = Environment(autoescape=True).from_string(
    """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ size }} {{ size }}" role="img" \
aria-label="{{ title }}" class="plot">
<title>{{ title }}</title>
<rect x="{{ m }}" y="{{ m }}" width="{{ w }}" height="{{ w }}" fill="none" stroke="#888"/>
<line x1="{{ m }}" y1="{{ m + w }}" x2="{{ m + w }}" y2="{{ m }}" stroke="#bbb"/>
{% for p in points %}<circle cx="{{ p.x }}" cy="{{ p.y }}" r="{{ p.r }}" fill="#1f5f8b" \
fill-opacity="0.7"><title>{{ p.count }}</title></circle>
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

    bins : `evaluation.Calibration` as JSON; the area of a dot stands for how many it tells of
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
        size=SIZE, m=MARGIN, w=width, points=points, title=title, across=across, up=up
    )
    return Markup(svg)  # noqa: S704 - of our own template, which escapes what it is given
