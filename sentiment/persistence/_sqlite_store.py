"""MLflow stores in a SQLite file: where it is, whatever its folder is called."""

import os
import re
from pathlib import Path
from urllib.parse import quote, unquote

# MLflow's own, which a server sets; it has no public one without a server.
_ARTIFACT_ROOT = "_MLFLOW_SERVER_ARTIFACT_ROOT"


def sqlite_path(uri: str) -> Path | None:
    """Return the file of a SQLite store; None for one in memory and other stores.

    Examples
    --------
    >>> sqlite_path("sqlite:///some%20where/mlflow.db").as_posix()
    'some where/mlflow.db'
    """
    found = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+)(?:\?.*)?", uri)
    if found is None or found[1] == ":memory:" or found[1].startswith("file:"):
        return None
    return Path(unquote(found[1]))


def artifact_root() -> dict[str, str]:
    """Return the setting that lets a new store find artifacts in an odd folder.

    MLflow writes the plain path of the current folder into a statement of SQL, where
    quotes and colons mean something, and later reads it as if it were quoted: ``a%20b``
    becomes ``a b``. The address of a file is safe in both.
    """
    root = Path("mlruns").absolute()
    if _ARTIFACT_ROOT in os.environ or quote(str(root)) == str(root):
        return {}
    return {_ARTIFACT_ROOT: root.as_uri()}


def keep_folder_names(uri: str) -> None:
    """Keep MLflow from making the folder ``a%20b`` before it opens a store in ``a b``.

    It takes the quoted name for the real one, and fails where it may not make it.
    """
    if sqlite_path(uri) is not None and unquote(uri) != uri:
        from mlflow.store.db import utils

        utils._make_parent_dirs_if_sqlite = _make_folder


def _make_folder(uri: str) -> None:
    path = sqlite_path(uri)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
