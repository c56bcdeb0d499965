"""Every function of the kernel against the reference."""

import os
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nasty_texts import PIECES, TORTURE, corpora

from sentiment import (
    NgramVectorizer,
    StopWordRemover,
    TextCleaner,
    WordTokenizer,
    threads,
)
from sentiment.text import NEGATORS, _compiled_counting
from sentiment.text._cutting import is_negator
from sentiment.text._kernel_loading import table_of
from sentiment.tokens import TokenLists

pytestmark = pytest.mark.usefixtures("kernel")
lenient = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

# The sanitizer asks the kernel alone: the slow reference would take most of its time.
ENGINES = os.environ.get("SENTIMENT_TEST_ENGINES", "reference compiled").split()

CLEANERS = [
    {},
    {"html": False},
    {"form": None},
    {"form": "NFKC"},
    {"straighten_quotes": False},
    {"urls": "keep"},
    {"lowercase": False},
    {"html": False, "form": None, "straighten_quotes": False, "urls": "keep"},
]
TOKENIZERS = [
    {},
    {"token_pattern": r"(?u)\b\w\w+\b"},
    {"token_pattern": r"\b\w+\b"},
    {"contractions": "break"},
    {"contractions": "split"},
    {"contractions": "split", "punctuation": "all", "negation_scope": 2},
    {"punctuation": "all"},
    {"punctuation": "emphatic"},
    {"min_length": 3},
    {"min_length": 2, "punctuation": "all", "contractions": "break"},
    {"punctuation": "all", "negation_scope": 4},
]


@pytest.fixture(params=[1], autouse=True)
def n_threads(request, monkeypatch):
    monkeypatch.setattr(threads, "count_threads", lambda: request.param)
    monkeypatch.setattr(threads, "_BYTES_PER_THREAD", 1)


each_number_of_threads = pytest.mark.parametrize("n_threads", [1, 2], indirect=True)


def both(monkeypatch, work, numbers=(1, 2)):
    """Yield what the engines make of the same work: the kernel on one thread, on two."""
    reference, kernel = ENGINES
    monkeypatch.setenv("SENTIMENT_ENGINE", reference)
    expected = work()
    monkeypatch.setenv("SENTIMENT_ENGINE", kernel)
    for number in numbers:
        monkeypatch.setattr(threads, "count_threads", lambda n=number: n)
        yield expected, work()


def assert_same_counts(a, b):
    assert a.shape == b.shape
    for name in ("indptr", "indices", "data"):
        left, right = getattr(a, name), getattr(b, name)
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("params", CLEANERS, ids=str)
@given(texts=corpora)
@lenient
def test_cleaning_is_the_same(monkeypatch, params, texts):
    cleaner = TextCleaner(**params)
    for a, b in both(monkeypatch, lambda: cleaner.transform(texts).tolist()):
        assert a == b


@pytest.mark.parametrize("params", TOKENIZERS, ids=str)
@given(texts=corpora)
@lenient
def test_tokens_are_the_same(monkeypatch, params, texts):
    tokenizer = WordTokenizer(**params)
    for a, b in both(
        monkeypatch, lambda: [list(row) for row in tokenizer.transform(texts)]
    ):
        assert a == b


@pytest.mark.parametrize("params", CLEANERS, ids=str)
def test_torture_texts_are_cleaned_the_same(monkeypatch, params):
    cleaner = TextCleaner(**params)
    for a, b in both(monkeypatch, lambda: cleaner.transform(TORTURE).tolist()):
        assert a == b


@pytest.mark.parametrize("params", TOKENIZERS, ids=str)
def test_torture_texts_are_cut_the_same(monkeypatch, params):
    tokenizer = WordTokenizer(**params)
    for a, b in both(
        monkeypatch, lambda: [list(row) for row in tokenizer.transform(TORTURE)]
    ):
        assert a == b


# Planes without a character that is treated differently from its neighbours: ideographs,
# private use, nothing. Of the others, and of the tags in plane 14, all are looked at.
VARIED = (*range(0x20000), *range(0xE0000, 0xE0200))
ALL = range(sys.maxunicode + 1)


def characters(points):
    return [chr(point) for point in points if not 0xD800 <= point < 0xE000]


def assert_cut_the_same(monkeypatch, params, points):
    # Alone, between letters, and before one: begins, continues or separates.
    text = " ".join(f"{c} a{c}b" for c in characters(points))
    tokenizer = WordTokenizer(**params)
    # One text is cut by one thread, however many there are.
    work = lambda: list(tokenizer.transform([text])[0])  # noqa: E731
    for a, b in both(monkeypatch, work, [1]):
        assert a == b


@pytest.mark.parametrize(
    ("params", "points"),
    [(TOKENIZERS[0], VARIED), (TOKENIZERS[1], ALL), (TOKENIZERS[6], VARIED)],
    ids=["words", "long words of all planes", "punctuation"],
)
def test_every_character_of_unicode_is_cut_the_same(monkeypatch, params, points):
    assert_cut_the_same(monkeypatch, params, points)


@pytest.mark.nightly
@pytest.mark.parametrize("params", TOKENIZERS, ids=str)
def test_every_character_of_all_planes_is_cut_the_same(monkeypatch, params):
    assert_cut_the_same(monkeypatch, params, ALL)


@pytest.mark.parametrize("params", [CLEANERS[0], CLEANERS[-1]], ids=str)
def test_every_character_of_unicode_is_cleaned_the_same(monkeypatch, params):
    texts = [f"A{c}www.x{c}y" for c in characters(range(0x20000))]
    cleaner = TextCleaner(**params)
    for a, b in both(monkeypatch, lambda: cleaner.transform(texts).tolist()):
        assert a == b


def test_negators_are_found_whatever_their_case(kernel):
    words = [c + n + c.upper() for n in sorted(NEGATORS) for c in ("", "x")]
    words += [n.upper() for n in NEGATORS] + ["DON'T", "İn't", "nothİng", "K", *PIECES]
    expected = [w.lower() in NEGATORS or w.lower().endswith("n't") for w in words]
    assert [is_negator(word) for word in words] == expected
    nothing = np.zeros(0, np.int32), np.zeros(1, np.int64)
    table = TokenLists(*nothing, pa.array(words)).buffers()
    kinds = kernel.word_kinds(*table, table_of(NEGATORS))
    assert (kinds == 2).tolist() == expected


tokens = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "ab", "c", "é", "z" * 9, "z" * 17]), max_size=9
    ),
    min_size=1,
    max_size=8,
)
vectorizers = st.fixed_dictionaries(
    {
        "ngram_range": st.sampled_from(
            [(i, j) for i in range(1, 5) for j in range(i, 5)] + [(1, 6)]
        ),
        "min_df": st.sampled_from([1, 2, 3, 0.0, 0.3]),
        "max_df": st.sampled_from([1.0, 0.7, 4]),
        "max_features": st.sampled_from([None, 1, 5]),
        "binary": st.booleans(),
        "dtype": st.sampled_from([np.int64, np.float32]),
    }
)


@given(rows=tokens, others=tokens, params=vectorizers)
@settings(parent=lenient, max_examples=300)
def test_counts_are_the_same(monkeypatch, rows, others, params):
    def work():
        vectorizer = NgramVectorizer(**params)
        try:
            fitted = vectorizer.fit_transform(rows)
        except ValueError as error:
            return str(error)
        arrays = vectorizer.words_, vectorizer.word_offsets_, vectorizer.ngrams_
        return fitted, arrays, vectorizer.transform(rows), vectorizer.transform(others)

    for a, b in both(monkeypatch, work):
        if isinstance(a, str) or isinstance(b, str):
            assert a == b
            continue
        for left, right in ((a[0], b[0]), (a[2], b[2]), (a[3], b[3]), (b[0], b[2])):
            assert_same_counts(left, right)
        for left, right in zip(a[1], b[1], strict=True):
            assert left.dtype == right.dtype
            np.testing.assert_array_equal(left, right)


def random_corpus(n_documents, n_words, seed=0):
    rng = np.random.default_rng(seed)
    return [
        [f"w{int(i)}" for i in rng.zipf(1.3, rng.integers(0, 400)) % n_words]
        for _ in range(n_documents)
    ]


@pytest.mark.parametrize("params", [{}, {"min_df": 2}, {"max_df": 20, "binary": True}])
def test_long_runs_are_the_same(monkeypatch, params):
    # Thousands of places of one word: the radix sorts, with both widths of a digit.
    rows = random_corpus(150, 900)

    def work():
        vectorizer = NgramVectorizer(ngram_range=(1, 3), **params)
        return vectorizer.fit_transform(rows), vectorizer.transform(rows[::-1])

    for a, b in both(monkeypatch, work):
        assert_same_counts(a[0], b[0])
        assert_same_counts(a[1], b[1])


@each_number_of_threads
def test_a_row_alone_is_the_row_in_the_batch():
    rows = random_corpus(40, 300)
    vectorizer = NgramVectorizer(ngram_range=(1, 3)).fit(rows)
    batch = vectorizer.transform(rows)
    for i, row in enumerate(rows):
        assert_same_counts(batch[i], vectorizer.transform([row]))


@each_number_of_threads
def test_more_tokens_than_a_sort_key_holds_go_to_the_other_engine(monkeypatch):
    rows = random_corpus(10, 50)
    expected = NgramVectorizer(ngram_range=(1, 2)).fit_transform(rows)
    monkeypatch.setattr(_compiled_counting, "LIMIT", 100)
    assert_same_counts(
        NgramVectorizer(ngram_range=(1, 2)).fit_transform(rows), expected
    )


def test_invalid_utf8_is_declined_not_read_past(kernel):
    rules = (False, True, True, 1)
    for raw in (
        b"\xff",
        b"a\xc3",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xed\xa0\x80",
        b"'\xc3",
    ):
        data = np.frombuffer(b"x" + raw, np.uint8)
        offsets = np.array([0, len(data)], np.int64)
        with pytest.raises(kernel.Declined):
            kernel.tokenize(data, offsets, 0, 1, *rules)
        assert kernel.clean(data, offsets, 0, 1, 31)[1].tolist() == [-1]


def test_a_vocabulary_that_contradicts_itself_is_refused(kernel):
    with pytest.raises(ValueError, match="lacks"):
        kernel.Trie(np.array([[7]], np.int32), 3)
    with pytest.raises(ValueError, match="outside"):
        kernel.WordTable(1).add_words(np.zeros(1, np.uint8), np.array([0, 9], np.int64))


def test_fixed_words_of_any_length_are_told_apart(kernel):
    words = [c * n for n in range(20) for c in ("a", "b")] + [
        "\x00" * n for n in range(20)
    ]
    words = list(dict.fromkeys(words))
    raw = [word.encode() for word in words]
    starts = np.cumsum([0, *map(len, raw)])
    table = kernel.WordTable()
    table.add_words(
        np.frombuffer(b"".join(raw) + b" ", np.uint8), starts.astype(np.int64)
    )
    assert table.size == len(words)


@pytest.mark.parametrize("stops", [["a"], ["a", "b", "c"], ["nothing"]])
def test_stop_words_are_removed_the_same(monkeypatch, stops):
    rows = [["a", "b"], [], ["c", "a"], ["d"]]
    remover = StopWordRemover(stop_words=stops).fit(rows)
    for a, b in both(monkeypatch, lambda: [list(r) for r in remover.transform(rows)]):
        assert a == b
