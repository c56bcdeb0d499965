"""Sources on disk, a hub on the loopback, and a machine without network."""

import hashlib
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pandas as pd
import pytest

CARD = """---
dataset_info:
  config_name: plain_text
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': neg
          '1': pos
configs:
- config_name: plain_text
  default: true
  data_files:
  - split: train
    path: plain_text/train-*
  - split: test
    path: plain_text/test-*
  - split: unsupervised
    path: plain_text/unsupervised-*
---
# Films
"""


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A small data set in the layout of the hub's stanfordnlp/imdb."""
    folder = tmp_path / "films"
    (folder / "plain_text").mkdir(parents=True)
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    splits = {
        "train": [("Dull.", 0), ("A gem.", 1), ("Bleak.", 0), ("", 1)],
        "test": [("Fine.", 1), ("Awful.", 0)],
        "unsupervised": [("Who knows?", -1)],
    }
    for split, rows in splits.items():
        frame = pd.DataFrame(rows, columns=["text", "label"])
        frame.to_parquet(folder / f"plain_text/{split}-00000-of-00001.parquet")
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file under tmp_path, exactly the text or bytes given."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Refuse every connection and name look-up; return what was tried."""
    tried: list[object] = []

    def refuse(*args: object, **kwargs: object) -> None:
        tried.append(args[-1] if len(args) > 1 else args)
        raise OSError("the network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


class _HubHandler(BaseHTTPRequestHandler):
    """The part of the hub's API that ``datasets`` uses for one data set."""

    protocol_version = "HTTP/1.1"
    server: "_HubServer"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        self.server.requests.append(path)
        if "tester/films" not in path:
            self._send(401, X_Error_Code="RepoNotFound")
        elif "/resolve/" in path:
            self._resolve(path.split("/resolve/")[1].split("/", 1)[1])
        elif "/tree/" in path:
            self._send_json(
                self._tree((path.split("/tree/")[1] + "/").split("/", 1)[1])
            )
        elif "/paths-info/" in path:
            self._send_json(self._paths(body))
        else:
            siblings = [{"rfilename": name} for name in self.server.files]
            self._send_json(
                {"id": "tester/films", "sha": "a" * 40, "siblings": siblings}
            )

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _resolve(self, name: str) -> None:
        commit = {"X_Repo_Commit": "a" * 40}
        if name not in self.server.files:
            self._send(404, X_Error_Code="EntryNotFound", **commit)
            return
        data = self.server.files[name]
        self._send(200, data, ETag=f'"{hashlib.sha1(data).hexdigest()}"', **commit)

    def _tree(self, folder: str) -> list[dict[str, object]]:
        entries = {}
        for name in self.server.files:
            if name.startswith(folder):
                child = name.removeprefix(folder).split("/")[0]
                entries[folder + child] = self._entry(folder + child)
        return list(entries.values())

    def _paths(self, body: bytes) -> list[dict[str, object]]:
        try:
            paths = json.loads(body)["paths"]
        except ValueError:
            paths = parse_qs(body.decode())["paths"]
        known = [path for path in paths if any(map(path.__eq__, self.server.files))]
        return [self._entry(path) for path in known]

    def _entry(self, path: str) -> dict[str, object]:
        data = self.server.files.get(path)
        if data is None:
            return {"type": "directory", "path": path, "oid": "0", "size": 0}
        oid = hashlib.sha1(data).hexdigest()
        return {"type": "file", "path": path, "oid": oid, "size": len(data)}

    def _send_json(self, content: object) -> None:
        self._send(200, json.dumps(content).encode(), Content_Type="application/json")

    def _send(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _HubServer(ThreadingHTTPServer):
    files: dict[str, bytes]
    requests: list[str]


@pytest.fixture
def hub(films: Path) -> Iterator[_HubServer]:
    """A hub on the loopback that has one data set, ``tester/films``."""
    server = _HubServer(("127.0.0.1", 0), _HubHandler)
    server.files = {
        path.relative_to(films).as_posix(): path.read_bytes()
        for path in films.rglob("*")
        if path.is_file()
    }
    server.requests = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hub_environment(hub: _HubServer, tmp_path: Path) -> dict[str, str]:
    """The variables that lead a new process to that hub and to an empty cache."""
    own = {
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_address[1]}",
        "HF_HOME": str(tmp_path / "hf-home"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "NO_PROXY": "127.0.0.1",
    }
    return {**os.environ, **own}
