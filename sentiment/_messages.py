"""What a message says of a value that came from somebody else's file or request.

Such a value may be of any size: ten nested YAML aliases are a list of ten billion. So
only what the message has room for is ever written.
"""

import json
from collections.abc import Iterator, Mapping, Set
from typing import Any

_BRACKETS = {tuple: ("(", ")"), set: ("{", "}"), frozenset: ("{", "}")}
# Writing out an integer takes time in the square of its digits.
_MOST_BITS = 4000


def shown(value: Any, length: int = 60) -> str:
    """Return a value as ``repr`` writes it, cut to a length.

    ``value``: anything: large, deep, or a list that holds itself. ``length``: the most
    characters to return.

    Notes
    -----
    O(length) for text, numbers and containers of them, whatever their size.

    Examples
    --------
    >>> shown({"min_df": [1, 2.5, None]})
    "{'min_df': [1, 2.5, None]}"
    >>> bomb = ["lol"]
    >>> for _ in range(30):
    ...     bomb = [bomb] * 10
    >>> shown(bomb, 20)
    '[[[[[[[[[[[[[[[[[...'
    """
    return _cut(_iter_pieces(value, length, _as_python), length)


def shown_as_json(value: Any, length: int = 60) -> str:
    """Return a value as :func:`shown` does, as JSON writes it.

    Examples
    --------
    >>> shown_as_json({"text": [True, None, "a" * 1000]}, 30)
    '{"text": [true, null, "aaaa...'
    """
    return _cut(_iter_pieces(value, length, _as_json), length)


def first_line(error: BaseException, length: int = 400) -> str:
    """Return the first line of an error's message, cut to a length, or its name."""
    text = str(error).strip() or type(error).__name__
    return _cut(iter(text.splitlines()[:1]), length)


def _cut(pieces: Iterator[str], length: int) -> str:
    text = ""
    for piece in pieces:
        text += piece
        if len(text) > length:
            return text[: length - 3] + "..."
    return text


def _iter_pieces(value: Any, length: int, write: Any) -> Iterator[str]:
    """Yield the text of a value piece by piece; each level begins with a bracket.

    So whoever stops at a number of characters goes no deeper than that.
    """
    if isinstance(value, Mapping):
        yield "{"
        for place, (key, item) in enumerate(value.items()):
            yield ", " if place else ""
            yield from _iter_pieces(key, length, write)
            yield ": "
            yield from _iter_pieces(item, length, write)
        yield "}"
    elif isinstance(value, list | tuple | Set):
        opening, closing = _BRACKETS.get(type(value), ("[", "]"))
        yield opening
        for place, item in enumerate(value):
            yield ", " if place else ""
            yield from _iter_pieces(item, length, write)
        yield "," + closing if closing == ")" and len(value) == 1 else closing
    elif isinstance(value, str | bytes):
        yield write(value[: length + 1])
    elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
        yield f"an integer of {value.bit_length():,} bits"
    else:
        yield write(value)


def _as_json(value: Any) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return _as_python(value)


def _as_python(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # somebody else's __repr__
        return f"<{type(value).__name__}>"
