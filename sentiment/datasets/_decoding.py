"""From bytes to text, block by block."""

import codecs
import re

from sentiment.datasets._bytes import first_sentence
from sentiment.exceptions import DataError

_ESCAPED = re.compile("[\udc80-\udcff]")


def decode(data: bytes, encoding: str, name: str) -> str:
    """Return the text of a file, without the byte order mark it may start with."""
    return TextDecoder(encoding, name).decode(data, final=True)


class TextDecoder:
    """Decodes a file whose bytes come in blocks.

    Parameters
    ----------
    encoding : str
        Any text encoding of Python; a byte order mark is dropped.
    name : str
        The file; starts every error message.
    lenient : bool, default=False
        Whether a byte that is not of the encoding stays in the text as a lone
        surrogate, which :func:`undecoded_byte` finds, rather than ending the reading.
    """

    def __init__(self, encoding: str, name: str, *, lenient: bool = False) -> None:
        self._name = name
        self._encoding = encoding
        try:
            codec = codecs.lookup(encoding).name
            b"    ".decode(encoding, "replace")  # hex and zip are no encodings of text
            # utf-8-sig counts its offsets from behind the mark.
            self._codec = "utf-8" if codec == "utf-8-sig" else codec
            make = codecs.getincrementaldecoder(self._codec)
            self._decoder = make("surrogateescape" if lenient else "strict")
        except UnicodeError as error:
            raise self._refusal(error) from None
        except (LookupError, ValueError):
            raise DataError(
                f"{encoding!r} is not a text encoding that Python knows. "
                "Try --encoding=utf-8 or --encoding=latin-1."
            ) from None
        self._start = b""
        self._n_bytes = 0
        self._at_start = True

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """Return the text of the next block; ``final`` says that it is the last."""
        if not self._n_bytes:
            self._start = data[:2]
        try:
            pending = self._decoder.getstate()[0]
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            raise self._undecodable(error, self._n_bytes - len(pending)) from None
        except UnicodeError as error:
            raise self._refusal(error) from None
        self._n_bytes += len(data)
        if self._at_start and text:
            self._at_start = False
            if self._codec.startswith("utf"):
                text = text.removeprefix("\ufeff")
        return text

    def _undecodable(self, error: UnicodeDecodeError, offset: int) -> DataError:
        said = "UTF-8" if self._codec == "utf-8" else self._encoding
        byte = error.object[error.start]
        marked = self._start in (b"\xff\xfe", b"\xfe\xff")
        return DataError(
            f"{self._name} is not {said} (byte 0x{byte:02x} at offset "
            f"{offset + error.start}). "
            f"Try --encoding={'utf-16' if marked else 'latin-1'}."
        )

    def _refusal(self, error: UnicodeError) -> DataError:
        said = first_sentence(error)
        return DataError(f"{self._name} is not {self._encoding} ({said}).")


def undecoded_byte(text: str) -> int | None:
    r"""Return the first byte that a lenient :class:`TextDecoder` could not decode.

    Examples
    --------
    >>> undecoded_byte(b"caf\xe9".decode("utf-8", "surrogateescape"))
    233
    >>> undecoded_byte("café") is None
    True
    """
    found = None if text.isascii() else _ESCAPED.search(text)
    return None if found is None else ord(found[0]) - 0xDC00
