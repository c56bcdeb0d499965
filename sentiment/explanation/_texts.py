"""Explain the answers of any model for many texts."""

from collections.abc import Iterator
from typing import Any

from sentiment.documents import check_documents
from sentiment.explanation._explainer import Explainer
from sentiment.explanation._explanation import Explanation
from sentiment.inference._rows import Progress, open_pipeline

__all__ = ["explain_texts", "iter_explanations"]


def explain_texts(
    model: Any,
    texts: Any,
    *,
    target: Any = None,
    allow_pickle: bool = False,
    progress: Progress | None = None,
) -> list[Explanation]:
    """Explain the answer of a model for each text.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    texts : list, Series, DataFrame with a column ``text``, ... of str
        The texts.
    target : label, default=None
        The class whose margin is explained. None: of two classes the second one, of
        more the predicted one.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds.
    progress : callable, default=None
        Called with the number of texts done and of all texts, after each.

    Returns
    -------
    explanations : list of Explanation
        One for each text. In a notebook, each shows its words in colour.

    Raises
    ------
    ModelError
        If the model cannot be found or loaded, or words cannot be followed through
        one of its steps.
    LabelError
        If there is no class ``target``.

    See Also
    --------
    explain_model : The strongest n-grams of the model as a whole.

    Examples
    --------
    >>> from sentiment import explain_texts, make_sentiment_pipeline
    >>> pipeline = make_sentiment_pipeline("fast", vectorize__min_df=1)
    >>> pipeline = pipeline.fit(["good fun", "bad mess"] * 9, ["pos", "neg"] * 9)
    >>> explanation, = explain_texts(pipeline, ["GOOD or bad"])
    >>> for one in explanation.contributions:
    ...     print(explanation.text[one.start:one.end])
    GOOD
    bad
    >>> total = sum(one.value for one in explanation.contributions)
    >>> round(explanation.bias + total - explanation.margin, 5) == 0
    True
    >>> explain_texts(pipeline, "GOOD")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DocumentTypeError: explain takes documents as a list, ... Got
    one str. Put a single document in a list: [text].
    """
    return list(
        iter_explanations(
            model, texts, target=target, allow_pickle=allow_pickle, progress=progress
        )
    )


def iter_explanations(
    model: Any,
    texts: Any,
    *,
    target: Any = None,
    allow_pickle: bool = False,
    progress: Progress | None = None,
) -> Iterator[Explanation]:
    """Yield what :func:`explain_texts` returns, one at a time."""
    documents = check_documents(texts, caller="explain")
    explainer = Explainer(open_pipeline(model, allow_pickle), target=target)
    for done, text in enumerate(documents, start=1):
        yield explainer.explain(text)
        if progress is not None:
            progress(done, len(documents))
