"""Starting and stopping ``sentiment serve``: processes, ports and signals."""

import os
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from sentiment import ModelError, ServingError, save_model
from sentiment.serving import run_server

posix = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def find_children(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def ask(server, text="good"):
    return server.post(json={"inputs": [text]}).status_code


def test_the_first_lines_say_where_and_how(server):
    first, second = server.log.splitlines()[:2]
    assert first.endswith(f"at {server.url} (Ctrl-C stops it). Try:")
    assert second.startswith(f"curl {server.url}/invocations -H 'Content-Type: ")


def test_a_port_in_use_is_said_before_the_model_is_even_looked_for():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=f"Port {port} of 127.0.0.1 is in use"):
            run_server("no-such-model", port=port)


def test_a_missing_model_frees_the_port_again():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ModelError, match="No model at 'no-such-model'"):
        run_server("no-such-model", port=port)
    with socket.create_server(("127.0.0.1", port)):
        pass


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.1", "a b"])
def test_an_address_that_is_not_ours_is_refused(host):
    with pytest.raises(ServingError, match="Cannot listen on"):
        run_server("no-such-model", host=host, port=0)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_out_of_range_is_refused(port):
    with pytest.raises(ServingError, match=f"from 0 to 65535. Got {port}"):
        run_server("no-such-model", port=port)


def test_a_pickle_is_refused_before_it_is_served(pipeline, tmp_path):
    folder = tmp_path / "model"
    save_model(pipeline, folder, serialization_format="cloudpickle")
    with pytest.raises(ModelError, match="allow_pickle=True"):
        run_server(folder, port=0)


@posix
def test_ctrl_c_ends_the_server_cleanly(saved, serve):
    with serve(saved) as server:
        assert ask(server) == 200
        assert server.stop(signal.SIGINT) == 130
        assert "Traceback" not in server.log
        with pytest.raises(requests.ConnectionError):
            requests.get(server.url, timeout=5)


@posix
def test_sigterm_waits_for_the_request_under_way(saved, serve):
    body = b'{"inputs": ["good"]}'
    with serve(saved) as server:
        address = urlsplit(server.url)
        place = (address.hostname, address.port)
        with socket.create_connection(place, 60) as connection:
            connection.sendall(
                b"POST /invocations HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                % len(body)
            )
            # It is sent when the body is asked for: the request is under way.
            assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            connection.sendall(body)
            assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
        assert server.process.wait(60) == 143
        assert "Traceback" not in server.log


@posix
def test_workers_share_the_port_and_end_with_the_command(saved, serve):
    with serve(saved, "--workers", "2") as server:
        workers = find_children(server.process.pid)
        assert len(workers) == 2
        assert [ask(server) for _ in range(20)] == [200] * 20
        os.kill(workers[0], signal.SIGSTOP)  # the other one answers
        assert [ask(server) for _ in range(5)] == [200] * 5
        os.kill(workers[0], signal.SIGCONT)
        assert server.stop() == 130
        assert not [pid for pid in workers if is_running(pid)]
        assert "Traceback" not in server.log


def test_telemetry_is_off_unless_the_user_has_set_it(run_python):
    code = (
        "import os; os.environ.pop('MLFLOW_DISABLE_TELEMETRY', None);"
        "from sentiment.persistence._telemetry import switch_off_telemetry as off;"
        "off(); print(os.environ['MLFLOW_DISABLE_TELEMETRY']);"
        "os.environ['MLFLOW_DISABLE_TELEMETRY'] = 'false';"
        "off(); print(os.environ['MLFLOW_DISABLE_TELEMETRY'])"
    )
    assert run_python(code).split() == ["true", "false"]
