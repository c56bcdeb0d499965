"""Which MLflow store is in use, and whether it answers."""

import logging
import os
import re
import secrets
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.exceptions import TrackingError
from sentiment.persistence import (
    artifact_root,
    keep_folder_names,
    sqlite_path,
    switch_off_telemetry,
)
from sentiment.surroundings import environment, quiet
from sentiment.tracking._process import process_start

if TYPE_CHECKING:
    from mlflow import MlflowClient

KIND_OF_EXPERIMENT = {"mlflow.experimentKind": "custom_model_development"}
"""The tag that MLflow's interface writes when somebody chooses "Model training"."""

_CHATTY = ("alembic", "mlflow.store")
# MLflow tries a server that is not there again and again, for minutes.
_IMPATIENT = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}

# What PostgreSQL, MySQL and SQL Server say of a table that another process has just
# made, or is making.
_MADE_MEANWHILE = re.compile(
    "already exists|already an object named|duplicate key|deadlock", re.IGNORECASE
)
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


def store_uri() -> str:
    """Return the address of the tracking store in use, as MLflow chooses it."""
    switch_off_telemetry()
    import mlflow

    return str(mlflow.get_tracking_uri())


def shown_uri(uri: str) -> str:
    """Return the address of a store without the password in it.

    Examples
    --------
    >>> shown_uri("postgresql://ml:secret@db.example/mlflow")
    'postgresql://ml:***@db.example/mlflow'
    """
    return re.sub(r"//([^/:@\s]*):[^/@\s]*@", r"//\1:***@", uri)


def has_store(uri: str) -> bool:
    """Return whether there is a store; asking MLflow would make an embedded one."""
    path = sqlite_path(uri)
    return path is None or path.exists()


def open_store() -> "MlflowClient":
    """Return a client of the store in use, made if it is an embedded one.

    Raises
    ------
    TrackingError
        If the store does not answer, or is no MLflow store of this version.
    """
    uri = store_uri()
    path = sqlite_path(uri)
    # What the user has set stays.
    impatient = {k: v for k, v in _IMPATIENT.items() if k not in os.environ}
    try:
        with (
            quiet(*_CHATTY, level=logging.WARNING),
            environment(impatient | artifact_root()),
        ):
            if path is not None:
                keep_folder_names(uri)
                _make_or_check(path)
            return _connect(uri)
    except Exception as error:  # each kind of store raises errors of its own
        raise TrackingError(
            f"The MLflow store {shown_uri(uri)} cannot be used: {explain(error)} Check "
            "MLFLOW_TRACKING_URI."
        ) from error


def read_pages(search: Callable[..., Any], *args: Any, **kwargs: Any) -> Iterator[Any]:
    """Yield all that a search of MLflow finds, which answers page by page."""
    page = search(*args, **kwargs)
    yield from page
    while page.token:
        page = search(*args, **kwargs, page_token=page.token)
        yield from page


def _make_or_check(path: Path) -> None:
    """Make the file, or see that it can be read: MLflow would try for minutes."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, and a store is a file in one.")
    if not path.exists():
        make_embedded_store(path)
    address = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("PRAGMA schema_version")


def _connect(uri: str) -> "MlflowClient":
    """Return a client that has asked something; a new database gets its tables then.

    Of several processes that make them at once in the database of a server, one
    succeeds, and the others run into what it has made. Soon all of it is there.
    """
    from mlflow import MlflowClient

    for pause in (*_PAUSES, None):
        try:
            client = MlflowClient(tracking_uri=uri)
            client.search_experiments(max_results=1)
            break
        except Exception as error:  # each kind of store raises errors of its own
            if pause is None or not _MADE_MEANWHILE.search(str(error)):
                raise
            time.sleep(pause)
    return client


def explain(error: BaseException) -> str:
    """Return on one line why MLflow, a database or a server refused."""
    text = " ".join(str(error).split()) or type(error).__name__
    if "Max retries exceeded" in text or "timed out" in text:
        return "it does not answer."
    if "maintenance mode" in text:
        return "MLflow no longer writes folders; `mlflow migrate-filestore` moves one."
    # SQLAlchemy goes on with the statement, its parameters and a link.
    text = re.split(r" \[SQL: | \(Background on this error", text)[0]
    text = shown_uri(text)
    text = text if len(text) <= 300 else text[:297] + "..."
    return text if text.endswith((".", "!", "?")) else text + "."


def make_embedded_store(path: Path) -> None:
    """Make MLflow's embedded store at ``path``, unless another process was faster.

    MLflow makes it in some sixty migrations on the disk. That takes seconds, two
    trainings that start at once both try and fail ("duplicate column name"), and one
    that is stopped in the middle leaves a file that no MLflow can open. Here the
    migrations run in memory, and the result appears under its name whole or not at all.

    Raises OSError if the file cannot be written.
    """
    from mlflow import MlflowClient

    path.parent.mkdir(parents=True, exist_ok=True)
    memory = f"file:sentiment-{secrets.token_hex(8)}?mode=memory&cache=shared"
    # Memory shared by name lives as long as somebody is connected to it: we are, and
    # MLflow need not be.
    with (
        closing(sqlite3.connect(memory, uri=True)) as connection,
        environment({"MLFLOW_SQLALCHEMYSTORE_POOLCLASS": "NullPool"}),
    ):
        client = MlflowClient(tracking_uri=f"sqlite:///{memory}&uri=true")
        client.search_experiments(max_results=1)
        content = connection.serialize()
    # Whose it is, so that what a killed process has left can be told and removed.
    prefix = f".{path.name}.{socket.gethostname()}."
    _remove_left_behind(path.parent, prefix)
    beside = path.with_name(f"{prefix}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        beside.write_bytes(content)
        _place(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _remove_left_behind(folder: Path, prefix: str) -> None:
    for path in folder.iterdir():
        number = path.name.removeprefix(prefix).partition("-")[0]
        if (
            path.name.startswith(prefix)
            and number.isdecimal()
            and process_start(int(number)) is None
        ):
            path.unlink(missing_ok=True)


def _place(beside: Path, path: Path) -> None:
    """Give the file its name, unless there is one of that name already."""
    with suppress(FileExistsError):
        try:
            os.link(beside, path)
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links.
            if not path.exists():
                beside.replace(path)
