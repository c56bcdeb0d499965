"""One self-contained HTML page out of plain data: what every report is shown on.

A report says *what* is shown, with the blocks below; how it looks is decided here,
once. The page holds its own style and pictures and no script, asks nothing of the
network and opens from disk. Whatever it shows is escaped: a review that holds
``<script>`` is shown, not run, and the page forbids scripts on top of that.
"""

from sentiment.pages._blocks import (
    Block,
    Cell,
    Drawing,
    Drawings,
    Page,
    Paragraph,
    Section,
    Span,
    Table,
    TextRow,
    Texts,
    Tile,
    Tiles,
    Tone,
)
from sentiment.pages._render import render_fragment, render_page, save_page
from sentiment.pages._spans import Piece, cut_pieces

__all__ = [
    "Block", "Cell", "Drawing", "Drawings", "Page", "Paragraph", "Piece", "Section",
    "Span", "Table", "TextRow", "Texts", "Tile", "Tiles", "Tone", "cut_pieces",
    "render_fragment", "render_page", "save_page",
]  # fmt: skip
