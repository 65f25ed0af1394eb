"""Pictures of what outcomes said, as SVG: chances against what stayed, and groups of people."""

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


ROW = 34
NAMES = 120

_GROUPS = Environment(autoescape=True).from_string(
    """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}" role="img" \
aria-label="{{ title }}" class="plot">
<title>{{ title }}</title>
{% for row in rows %}<text x="{{ names - 8 }}" y="{{ row.y + 14 }}" font-size="11" \
text-anchor="end">{{ row.name }}</text>
<rect x="{{ names }}" y="{{ row.y }}" width="{{ row.share }}" height="10" fill="#8aa5b8">\
<title>{{ row.told_share }}</title></rect>
<rect x="{{ names }}" y="{{ row.y + 12 }}" width="{{ row.accepted }}" height="10" fill="#1f5f8b">\
<title>{{ row.told_accepted }}</title></rect>
{% endfor %}<rect x="{{ names }}" y="{{ height - 16 }}" width="10" height="10" fill="#8aa5b8"/>
<text x="{{ names + 14 }}" y="{{ height - 7 }}" font-size="11">{{ share }}</text>
<rect x="{{ names + 120 }}" y="{{ height - 16 }}" width="10" height="10" fill="#1f5f8b"/>
<text x="{{ names + 134 }}" y="{{ height - 7 }}" font-size="11">{{ accepted }}</text>
</svg>
"""
)


def groups_picture(
    groups: Sequence[Mapping[str, Any]], *, title: str, share: str, accepted: str
) -> Markup:
    """Return two bars for each group: its share of all placements, and how many were accepted.

    groups : `evaluation.Group` as JSON; both bars end at 1
    """
    whole = 2 * SIZE - NAMES
    rows = [
        {
            "name": g["name"],
            "y": MARGIN // 2 + ROW * i,
            "share": round(whole * g["share"], 1),
            "accepted": round(whole * g["accepted"], 1),
            "told_share": f"{g['share']:.0%}",
            "told_accepted": f"{g['accepted']:.0%}",
        }
        for i, g in enumerate(groups)
    ]
    svg = _GROUPS.render(
        width=2 * SIZE, height=ROW * len(rows) + 2 * MARGIN, names=NAMES, rows=rows, title=title,
        share=share, accepted=accepted,
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - as above
