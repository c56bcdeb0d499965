"""Where stop words come from, and that nothing else is removed."""

import hashlib
from pathlib import Path

import nltk
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.corpus.reader import WordListCorpusReader
from nltk.corpus.util import LazyCorpusLoader
from text_strategies import token_lists

from sentiment import StopWordRemover, WordTokenizer
from sentiment.exceptions import DataError

NEGATORS = ["not", "no", "nor", "never", "n't", "don't", "isn't", "cannot", "without"]


def remove(tokens, **options):
    return [list(row) for row in StopWordRemover(**options).fit_transform(tokens)]


@pytest.fixture
def nltk_corpus(tmp_path, monkeypatch):
    """NLTK's corpus of stop words, of two languages, in a folder of its own."""

    def install(**languages):
        folder = tmp_path / "corpora" / "stopwords"
        folder.mkdir(parents=True)
        for language, words in languages.items():
            (folder / language).write_text("\n".join(words), encoding="utf-8")
        return folder

    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    # A loader that has loaded a corpus keeps it, wherever NLTK looks now.
    loader = LazyCorpusLoader("stopwords", WordListCorpusReader, r"(?!README|\.).*")
    monkeypatch.setattr(nltk.corpus, "stopwords", loader)
    return install


@given(token_lists, st.lists(st.sampled_from(["a", "b", "é", "", "a b", "x"])))
def test_exactly_the_stop_words_are_removed(tokens, stop_words):
    expected = [[t for t in row if t not in stop_words] for row in tokens]
    assert remove(tokens, stop_words=stop_words) == expected


def test_nothing_is_removed_by_default():
    assert remove([["the", "not"]]) == [["the", "not"]]


def test_english_keeps_the_negators_and_covers_contractions():
    words = ["the", "it's", "they're", "'s", "'ll", *NEGATORS]
    assert remove([words], stop_words="english") == [NEGATORS]


def test_english_covers_both_ways_to_cut_a_contraction():
    for contractions in ("keep", "split"):
        tokenizer = WordTokenizer(contractions=contractions)
        tokens = tokenizer.transform(["it's what they're like"])
        assert remove(tokens, stop_words="english") == [["like"]]


def test_the_list_of_the_tutorial_has_its_127_words_with_not():
    remover = StopWordRemover(stop_words="tutorial").fit([])
    assert len(remover.stop_words_) == 127
    assert {"not", "no", "nor", "s", "t", "don"} < set(remover.stop_words_)
    assert "never" not in remover.stop_words_


@pytest.mark.parametrize("make", [list, tuple])
def test_a_list_of_words_is_frozen_sorted_and_once_each(make):
    words = make(["b", "a", "b"])
    remover = StopWordRemover(stop_words=words).fit([])
    assert (remover.stop_words_, remover.source_) == (["a", "b"], "list")
    assert remover.stop_words is words


@pytest.mark.parametrize("as_path", [str, Path])
def test_a_file_is_read_without_comments_blank_lines_and_byte_order_mark(
    tmp_path, as_path
):
    path = tmp_path / "words.txt"
    text = "\ufeffthe\r\n# a comment\r\n\r\n film # too frequent\r\ncafé\r\n"
    path.write_bytes(text.encode())
    remover = StopWordRemover(stop_words=as_path(path)).fit([])
    assert remover.stop_words_ == ["café", "film", "the"]
    assert remover.source_ == "file:words.txt"


def test_a_fitted_remover_needs_the_file_no_more(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("the")
    remover = StopWordRemover(stop_words=path).fit([])
    path.unlink()
    assert remover.transform([["the", "film"]]).tolist() == [["film"]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda folder: folder / "none.txt",
            "StopWordRemover takes 'english', 'tutorial', 'nltk', a list or a file. Got "
            "'{path}', and there is no such file.",
        ),
        (lambda folder: folder, "{path} cannot be read as UTF-8 stop words: "),
        (
            lambda folder: write(folder / "latin.txt", b"caf\xe9"),
            "{path} cannot be read as UTF-8 stop words: 'utf-8' codec can't decode byte "
            "0xe9 in position 3",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, make, message):
    path = make(tmp_path)
    with pytest.raises(DataError) as caught:
        StopWordRemover(stop_words=path).fit([])
    assert str(caught.value).startswith(message.format(path=path))


def write(path, content):
    path.write_bytes(content)
    return path


def test_a_misspelled_name_of_a_list_is_no_empty_list():
    with pytest.raises(DataError, match="Got 'englsh', and there is no such file"):
        StopWordRemover(stop_words="englsh").fit([])


def test_the_corpus_of_nltk_is_used_in_its_language(nltk_corpus):
    nltk_corpus(english=["the", "a"], french=["le", "la"])
    remover = StopWordRemover(stop_words="nltk", language="french").fit([])
    assert (remover.stop_words_, remover.source_) == (["la", "le"], "nltk:french")
    assert StopWordRemover(stop_words="nltk").fit([]).stop_words_ == ["a", "the"]


def test_the_corpus_is_needed_in_fit_only(nltk_corpus):
    folder = nltk_corpus(english=["the"])
    remover = StopWordRemover(stop_words="nltk").fit([])
    (folder / "english").unlink()
    assert remover.transform([["the", "film"]]).tolist() == [["film"]]


def test_an_absent_corpus_is_an_error_with_its_remedy_never_another_list(nltk_corpus):
    with pytest.raises(DataError) as caught:
        StopWordRemover(stop_words="nltk").fit([])
    assert str(caught.value) == (
        "StopWordRemover(stop_words='nltk') needs NLTK's stop word corpus, which is not "
        "installed. Run once: python -m nltk.downloader stopwords"
    )


def test_a_language_that_the_corpus_lacks_is_refused_with_those_it_has(nltk_corpus):
    nltk_corpus(english=["the"], french=["le"])
    with pytest.raises(DataError) as caught:
        StopWordRemover(stop_words="nltk", language="klingon").fit([])
    assert str(caught.value) == (
        "NLTK has no stop words for the language 'klingon'. It has: english, french."
    )


def test_equal_lists_have_equal_digests_whatever_their_source(tmp_path):
    path = write(tmp_path / "words.txt", b"b\na\na\n")
    digests = {
        StopWordRemover(stop_words=words).fit([]).sha256_
        for words in (["a", "b"], ("b", "a"), path)
    }
    assert digests == {hashlib.sha256(b"a\nb").hexdigest()}
    assert StopWordRemover(stop_words=["a"]).fit([]).sha256_ not in digests


def test_a_stop_word_that_only_the_table_holds_removes_nothing_else():
    tokens = WordTokenizer().transform(["the film", "a film", "the end"])
    assert remove(tokens[1:2], stop_words=["the"]) == [["a", "film"]]
    together = pd.concat([tokens[2:], WordTokenizer().transform(["end the"])])
    assert remove(together, stop_words=["the"]) == [["end"], ["end"]]


def test_a_document_of_nothing_but_stop_words_stays_a_row():
    tokens = pd.Series([["the"], ["film"]], index=["x", "y"])
    output = StopWordRemover(stop_words=["the"]).fit_transform(tokens)
    assert output.to_dict() == {"x": [], "y": ["film"]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["the", 5], "must hold str only. Got 5 instead."),
        ([None], "must hold str only. Got None instead."),
        (["\ud800"], "must hold Unicode text. Got '\\ud800' instead."),
        ({"the"}, "The 'stop_words' parameter of StopWordRemover must be"),
        (7, "The 'stop_words' parameter of StopWordRemover must be"),
    ],
)
def test_what_is_no_list_of_words_is_refused_by_name(words, message):
    with pytest.raises(ValueError, match="StopWordRemover") as caught:
        StopWordRemover(stop_words=words).fit([])
    assert message in str(caught.value)
