"""Lines of text out of blocks of text, for the readers of csv and JSON lines."""

import io
import re
from collections.abc import Callable, Iterable, Iterator

from sentiment.datasets._bytes import ByteSource
from sentiment.datasets._decoding import TextDecoder, undecoded_byte

# \r\r\n is how a file opened without newline="" ends its lines on Windows.
_LONE_RETURN = re.compile(r"\r(?!\r*\n)")
# Stands for a lone \r, with a 1 behind; itself it is written with a 0 behind.
_SHIELD = "\ue000"


def _never() -> bool:
    return False


class TextLines:
    """The lines of a source with their ends, as the blocks come in.

    Parameters
    ----------
    blocks : iterable of str
        The text, cut anywhere.
    waits : callable
        Says whether the next block may be long in coming.
    lenient : bool, default=False
        Whether to note undecoded bytes; see :class:`TextDecoder`.

    Attributes
    ----------
    undecoded : int or None
        The first undecoded byte of the lines handed out since it was set to None.
    """

    def __init__(
        self,
        blocks: Iterable[str],
        waits: Callable[[], bool] = _never,
        *,
        lenient: bool = False,
    ) -> None:
        self._blocks = iter(blocks)
        self._waits = waits
        self._lenient = lenient
        self._fed = 0
        self._shielded = False
        self.undecoded: int | None = None

    def pauses(self, n_taken: int) -> bool:
        """Say whether all lines have been taken, and no more are there yet."""
        return n_taken >= self._fed and self._waits()

    def lines(self) -> Iterator[str]:
        r"""Yield lines that end in \n; U+2028 and its kin end none."""
        for text in self._complete():
            self._fed += text.count("\n")
            yield from self._noted(io.StringIO(text, newline="\n"))

    def csv_lines(self) -> Iterator[str]:
        r"""Yield lines for the csv module, each lone \r shielded.

        pandas and Python's csv write a \r without quotes where lines end in \n. The
        csv module would not read it back. A file without \n has lines that end in \r.
        """
        for text in self._complete():
            if "\n" not in text and self._fed == 0:
                yield from self._noted(io.StringIO(text, newline="\r"))
                continue
            self._fed += text.count("\n")
            lines = io.StringIO(text, newline="\n")
            if "\r" in text or _SHIELD in text:
                yield from self._noted(map(self._shield, lines))
            else:
                yield from self._noted(lines)

    def unshield(self, cells: list[str]) -> list[str]:
        r"""Return the cells of a record with each \r in its place again."""
        if not self._shielded:
            return cells
        return [
            cell.replace(f"{_SHIELD}1", "\r").replace(f"{_SHIELD}0", _SHIELD)
            for cell in cells
        ]

    def _shield(self, line: str) -> str:
        shielded = line.replace(_SHIELD, f"{_SHIELD}0")
        shielded = _LONE_RETURN.sub(f"{_SHIELD}1", shielded)
        if shielded != line:
            self._shielded = True
        return shielded

    def _noted(self, lines: Iterable[str]) -> Iterable[str]:
        return map(self._note, lines) if self._lenient else lines

    def _note(self, line: str) -> str:
        if self.undecoded is None:
            self.undecoded = undecoded_byte(line)
        return line

    def _complete(self) -> Iterator[str]:
        """Yield text that ends with a line; only the last may lack its end."""
        pending: list[str] = []
        for block in self._blocks:
            end = block.rfind("\n") + 1
            if not end:
                pending.append(block)
                continue
            yield "".join([*pending, block[:end]])
            pending = [block[end:]] if end < len(block) else []
        rest = "".join(pending)
        if rest:
            yield rest


def decoded_lines(
    source: ByteSource, encoding: str, *, lenient: bool = False
) -> TextLines:
    """Return the lines of a source of bytes."""
    decoder = TextDecoder(encoding, source.name, lenient=lenient)

    def blocks() -> Iterator[str]:
        for block in source.blocks():
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)

    return TextLines(blocks(), lambda: source.waits, lenient=lenient)
