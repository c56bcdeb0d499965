"""From a page as data to HTML, and to a file."""

import hashlib
import os
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from sentiment.pages._blocks import Cell, Drawing, Page, Table, TextRow
from sentiment.pages._spans import Piece, cut_pieces, visible
from sentiment.pages._svg import figure_svg

_NO_PREFIX = "sentiment-prefix-of-a-fragment-"
_STRONGEST = 100
_WEAKEST = 8


def render_page(page: Page) -> str:
    """Return a page as one HTML document.

    Parameters
    ----------
    page : Page
        What it shows. Its figures lose their titles.

    Returns
    -------
    html : str
        With its style and pictures inside. It holds no script and forbids any.

    Examples
    --------
    >>> from sentiment.pages import Page, Paragraph, render_page
    >>> shown = Paragraph("<script>alert(1)</script>")
    >>> html = render_page(Page("Report", lead=[shown]))
    >>> html.splitlines()[0]
    '<!DOCTYPE html>'
    >>> "&lt;script&gt;alert(1)" in html, "<script" in html
    (True, False)
    """
    return _environment().get_template("page.html").render(_content(page))


def render_fragment(page: Page) -> str:
    """Return a page as one element with its style, for a notebook's output.

    A notebook holds many: the ids of each begin with a digest of what it shows, so that
    the links and pictures of one never lead into another.
    """
    content = _content(page, prefix=_NO_PREFIX)
    html = _environment().get_template("fragment.html").render(content)
    digest = hashlib.sha256(html.encode()).hexdigest()[:12]
    return html.replace(_NO_PREFIX, f"sentiment-{digest}-")


def save_page(
    page: Page, output: str | os.PathLike[str], *, force: bool = False
) -> None:
    """Write a page to a file, whole or not at all.

    Parameters
    ----------
    page : Page
        What it shows.
    output : str or path
        The file. It is written beside its target and renamed.
    force : bool, default=False
        Whether to overwrite a file that exists.

    Raises
    ------
    DataError
        If the file exists and ``force`` is False, or it cannot be written.
    """
    from sentiment.inference import check_output, write_file

    target = Path(output)
    check_output(target, force=force)  # before the work
    write_file(target, render_page(page).encode(), force=force)


def _content(page: Page, *, prefix: str = "") -> dict[str, Any]:
    # Numbered for each page anew, so that the same page gives the same bytes.
    numbers = count(1)

    def draw(drawing: Drawing) -> Markup:
        name = f"{prefix}figure-{next(numbers)}"
        return Markup(figure_svg(drawing.figure, name))

    return {"page": page, "draw": draw, "prefix": prefix}


def _read_template(name: str) -> str:
    # Where the package is an archive, it has no folder.
    return files(__package__).joinpath(name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_read_template),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["highlighted"] = _highlighted
    environment.filters["opening"] = _opening
    environment.filters["cell"] = _cell
    environment.filters["diverges"] = _diverges
    return environment


def _finalize(value: Any) -> Any:
    """Make what goes to the page fit to stand there; markup of our own is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value)


def _highlighted(row: TextRow, scale: float | None) -> list[tuple[Piece, int]]:
    """Return the pieces of a document, each with its strength in per cent."""
    pieces = cut_pieces(row.text, row.spans)
    values = (abs(piece.value) for piece in pieces if piece.value)
    largest = scale or max(values, default=0.0)
    return [(piece, _strength(piece.value or 0.0, largest)) for piece in pieces]


def _opening(piece: Piece, strength: int, unit: str) -> Markup:
    """Return the tag before a highlighted piece: there are hundreds in a document."""
    value = piece.value or 0.0
    kind = "for" if value >= 0 else "against"
    number = [f"{value:+.3f} {unit}"] if unit else []
    shown = escape("\n".join([*number, *map(visible, piece.notes)]))
    return Markup(
        f'<mark class="{kind}" style="--strength: {strength}%" title="{shown}">'
    )


def _strength(value: float, largest: float) -> int:
    share = abs(value) / largest if largest else 0.0
    return round(_WEAKEST + (_STRONGEST - _WEAKEST) * min(share, 1.0))


def _diverges(table: Table) -> bool:
    """Say whether any bar of a table goes to the left."""
    cells = (_cell(value) for row in table.rows for value in row)
    return any(cell.bar is not None and cell.bar < 0 for cell in cells)


def _cell(value: Cell | str) -> Cell:
    return value if isinstance(value, Cell) else Cell(str(value))
