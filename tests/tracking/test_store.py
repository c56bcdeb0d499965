"""The store in use: made whole or not at all, refused in one sentence."""

import logging
import socket
import sqlite3
from contextlib import closing

import mlflow
import pytest

from sentiment.exceptions import TrackingError
from sentiment.tracking import _store
from sentiment.tracking._store import (
    explain,
    has_store,
    make_embedded_store,
    open_store,
    shown_uri,
    store_uri,
)


def read_schema(path):
    """Every column and index; MLflow's migrations order constraints by chance."""
    with closing(sqlite3.connect(path)) as connection:
        query = connection.execute
        names = query("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        schema = {
            name: (
                query(f"PRAGMA table_info('{name}')").fetchall(),
                len(query(f"PRAGMA foreign_key_list('{name}')").fetchall()),
                len(query(f"PRAGMA index_list('{name}')").fetchall()),
            )
            for (name,) in names
        }
        return schema, query("SELECT * FROM alembic_version").fetchall()


def test_the_embedded_store_is_what_mlflow_makes(no_store, empty_store):
    mlflow.MlflowClient(f"sqlite:///{no_store}/theirs.db").search_experiments()
    assert read_schema(empty_store) == read_schema(no_store / "theirs.db")


def test_opening_makes_the_store_in_the_current_folder_and_nothing_else(
    no_store, caplog
):
    with caplog.at_level(logging.INFO):
        client = open_store()
    assert [file.name for file in no_store.iterdir()] == ["mlflow.db"]
    assert store_uri() == f"sqlite:///{no_store}/mlflow.db"
    (default,) = client.search_experiments()
    assert default.artifact_location == str(no_store / "mlruns/0")
    assert not caplog.records


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_a_store_that_is_stopped_in_the_making_leaves_nothing(
    no_store, monkeypatch, stop
):
    def stopped(self, **_):
        raise stop

    monkeypatch.setattr(mlflow.MlflowClient, "search_experiments", stopped)
    with pytest.raises(stop):
        make_embedded_store(no_store / "mlflow.db")
    assert not list(no_store.iterdir())


def test_a_store_that_somebody_else_made_meanwhile_stays(no_store, monkeypatch):
    path = no_store / "mlflow.db"

    def faster(self, **_):
        path.write_text("theirs")

    monkeypatch.setattr(mlflow.MlflowClient, "search_experiments", faster)
    make_embedded_store(path)
    assert path.read_text() == "theirs"
    assert [file.name for file in no_store.iterdir()] == ["mlflow.db"]


def test_a_file_system_without_links_gets_the_store_too(no_store, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr("os.link", refuse)
    make_embedded_store(no_store / "mlflow.db")
    assert [file.name for file in no_store.iterdir()] == ["mlflow.db"]


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("sqlite:///broken.db", "file is not a database"),
        ("sqlite:///folder", "folder is a folder, and a store is a file in one."),
        ("sqlite:///broken.db/mlflow.db", "File exists: 'broken.db'"),
        ("sqlite:////proc/none/mlflow.db", "No such file or directory"),
        ("file:///data/mlruns", "MLflow no longer writes folders"),
        ("carrier-pigeon://x", "unsupported URI"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused_in_one_sentence(
    no_store, monkeypatch, uri, reason
):
    (no_store / "folder").mkdir()
    (no_store / "broken.db").write_text("this is no database, whatever its name says")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(TrackingError) as caught:
        open_store()
    message = str(caught.value)
    assert message.startswith(f"The MLflow store {uri} cannot be used: ")
    assert reason in message
    assert message.endswith(" Check MLFLOW_TRACKING_URI.")
    assert "\n" not in message


def test_a_store_that_may_not_be_read_is_refused_at_once(no_store, monkeypatch):
    def refuse(*_, **__):
        raise sqlite3.OperationalError("unable to open database file")

    (no_store / "mlflow.db").touch()
    monkeypatch.setattr("sqlite3.connect", refuse)
    with pytest.raises(TrackingError, match="unable to open database file"):
        open_store()


def test_a_server_that_is_not_there_is_said_within_seconds(no_store, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(TrackingError) as caught:
        open_store()
    assert str(caught.value) == (
        f"The MLflow store {uri} cannot be used: it does not answer. Check "
        "MLFLOW_TRACKING_URI."
    )


def test_asking_whether_there_is_a_store_makes_none(no_store, monkeypatch):
    assert not has_store(store_uri())
    assert not has_store("sqlite:///some%20where.db")
    assert has_store("https://mlflow.example")
    (no_store / "some where.db").touch()
    assert has_store("sqlite:///some%20where.db")
    assert [file.name for file in no_store.iterdir()] == ["some where.db"]


def test_a_password_is_never_shown():
    uri = "postgresql://ml:s3cr3t@db.example:5432/mlflow"
    assert "s3cr3t" not in shown_uri(uri)
    assert "s3cr3t" not in explain(OSError(f"cannot connect to {uri}"))
    assert shown_uri("sqlite:////data/a@b.db") == "sqlite:////data/a@b.db"


def test_an_explanation_is_one_line_of_bounded_length():
    assert explain(OSError("a\n b")) == "a b."
    assert explain(OSError()) == "OSError."
    assert len(explain(OSError("x" * 1000))) == 300
    database = OSError("no such table: runs [SQL: SELECT 1] (Background on this error")
    assert explain(database) == "no such table: runs."


class OneOfSeveral:
    """A client of a database whose tables another process makes meanwhile."""

    def __init__(self, refusals):
        self.refusals = list(refusals)
        self.asked = 0

    def __call__(self, tracking_uri):
        self.asked += 1
        if self.refusals:
            raise RuntimeError(self.refusals.pop(0))
        return self

    def search_experiments(self, max_results):
        return []


def test_a_database_that_another_process_sets_up_meanwhile_is_tried_again(
    store, monkeypatch
):
    client = OneOfSeveral(
        [
            'duplicate key value violates unique constraint "pg_type_typname_index"',
            'relation "experiments" already exists',
            "deadlock detected",
        ]
    )
    monkeypatch.setattr(mlflow, "MlflowClient", client)
    monkeypatch.setattr(_store, "_PAUSES", (0, 0, 0))
    assert open_store() is client
    assert client.asked == 4


@pytest.mark.parametrize(
    ("refusals", "asked"),
    [(["password authentication failed"] * 9, 1), (["it already exists"] * 9, 4)],
)
def test_what_trying_again_does_not_mend_is_said(store, monkeypatch, refusals, asked):
    client = OneOfSeveral(refusals)
    monkeypatch.setattr(mlflow, "MlflowClient", client)
    monkeypatch.setattr(_store, "_PAUSES", (0, 0, 0))
    with pytest.raises(TrackingError, match=refusals[0]):
        open_store()
    assert client.asked == asked
