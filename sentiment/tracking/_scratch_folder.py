"""Temporary files of a process, where the next one can find them.

Folders that ``tempfile`` makes are removed by whoever made them, unless that process is
killed outright. So a training keeps them in one folder that says whose it is, and the
next command removes the folders of processes that are gone.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentiment.tracking._process import describe_process, is_gone

_PREFIX = "sentiment-run-"
_OWNER = "owner.json"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Let ``tempfile`` work in a folder of this process, and remove it at the end.

    For the main thread of a command line: what ``tempfile`` takes for the temporary
    folder is one for the whole process.

    Yields
    ------
    folder : Path
    """
    remove_left_behind()
    before = tempfile.tempdir
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        (folder / _OWNER).write_text(json.dumps(describe_process()))
        tempfile.tempdir = str(folder)
        yield folder
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)


def remove_left_behind() -> None:
    """Remove the temporary folders of killed processes of this host."""
    for owner in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_OWNER}"):
        try:
            tags = json.loads(owner.read_text())
        except (OSError, ValueError):
            # Another user's, or just being written.
            continue
        if isinstance(tags, dict) and is_gone(tags):
            shutil.rmtree(owner.parent, ignore_errors=True)
