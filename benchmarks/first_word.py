"""A cold command from its start to its end, beside the imports it cannot do without.

    python benchmarks/first_word.py [--rounds 7]

Trains on the bundled sample in a folder of its own, then runs each command and each
bare import in turn. Seconds are of the processor, which others on the machine stretch
less than time on the wall; both are medians.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKLEARN, MLFLOW = "import sklearn.pipeline", "import mlflow"
LINE = "| {:<38} | {:>6} | {:>6} | {:>8} | {:>8} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="first-word-") as folder:
        run_id = train(folder)
        model = next(Path(folder).glob("mlruns/**/MLmodel")).parent
        text = ("--text", "Wonderful, never boring")
        commands = {
            "predict FOLDER": (("predict", str(model), *text), (SKLEARN,)),
            "predict runs:/ID/model": (
                ("predict", f"runs:/{run_id}/model", *text),
                (SKLEARN, MLFLOW),
            ),
            "runs": (("runs",), (MLFLOW,)),
        }
        times: dict[str, list[tuple[float, float]]] = {}
        for _ in range(rounds + 1):
            for code in (SKLEARN, MLFLOW):
                times.setdefault(code, []).append(clock(["-c", code], folder))
            for name, (arguments, _) in commands.items():
                found = clock(["-m", "sentiment", *arguments], folder)
                times.setdefault(name, []).append(found)
    print(LINE.format("", "wall s", "cpu s", "over s", "ratio"))
    print("|---|---|---|---|---|")
    # The first round finds nothing in the cache of files.
    medians = {
        name: [statistics.median(column) for column in zip(*found[1:], strict=True)]
        for name, found in times.items()
    }
    for name, (wall, cpu) in medians.items():
        peers = commands[name][1] if name in commands else ()
        base = sum(medians[peer][1] for peer in peers)
        over = [f"{cpu - base:+.2f}", f"{cpu / base:.2f}"] if peers else ["", ""]
        print(LINE.format(f"`{name}`", f"{wall:.2f}", f"{cpu:.2f}", *over))


def train(folder: str) -> str:
    command = [sys.executable, "-m", "sentiment", "train", "--preset", "fast", "-q"]
    subprocess.run(
        command, cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL
    )
    listed = subprocess.run(
        [sys.executable, "-m", "sentiment", "runs", "--format", "csv"],
        cwd=folder,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return listed.stdout.splitlines()[1].split(",")[0]


def clock(arguments: list[str], folder: str) -> tuple[float, float]:
    """Return the seconds of a process on the wall, and of the processor."""
    before, start = used(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start, used() - before


def used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true"}


if __name__ == "__main__":
    main()
