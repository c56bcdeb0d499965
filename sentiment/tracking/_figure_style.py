"""How figures look: colours, axes, and labels that every font can show.

Figures are made without pyplot: no global state, no display, no thread that must be
the main one.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind readers too.
COLORS = (
    "#D55E00",
    "#0072B2",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#7F6A00",
    "#444444",
)
MUTED = "#8A8A8A"
MAX_CLASSES = len(COLORS)
"""More curves than this in one picture nobody can tell apart."""

_INK = "#222222"
_GRID = "#E3E3E3"


def new_figure(
    title: str,
    *,
    width: float = 6.4,
    height: float = 4.8,
    n_rows: int = 1,
    n_columns: int = 1,
    **subplots: Any,
) -> "tuple[Figure, Any]":
    """Return a figure with its title and its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=13, fontweight="bold", color=_INK)
    return figure, figure.subplots(n_rows, n_columns, **subplots)


def finish_axes(
    axes: "Axes", *, x: str = "", y: str = "", grid: str | None = "both"
) -> None:
    """Name the axes, draw a light grid behind the data and no box around it."""
    axes.set_xlabel(x, color=_INK)
    axes.set_ylabel(y, color=_INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(colors=_INK, length=3)
    if grid is not None:
        axes.grid(axis=grid, color=_GRID, linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def readable(label: object, *, width: int = 36) -> str:
    r"""Return a label as text that the font can show and matplotlib takes literally.

    A lone emoji would be drawn as an empty box with a warning, and an n-gram such as
    ``$ 5 $`` be set as a formula. Emoji become their names, other missing characters
    their code points; what is longer than ``width`` is cut.

    Examples
    --------
    >>> readable("$ 5 $") == r"\$ 5 \$"
    True
    >>> readable("\N{FILM FRAMES} \N{CJK UNIFIED IDEOGRAPH-5F71}")
    ':film frames: \\u5f71'
    """
    text = "".join(map(_shown, str(label)))
    if len(text) > width:
        text = text[: width - 1] + "…"
    return text.replace("$", r"\$")


def readable_all(labels: Sequence[object], *, width: int = 36) -> list[str]:
    """Return each label as :func:`readable` does."""
    return [readable(label, width=width) for label in labels]


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] != "C" and ord(character) in _known_glyphs():
        return character
    if category == "So":
        return f":{unicodedata.name(character, 'symbol').lower()}:"
    return character.encode("unicode_escape").decode()


@cache
def _known_glyphs() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(findfont(FontProperties())).get_charmap())
