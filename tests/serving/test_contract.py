"""Schemathesis asks a server all that its OpenAPI document allows, and what it forbids.

What it does not look for is whether all that the document lacks is refused: other
columns are ignored, and no schema says "records of the same keys". The refusals
themselves are in ``test_http.py``.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.services


@pytest.mark.parametrize("token", [None, "a-token"])
def test_the_server_keeps_what_its_document_promises(saved, serve, tmp_path, token):
    program = Path(sys.executable).with_name("schemathesis")
    if not program.exists():
        pytest.skip("needs schemathesis: pip install --group services")
    (tmp_path / "token").write_text("a-token")
    options = ["--token-file", tmp_path / "token"] if token else []
    with serve(saved, "--metrics", *options) as server:
        command = [
            *(program, "run", f"{server.url}/openapi.json", "--no-color"),
            *("--max-examples", "150", "--generation-deterministic"),
            *("--continue-on-failure", "--exclude-checks", "negative_data_rejection"),
            *(["-H", f"Authorization: Bearer {token}"] if token else []),
        ]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout
        assert "Tested: 6" in done.stdout or "Tested: 7" in done.stdout, done.stdout
        assert "Traceback" not in server.log
