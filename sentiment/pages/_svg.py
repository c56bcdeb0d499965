"""A figure of matplotlib as inline SVG that takes the colours of the page."""

import io
import re
from typing import TYPE_CHECKING, Any

from sentiment.tracking import COLORS, MUTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What our figures are drawn with, and the variable of the page that takes its place.
_VARIABLES = {
    "#000000": "--ink",
    "#222222": "--ink",
    "#e3e3e3": "--line",
    "#ffffff": "--paper",
    MUTED.lower(): "--muted",
    **{color.lower(): f"--data-{place}" for place, color in enumerate(COLORS)},
}
_COLOR = re.compile(r"(?<=: )#[0-9a-f]{6}\b")
# Matplotlib 3.10 writes ``font: 10px 'DejaVu Sans', ...``, 3.11 the family alone.
_FAMILY = re.compile(r"(font: [^;\"']*?[\d.]+px|font-family:) [^;\"]*")
_NOT_DRAWN = re.compile(
    r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.DOTALL
)
_ID = re.compile(r'(\bid="|url\(#|xlink:href="#)')
_ROOT = re.compile(r"<svg\b[^>]*?viewBox=\"([^\"]*)\"[^>]*>")


def figure_svg(figure: "Figure", name: str) -> str:
    """Return a figure as an ``<svg>`` element.

    Text stays text, in the font of the page; the same figure gives the same bytes.

    ``figure``: drawn in the colours of ``_figure_style``. Its title is left out: the
    page has a caption. ``name``: unique in the page; the elements of the figure are
    named after it.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure.suptitle("")
    drawn: list[Any] = [figure, *figure.axes]
    for part in drawn:
        part.patch.set_facecolor("none")
    settings = {"svg.fonttype": "none", "svg.hashsalt": name}
    stream = io.StringIO()
    with matplotlib.rc_context(settings):
        # Not savefig, which draws everything twice.
        FigureCanvasSVG(figure).print_svg(stream, metadata={"Date": None})
    svg = stream.getvalue()
    return _adapt(svg[svg.index("<svg") :], name)


def _adapt(svg: str, name: str) -> str:
    svg = _NOT_DRAWN.sub("", svg)
    svg = _ID.sub(rf"\g<1>{name}-", svg)
    svg = _FAMILY.sub(r"\1 var(--font)", svg)
    svg = _COLOR.sub(_variable, svg)
    return _ROOT.sub(_root, svg, count=1).strip()


def _variable(match: re.Match[str]) -> str:
    variable = _VARIABLES.get(match[0])
    return f"var({variable})" if variable else match[0]


def _root(match: re.Match[str]) -> str:
    width = round(float(match[1].split()[2]) * 4 / 3)
    return (
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns="http://www.w3.org/2000/svg" viewBox="{match[1]}" '
        f'style="width: {width}px" aria-hidden="true" focusable="false">'
    )
