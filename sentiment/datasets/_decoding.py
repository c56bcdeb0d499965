"""From the bytes of a file to UTF-8, block by block."""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment._messages import shown
from sentiment.datasets._bytes import ByteSource, first_sentence
from sentiment.datasets._source import Source
from sentiment.exceptions import DataError

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Stands, with the byte behind it, for a byte that is not of the encoding.
_UNDECODED = b"\xff"
_BLOCK = 4_000_000
_CONTROLS = re.compile(rb"[\x80-\x9f]")
# So many bytes say something of the alphabet.
_ENOUGH = 64


def decode(data: bytes, encoding: str, name: str) -> str:
    """Return the text of a file, without the byte order mark it may start with."""
    return Utf8(encoding, name).convert(data, final=True).decode()


class Utf8:
    """Converts a file whose bytes come in blocks.

    ``encoding``: any text encoding of Python. Where it is UTF-8, a mark of UTF-16 or
    UTF-32 at the start of the file says otherwise. A mark is dropped. ``name``: the
    file; starts every error message. ``lenient``: whether a byte that is not of the
    encoding stays as a byte that is not of UTF-8, which :func:`find_undecoded` finds,
    instead of ending the reading.
    """

    def __init__(self, encoding: str, name: str, *, lenient: bool = False) -> None:
        self._name = name
        self._encoding = encoding
        self._lenient = lenient
        try:
            self._codec = codecs.lookup(encoding).name
            b"    ".decode(encoding, "replace")  # hex and zip are no encodings of text
        except UnicodeError as error:
            raise self._refusal(error) from None
        except (LookupError, ValueError):
            raise DataError(
                f"{encoding!r} is not a text encoding that Python knows. "
                "Try encoding='utf-8' or encoding='cp1252'."
            ) from None
        if self._codec == "utf-8-sig":
            self._codec = "utf-8"
        self._decoder: Any = None
        self._n_bytes = 0
        self._at_start = True
        self._cut = b""
        self._has_controls = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is odd about the text so far."""
        if not self._has_controls:
            return ()
        return (
            f"{self._name} holds bytes 0x80 to 0x9f, which are control characters in "
            f"{self._encoding}, and quotes and dashes in cp1252. Pass "
            "encoding='cp1252' if it is from Windows.",
        )

    @property
    def is_plain(self) -> bool:
        """Whether the bytes are UTF-8 already."""
        return self._codec == "utf-8"

    def convert(self, data: bytes, *, final: bool = False) -> bytes:
        """Return the next block as UTF-8; ``final`` says that it is the last."""
        if self._at_start and data:
            self._begin(data)
        if self._decoder is None:
            if self._at_start and data.startswith(codecs.BOM_UTF8):
                data = data[len(codecs.BOM_UTF8) :]
                self._n_bytes = len(codecs.BOM_UTF8)
            self._at_start = self._at_start and not data
            if not self._lenient:
                self._check(data, final)
            return data
        try:
            pending = self._decoder.getstate()[0]
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            before = self._n_bytes - len(pending)
            raise self.undecodable(error.object, error.start, before) from None
        except UnicodeError as error:
            raise self._refusal(error) from None
        self._n_bytes += len(data)
        if self._codec == "iso8859-1" and _CONTROLS.search(data):
            self._has_controls = True
        if self._at_start and text:
            self._at_start = False
            if self._codec.startswith("utf"):
                text = text.removeprefix("\ufeff")
        try:
            errors = "sentiment-undecoded" if self._lenient else "strict"
            return text.encode("utf-8", errors)
        except UnicodeEncodeError:
            raise DataError(
                f"{self._name} holds a lone surrogate, which is not valid Unicode. "
                "Name the right encoding with encoding=..."
            ) from None

    def _begin(self, data: bytes) -> None:
        if self.is_plain:
            marks = (codec for mark, codec in _MARKS.items() if data.startswith(mark))
            self._codec = next(marks, self._codec)
        if not self.is_plain and self._decoder is None:
            errors = "surrogateescape" if self._lenient else "strict"
            self._decoder = codecs.getincrementaldecoder(self._codec)(errors)

    def _check(self, data: bytes, final: bool) -> None:
        """Refuse bytes that are no UTF-8; a character may be cut at the end."""
        pending, whole = self._cut, self._cut + data
        if is_utf8(whole):
            self._cut = b""
        else:
            try:
                _, used = codecs.utf_8_decode(whole, "strict", final)
            except UnicodeDecodeError as error:
                before = self._n_bytes - len(pending)
                raise self.undecodable(whole, error.start, before) from None
            self._cut = whole[used:]
        self._n_bytes += len(data)

    def undecodable(self, data: bytes, place: int, n_before: int) -> DataError:
        """Return the error of a byte that is not of the encoding."""
        said = "UTF-8" if self.is_plain else self._encoding
        advice = suggest_encoding(data, place) if self.is_plain else None
        byte = f"byte 0x{data[place]:02x} at offset {n_before + place}"
        told = f"{self._name} is not {said} ({byte})."
        if advice is None:
            other = "latin-1" if self.is_plain else "utf-8"
            return DataError(f"{told} Try encoding={other!r}.")
        if not _is_text(data, place, advice):
            return DataError(
                f"{told} It does not look like text in another encoding, either: "
                "convert it to csv first."
            )
        place -= place % 2 if "16" in advice else 0
        before = data[max(0, place - 60) : place].decode(advice, "replace")
        behind = data[place : place + 60].decode(advice, "replace")
        text = before.rpartition("\n")[2][-30:] + behind.partition("\n")[0][:40]
        return DataError(
            f"{told} Try encoding={advice!r}: then it reads {shown(text.strip(), 70)}."
        )

    def _refusal(self, error: UnicodeError) -> DataError:
        said = first_sentence(error)
        return DataError(f"{self._name} is not {self._encoding} ({said}).")


def suggest_encoding(data: bytes, place: int) -> str:
    """Return the encoding that bytes are probably in, which are not UTF-8.

    A byte 0x80 to 0x9f says cp1252, in which it is a curly quote, a dash or the euro:
    read as latin-1 it would be a control character, and "didn\u2019t" no word.
    """
    sample = data[max(0, place - 20_000) : place + 200_000]
    nul = sample.count(0)
    if nul > len(sample) // 4:
        even = sample[::2].count(0)
        return "utf-16-be" if even > nul - even else "utf-16-le"
    found = _judged(sample)
    if found is not None:
        return found
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _is_text(data: bytes, place: int, encoding: str) -> bool:
    """Say whether what is around a place could be text: has few control characters."""
    start = max(0, place - 2_000) // 2 * 2
    text = data[start : place + 2_000].decode(encoding, "replace")
    controls = sum(unicodedata.category(one) == "Cc" for one in "".join(text.split()))
    return controls * 50 <= len(text)


def _judged(sample: bytes) -> str | None:
    """Ask charset-normalizer, which knows other alphabets, about text beyond ASCII."""
    high = sum(byte >= 0x80 for byte in sample)
    if high * 5 < len(sample) or len(sample) < _ENOUGH:
        return None  # some letters with accents: a language in Latin letters
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:20_000]).best()
    return None if best is None else best.encoding


def is_utf8(data: Any) -> bool:
    """Say whether bytes are UTF-8, without making a str of them."""
    if isinstance(data, bytes) and data.isascii():
        return True
    bounds = np.array([0, len(data)], np.int64)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def find_undecoded(data: bytes, *, plain: bool = True) -> int | None:
    r"""Return the first byte that a lenient :class:`Utf8` could not decode.

    ``plain`` says whether the file itself is UTF-8.

    Examples
    --------
    >>> find_undecoded(b"caf\xe9")
    233
    >>> find_undecoded("café".encode()) is None
    True
    """
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data[error.start if plain else error.start + len(_UNDECODED)]
    return None


def _mark_undecoded(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    marked = [_UNDECODED + bytes([ord(one) & 0xFF]) for one in found]
    return b"".join(marked), error.end


codecs.register_error("sentiment-undecoded", _mark_undecoded)


def utf8_blocks(source: ByteSource, converter: Utf8) -> Iterator[tuple[bytes, bool]]:
    """Yield the text of a file as UTF-8, some megabytes at a time.

    Each block comes with whether it is the last. What somebody is typing comes as soon
    as it is there.
    """
    parts: list[bytes] = []
    size = 0
    for block in source.blocks():
        parts.append(converter.convert(block))
        size += len(block)
        if size >= _BLOCK or source.waits:
            yield b"".join(parts), False
            parts, size = [], 0
    parts.append(converter.convert(b"", final=True))
    yield b"".join(parts), True


@dataclass(eq=False)
class TextReader:
    """A file of text, and how it is read.

    ``name``: as the user wrote it. ``opened``: opens the bytes. ``source``: how they
    are read.
    """

    name: str
    opened: Callable[[], AbstractContextManager[ByteSource]]
    source: Source

    def converter(self, *, lenient: bool) -> Utf8:
        """Return what converts the bytes to UTF-8."""
        return Utf8(self.source.encoding, self.name, lenient=lenient)

    def refuse_first_line(self, data: bytes) -> DataError:
        """Return the error of a start, leniently converted, that names no columns."""
        converter = self.converter(lenient=False)
        if converter.is_plain:
            try:
                converter.convert(data)
            except DataError as error:
                return error  # says which encoding fits
        return DataError(
            f"{self.name}: its first line is not of the encoding. Name the right one "
            "with encoding=..."
        )
