"""scikit-learn's own tests of CountVectorizer, run against make_count_vectorizer.

They are those that the installed scikit-learn ships: all whose code or parameters name
``CountVectorizer`` are collected here, also what a later version adds. What does not
apply is in ``DIFFERENT``: why, how it ends, and in which tests. One that passes fails.
"""

import functools
import importlib.util
import inspect

import pytest
import sklearn.feature_extraction.text as text_module
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer

from sentiment import make_count_vectorizer
from sentiment.exceptions import DocumentTypeError

pytestmark = pytest.mark.usefixtures("engine_in_use")


class NotOfferedError(Exception):
    """Something of CountVectorizer that make_count_vectorizer leaves out."""


class Adapter(BaseEstimator):
    """make_count_vectorizer with CountVectorizer's constructor, and nothing else of it.

    What is not defined here is asked of the Pipeline.
    """

    __init__ = CountVectorizer.__init__

    def fit(self, X, y=None):
        self._pipeline = self._compose().fit(X, y)
        return self

    def fit_transform(self, X, y=None):
        self._pipeline = self._compose()
        return self._pipeline.fit_transform(X, y)

    fixed_vocabulary_ = False

    @property
    def vocabulary_(self):
        return self._pipeline[-1].vocabulary_

    def inverse_transform(self, X):
        return self._pipeline[-1].inverse_transform(X)

    def build_analyzer(self):
        if self.ngram_range != (1, 1):
            raise NotOfferedError("the n-grams of one text in their order")
        steps = self._compose()[:-1]
        return lambda text: steps.fit_transform([text]).iloc[0]

    def build_preprocessor(self):
        raise NotOfferedError("build_preprocessor")

    def build_tokenizer(self):
        raise NotOfferedError("build_tokenizer")

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(vars(self).get("_pipeline") or self._compose(), name)

    def _compose(self):
        offered = inspect.signature(make_count_vectorizer).parameters
        usual = CountVectorizer().get_params()
        params = self.get_params(deep=False)
        if params["analyzer"] == "char" and params["ngram_range"] == (1, 1):
            params |= {"analyzer": "word", "token_pattern": "."}
        for name in params.keys() - offered.keys():
            if params[name] is not usual[name] and params[name] != usual[name]:
                raise NotOfferedError(f"{name}={params[name]!r}")
        return make_count_vectorizer(**{name: params[name] for name in offered})


# Why, which errors then end the tests, and what they are called after "test_".
DIFFERENT = [
    (
        "It learns its vocabulary, and takes none.",
        NotOfferedError,
        """countvectorizer_custom_vocabulary countvectorizer_custom_vocabulary_pipeline
        countvectorizer_custom_vocabulary_repeated_indices non_unique_vocab
        countvectorizer_custom_vocabulary_gap_index countvectorizer_empty_vocabulary
        countvectorizer_vocab_sets_when_pickling feature_names
        countvectorizer_vocab_dicts_when_pickling""",
    ),
    (
        "It takes no vocabulary that it could warn of.",
        pytest.fail.Exception,
        "countvectorizer_uppercase_in_vocab",
    ),
    (
        "It has no strip_accents, preprocessor, tokenizer or analyzer of one's own.",
        NotOfferedError,
        "word_analyzer_unigrams pickling_vectorizer callable_analyzer_change_behavior",
    ),
    (
        "It has no parameter that another one makes useless.",
        pytest.fail.Exception,
        "unused_parameters_warn",
    ),
    (
        "It takes texts, not files or bytes, and no analyzer that reads them.",
        (NotOfferedError, AssertionError, pytest.PytestWarning),
        "callable_analyzer_error callable_analyzer_reraise_error",
    ),
    (
        "A Pipeline has steps; it builds no functions of one text.",
        (NotOfferedError, AttributeError),
        """word_analyzer_unigrams_and_bigrams word_ngram_analyzer char_ngram_analyzer
        char_wb_ngram_analyzer unicode_decode_error pickling_built_processors""",
    ),
    (
        "It does not ask whether its tokenizer can make the stop words.",
        (AttributeError, pytest.fail.Exception),
        """countvectorizer_stop_words vectorizer_stop_words_inconsistent
        stop_word_validation_custom_preprocessor""",
    ),
    (
        "It refuses an iterator, which can be read only once.",
        DocumentTypeError,
        "vectorizer",
    ),
    (
        "It refuses one str by a TypeError, as all our steps.",
        DocumentTypeError,
        "vectorizer_string_object_as_input",
    ),
    (
        "It refuses the same in words of its own.",
        AssertionError,
        """countvectorizer_custom_token_pattern_with_several_group
        vectorizers_invalid_ngram_range""",
    ),
    (
        "A private method of CountVectorizer.",
        AttributeError,
        "countvectorizer_sort_features_64bit_sparse_indices",
    ),
    (
        "It has set_output.",
        AssertionError,
        "vectorizers_do_not_have_set_output",
    ),
]


def load_tests():
    """scikit-learn's tests, imported once more, with the adapter as CountVectorizer."""
    found = importlib.util.find_spec("sklearn.feature_extraction.tests.test_text")
    spec = importlib.util.spec_from_file_location(
        "tests_of_count_vectorizer", found.origin
    )
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_module, "CountVectorizer", Adapter)
        spec.loader.exec_module(module)
    return {n: f for n, f in vars(module).items() if n.startswith("test_")}


def is_ours(value):
    """Whether a parameter of a test is the adapter, or something of it."""
    parts = value.values if hasattr(value, "values") else value
    parts = parts if isinstance(parts, tuple | list) else [parts]
    methods = set(vars(Adapter).values())
    return any(
        part is Adapter
        or isinstance(part, Adapter)
        or (callable(part) and part in methods)
        for part in parts
    )


def select(function):
    """Leave of a test what is of CountVectorizer; None if nothing is."""
    concerned = "CountVectorizer" in function.__code__.co_names
    marks = []
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize":
            names, values = mark.args
            ours = [value for value in values if is_ours(value)]
            concerned = concerned or bool(ours)
            mark = pytest.mark.parametrize(names, ours or list(values)).mark
        marks.append(mark)
    function.pytestmark = marks
    return function if concerned else None


def refuses(function, errors):
    """The test that another test ends by one of these errors."""

    @functools.wraps(function)
    def test(**params):
        with pytest.raises(errors):
            function(**params)

    return test


TESTS = {n: f for n, function in load_tests().items() if (f := select(function))}
for _, errors, names in DIFFERENT:
    # An older scikit-learn may lack some.
    for name in TESTS.keys() & {f"test_{name}" for name in names.split()}:
        TESTS[name] = refuses(TESTS[name], errors)
globals().update(TESTS)


def test_the_tests_that_count_are_among_them():
    assert {
        "test_vectorizer_unicode",
        "test_vectorizer_max_df",
        "test_count_vectorizer_max_features",
        "test_count_vectorizer_pipeline_grid_selection",
    } <= TESTS.keys()
