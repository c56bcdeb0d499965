"""Make MLflow's embedded store, a SQLite file, in one step.

MLflow makes it in some sixty migrations on the disk. That takes seconds, two trainings
that start at once both try and fail ("duplicate column name"), and one that is stopped
in the middle leaves a file that no MLflow can open. Here the migrations run in memory,
and the result appears under its name whole or not at all.
"""

import os
import secrets
import socket
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sentiment.surroundings import environment
from sentiment.tracking._process import process_start


def make_embedded_store(path: Path) -> None:
    """Make an MLflow store at ``path``, unless another process was faster.

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
