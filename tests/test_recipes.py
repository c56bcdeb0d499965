"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the package."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sentiment

ROOT = Path(sentiment.__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Recipes")[2]
BLOCKS = dict(re.findall(r"\*\*A(n? [\w ]+)\*\*.*?```python\n(.*?)```", TEXT, re.S))
STEP = re.compile(
    r"# (?:(?P<file>(?:sentiment|cli)/\S+?\.py)(?:, )?)?"
    r"(?:(?P<how>below|above|instead of): (?P<anchor>.+))?"
)


def steps_of(block):
    """Yield each step: the file, where in it, and the lines that are put there."""
    file = how = anchor = None
    lines: list[str] = []
    for line in block.splitlines():
        found = STEP.fullmatch(line)
        if found and found[0] != "# ":
            if lines:
                yield file, how, anchor, lines
            file, how, anchor = found["file"] or file, found["how"], found["anchor"]
            lines = []
        elif line == "# Then":
            yield file, how, anchor, lines
            file, how, anchor, lines = None, None, None, []
        else:
            lines.append(line)
    yield file, how, anchor, lines


def put(path, how, anchor, lines):
    if how is None:
        path.write_text("\n".join(lines) + "\n")
        return
    before = path.read_text("utf-8").splitlines()
    (place,) = [n for n, line in enumerate(before) if line.strip() == anchor]
    first, last = {"below": (place + 1,) * 2, "above": (place,) * 2}.get(
        how, (place, place + 1)
    )
    path.write_text("\n".join([*before[:first], *lines, *before[last:]]) + "\n")


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_a_recipe_is_all_that_is_needed(name, tmp_path):
    copy = tmp_path / "copy"
    kept = shutil.ignore_patterns("__pycache__", "kernel")
    shutil.copytree(ROOT / "sentiment", copy / "sentiment", ignore=kept)
    shutil.copytree(ROOT / "cli", copy / "cli", ignore=kept)
    (copy / "sentiment_cli").symlink_to("cli")
    *steps, (_, _, _, script) = steps_of(BLOCKS[name])
    for file, how, anchor, lines in steps:
        put(copy / file, how, anchor, lines)
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_are_the_five_recipes():
    assert len(BLOCKS) == 5
