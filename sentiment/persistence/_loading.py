"""Load the Pipeline of a logged model without running anything that is not ours."""

import hashlib
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import sentiment
from sentiment._messages import first_line
from sentiment.exceptions import ModelError, SentimentError
from sentiment.persistence._archive import (
    TRUSTED_TYPES,
    bound_archive,
    check_size,
    find_limit,
)
from sentiment.persistence._location import is_bundled, open_model_folder
from sentiment.persistence._model_file import ModelFile, read_model_file
from sentiment.persistence._requirements import iter_parts
from sentiment.persistence._signature import EXAMPLE_TEXTS
from sentiment.persistence._skops_file import ForeignFileError, read_ours

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_LOGGER = logging.getLogger(__name__)


def load_model(
    model: str | Path, *, allow_pickle: bool = False, max_bytes: int | None = None
) -> "Pipeline":
    """Load the Pipeline of a logged or saved model.

    Unlike ``mlflow.sklearn.load_model``, which trusts whatever types the model's own
    MLmodel file lists and puts the model's own code first on ``sys.path``, this builds
    objects of a constant list of types only, with the installed package.

    Parameters
    ----------
    model : str or Path
        An MLflow URI (``runs:/ID/model``, ``models:/name@alias``, ``models:/name/3``,
        ``models:/m-...``), a model folder, a bare run id, or ``reviews-en``, the model
        that comes with this package.
    allow_pickle : bool, default=False
        Whether to load a model that was saved with cloudpickle. Loading a pickle runs
        whatever code it holds: allow it only for models whose source you trust.
    max_bytes : int, default=None
        The most bytes that the model may take or inflate to. None: the environment
        variable ``SENTIMENT_MAX_MODEL_BYTES``, which holds for all commands and
        servers, or 1 GiB. A model of a million n-grams takes 13 MB.

    Returns
    -------
    pipeline : Pipeline
        scikit-learn's, or its subclass ``TextPipeline``: as it was when it was saved.

    Raises
    ------
    ModelError
        If there is no such model, it is damaged, of a newer format, too large, holds
        other types than ours, or is a pickle and ``allow_pickle`` is False.

    See Also
    --------
    mlflow.pyfunc.load_model : For a table of labels and scores, as the servers give.

    Examples
    --------
    >>> from sentiment import load_model
    >>> load_model("no/such/model")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.ModelError: No model at 'no/such/model'. A model is an MLflow
    URI (runs:/ID/model, models:/name@alias, models:/name/3, models:/m-...), a model
    folder, a run id of 32 hexadecimal digits, or reviews-en.
    """
    with open_model_folder(model) as folder:
        return read_pipeline(
            read_model_file(folder), allow_pickle=allow_pickle, max_bytes=max_bytes
        )


def read_pipeline(
    model: ModelFile, *, allow_pickle: bool, max_bytes: int | None = None
) -> "Pipeline":
    """Return the Pipeline that a model folder holds.

    Another version of this package than the one that saved the model is said, as a
    warning in the log.

    Raises
    ------
    ModelError
        As :func:`load_model`.
    """
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import check_is_fitted

    is_pickle = model.serialization_format != "skops"
    if is_pickle and not allow_pickle:
        raise ModelError(
            f"{model.folder} was saved with {model.serialization_format}, and loading "
            "a pickle runs whatever code it holds. Pass allow_pickle=True "
            "if you trust its source, or save the model with skops."
        )
    limit = find_limit(max_bytes)
    data = _read_bytes(model, limit)
    _compare_versions(model)
    load = _from_pickle if is_pickle else _from_skops
    pipeline = load(model, data, limit)
    if not isinstance(pipeline, Pipeline):
        raise ModelError(
            f"{model.data} holds a {type(pipeline).__name__}, not a Pipeline. It was "
            "not saved by sentiment."
        )
    try:
        check_is_fitted(pipeline)
    except Exception as error:
        raise ModelError(
            f"{model.data} holds a Pipeline that is not fitted."
        ) from error
    _check_answers(model, pipeline)
    return pipeline


def _check_answers(model: ModelFile, pipeline: "Pipeline") -> None:
    """Refuse a Pipeline whose steps do not fit each other, or that answers NaN."""
    weights = (
        getattr(part, name, None)
        for part in iter_parts(pipeline)
        for name in ("coef_", "intercept_")
    )
    try:
        finite = all(
            np.isfinite(one).all() for one in weights if isinstance(one, np.ndarray)
        )
        table = pipeline.predict_proba(list(EXAMPLE_TEXTS))
        finite = finite and bool(np.isfinite(table).all())
        fits = np.shape(table) == (len(EXAMPLE_TEXTS), len(pipeline.classes_))
        reason = "its classes are not those of its probabilities"
    except Exception as error:
        finite, fits = True, False
        reason = f"{type(error).__name__}: {first_line(error, 200)}"
    if not fits or not finite:
        reason = reason if not fits else "its weights are not all finite numbers"
        raise ModelError(
            f"{model.data} holds a Pipeline that cannot answer ({reason}). It is "
            "damaged; log the model again, or copy the whole folder. If not, install "
            "the versions that its requirements.txt names."
        )


def _compare_versions(model: ModelFile) -> None:
    if model.version != sentiment.__version__ and not is_bundled(model.folder):
        _LOGGER.warning(
            "The model was saved by sentiment %s and is answered for by sentiment %s "
            "of %s. `sentiment check` tells whether its answers are still the same.",
            model.version,
            sentiment.__version__,
            Path(sentiment.__file__).parent,
        )


def _read_bytes(model: ModelFile, limit: int) -> bytes:
    check_size(model.data, model.data.stat().st_size, limit)
    # Read once: what is checked is then what is loaded.
    data = model.data.read_bytes()
    if hashlib.sha256(data).hexdigest() != model.sha256:
        raise ModelError(
            f"{model.data} is not the file that was saved with this model: its SHA-256 "
            "differs from the one in MLmodel. It is damaged or was replaced; log the "
            "model again, or copy the whole folder."
        )
    return data


def _from_skops(model: ModelFile, data: bytes, limit: int) -> Any:
    try:
        data = bound_archive(model.data, data, limit)
        with suppress(ForeignFileError):
            return read_ours(data)
        import skops.io

        untrusted = set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED_TYPES)
    except ModelError:
        raise
    except Exception as error:
        raise _unreadable(model, error) from error
    if untrusted:
        raise ModelError(
            f"{model.data} holds types that sentiment does not trust: "
            f"{', '.join(sorted(untrusted))}. Nothing of it was loaded. If you trust "
            "its source, load it with mlflow.sklearn.load_model."
        )
    try:
        # skops checks the types once more, on what it then builds.
        return skops.io.loads(data, trusted=list(TRUSTED_TYPES))
    except Exception as error:
        raise _unreadable(model, error) from error


def _from_pickle(model: ModelFile, data: bytes, limit: int) -> Any:
    import pickle

    try:
        return pickle.loads(data)  # cloudpickle writes pickles
    except Exception as error:
        raise _unreadable(model, error) from error


def _unreadable(model: ModelFile, error: Exception) -> ModelError:
    reason = first_line(error, 200)
    if isinstance(error, SentimentError):  # our own classes have looked at their arrays
        return ModelError(f"{model.data} cannot be loaded: {reason}")
    return ModelError(
        f"{model.data} cannot be loaded ({type(error).__name__}: {reason}). It "
        f"was saved by sentiment {model.version} with the library versions that its "
        "requirements.txt names: install those, or train the model again."
    )
