"""Draws a map for a meeting, as PNG or PDF: outlines, streets, places, towns by their people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.coordinates import EARTH_RADIUS_M

JAPANESE_FONTS = (
    "Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "IPAGothic", "Hiragino Sans", "Yu Gothic",
    "Meiryo", "TakaoGothic", "VL Gothic", "MS Gothic",
)  # fmt: skip
A4 = (11.69, 8.27)
"""Inches, on its side."""

GAP, SERVED, PLACE, LINE, STREET = "#d55e00", "#9fc3b4", "#0072b2", "#5f7a6c", "#dcdcd6"
"""Colours that are told apart in grey print and with colour-blind eyes."""

NAMED = 25
"""So many of the largest towns without a place are named; more names would cover the map."""


class NoJapaneseFont(LookupError):
    """No font on this machine has Japanese characters."""

    def __init__(self) -> None:
        super().__init__('no Japanese font is installed; install one, e.g. "fonts-noto-cjk"')


@dataclass(frozen=True)
class TownMark:
    """A town on the map. shape : its outline, or the point that stands for it; WGS 84."""

    name: str
    shape: Any
    people: int
    is_gap: bool


@dataclass(frozen=True)
class Drawing:
    """What a map shows.

    outlines : shapes of districts; streets : lines; places : (lon, lat) of each
    words : of the legend, under gap, served, place; people : how a town's name is written
    source : where the data is from, in one line at the foot
    """

    title: str
    towns: Sequence[TownMark]
    places: Sequence[tuple[float, float]]
    outlines: Sequence[Any]
    streets: NDArray[np.object_] | None
    words: dict[str, str]
    source: str


def draw_map(drawing: Drawing, path: Path) -> None:
    """Write the map; the ending of the path, .png or .pdf, says how.

    Raises
    ------
    NoJapaneseFont
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"font.family": japanese_font()}):
        figure = Figure(figsize=A4, layout="constrained")
        axes = figure.add_subplot()
        _draw_ground(axes, drawing)
        _draw_towns(axes, drawing)
        for lon, lat in drawing.places:
            axes.plot(lon, lat, "^", color=PLACE, markersize=5, zorder=4)
        _finish(axes, drawing)
        figure.suptitle(drawing.title, fontsize=16)
        figure.supxlabel(drawing.source, fontsize=8)
        figure.savefig(path, dpi=200)


def japanese_font() -> str:
    """Return the name of an installed font with Japanese characters; raise `NoJapaneseFont`."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    for name in JAPANESE_FONTS:
        if name in installed:
            return name
    raise NoJapaneseFont


def _draw_ground(axes: Any, drawing: Drawing) -> None:
    from matplotlib.collections import LineCollection

    if drawing.streets is not None:
        lines = [shapely.get_coordinates(line) for line in drawing.streets]
        axes.add_collection(LineCollection(lines, colors=STREET, linewidths=0.5, zorder=1))
    borders = shapely.get_parts(shapely.boundary(list(drawing.outlines)))
    rings = [shapely.get_coordinates(ring) for ring in borders]
    axes.add_collection(LineCollection(rings, colors=LINE, linewidths=1.2, zorder=2))


def _draw_towns(axes: Any, drawing: Drawing) -> None:
    from matplotlib.collections import PolyCollection

    for town in drawing.towns:
        colour = GAP if town.is_gap else SERVED
        if shapely.get_dimensions(town.shape) == 2:
            rings = [
                shapely.get_coordinates(part.exterior) for part in shapely.get_parts(town.shape)
            ]
            shade = PolyCollection(rings, facecolors=colour, edgecolors="white", alpha=0.7)
            axes.add_collection(shade)
        else:
            # The circle's ground grows with the people, so two circles can be compared.
            axes.scatter(
                town.shape.x, town.shape.y, s=town.people / 25, color=colour, alpha=0.7,
                linewidths=0, zorder=3,
            )  # fmt: skip
    gaps = sorted((t for t in drawing.towns if t.is_gap), key=lambda t: -t.people)
    for town in gaps[:NAMED]:
        point = shapely.point_on_surface(town.shape)
        said = f"{town.name}\n{town.people:,}"
        axes.annotate(
            said, (point.x, point.y), xytext=(0, -8), textcoords="offset points", fontsize=7,
            ha="center", va="top", zorder=5,
        )  # fmt: skip


def _finish(axes: Any, drawing: Drawing) -> None:
    """Fix the extent to the towns, and say what the colours mean and how long a kilometre is."""
    from matplotlib.lines import Line2D

    shapes = [t.shape for t in drawing.towns] or list(drawing.outlines)
    west, south, east, north = shapely.total_bounds(shapes)
    margin = 0.06 * max(east - west, north - south, 0.01)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    stretch = math.cos(math.radians((south + north) / 2))
    axes.set_aspect(1 / stretch)
    axes.set_axis_off()
    mark: Any = {"marker": "o", "linestyle": "", "markersize": 10}
    axes.legend(
        handles=[
            Line2D([], [], color=GAP, label=drawing.words["gap"], **mark),
            Line2D([], [], color=SERVED, label=drawing.words["served"], **mark),
            Line2D([], [], color=PLACE, marker="^", linestyle="", label=drawing.words["place"]),
        ],
        loc="upper left",
        fontsize=10,
    )
    kilometre = math.degrees(1000 / EARTH_RADIUS_M) / stretch
    left, low = west - margin / 2, south - margin / 2
    axes.plot([left, left + kilometre], [low, low], color="black", linewidth=2, zorder=6)
    axes.annotate("1 km", (left + kilometre / 2, low), xytext=(0, 4), ha="center",
                  textcoords="offset points", fontsize=9)  # fmt: skip
