"""scikit-learn's Pipeline, with a shorter way from text to counts."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from sklearn import get_config
from sklearn.pipeline import Pipeline
from sklearn.utils.metaestimators import available_if

from sentiment.classification import BoostedLinearClassifier, LabelDecoder
from sentiment.documents import read_documents, text_buffers
from sentiment.engine import load_engine
from sentiment.feature_extraction._ngram_vectorizer import NgramVectorizer
from sentiment.preprocessing import StopWordRemover, TextCleaner, WordTokenizer
from sentiment.threads import map_blocks

TextSteps = tuple[TextCleaner, WordTokenizer, StopWordRemover, NgramVectorizer]

# Some 2,500 reviews: of fewer, the words that they share are looked up more often; what
# more of them need outgrows the processor's cache, and is asked of the system anew.
_BLOCK_BYTES = 3_500_000
_TEXT_STEPS = (TextCleaner, WordTokenizer, StopWordRemover, NgramVectorizer)


def _last_has(method: str) -> Callable[[Any], bool]:
    def check(pipeline: Any) -> bool:
        # The error of the last step says why it lacks the method.
        getattr(pipeline.steps[-1][1], method)
        return True

    return check


class TextPipeline(Pipeline):
    """A Pipeline whose text steps hand on arrays where nobody looks at them.

    Between the steps of a Pipeline, documents and tokens are a Series, which a person
    can print. For one review, making three of them takes longer than cleaning,
    cutting and counting its words: 0.5 of 0.7 ms. Where the first four steps are
    ours and fitted, ``transform`` and ``predict`` call them without; the work done, and
    each bit of the result, is the same. Everything else is scikit-learn's Pipeline.

    Parameters
    ----------
    steps, transform_input, memory, verbose
        See :class:`sklearn.pipeline.Pipeline`.

    Examples
    --------
    >>> from sklearn.pipeline import Pipeline
    >>> from sentiment import make_count_vectorizer
    >>> vectorizer = make_count_vectorizer().fit(["A good film", "A bad film"])
    >>> isinstance(vectorizer, Pipeline)
    True
    >>> vectorizer.transform(["good good film"]).toarray().tolist()
    [[0, 1, 2]]
    """

    @property
    def takes_blocks(self) -> bool:
        """Whether each row gets the same bits with others and without them.

        Somebody's own classifier may multiply matrices, whose sums depend on their
        size; it also may not be one for two threads at a time.
        """
        last = self.steps[-1][1]
        inner = getattr(last, "estimator_", None)
        return (
            type(last) is LabelDecoder
            and type(inner) is BoostedLinearClassifier
            and self._text_steps(1) is not None
        )

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Fit; see :meth:`sklearn.pipeline.Pipeline.fit`.

        The classifier is told which columns are those of the prior, if there is one.
        """
        before = self.steps[-2][1] if len(self.steps) > 1 else None
        if getattr(before, "prior", None) is not None:
            # Asked once the vectorizer is fitted.
            name = "prior_columns"
            if not get_config()["enable_metadata_routing"]:
                name = f"{self.steps[-1][0]}__{name}"
            params = {name: lambda: self.steps[-2][1].columns_of_prior()} | params
        super().fit(X, y, **params)
        return self

    def _text_steps(self, n_rest: int) -> TextSteps | None:
        """Return the text steps before so many others, None for the long way."""
        steps = [step for _, step in self.steps]
        if len(steps) != len(_TEXT_STEPS) + n_rest or not _are_ours(steps):
            return None
        cleaner, tokenizer, remover, vectorizer = steps[: len(_TEXT_STEPS)]
        return cleaner, tokenizer, remover, vectorizer

    def _answer(self, method: str, X: Any, params: dict[str, Any]) -> np.ndarray:
        steps = None if params else self._text_steps(1)
        if steps is None:
            return getattr(super(), method)(X, **params)
        last = self.steps[-1][1]
        answer = getattr(last, method)
        texts = _read(steps, X)
        if not self.takes_blocks:
            return answer(_count_texts(steps, texts))
        blocks = map_blocks(
            lambda first, end: answer(_count_texts(steps, texts[first:end])),
            text_buffers(texts)[1],
            _BLOCK_BYTES,
        )
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)

    @available_if(_last_has("transform"))
    def transform(self, X: Any, **params: Any) -> Any:
        """Transform the data; see :meth:`sklearn.pipeline.Pipeline.transform`."""
        steps = None if params else self._text_steps(0)
        if steps is None:
            return super().transform(X, **params)
        return _count_texts(steps, _read(steps, X))

    @available_if(_last_has("predict"))
    def predict(self, X: Any, **params: Any) -> np.ndarray:
        """Predict; see :meth:`sklearn.pipeline.Pipeline.predict`."""
        return self._answer("predict", X, params)

    @available_if(_last_has("predict_proba"))
    def predict_proba(self, X: Any, **params: Any) -> np.ndarray:
        """Predict; see :meth:`sklearn.pipeline.Pipeline.predict_proba`."""
        return self._answer("predict_proba", X, params)

    @available_if(_last_has("decision_function"))
    def decision_function(self, X: Any, **params: Any) -> np.ndarray:
        """Predict; see :meth:`sklearn.pipeline.Pipeline.decision_function`."""
        return self._answer("decision_function", X, params)


def _read(steps: TextSteps, X: Any) -> pa.Array:
    return read_documents(X, caller=type(steps[0]).__name__)[0]


def _count_texts(steps: TextSteps, texts: pa.Array) -> sp.csr_matrix:
    cleaner, tokenizer, remover, vectorizer = steps
    cleaner.check_parameters()
    tokenizer.check_parameters()
    counts = load_engine().count_texts(texts, *steps)
    if counts is None:
        return vectorizer.count(remover.remove(tokenizer.cut(cleaner.clean(texts))))
    return (
        counts if counts.dtype == vectorizer.dtype else counts.astype(vectorizer.dtype)
    )


def _are_ours(steps: list[Any]) -> bool:
    """Say whether the text steps are ours, fitted, and their output not set."""
    if get_config()["transform_output"] != "default":
        return False
    for step, kind in zip(steps, _TEXT_STEPS, strict=False):
        if type(step) is not kind or hasattr(step, "_sklearn_output_config"):
            return False
    return hasattr(steps[2], "stop_words_") and hasattr(steps[3], "ngrams_")
