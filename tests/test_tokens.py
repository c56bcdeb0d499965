"""Token lists between the steps: slices, batches, missing rows."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_strategies import token_lists

from sentiment.exceptions import DocumentError, DocumentTypeError
from sentiment.tokens import TOKENS_TYPE, TokenLists, check_tokens, encode_tokens


def as_lists(tokens):
    words = tokens.words.to_pylist()
    ends = tokens.offsets.tolist()
    return [
        [words[i] for i in tokens.ids[start:end]]
        for start, end in zip(ends[:-1], ends[1:], strict=True)
    ]


@given(token_lists)
def test_what_goes_in_comes_out(rows):
    series = check_tokens(rows).to_series()
    assert series.dtype == pd.ArrowDtype(TOKENS_TYPE)
    assert [list(row) for row in series] == rows
    assert as_lists(check_tokens(series)) == rows
    assert as_lists(check_tokens(series.to_frame())) == rows


@given(token_lists, st.data())
def test_slices_and_selections_keep_their_own_tokens(rows, data):
    series = check_tokens(rows).to_series()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(rows))] * 2)))
    assert as_lists(check_tokens(series.iloc[start:end])) == rows[start:end]
    picked = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5))
    expected = [rows[i] for i in picked]
    assert as_lists(check_tokens(series.iloc[picked])) == expected


@given(token_lists, token_lists)
def test_batches_with_words_of_their_own_can_be_put_together(first, second):
    parts = [check_tokens(rows).to_series() for rows in (first, second)]
    together = check_tokens(pd.concat(parts))
    assert as_lists(together) == first + second
    words = together.words.to_pylist()
    assert len(words) == len(set(words))


@given(token_lists, st.data())
def test_keeping_tokens_leaves_every_document_its_own(rows, data):
    tokens = check_tokens(rows)
    kept = [[data.draw(st.booleans()) for _ in row] for row in rows]
    mask = np.array([k for row in kept for k in row], bool)
    expected = [
        [token for token, keep in zip(row, keeps, strict=True) if keep]
        for row, keeps in zip(rows, kept, strict=True)
    ]
    assert as_lists(tokens.keep(mask)) == expected


@given(token_lists)
def test_words_that_become_equal_are_made_one(rows):
    tokens = check_tokens(rows)
    upper = [word.upper()[:1] for word in tokens.words.to_pylist()]
    changed = tokens.with_words(pa.array(upper, pa.string()))
    assert as_lists(changed) == [[token.upper()[:1] for token in row] for row in rows]
    words = changed.words.to_pylist()
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        pd.Series,
        lambda rows: pd.DataFrame({"tokens": rows}),
        lambda rows: np.array([*rows, None], dtype=object)[:-1],
        lambda rows: [tuple(row) for row in rows],
        lambda rows: [np.array(row, dtype=object) for row in rows],
        lambda rows: pd.Series(rows, dtype=pd.ArrowDtype(pa.list_(pa.string()))),
        lambda rows: pd.Series(rows, dtype=pd.ArrowDtype(pa.large_list(pa.string()))),
    ],
)
def test_other_containers_of_token_lists_are_taken(make):
    rows = [["good", "film"], [], ["film"]]
    assert as_lists(check_tokens(make(rows))) == rows


def test_a_series_of_tokens_reads_as_lists_of_words():
    series = check_tokens([["good", "film"], []]).to_series()
    assert series.name == "tokens"
    assert "good" in repr(series)


def test_a_str_is_not_taken_for_its_characters():
    with pytest.raises(DocumentTypeError) as caught:
        check_tokens([["good"], "good film"], caller="NgramVectorizer")
    assert str(caught.value) == (
        "NgramVectorizer takes lists of tokens. Got 'good film' at row 1. Tokenise the "
        "documents first, with WordTokenizer."
    )


@pytest.mark.parametrize("X", ["good", None, {"a": 1}, 5, pd.Index(["a"])])
def test_what_is_no_container_of_lists_is_refused_by_its_type(X):
    with pytest.raises(DocumentTypeError, match=f"Got {type(X).__name__}"):
        check_tokens(X)


def test_text_that_was_not_tokenised_is_refused():
    text = pd.Series(["good film"], dtype=pd.ArrowDtype(pa.string()))
    with pytest.raises(DocumentTypeError, match="column of string"):
        check_tokens(text)
    with pytest.raises(DocumentTypeError, match="'good film' at row 0"):
        check_tokens(pd.Series(["good film"]))


@pytest.mark.parametrize("value", [5, None, b"a", ["a"]])
def test_a_token_that_is_no_str_is_refused_with_its_row(value):
    with pytest.raises(DocumentTypeError) as caught:
        check_tokens([["a"], ["b", value]])
    assert str(caught.value) == (
        f"check_tokens takes tokens as str. Got {value!r} ({type(value).__name__}) at "
        "row 1. Convert it to str first."
    )


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA])
def test_a_missing_document_is_refused_with_its_row(value):
    with pytest.raises(DocumentError) as caught:
        check_tokens([["a"], value])
    assert str(caught.value) == (
        f"check_tokens takes lists of tokens. Got {value!r} at row 1. Drop the row, or "
        "use an empty list for an empty document."
    )


def test_a_missing_row_or_token_in_arrow_is_found_where_it_is():
    dtype = pd.ArrowDtype(TOKENS_TYPE)
    series = pd.Series([["a"], None, ["b", None], ["c"]], dtype=dtype)
    with pytest.raises(DocumentError, match="Got None at row 1"):
        check_tokens(series)
    with pytest.raises(DocumentTypeError, match=r"Got None \(NoneType\) at row 0"):
        check_tokens(series[2:])
    assert as_lists(check_tokens(series[3:])) == [["c"]]


def test_a_lone_surrogate_in_a_token_is_refused():
    with pytest.raises(DocumentError, match=r"lone surrogate in 'a\\ud800'"):
        check_tokens([["a\ud800"]])


def test_a_batch_with_too_many_tokens_is_refused_not_wrapped_around():
    ids = np.broadcast_to(np.int32(0), (2**31,))
    tokens = TokenLists(ids, np.array([0, 2**31]), pa.array(["a"]))
    with pytest.raises(DocumentError, match="Got 2,147,483,648"):
        tokens.to_series()


def test_no_documents_have_no_tokens():
    tokens = encode_tokens([], np.zeros(1, np.int64))
    assert len(tokens) == 0
    assert len(check_tokens(tokens.to_series())) == 0
