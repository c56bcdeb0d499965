"""The kernel under AddressSanitizer, on the texts and tables of its own tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLAGS = "-fsanitize=address -fno-omit-frame-pointer -g -O1"


@pytest.mark.services
@pytest.mark.timeout(1800)
@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_kernel_touches_only_its_own_memory(tmp_path):
    pytest.importorskip("Cython", reason="needs Cython: pip install --group dev")
    shutil.copytree(
        ROOT, tmp_path / "repo",
        ignore=shutil.ignore_patterns("*.so", ".*", "*.egg-info", "kernel.c", "build"),
    )  # fmt: skip
    here = {**os.environ, "CFLAGS": FLAGS, "LDFLAGS": "-fsanitize=address"}
    here["SENTIMENT_KERNEL_DEBUG"] = "1"  # the bounds of arrays are checked, too
    build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    subprocess.run(build, cwd=tmp_path / "repo", env=here, check=True)
    found = ["gcc", "-print-file-name=libasan.so"]
    library = subprocess.run(found, capture_output=True, text=True, check=True).stdout
    here |= {
        "LD_PRELOAD": library.strip(),
        # Python's own allocator would hide what lies behind the end of an array.
        "PYTHONMALLOC": "malloc",
        "ASAN_OPTIONS": "detect_leaks=0",
        "SENTIMENT_ENGINE": "compiled",
        "SENTIMENT_TEST_ENGINES": "compiled compiled",
        # Each example takes ten times as long here.
        "HYPOTHESIS_PROFILE": "dev",
        "PYTHONPATH": str(tmp_path / "repo"),
    }
    tests = [
        "tests/test_kernel.py",
        "-q",
        "-k",
        "not every_character",
        "-p",
        "no:cacheprovider",
    ]
    run = [sys.executable, "-m", "pytest", *tests, "-o", "filterwarnings=default"]
    done = subprocess.run(
        run,
        cwd=tmp_path / "repo",
        env=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "AddressSanitizer" not in done.stderr + done.stdout, done.stderr[-4000:]
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
