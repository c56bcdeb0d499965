"""The table of attacks in docs/testing.md names the files that hold one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MARK = re.compile(r"pytest\.mark\.attack\b")


def test_the_table_of_attacks_names_each_file_that_holds_one():
    text = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    section = text.partition("\n## Attacks\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", "\n".join(rows)))
    marked = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
        if MARK.search(path.read_text(encoding="utf-8"))
    }
    assert named == marked
