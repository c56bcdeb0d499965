"""JSON to the letter: what Python reads and JSON does not say is refused.

Python takes the last of two equal keys, takes NaN, and reads 1e999 as infinity: a text,
a label or a number would be lost in silence.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from json import JSONDecodeError
from typing import Any, NoReturn

from sentiment._messages import shown_as_json

__all__ = ["JSONDecodeError", "JSONFault", "iter_json_array", "read_json"]


class JSONFault(ValueError):  # noqa: N818 - beside JSONDecodeError: what is no JSON
    """Why JSON is refused although it is well formed.

    ``reason``: the message: about "it", without a full stop. ``remedy``: one sentence.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def read_json(text: str) -> Any:
    """Return what a JSON text says.

    Raises JSONDecodeError if it is not JSON, and JSONFault if an object names a key
    twice, or there is what cannot be held.

    Notes
    -----
    O(len(text)).

    Examples
    --------
    >>> read_json('{"text": "Dull.", "stars": 1.5}')
    {'text': 'Dull.', 'stars': 1.5}
    >>> read_json('{"text": "Dull.", "text": "Great!"}')
    Traceback (most recent call last):
    ...
    sentiment._json.JSONFault: it names the key "text" twice in one object
    """
    return _explaining(_decode, text)


def iter_json_array(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the elements of a JSON array, each with the place where it begins.

    Raises JSONFault if it is no array, or as :func:`read_json`; it names the line.
    """
    place = _skip(text, text.index("[") + 1)
    if text[place : place + 1] == "]":
        place = _skip(text, place + 1)
    else:
        separator = ","
        while separator == ",":
            try:
                value, end = _explaining(_DECODER.raw_decode, text, place)
            except JSONDecodeError as error:
                raise JSONFault(f"line {error.lineno}: {error.msg}", _MEND) from None
            yield place, value
            place = _skip(text, end)
            separator = text[place : place + 1]
            place = _skip(text, place + 1)
        if separator != "]":
            line = text.count("\n", 0, place) + 1
            raise JSONFault(f"line {line}: a comma or ] is missing", _MEND)
    if place < len(text):
        line = text.count("\n", 0, place) + 1
        raise JSONFault(f"line {line}: something follows the array", _MEND)


_MEND = "Mend it, or write one JSON object a line."
_SPACE = re.compile(r"[ \t\r\n]*")


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()


def _explaining(read: Callable[..., Any], *args: Any) -> Any:
    try:
        return read(*args)
    except (JSONDecodeError, JSONFault):
        raise
    except RecursionError:
        raise JSONFault("it is too deeply nested", "Write it flatter.") from None
    except ValueError:
        raise JSONFault(
            "it holds an integer of more digits than Python reads",
            "Write it in quotes.",
        ) from None


def _decode(text: str) -> Any:
    """Decode without a look for white space around the text, where there is none."""
    try:
        value, end = _DECODER.raw_decode(text)
    except JSONDecodeError:
        return _DECODER.decode(text)
    return value if end == len(text) else _DECODER.decode(text)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    raise JSONFault(
        f"it names the key {shown_as_json(key)} twice in one object",
        "Keep one of the two.",
    )


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise JSONFault(
            f"it holds {digits:.20}, a number beyond 1.8e308", "Write it in quotes."
        )
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise JSONFault(
        f"it holds {name}, which JSON does not have",
        "Write null where there is no number.",
    )


# Made once: json.loads would make one for each line.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_keys, parse_float=_finite, parse_constant=_refuse_constant
)
