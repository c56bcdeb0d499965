"""What scikit-learn, and a user, may take for granted of every estimator of ours.

``parametrize_with_checks`` runs one check on an estimator of text, so the checks that
work for text are called one by one; the rest is written out here.
"""

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import skops.io
from hypothesis import given
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils import estimator_checks as checks
from text_strategies import CONTAINERS, NASTY, documents

from sentiment import (
    BoostedLinearClassifier,
    LabelDecoder,
    NaiveBayesWeighter,
    NgramVectorizer,
    StopWordRemover,
    TextCleaner,
    WordTokenizer,
)
from sentiment.exceptions import DocumentError, DocumentTypeError

TOKENIZER = WordTokenizer(
    contractions="split",
    punctuation="all",
    negation_scope=2,
    min_length=2,
    stemmer="english",
)
ESTIMATORS = {
    "TextCleaner": TextCleaner(),
    "WordTokenizer": WordTokenizer(),
    "StopWordRemover": StopWordRemover(),
    "NgramVectorizer": NgramVectorizer(),
    "NaiveBayesWeighter": NaiveBayesWeighter(),
    "BoostedLinearClassifier": BoostedLinearClassifier(),
    "LabelDecoder": LabelDecoder(LogisticRegression()),
}
# Estimators that take documents, and those that take tokens, with and without options.
READERS = {
    "TextCleaner": TextCleaner(),
    "TextCleaner NFKC": TextCleaner(form="NFKC", urls="keep", lowercase=False),
    "TextCleaner without anything": TextCleaner(
        html=False, form=None, straighten_quotes=False, urls="keep", lowercase=False
    ),
    "WordTokenizer": WordTokenizer(),
    "WordTokenizer with all options": TOKENIZER,
    "WordTokenizer emphatic": WordTokenizer(punctuation="emphatic"),
    "WordTokenizer by pattern": WordTokenizer(token_pattern=r"(?u)\b\w\w+\b"),
}
COUNTERS = {
    "StopWordRemover": StopWordRemover(stop_words="english"),
    "NgramVectorizer": NgramVectorizer(ngram_range=(1, 3)),
    "NgramVectorizer binary": NgramVectorizer(ngram_range=(2, 2), binary=True),
}
STEPS = READERS | COUNTERS

CHECKS = [
    checks.check_estimator_cloneable,
    checks.check_parameters_default_constructible,
    checks.check_no_attributes_set_in_init,
    checks.check_mixin_order,
    checks.check_get_params_invariance,
    checks.check_set_params,
    checks.check_valid_tag_types,
    checks.check_estimator_tags_renamed,
    checks.check_estimator_repr,
    checks.check_param_validation,
]

each_estimator = pytest.mark.parametrize("name", ESTIMATORS)
each_step = pytest.mark.parametrize("name", STEPS)
each_reader = pytest.mark.parametrize("name", READERS)


def make_input(name, texts=NASTY):
    """The documents, or their tokens for a step that takes tokens."""
    if name in READERS:
        return pd.Series(texts, index=range(10, 10 + len(texts)))
    tokens = WordTokenizer(punctuation="all").transform(texts)
    return tokens.set_axis(range(10, 10 + len(tokens)))


def as_plain(output):
    """What a step gave, as something that == compares to the bit."""
    if sp.issparse(output):
        assert output.format == "csr"
        assert output.has_sorted_indices
        parts = (output.data, output.indices, output.indptr)
        return output.shape, [(part.dtype, part.tolist()) for part in parts]
    if isinstance(output, pd.DataFrame):
        return output.columns.tolist(), output.to_numpy().tolist()
    if isinstance(output, pd.Series):
        return output.dtype, [list(row) for row in output]
    return output.dtype, output.tolist()


@each_estimator
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_scikit_learn_accepts(name, check):
    with warnings.catch_warnings():
        # The checks themselves use what scikit-learn has deprecated.
        warnings.simplefilter("ignore", FutureWarning)
        check(name, clone(ESTIMATORS[name]))


@pytest.mark.parametrize("name", ["NaiveBayesWeighter", "NgramVectorizer"])
def test_a_transformer_that_learns_refuses_to_transform_before(name):
    checks.check_transformers_unfitted(name, clone(ESTIMATORS[name]))


@each_estimator
def test_a_wrong_parameter_is_refused_in_fit_by_name(name):
    estimator = clone(ESTIMATORS[name])
    parameter = next(iter(estimator.get_params(deep=False)))
    estimator.set_params(**{parameter: object()})
    with pytest.raises(ValueError, match=f"The '{parameter}' parameter of {name} must"):
        estimator.fit([["a"], ["b"]], [0, 1])


@each_estimator
def test_the_html_repr_names_the_estimator(name):
    assert name in ESTIMATORS[name]._repr_html_()


@each_step
def test_the_input_is_not_changed(name):
    X = make_input(name)
    before = pickle.dumps(X)
    clone(STEPS[name]).fit(X).transform(X)
    assert pickle.dumps(X) == before


@each_step
def test_one_row_in_is_one_row_out_with_its_index(name):
    X = make_input(name)
    output = clone(STEPS[name]).fit_transform(X)
    assert output.shape[0] == len(X)
    if isinstance(output, pd.Series):
        assert output.index.tolist() == X.index.tolist()


@each_step
def test_fitting_twice_is_fitting_once(name):
    step, X = clone(STEPS[name]), make_input(name)
    once = as_plain(step.fit(X).transform(X))
    step.fit(make_input(name, ["other words entirely"]))
    assert as_plain(step.fit(X).transform(X)) == once


@each_step
def test_fit_transform_is_fit_then_transform(name):
    step, X = clone(STEPS[name]), make_input(name)
    assert as_plain(step.fit_transform(X)) == as_plain(step.fit(X).transform(X))


@each_step
def test_transform_leaves_the_fitted_attributes_alone(name):
    step, X = clone(STEPS[name]), make_input(name)
    step.fit(X)
    before = pickle.dumps(step)
    step.transform(X)
    assert pickle.dumps(step) == before


@each_step
def test_labels_are_not_looked_at(name):
    X = make_input(name)
    without = pickle.dumps(clone(STEPS[name]).fit(X))
    assert pickle.dumps(clone(STEPS[name]).fit(X, object())) == without


@pytest.mark.parametrize("name", STEPS)
@given(texts=documents)
def test_a_document_alone_gives_the_row_it_gives_in_a_batch(name, texts):
    X = make_input(name, texts)
    step = clone(STEPS[name])
    try:
        together = step.fit_transform(X)
    except DocumentError:
        assert name.startswith("NgramVectorizer"), "only counting needs a word"
        return
    for row in range(len(X)):
        alone = step.transform(X.iloc[row : row + 1])
        assert as_plain(alone) == as_plain(together[row : row + 1])


@each_step
def test_no_documents_give_no_rows(name):
    step = clone(STEPS[name]).fit(make_input(name))
    output = step.transform(make_input(name).iloc[:0])
    assert output.shape[0] == 0
    assert output.ndim == 1 or output.shape[1] == len(step.get_feature_names_out())


@each_reader
@pytest.mark.parametrize("make", CONTAINERS.values(), ids=CONTAINERS)
def test_the_container_makes_no_difference(name, make):
    texts = [text for text in NASTY if not text.endswith("\0")]
    step = clone(READERS[name])
    assert as_plain(step.transform(make(texts))) == as_plain(step.transform(texts))


@each_reader
@pytest.mark.parametrize(
    ("X", "kind", "got"),
    [
        ("A gem.", DocumentTypeError, "Got one str."),
        (["a", None], DocumentError, "Got None at row 1."),
        (["a", float("nan")], DocumentError, "Got nan at row 1."),
        (pd.Series(["a", pd.NA]), DocumentError, "Got nan at row 1."),
        ([pd.NA], DocumentError, "Got <NA> at row 0."),
        (["a", b"b"], DocumentTypeError, "Got b'b' (bytes) at row 1."),
        (["a", 5], DocumentTypeError, "Got 5 (int) at row 1."),
        (["\ud800"], DocumentError, "Got a lone surrogate '\\ud800' at row 0"),
    ],
)
def test_what_is_no_text_is_refused_in_the_name_of_the_step(name, X, kind, got):
    step = clone(READERS[name])
    for method in (step.transform, step.fit_transform):
        with pytest.raises(kind) as caught:
            method(X)
        assert str(caught.value).startswith(f"{type(step).__name__} takes documents as")
        assert got in str(caught.value)


@pytest.mark.parametrize("name", COUNTERS)
@pytest.mark.parametrize("X", [["not tokens"], "text", pd.Series(["text"])])
def test_text_is_refused_where_tokens_are_needed(name, X):
    step = clone(COUNTERS[name]).fit([["a", "b", "c"]])
    with pytest.raises(DocumentTypeError, match=f"{type(step).__name__} takes"):
        step.transform(X)


@pytest.mark.parametrize("name", COUNTERS)
def test_a_step_that_learns_says_so_before_it_has(name):
    with pytest.raises(NotFittedError, match=type(COUNTERS[name]).__name__):
        clone(COUNTERS[name]).transform([["a"]])


@each_step
@pytest.mark.parametrize("transform_first", [False, True])
def test_every_copy_gives_the_same_output(name, transform_first):
    step, X = clone(STEPS[name]), make_input(name)
    step.fit(X)
    if transform_first:
        step.transform(X)
    expected = as_plain(step.transform(X))
    dumped = skops.io.dumps(step)
    own = skops.io.get_untrusted_types(data=dumped)
    assert own == sorted({f"{type(step).__module__}.{type(step).__name__}"})
    copies = [
        pickle.loads(pickle.dumps(step)),
        copy.deepcopy(step),
        skops.io.loads(dumped, trusted=own),
        FrozenEstimator(step),
    ]
    for same in copies:
        assert as_plain(same.transform(X)) == expected
    assert as_plain(step.transform(X)) == expected


@each_step
def test_a_step_can_answer_with_a_frame(name):
    step, X = clone(STEPS[name]), make_input(name)
    expected = step.fit_transform(X)
    names = step.get_feature_names_out().tolist()
    frames = step.set_output(transform="pandas").fit_transform(X), step.transform(X)
    for frame in frames:
        assert isinstance(frame, pd.DataFrame)
        assert frame.index.tolist() == X.index.tolist()
        assert frame.columns.tolist() == names
        if sp.issparse(expected):
            np.testing.assert_array_equal(frame.to_numpy(), expected.toarray())
        else:
            assert as_plain(frame.iloc[:, 0]) == as_plain(expected)
    again = step.set_output(transform="default").transform(X)
    assert as_plain(again) == as_plain(expected)


@each_step
def test_a_step_refuses_polars_with_the_remedy(name):
    step, X = clone(STEPS[name]).set_output(transform="polars"), make_input(name)
    with pytest.raises(ValueError, match="gives no polars DataFrame") as caught:
        step.fit_transform(X)
    assert str(caught.value).startswith(type(step).__name__)
    assert str(caught.value).endswith(
        'Use set_output(transform="pandas") or set_output(transform="default").'
    )
    step = clone(STEPS[name])
    with (
        config_context(transform_output="polars"),
        pytest.raises(ValueError, match="gives no polars DataFrame"),
    ):
        step.fit_transform(X)


@each_step
def test_a_frame_of_the_step_before_is_taken(name):
    X = make_input(name)
    step = clone(STEPS[name]).fit(X)
    assert as_plain(step.transform(X.to_frame())) == as_plain(step.transform(X))


@each_reader
def test_a_text_of_one_endless_word_takes_no_time(name):
    word = "ab" * 500_000
    assert len(clone(READERS[name]).transform([word])) == 1
