"""Put faults into a copy of the package, one at a time: does a test fail?

    python tests/mutants/run.py                 every fault of the lists beside this file
    python tests/mutants/run.py persistence     those whose file or tests are named so
    python tests/mutants/run.py --check         only whether each fault still applies

A list holds blocks of three lines, with a blank line between two::

    sentiment/serving/_options.py tests/serving/test_strict_model.py
    - value < 1:
    + value < 0:

The file, and the tests of which one must fail, perhaps with variables of the environment
such as ``SENTIMENT_ENGINE=numpy``; a text that stands once in that file; what to put there
instead. Compiled code (``.pyx``) is not built again and takes no faults.

The exit code is 0 if every fault was found, 1 if one survived or no longer applies.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# A fault may make a test hang: then it is found, too.
SECONDS = 900
PYTEST = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=no"]


class Fault(NamedTuple):
    """One wrong place, and the tests that are to find it."""

    place: str
    file: str
    tests: list[str]
    environment: dict[str, str]
    old: str
    new: str

    def apply(self, root):
        """Write the fault; return what was there, or raise ``ValueError``."""
        path = root / self.file
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        if before.count(self.old) != 1:
            raise ValueError(f"stands {before.count(self.old)} times in {self.file}")
        after = before.replace(self.old, self.new)
        path.write_text(after, encoding="utf-8")
        return before


def read_faults():
    for path in sorted(HERE.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if line.startswith("- "):
                file, *words = lines[number - 1].split()
                tests = [word for word in words if "=" not in word]
                environment = dict(word.split("=") for word in words if "=" in word)
                old, new = line[2:].strip(), lines[number + 1][2:].strip()
                place = f"{path.name}:{number}"
                yield Fault(place, file, tests, environment, old, new)


def copy_tree(folder):
    """Copy what git knows, and the compiled kernel; let Python find the copy."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    kernels = [path.relative_to(ROOT) for path in ROOT.glob("sentiment/*.so")]
    for name in [*listed, *kernels]:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    # Under this name it is installed.
    (folder / "sentiment_cli").symlink_to("cli")


def run_tests(folder, tests, **environment):
    """Run tests in the copy; return pytest's exit code and what it printed."""
    env = {"HYPOTHESIS_PROFILE": "ci", **os.environ, "PYTHONPATH": str(folder)}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", **environment}
    process = subprocess.Popen(
        [sys.executable, *PYTEST, *tests], cwd=folder, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        out, _ = process.communicate()
        return 1, out + f"\nFAILED {tests[0]} - hangs"
    return process.returncode, out


def try_fault(folder, fault):
    """Return how it went, and the test that found the fault, if one did."""
    try:
        before = fault.apply(folder)
    except ValueError as error:
        return f"does not apply: its old text {error}", None
    try:
        code, out = run_tests(folder, fault.tests, **fault.environment)
    finally:
        (folder / fault.file).write_text(before, encoding="utf-8")
    if code == 0:
        return "survived", None
    if code < 0:  # a signal: compiled code was given what it cannot survive
        return f"found by a crash (signal {-code}) of", fault.tests[0]
    found = re.search(r"^(?:FAILED|ERROR) ([^\s\[]+)", out, re.MULTILINE)
    if code not in (1, 2) or not found:
        return f"its tests do not run:\n{out[-2000:]}", None
    return "found by", found[1]


def main(words):
    faults = [*read_faults()]
    check, words = "--check" in words, [word for word in words if word != "--check"]
    if words:
        faults = [
            one
            for one in faults
            if any(
                word in " ".join((one.place, one.file, *one.tests)) for word in words
            )
        ]
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        folder = Path(directory)
        copy_tree(folder)
        return check_all(folder, faults) if check else try_all(folder, faults)


def check_all(folder, faults):
    stale = 0
    for fault in faults:
        try:
            (folder / fault.file).write_text(fault.apply(folder), encoding="utf-8")
        except ValueError as error:
            stale += 1
            print(f"{fault.place}: its old text {error}")
        for test in fault.tests:
            if not (folder / test.partition("::")[0]).exists():
                stale += 1
                print(f"{fault.place}: there is no {test}")
    print(f"{len(faults)} faults, {stale} to be mended")
    return int(stale > 0)


def try_all(folder, faults):
    finders, lost = {}, 0
    for fault in faults:
        started = time.monotonic()
        how, finder = try_fault(folder, fault)
        lost += finder is None
        if finder:
            finders.setdefault(finder, fault.place)
        said = f"{how} {finder}" if finder else how.upper()
        print(f"{fault.place} {fault.file}: {said}", end=" ")
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
    # A test that fails anyway has found nothing.
    code, out = run_tests(folder, sorted(finders)) if finders else (0, "")
    if code:
        print(f"Without any fault, these fail, too:\n{out[-2000:]}")
    print(f"{len(faults) - lost} of {len(faults)} faults found")
    return int(lost > 0 or code != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
