"""Text that comes in blocks is the text that comes at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import DataError
from sentiment.datasets._decoding import Utf8
from sentiment.engine import load_engine
from sentiment.text import reference

PIECES = st.sampled_from(
    ["a", "b", ",", ";", "\t", "\n", "\r", "\r\n", '"', '""', 'x"', '\n"', "é", "\0"]
)


def test_a_character_of_two_blocks_is_one_character() -> None:
    converter = Utf8("utf-8", "in.csv")
    texts = [converter.convert(block) for block in (b"caf\xc3", b"\xa9")]
    assert b"".join(texts).decode() == "café"


def test_a_character_that_the_end_cuts_is_refused() -> None:
    converter = Utf8("utf-8", "in.csv")
    converter.convert(b"caf\xc3")
    with pytest.raises(DataError, match=r"byte 0xc3 at offset 3\)"):
        converter.convert(b"", final=True)


def test_the_offset_of_a_wrong_byte_counts_all_blocks_before_it() -> None:
    converter = Utf8("utf-8", "in.csv")
    converter.convert(b"first")
    converter.convert(b"second")
    with pytest.raises(DataError, match=r"byte 0xff at offset 13\)"):
        converter.convert(b"at\xff")


@given(
    text=st.lists(PIECES, max_size=25).map("".join),
    delimiter=st.sampled_from([",", "\t"]),
    quote=st.sampled_from(['"', "\0"]),
    line_end=st.sampled_from(["\n", "\r"]),
    width=st.integers(0, 3),
    final=st.booleans(),
)
def test_both_engines_find_the_same_cells(
    text: str, delimiter: str, quote: str, line_end: str, width: int, final: bool
) -> None:
    data = np.frombuffer(text.encode(), np.uint8)
    how = [ord(one) for one in (delimiter, quote, line_end)]
    found, expected = (
        one.scan_delimited(data, *how, width, final)
        for one in (load_engine(), reference)
    )
    assert found[:2] == expected[:2]
    assert found[2].tolist() == expected[2].tolist()
    cells = [part.tolist() for part in expected[3]]
    assert [part.tolist() for part in found[3]] == cells
    gathered = [
        one.gather_cells(data, *map(np.ascontiguousarray, expected[3]), ord('"'))
        for one in (load_engine(), reference)
    ]
    assert bytes(gathered[0][0]) == bytes(gathered[1][0])
    assert gathered[0][1].tolist() == gathered[1][1].tolist()


@given(text=st.lists(PIECES, max_size=25).map("".join), cut=st.integers(0, 60))
def test_a_cut_anywhere_changes_no_cell(text: str, cut: int) -> None:
    """Records before a cut stay as they are, the rest is found from where they end."""
    data = np.frombuffer(text.encode(), np.uint8)
    scan, how = reference.scan_delimited, (44, 34, 10, 2)
    whole = scan(data, *how, True)
    size, lines, records, cells = scan(data[:cut], *how, False)
    rest = scan(data[size:], *how, True)
    shifted = rest[2] + [size, lines, 0, 0]
    together = np.concatenate([records, shifted])
    assert together.tolist() == whole[2].tolist()
    starts = np.concatenate([cells[0], rest[3][0] + size])
    assert starts.tolist() == whole[3][0].tolist()
