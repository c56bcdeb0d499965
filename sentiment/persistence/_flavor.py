"""Save and log a fitted Pipeline as one MLflow model.

The model carries three flavors: ``sklearn`` (the Pipeline itself), ``python_function``
(our strict loader around it), and ``sentiment``, which tells later versions what they
read.
"""

import inspect
import logging
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment._messages import first_line
from sentiment.exceptions import ModelError, TrackingError
from sentiment.persistence._archive import TRUSTED_TYPES, name_publicly
from sentiment.persistence._code_copy import copy_package
from sentiment.persistence._golden_rows import GOLDEN_FILE, make_golden_rows
from sentiment.persistence._location import DEFAULT_NAME
from sentiment.persistence._model_file import DATA_FILES, FLAVOR, FORMAT, digest
from sentiment.persistence._requirements import make_requirements
from sentiment.persistence._signature import (
    check_pipeline,
    forget_requests,
    make_input_example,
    make_signature,
)
from sentiment.persistence._telemetry import switch_off_telemetry
from sentiment.surroundings import quiet
from sentiment.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow.models import Model
    from mlflow.models.model import ModelInfo
    from sklearn.pipeline import Pipeline

    from sentiment.monitoring import ReferenceProfile

_LOADER = "sentiment.serving"
_CARD = "model_card.md"


def save_model(
    pipeline: "Pipeline",
    path: "str | PathLike[str]",
    *,
    mlflow_model: "Model | None" = None,
    serialization_format: str = "skops",
    pip_requirements: Sequence[str] | str | None = None,
    conda_env: Mapping[str, Any] | str | None = None,
    code_paths: Sequence[str] = (),
    metadata: Mapping[str, Any] | None = None,
    model_card: Callable[[int], str] | None = None,
    profile: "ReferenceProfile | None" = None,
) -> None:
    """Save a fitted Pipeline as an MLflow model folder.

    The folder holds all that inference takes: the fitted Pipeline, this package's
    source, the pinned requirements, the signature, an example, and a few documents with
    their probabilities for :func:`check_model`. Any of MLflow's doors opens it:
    ``mlflow.sklearn``, ``mlflow.pyfunc``, ``mlflow models serve``.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, from raw documents to probabilities. It is not changed.
    path : str or path
        The folder to make. It must not exist, or be empty.
    mlflow_model : mlflow.models.Model, optional
        What MLflow hands over when it logs the model.
    serialization_format : {"skops", "cloudpickle"}, default="skops"
        "skops" can be loaded without running code of the file. "cloudpickle" also
        holds steps of your own classes, but loading it runs whatever it says.
    pip_requirements : list of str or path, optional
        Used instead of the pinned requirements found here.
    conda_env : dict or path, optional
        A conda environment of one's own, instead of requirements.
    code_paths : sequence of path, optional
        More modules to carry, next to this package.
    metadata : dict, optional
        Anything to write into the MLmodel file.
    model_card : callable, optional
        Given the bytes of the model file, returns the Markdown to write beside it as
        ``model_card.md``.
    profile : ReferenceProfile, optional
        What :func:`sentiment.monitor` compares new rows with, as
        :func:`sentiment.monitoring.make_profile` makes it.

    Raises
    ------
    ModelError
        If the Pipeline is not fitted, does not classify text, holds types that cannot
        be loaded safely, or the folder cannot be written.

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline, save_model
    >>> save_model(make_sentiment_pipeline(), "film-reviews")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.ModelError: save_model takes a fitted Pipeline. This one is not
    fitted. Call its fit first.
    """
    switch_off_telemetry()
    check_pipeline(pipeline, caller="save_model")
    golden = make_golden_rows(pipeline)
    _check_format(serialization_format)
    from mlflow.models import Model

    mlflow_model = Model() if mlflow_model is None else mlflow_model
    if conda_env is None and not pip_requirements:
        pip_requirements = make_requirements(pipeline, serialization_format)
    with _new_folder(Path(path)) as folder:
        _write_sklearn_flavor(
            pipeline,
            folder,
            code_paths,
            mlflow_model=mlflow_model,
            serialization_format=serialization_format,
            pip_requirements=pip_requirements if conda_env is None else None,
            conda_env=conda_env,
            metadata=dict(metadata) if metadata is not None else None,
        )
        golden.write(folder / GOLDEN_FILE)
        if profile is not None:
            profile.write(folder)
        if model_card is not None:
            size = (folder / DATA_FILES[serialization_format]).stat().st_size
            (folder / _CARD).write_text(model_card(size), encoding="utf-8")
        _add_our_flavors(mlflow_model, folder, serialization_format)


def log_model(
    pipeline: "Pipeline",
    name: str = DEFAULT_NAME,
    *,
    registered_model_name: str | None = None,
    alias: str | None = None,
    tags: Mapping[str, Any] | None = None,
    **saving: Any,
) -> "ModelInfo":
    """Log a fitted Pipeline to the active MLflow run.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, from raw documents to probabilities. It is not changed.
    name : str, default="model"
        What the model is called within its run: ``runs:/ID/model``. A bare run id
        stands for the model called ``model``.
    registered_model_name : str, optional
        Also make a version of this registered model.
    alias : str, optional
        The alias that this version gets, such as ``champion``, and the last one loses.
    tags : dict, optional
        Tags of the logged model.
    **saving
        ``serialization_format``, ``pip_requirements``, ``conda_env``, ``code_paths``,
        ``metadata``, ``model_card`` and ``profile``, as :func:`save_model` takes them.

    Returns
    -------
    info : mlflow.models.model.ModelInfo
        With ``model_uri``, ``model_id`` and ``registered_model_version``.

    Raises
    ------
    ModelError
        As :func:`save_model`.
    TrackingError
        If the store or the registry refuses.

    See Also
    --------
    sentiment.train : Trains, evaluates, and logs the model with all the rest.
    """
    if alias is not None and registered_model_name is None:
        raise TrackingError(
            f"An alias belongs to a registered model. Got alias={alias!r} alone. Pass "
            "registered_model_name=..., too."
        )
    switch_off_telemetry()
    # Before MLflow makes an entry for the model, which would stay behind as FAILED.
    check_pipeline(pipeline, caller="log_model")
    inspect.signature(save_model).bind(pipeline, "", **saving)
    from mlflow import MlflowClient, MlflowException
    from mlflow.models import Model

    try:
        info = Model.log(
            artifact_path=None,
            name=name,
            flavor=_LoggedFlavor,
            flavor_name=FLAVOR,
            registered_model_name=registered_model_name,
            tags=dict(tags) if tags is not None else None,
            validate_serving_input=False,  # _LoggedFlavor says why
            pipeline=pipeline,
            **saving,
        )
        if alias is not None:
            MlflowClient().set_registered_model_alias(
                registered_model_name, alias, info.registered_model_version
            )
    except MlflowException as error:
        raise TrackingError(f"MLflow refused the model: {error.message}") from error
    return info


class _LoggedFlavor:
    """What ``Model.log`` takes for a flavor module.

    It is not to validate the serving input: it would load the model from a temporary
    folder, whose code would stay first on sys.path after the folder is gone.
    check_pipeline has predicted the example, and saving has loaded the file once.
    """

    @staticmethod
    def save_model(
        path: str, *, pipeline: "Pipeline", validate_serving_input: bool, **options: Any
    ) -> None:
        save_model(pipeline, path, **options)


@contextmanager
def _new_folder(path: Path) -> "Iterator[Path]":
    """Give a folder to fill; it takes its place at ``path`` when it is complete."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ModelError(
            f"{path} already exists and is not an empty folder. Name another, or "
            "remove it first."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{path.name}-", dir=path.parent
        ) as beside:
            folder = Path(beside) / "model"
            folder.mkdir()
            yield folder
            if path.exists():
                path.rmdir()
            folder.rename(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelError(f"The model cannot be saved to {path}: {reason}.") from error


def _check_format(serialization_format: str) -> None:
    if serialization_format not in DATA_FILES:
        raise ModelError(
            f"save_model takes a serialization_format among {sorted(DATA_FILES)}. Got "
            f"{serialization_format!r}."
        )


def _write_sklearn_flavor(
    pipeline: "Pipeline", folder: Path, code_paths: Sequence[str], **arguments: Any
) -> None:
    import mlflow.sklearn
    from mlflow.exceptions import MlflowException

    is_skops = arguments["serialization_format"] == "skops"
    pipeline = forget_requests(pipeline) if is_skops else pipeline
    try:
        # It would miss xgboost-cpu here, where XGBoost itself is installed.
        requirements = quiet("mlflow.utils.requirements_utils", level=logging.ERROR)
        with (
            warnings.catch_warnings(),
            requirements,
            tempfile.TemporaryDirectory() as staging,
        ):
            # MLflow 3.17 compares the example's column names with a range, to see
            # whether they are just numbers. What pandas 4 makes of it is False as well.
            warnings.filterwarnings(
                "ignore", "Operation with range is deprecated", DeprecationWarning
            )
            mlflow.sklearn.save_model(
                pipeline,
                str(folder),
                code_paths=[str(copy_package(Path(staging))), *map(str, code_paths)],
                **arguments,
                signature=make_signature(np.asarray(pipeline.classes_)),
                input_example=make_input_example(),
                skops_trusted_types=list(TRUSTED_TYPES),
            )
        if is_skops:
            name_publicly(folder / DATA_FILES["skops"])
    except MlflowException as error:
        reason = error.__context__ or error
        raise ModelError(
            "The Pipeline cannot be saved as "
            f"{arguments['serialization_format']}: {first_line(reason)} Use the steps "
            'of sentiment and scikit-learn, or serialization_format="cloudpickle".'
        ) from error


def _add_our_flavors(model: "Model", folder: Path, serialization_format: str) -> None:
    from mlflow import pyfunc

    file = DATA_FILES[serialization_format]
    pyfunc.add_to_model(
        model,
        loader_module=_LOADER,
        data=None,  # so that the loader gets the folder, with MLmodel in it
        code="code",
        conda_env="conda.yaml",
        python_env="python_env.yaml",
    )
    model.add_flavor(
        FLAVOR,
        version=VERSION,
        format=FORMAT,
        serialization_format=serialization_format,
        sha256=digest(folder / file),
    )
    model.save(str(folder / "MLmodel"))
