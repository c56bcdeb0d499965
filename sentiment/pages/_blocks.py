"""What a page shows, as plain data: no HTML, no colour, no file.

So a report can be tested as a list of blocks, and every report looks the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Tone: TypeAlias = Literal["plain", "good", "bad", "muted"]
"""What a value says; a mark of its own goes with each, since colour alone is lost."""


@dataclass(frozen=True)
class Paragraph:
    """A few sentences; with the tone "bad", a warning."""

    kind: ClassVar[str] = "paragraph"
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Tile:
    """One number at a glance: what it is, what it is worth, and a remark."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Tiles:
    """Tiles in a row."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Cell:
    """A cell of a table with more than its text.

    Attributes
    ----------
    text : str
        What stands in it.
    shade : float or None
        From 0 to 1: how full its background is, as in a heat map.
    tone : Tone
        "bad" and "good" colour the text.
    note : str
        A second, smaller line.
    bar : float or None
        From -1 to 1: a bar beside it, to the left below 0. It is left out in a narrow
        window.
    words : sequence of str
        Shown instead of the text, so that each is seen to be one: those of an n-gram.
    """

    text: str
    shade: float | None = None
    tone: Tone = "plain"
    note: str = ""
    bar: float | None = None
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """Rows under a header.

    Attributes
    ----------
    columns : sequence of str
        The header.
    rows : sequence of sequence of Cell or str
        As many cells a row as there are columns.
    caption : str
        What the table is about.
    left : int
        So many columns are words, the others numbers; the first heads its row.
    """

    kind: ClassVar[str] = "table"
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    caption: str = ""
    left: int = 1


@dataclass(frozen=True)
class Drawing:
    """A figure of matplotlib, and in words what it shows.

    The colours of ``sentiment.tracking._figure_style`` become those of the page, light
    or dark; others stay as they are.
    """

    figure: "Figure"
    caption: str
    description: str = ""


@dataclass(frozen=True)
class Drawings:
    """Figures beside each other, as many as the window is wide."""

    kind: ClassVar[str] = "drawings"
    drawings: Sequence[Drawing]


@dataclass(frozen=True)
class Span:
    """A stretch of a text that matters.

    Attributes
    ----------
    start, end : int
        ``text[start:end]`` is meant.
    value : float
        How much it speaks for something (above 0) or against it, in any unit.
    note : str
        Shown when somebody points at it.
    """

    start: int
    end: int
    value: float
    note: str = ""


@dataclass(frozen=True)
class TextRow:
    """A document with its words highlighted.

    Attributes
    ----------
    text : str
        The document, as it was.
    heading : str
        What is said of it: "row 12: positive, 0.98".
    spans : sequence of Span
        What to highlight; spans may overlap, and their values add up there.
    facts : sequence of (Cell or str, str)
        Names and values below the heading.
    tone : Tone
        "bad" for a mistake.
    """

    text: str
    heading: str = ""
    spans: Sequence[Span] = ()
    facts: Sequence[tuple[Cell | str, str]] = ()
    tone: Tone = "plain"


@dataclass(frozen=True)
class Texts:
    """Documents below each other.

    Attributes
    ----------
    rows : sequence of TextRow
        The documents.
    speaks_for, speaks_against : str
        What highlighting means; said once above the documents, if both are given.
    scale : float or None
        The value at which a highlight is as strong as it gets. None: the largest of
        each document by itself.
    unit : str
        That of the values, which are shown when somebody points at a highlight; without
        a unit they are not.
    """

    kind: ClassVar[str] = "texts"
    rows: Sequence[TextRow]
    speaks_for: str = ""
    speaks_against: str = ""
    scale: float | None = None
    unit: str = ""


Block: TypeAlias = Paragraph | Tiles | Table | Drawings | Texts


@dataclass(frozen=True)
class Section:
    """Blocks under a heading; the page lists its sections at the top."""

    title: str
    blocks: Sequence[Block]
    intro: str = ""


@dataclass(frozen=True)
class Page:
    """One report.

    Attributes
    ----------
    title : str
        Its name: "Evaluation".
    subtitle : str
        Of what: the model, the data.
    facts : sequence of (str, str)
        Where it comes from: names and values.
    lead : sequence of Block
        What is seen first, before any section.
    sections : sequence of Section
        The rest.
    """

    title: str
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    lead: Sequence[Block] = ()
    sections: Sequence[Section] = field(default_factory=tuple)
