"""Find the folder of a model, wherever MLflow keeps it."""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from sentiment._messages import first_line, shown
from sentiment.exceptions import ModelError
from sentiment.models import BUNDLED
from sentiment.persistence._sqlite_store import keep_folder_names, sqlite_path
from sentiment.persistence._telemetry import switch_off_telemetry

if TYPE_CHECKING:
    from mlflow import MlflowClient

DEFAULT_NAME = "model"
"""What :func:`log_model` calls a model within its run."""

REVIEWS_EN = "reviews-en"
"""The model that comes with this package."""

_RUN_ID = re.compile(r"[0-9a-f]{32}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
# A page of the web, not an artifact behind a server of MLflow.
_PAGE = re.compile(r"https?:/(?!.*/mlflow-artifacts/artifacts)", re.IGNORECASE)
_KINDS = (
    "A model is an MLflow URI (runs:/ID/model, models:/name@alias, models:/name/3, "
    "models:/m-...), a model folder, a run id of 32 hexadecimal digits, or reviews-en."
)


def resolve_model_uri(model: str | Path) -> str:
    """Return the MLflow URI or the folder that ``model`` stands for.

    Nothing is asked of any store: this is about the form only.

    Parameters
    ----------
    model : str or Path
        A folder, a URI, a bare run id, which stands for the run's model ``model``, or
        ``reviews-en``, the model of this package.

    Returns
    -------
    uri : str

    Raises
    ------
    ModelError
        If it is none of these.

    Examples
    --------
    >>> resolve_model_uri("0123456789abcdef0123456789abcdef")
    'runs:/0123456789abcdef0123456789abcdef/model'
    >>> resolve_model_uri("models:/reviews@champion")
    'models:/reviews@champion'
    >>> resolve_model_uri("reviews")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.ModelError: No model at 'reviews'. A model is an MLflow URI
    (runs:/ID/model, models:/name@alias, models:/name/3, models:/m-...), a model folder,
    a run id of 32 hexadecimal digits, or reviews-en.
    """
    text = str(model)
    if text in BUNDLED:
        return str(BUNDLED[text])
    if text and _is_folder(text):
        return text
    if _RUN_ID.fullmatch(text):
        return f"runs:/{text}/{DEFAULT_NAME}"
    if text.startswith("file:"):
        return _folder_of(text)
    if re.fullmatch(r"runs:/[^/]+/?", text):
        return f"{text.rstrip('/')}/{DEFAULT_NAME}"
    if _URI.match(text) and not _PAGE.match(text):
        return text
    raise ModelError(f"No model at {shown(text, 200)}. {_KINDS}")


def find_model_folder(model: str | Path) -> Path:
    """Return a local folder with the model, downloaded if need be.

    Parameters
    ----------
    model : str or Path
        As :func:`resolve_model_uri` takes it.

    Returns
    -------
    folder : Path
        The model's own folder if it is a local one, else a copy that lives as long as
        this process.

    Raises
    ------
    ModelError
        If there is no such model.
    """
    uri = resolve_model_uri(model)
    if _is_folder(uri):
        return Path(uri)
    uri = _find(uri)
    if _is_folder(uri):
        return Path(uri)
    directory = Path(tempfile.mkdtemp(prefix="sentiment-model-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return _download(uri, directory)


@contextmanager
def open_model_folder(model: str | Path) -> Iterator[Path]:
    """Give a local folder with the model; a download is removed at the end.

    Yields
    ------
    folder : Path

    Raises
    ------
    ModelError
        If there is no such model. Errors raised inside that name the downloaded
        folder are made to name ``model``: the folder is gone when they are read.
    """
    uri = resolve_model_uri(model)
    found = uri if _is_folder(uri) else _find(uri)
    if _is_folder(found):
        yield Path(found)
        return
    with tempfile.TemporaryDirectory(prefix="sentiment-model-") as directory:
        folder = _download(found, Path(directory))
        try:
            yield folder
        except ModelError as error:
            raise ModelError(str(error).replace(str(folder), uri)) from error


def is_bundled(folder: Path) -> bool:
    """Say whether a model came with this package, whatever version it names."""
    return folder in BUNDLED.values()


def _is_folder(path: str) -> bool:
    # Unlike Path.is_dir, it is False, no OSError, of a name that is too long.
    return os.path.isdir(path)  # noqa: PTH112


def _folder_of(uri: str) -> str:
    folder = unquote(urlsplit(uri).path)
    if not _is_folder(folder):
        raise ModelError(
            f"No model at {shown(uri, 200)}: there is no folder {folder:.200}."
        )
    return folder


def _find(uri: str) -> str:
    """Return the folder that a URI of a store stands for, or a URI to download."""
    switch_off_telemetry()
    import mlflow

    if uri.startswith("runs:"):
        _check_store(uri, mlflow.get_tracking_uri())
        uri, where = _find_in_run(uri, mlflow.MlflowClient())
    elif uri.startswith("models:"):
        _check_store(uri, mlflow.get_registry_uri())
        where = _find_in_registry(uri)
    else:
        return uri
    # In a local store the model is read where it is; a download would copy it.
    folder = unquote(urlsplit(where).path) if where.startswith("file:") else where
    return folder if _is_folder(folder) else uri


def _find_in_registry(uri: str) -> str:
    """Return where the files of a ``models:/`` URI are."""
    import mlflow

    try:
        if uri.startswith("models:/m-") and "@" not in uri:
            logged = mlflow.MlflowClient().get_logged_model(uri[8:])
            _check_complete(uri, logged)
            return str(logged.artifact_location)
        from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository

        return str(ModelsArtifactRepository.get_underlying_uri(uri))
    except mlflow.MlflowException as error:
        store = _shown(mlflow.get_registry_uri())
        raise ModelError(
            f"No model {shown(uri, 200)} in the model registry {store}: "
            f"{first_line(error)}"
        ) from error


def _download(uri: str, directory: Path) -> Path:
    import mlflow

    try:
        found = mlflow.artifacts.download_artifacts(
            artifact_uri=uri, dst_path=str(directory)
        )
    except Exception as error:  # each kind of artifact store raises errors of its own
        raise ModelError(
            f"Model {shown(uri, 200)} cannot be downloaded: {first_line(error)}"
        ) from error
    return Path(found)


def _find_in_run(uri: str, client: "MlflowClient") -> tuple[str, str]:
    """Return the URI of the model of a ``runs:/`` URI, and where its files are."""
    from mlflow.exceptions import MlflowException

    run_id, _, name = uri.removeprefix("runs:").lstrip("/").partition("/")
    store = _shown(client.tracking_uri)
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        raise ModelError(
            f"No run {shown(run_id)} in the tracking store {store} "
            f"({first_line(error)}). Set MLFLOW_TRACKING_URI if the run is elsewhere."
        ) from error
    outputs = run.outputs.model_outputs if run.outputs else []
    logged = [client.get_logged_model(output.model_id) for output in outputs]
    named = [model for model in logged if model.name == name]
    if named:
        _check_complete(uri, named[-1])
        return f"models:/{named[-1].model_id}", str(named[-1].artifact_location)
    # Uploaded with log_artifacts, it is an artifact of the run and no logged model.
    if not any(
        file.path == f"{name}/MLmodel" for file in client.list_artifacts(run_id, name)
    ):
        names = ", ".join(sorted({model.name for model in logged})) or "none"
        raise ModelError(
            f"Run {run_id} holds no model named {shown(name)}: the run is "
            f"{run.info.status}, and its models are: {names}."
        )
    return uri, uri


def _check_complete(uri: str, logged: Any) -> None:
    if str(logged.status) != "READY":
        raise ModelError(
            f"Model {shown(uri, 200)} was not logged completely: its status is "
            f"{logged.status}. Train it again."
        )


def _check_store(uri: str, store: str) -> None:
    """Refuse a SQLite store that is not there: asking MLflow would create it."""
    path = sqlite_path(store)
    if path is not None and not path.is_file():
        state = "is a folder" if path.is_dir() else "does not exist"
        raise ModelError(
            f"No model {shown(uri, 200)}: the store {store} {state}. Go to the folder "
            "where the model was trained, or set MLFLOW_TRACKING_URI."
        )
    keep_folder_names(store)


def _shown(store: str) -> str:
    """Return the address of a store without the password in it."""
    return re.sub(r"//[^/@]*@", "//", store)
