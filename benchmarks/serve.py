"""A served model over HTTP, beside a model that does nothing, in one run.

    python benchmarks/serve.py FOLDER-WITH-IMDB-PARQUET [--rows 25000] [--seconds 4]

Trains on the first ROWS reviews of the shuffled training split, then asks each server
for one review of 230 words, on eight kept connections and, in rounds, on one. The
trivial model is a pyfunc of MLflow with the same signature that answers every text
alike: what it takes is MLflow, uvicorn and HTTP. Needs wrk on the PATH: `apt-get
install wrk`, `brew install wrk`. Servers and wrk share the machine.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

BIN = Path(sys.executable).parent
LINE = "| {:<24} | {:>2} | {:>6} | {:>6} | {:>6} |"
REQUEST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open(os.getenv("SERVE_BODY"), "rb")
wrk.body = file:read("*a")
file:close()
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %f %f\\n",
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""
TRIVIAL = """
import mlflow.pyfunc
import pandas as pd


class Trivial(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        answer = {"label": "positive", "score": 0.5}
        return pd.DataFrame([answer] * len(model_input))


mlflow.models.set_model(Trivial())
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=25_000)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.error("wrk is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="serve-") as directory:
        work = Path(directory)
        text = save_models(work, args.folder, args.rows)
        (work / "request.lua").write_text(REQUEST)
        frame = {"columns": ["text"], "data": [[text]]}
        (work / "body").write_text(json.dumps({"dataframe_split": frame}))
        print(LINE.format("server", "c", "req/s", "p50 ms", "p99 ms"))
        print("|---|---|---|---|---|")
        p50: dict[str, list[float]] = {}
        with ExitStack() as servers:
            urls = {}
            for name, command in make_commands(work).items():
                urls[name], started = servers.enter_context(serve(command))
                print(f"{name}: answers after {started:.1f} s", file=sys.stderr)
            for name, url in urls.items():
                measure(name, url, work, 8, args.seconds)
            # In turn, so that what else the machine does falls on each alike.
            for _ in range(args.rounds):
                for name, url in urls.items():
                    found = measure(name, url, work, 1, args.seconds)
                    p50.setdefault(name, []).append(found)
        for name in [name for name in p50 if name != "trivial pyfunc"]:
            print(compare(name, p50[name], p50["trivial pyfunc"]))


def compare(name: str, ours: list[float], trivial: list[float]) -> str:
    middle = statistics.median(ours) - statistics.median(trivial)
    best = min(ours) - min(trivial)
    return (
        f"{name}: p50 {middle:+.2f} ms against the trivial model in the median of "
        f"{len(ours)} rounds, {best:+.2f} ms in the best"
    )


def save_models(work: Path, folder: Path, n_rows: int) -> str:
    """Save our model and the trivial one; return a review of 230 words."""
    import mlflow.pyfunc
    import pyarrow.parquet as pq
    from mlflow.models import Model

    from sentiment import make_sentiment_pipeline, save_model

    frame = pq.read_table(next(folder.rglob("train-*.parquet"))).to_pandas()
    frame = frame.sample(frac=1.0, random_state=0)
    text = next(t for t in frame["text"] if len(t.split()) == 230)
    frame = frame[:n_rows]
    pipeline = make_sentiment_pipeline("accurate")
    pipeline.fit(frame["text"].tolist(), frame["label"].to_numpy())
    save_model(pipeline, work / "sentiment")
    (work / "trivial.py").write_text(TRIVIAL)
    mlflow.pyfunc.save_model(
        work / "trivial",
        python_model=str(work / "trivial.py"),
        signature=Model.load(str(work / "sentiment")).signature,
        pip_requirements=["mlflow"],
    )
    return text


def make_commands(work: Path) -> dict[str, list[str]]:
    plain = [str(BIN / "mlflow"), "models", "serve", "--env-manager", "local", "-m"]
    ours = [str(BIN / "sentiment"), "serve", str(work / "sentiment")]
    return {
        "trivial pyfunc": [*plain, str(work / "trivial")],
        "mlflow models serve": [*plain, str(work / "sentiment")],
        "sentiment serve": ours,
        "with metrics and logs": [*ours, "--metrics", "--log-format", "json"],
    }


@contextmanager
def serve(command: list[str]) -> Iterator[tuple[str, float]]:
    """Give the address of a server and the seconds until it answered."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environment["MLFLOW_DISABLE_TELEMETRY"] = "true"
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"{url}/ping", process)
        yield url, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url} has ended with {process.returncode}")


def measure(name: str, url: str, work: Path, connections: int, seconds: int) -> float:
    """Print one line of the table and return the median latency in ms."""

    def run(duration: int) -> list[float]:
        done = subprocess.run(
            [
                *("wrk", "-t1", f"-c{connections}", f"-d{duration}s"),
                *("-s", "request.lua", f"{url}/invocations"),
            ],
            cwd=work,
            env={**os.environ, "SERVE_BODY": "body"},
            capture_output=True,
            text=True,
            check=True,
        )
        (found,) = re.findall(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
        return [float(number) for number in found.split()]

    run(2)  # warm
    n, microseconds, bad_status, errors, p50, p99 = run(seconds)
    if bad_status or errors:
        raise SystemExit(f"{name}: {bad_status:.0f} refused, {errors:.0f} failed")
    rate = n / microseconds * 1e6
    print(
        LINE.format(
            name, connections, f"{rate:.0f}", f"{p50 / 1e3:.2f}", f"{p99 / 1e3:.2f}"
        ),
        flush=True,
    )
    return p50 / 1e3


if __name__ == "__main__":
    main()
