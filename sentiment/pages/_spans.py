"""Cut a document where highlights begin and end."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sentiment.pages._blocks import Span


@dataclass(frozen=True)
class Piece:
    """A stretch of text under one sum of highlights.

    Attributes
    ----------
    text : str
        The characters.
    value : float or None
        The sum of the values of all spans over it; None where there is none.
    notes : tuple of str
        The notes of those spans.
    """

    text: str
    value: float | None = None
    notes: tuple[str, ...] = ()


def cut_pieces(text: str, spans: Sequence[Span]) -> list[Piece]:
    """Return the text as pieces that together are the whole of it.

    Raises
    ------
    ValueError
        If a span is empty or reaches beyond the text.

    Examples
    --------
    >>> pieces = cut_pieces("not good", [Span(0, 8, -1.0), Span(4, 8, 0.25)])
    >>> [(piece.text, piece.value) for piece in pieces]
    [('not ', -1.0), ('good', -0.75)]
    >>> cut_pieces("good", [Span(0, 5, 1.0)])
    Traceback (most recent call last):
    ...
    ValueError: A span must lie within its text of 4 characters. Got 0 to 5.
    """
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            raise ValueError(
                f"A span must lie within its text of {len(text)} characters. Got "
                f"{span.start} to {span.end}."
            )
    edges = {0, len(text)}
    edges |= {edge for span in spans for edge in (span.start, span.end)}
    places = sorted(edges)
    ordered = sorted(spans, key=lambda span: span.start)
    pieces, active, following = [], [], 0
    for start, end in zip(places, places[1:], strict=False):
        while following < len(ordered) and ordered[following].start <= start:
            active.append(ordered[following])
            following += 1
        active = [span for span in active if span.end > start]
        value = sum(span.value for span in active) if active else None
        notes = tuple(span.note for span in active if span.note)
        pieces.append(Piece(text[start:end], value, notes))
    return pieces


def visible(text: str) -> str:
    r"""Return text with a sign for each character that a page cannot hold.

    Control characters become their pictures, what would turn the reading direction of
    the page around and lone surrogates the replacement character. The length stays.

    Examples
    --------
    >>> visible("a\x00b")
    'a␀b'
    """
    return "".join(map(_sign, text)) if not text.isprintable() else text


def _sign(character: str) -> str:
    code = ord(character)
    if character in "\n\t" or character.isprintable():
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    category = unicodedata.category(character)
    embeds = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    if category in ("Cc", "Cs", "Cn") or embeds:
        return "\N{REPLACEMENT CHARACTER}"
    return character
