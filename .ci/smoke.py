"""Train and predict with the package that this Python has installed, on any system.

python .ci/smoke.py, where no source of the package lies in the way.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(*arguments: str) -> str:
    """Return what the command prints."""
    command = [sys.executable, "-m", "sentiment", *arguments]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return out.decode(errors="replace")


def main() -> None:
    """Train on the sample, and ask the model about a file and a text."""
    print(run("--version"))
    uri = json.loads(run("train", "--format", "json"))["model_uri"]
    Path("in.csv").write_text('id,text\n7,"A great, moving film."\n8,\n')
    run("predict", uri, "in.csv", "-o", "out.csv")
    with Path("out.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows] == ["7", "8"], rows
    assert rows[0]["predicted_label"] == "positive", rows
    print(run("predict", uri, "--text", "Dull, boring and a waste of time."))


if __name__ == "__main__":
    # A store on Windows may still be open when the folder goes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        try:
            main()
        finally:
            os.chdir(Path(__file__).parent)
