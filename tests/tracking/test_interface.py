"""``run_interface`` refuses in one sentence what cannot work."""

import logging
import socket

import pytest

from sentiment.exceptions import ServingError, TrackingError
from sentiment.tracking import _interface, run_interface


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_without_a_store_there_is_nothing_to_show_and_none_is_made(no_store):
    with pytest.raises(TrackingError, match="Nothing is recorded here"):
        run_interface()
    assert list(no_store.iterdir()) == []


def test_a_port_in_use_is_said_before_anything_is_started(store, taken_port):
    with pytest.raises(ServingError) as caught:
        run_interface(port=taken_port)
    assert str(caught.value) == (
        f"Port {taken_port} of 127.0.0.1 is in use. Choose another with port=..., or "
        "stop what uses it."
    )


def test_a_host_that_is_not_ours_is_said(store):
    with pytest.raises(
        ServingError, match=r"Cannot listen on port 5000 of 203\.0\.113\.1"
    ):
        run_interface(host="203.0.113.1", port=5000)


def test_a_server_has_an_interface_of_its_own(no_store, monkeypatch, caplog):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://me:secret@mlflow.example")
    with caplog.at_level(logging.INFO, "sentiment"):
        run_interface()
    assert "https://me:***@mlflow.example" in caplog.text


def test_an_interface_that_does_not_start_is_said(store, monkeypatch, free_port):
    monkeypatch.setattr(_interface.sys, "executable", "/bin/false")
    with pytest.raises(TrackingError, match="does not start"):
        run_interface(port=free_port)
