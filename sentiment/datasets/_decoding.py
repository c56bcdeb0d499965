"""From a file to text: reading, decompressing, decoding."""

import codecs
import gzip
import zlib
from pathlib import Path

from sentiment.exceptions import DataError


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, decompressed when its name ends in .gz."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}).") from None
    if path.suffix.lower() != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path} is not a readable gzip file ({_sentence(error)}). Fetch it again, "
            "or drop the .gz from its name if it is not compressed."
        ) from None


def decode(data: bytes, encoding: str, name: str) -> str:
    """Return the text of a file, without the byte order mark it may start with."""
    try:
        codec = codecs.lookup(encoding).name
        # utf-8-sig counts its offsets from behind the mark.
        text = data.decode("utf-8" if codec == "utf-8-sig" else codec)
    except UnicodeDecodeError as error:
        said = "UTF-8" if codec in ("utf-8", "utf-8-sig") else encoding
        byte = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        remedy = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
        raise DataError(
            f"{name} is not {said} ({byte}). Try --encoding={remedy}."
        ) from None
    except UnicodeError as error:
        raise DataError(f"{name} is not {encoding} ({_sentence(error)}).") from None
    except (LookupError, ValueError):
        raise DataError(
            f"{encoding!r} is not a text encoding that Python knows. "
            "Try --encoding=utf-8 or --encoding=latin-1."
        ) from None
    return text.removeprefix("\ufeff") if codec.startswith("utf") else text


def _sentence(error: BaseException) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")
