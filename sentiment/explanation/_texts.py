"""Explain the answers of any model for many texts."""

from collections.abc import Callable, Iterator
from typing import Any, Unpack

from sentiment.datasets import Batch, Data, LabelledRows, ReadingOptions, source_of
from sentiment.documents import check_documents, text_series
from sentiment.explanation._explainer import Explainer
from sentiment.explanation._explanation import Explanation
from sentiment.inference import Progress, open_pipeline, read_ahead


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
    >>> pipeline = make_sentiment_pipeline("fast", prior=None)
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


def explain_source(
    model: Any,
    source: Data,
    *,
    split: str = "test",
    limit: int | None = None,
    target: Any = None,
    allow_pickle: bool = False,
    progress: Callable[..., None] | None = None,
    **reading: Unpack[ReadingOptions],
) -> Iterator[Explanation]:
    """Yield the explanation of each text of a source, while it is read.

    Parameters
    ----------
    model, target, allow_pickle
        As in :func:`explain_texts`.
    source, split, **reading
        As in :func:`sentiment.load_instances`.
    limit : int, default=None
        How many texts, at most.
    progress : callable, default=None
        Called after each text with the number of texts done, ``limit``, and the share
        of the source that is done, from 0 to 1, or None.

    Yields
    ------
    explanation : Explanation

    Raises
    ------
    DataError, ModelError, LabelError
        As in :func:`sentiment.load_instances` and :func:`explain_texts`.

    Examples
    --------
    >>> from sentiment import load_reviews, make_sentiment_pipeline
    >>> pipeline = make_sentiment_pipeline("fast").fit(*load_reviews("sample"))
    >>> [one.label for one in explain_source(pipeline, "sample", limit=2)]
    ['negative', 'negative']
    """
    explainer = Explainer(open_pipeline(model, allow_pickle), target=target)
    stream = LabelledRows(source_of(source, split, **reading), labels="no")
    done, before = 0, 0.0
    with read_ahead(iter(stream)) as parts:
        for part in parts:
            for place, text in enumerate(text_series(part.texts), start=1):
                yield explainer.explain(text)
                done += 1
                if progress is not None:
                    progress(done, limit, _share(part, before, place, limit))
                if done == limit:
                    return
            before = part.share or 0.0


def _share(part: Batch, before: float, place: int, limit: int | None) -> float | None:
    """Return how much of the source is done in the middle of a part of it."""
    if part.share is None or limit is not None:
        return None
    return before + (part.share - before) * place / len(part.texts)
