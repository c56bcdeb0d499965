"""Print one of README.md's two command lines, as a user would copy it.

The line is the fenced block that follows the comment ``<!-- command: NAME -->``.
"""

import re
import sys
from pathlib import Path

name = sys.argv[1]
readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
found = re.search(rf"<!-- command: {name} -->\n```sh\n(.+?)\n```", readme, re.DOTALL)
if found is None:
    sys.exit(f"README.md has no block marked 'command: {name}'.")
print(found[1])
