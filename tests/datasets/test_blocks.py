"""Text that comes in blocks is the text that comes at once."""

from typing import Any

import pytest

from sentiment import DataError
from sentiment.datasets._decoding import TextDecoder
from sentiment.datasets._lines import TextLines

BLOCKS = ["ab", "c\nd", "e", "\n", "f"]


@pytest.mark.parametrize("read", [TextLines.lines, TextLines.csv_lines])
def test_a_line_of_several_blocks_is_one_line(read: Any) -> None:
    assert list(read(TextLines(BLOCKS))) == ["abc\n", "de\n", "f"]


def test_a_character_of_two_blocks_is_one_character() -> None:
    decoder = TextDecoder("utf-8", "in.csv")
    texts = [decoder.decode(block) for block in (b"caf\xc3", b"\xa9")]
    assert "".join(texts) == "café"


def test_the_offset_of_a_wrong_byte_counts_all_blocks_before_it() -> None:
    decoder = TextDecoder("utf-8", "in.csv")
    decoder.decode(b"first")
    decoder.decode(b"second")
    with pytest.raises(DataError, match=r"byte 0xff at offset 13\)"):
        decoder.decode(b"at\xff")
