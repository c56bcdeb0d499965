"""Compare a model with the one that has the alias, on data of one's own."""

from typing import Any

from sentiment.classification import encode_labels
from sentiment.datasets import Data, load_reviews, source_name
from sentiment.exceptions import TrackingError
from sentiment.persistence import load_model
from sentiment.tracking import Promotion, promote
from sentiment.training._scores import score_probabilities


def promote_model(
    model: str,
    *,
    alias: str = "champion",
    if_better: str | None = None,
    data: Data = None,
    split: str = "test",
    allow_pickle: bool = False,
    **reading: Any,
) -> Promotion:
    """Give a version of a registered model an alias, if it has earned it.

    Parameters
    ----------
    model : str
        ``models:/NAME/VERSION`` or ``models:/NAME@ALIAS``.
    alias : str, default="champion"
        The alias.
    if_better : {"accuracy", "roc_auc", "log_loss"}, default=None
        Only if this is strictly better than that of the version that has the alias
        now, on the same data. None asks for nothing.
    data : as source of :func:`load_reviews`, default=None
        The rows on which both are measured. None compares what their trainings
        recorded, if that was on the same test or validation data.
    split : str, default="test"
        Which split of ``data`` is read.
    allow_pickle : bool, default=False
        As :func:`load_model` takes it.
    **reading
        ``text_column`` and so on, as in :func:`load_reviews`.

    Returns
    -------
    promotion : Promotion
        With ``promoted``.

    Raises
    ------
    TrackingError
        If there is no such version, or the two cannot be compared.
    DataError
        If the data cannot be read.
    """
    if data is None:
        return promote(model, alias=alias, if_better=if_better)
    X, y = load_reviews(data, split, **reading)

    def measure(uri: str) -> float:
        pipeline = load_model(uri, allow_pickle=allow_pickle)
        codes = encode_labels(y, pipeline.classes_)
        scores = score_probabilities(codes, pipeline.predict_proba(X))
        if if_better not in scores:
            raise TrackingError(
                f"{source_name(data)} lacks a class of {uri}, so {if_better} is not "
                "defined on it."
            )
        return scores[if_better]

    return promote(
        model, alias=alias, if_better=if_better, measure=measure, data=source_name(data)
    )
