"""Rows per second and memory as the rows grow, streaming beside the in-memory path.

    python benchmarks/scale.py FOLDER-WITH-IMDB-PARQUET --model MODEL [--size N ...]

Rows are the test reviews of IMDB, again and again, in a temporary folder. Each way and
size is a process of its own, with as many threads as it may use processors; Dask and
Spark have as many worker processes, and memory is that of all of them. What holds all
rows in memory is left out beyond 25,000 rows unless --way names it. A further way is
one more line in ``WAYS``. Prints a table, of few rows the best of three times.
"""

import argparse
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

SIZES = (25_000, 250_000)
# Bytes of a review, in and out, with room to spare.
BYTES_PER_ROW = 4_000
# Rows that are few: all are held in memory, and timed three times.
FEW_ROWS = 25_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--size", type=int, action="append")
    parser.add_argument("--way", choices=list(WAYS), action="append")
    parser.add_argument("--threads", type=int, action="append")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        way, size, source = args.one
        print(json.dumps(measure(WAYS[way], args.model, Path(source), int(size))))
        return
    print("| way | threads | rows | seconds | rows/s | peak MB |", flush=True)
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="sentiment-scale-") as name:
        for size, way in itertools.product(args.size or SIZES, args.way or WAYS):
            if not args.way and size > FEW_ROWS and way.startswith("in memory"):
                continue
            check_disk(Path(name), size)
            source = write_rows(args.folder, Path(name), size, way.split()[-1])
            for threads in args.threads or (1, 2):
                report(way, threads, size, source, Path(args.folder), args.model)
            shutil.rmtree(source.parent)


def report(
    way: str, threads: int, size: int, source: Path, folder: Path, model: Path
) -> None:
    options = ["--model", str(model), "--one", way, str(size), str(source)]
    command = [sys.executable, __file__, str(folder), *options]
    cores = sorted(os.sched_getaffinity(0))[:threads]
    done = subprocess.run(
        ["taskset", "-c", ",".join(map(str, cores)), *command],
        capture_output=True,
        text=True,
        check=True,
    )
    row = json.loads(done.stdout.splitlines()[-1])
    print(
        f"| {way} | {threads} | {size:,} | {row['seconds']:.1f} "
        f"| {size / row['seconds']:,.0f} | {row['memory']:,.0f} |",
        flush=True,
    )


def measure(
    way: Callable[[Any, Path], Any], model: Path, source: Path, size: int
) -> dict[str, float]:
    from sentiment import load_model

    pipeline = load_model(model)
    pipeline.predict_proba(["Warm up."] * 20)
    if way in CLUSTERS:
        with AllProcesses() as watched:
            seconds = way(pipeline, source)
        return {"seconds": seconds, "memory": watched.megabytes}
    repeats = 3 if size <= FEW_ROWS else 1
    seconds = min(way(pipeline, source) for _ in range(repeats))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "memory": memory}


def predict_in_memory(pipeline: Any, source: Path) -> float:
    """Time the prediction alone: reading and writing cost nothing here."""
    from sentiment import load_instances

    texts = load_instances(source)
    start = perf_counter()
    pipeline.predict_proba(texts)
    return perf_counter() - start


def predict_table(pipeline: Any, source: Path) -> float:
    """Time what one does without streaming: read with pandas, predict, write."""
    import pandas as pd

    from sentiment.inference import predict_rows

    output = source.with_name(f"out{source.suffix}")
    start = perf_counter()
    if source.suffix == ".csv":
        rows = pd.read_csv(source, keep_default_na=False)
        predict_rows(pipeline, rows).to_csv(output, index=False)
    elif source.suffix == ".jsonl":
        rows = pd.read_json(source, lines=True)
        predict_rows(pipeline, rows).to_json(output, orient="records", lines=True)
    else:
        predict_rows(pipeline, pd.read_parquet(source)).to_parquet(output)
    return perf_counter() - start


def predict_stream(pipeline: Any, source: Path) -> float:
    """Time reading, predicting and writing the same format."""
    from sentiment.inference import predict_file

    output = source.with_name(f"out{source.suffix}")
    start = perf_counter()
    predict_file(pipeline, source, output, force=True)
    return perf_counter() - start


def predict_dask(pipeline: Any, source: Path) -> float:
    """Time reading, predicting and writing, with one worker process a processor."""
    import dask.dataframe as dd
    from distributed import Client, LocalCluster

    from sentiment import distributed

    workers = len(os.sched_getaffinity(0))
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        client.run(warm_up)
        start = perf_counter()
        rows = dd.read_parquet(source, split_row_groups=True)
        predicted = distributed.predict_dask(rows, pipeline)
        predicted.to_parquet(tempfile.mkdtemp(dir=source.parent))
        return perf_counter() - start


def predict_spark(pipeline: Any, source: Path) -> float:
    """Time reading, predicting and writing, with one task a processor."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    from sentiment import distributed, save_model

    folder = Path(tempfile.mkdtemp(dir=source.parent))
    model = folder / "model"
    save_model(pipeline, model)
    spark = (
        SparkSession.builder.master(f"local[{len(os.sched_getaffinity(0))}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        # So that there are tasks to share out.
        .config("spark.sql.files.maxPartitionBytes", "16m")
        .getOrCreate()
    )
    start = perf_counter()
    rows = spark.read.parquet(str(source))
    predicted = distributed.predict_spark(rows, model)
    predicted.write.parquet(str(folder / "out"))
    seconds = perf_counter() - start
    spark.stop()
    return seconds


def warm_up() -> None:
    """Import what a worker that has been at work has imported."""
    import sentiment.distributed
    import sentiment.serving._loader  # noqa: F401


class AllProcesses:
    """Looks at the memory of this process and all below it, now and then.

    What processes share is counted once for each.
    """

    def __enter__(self) -> "AllProcesses":
        import psutil

        self._process = psutil.Process()
        self.megabytes = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil

        while not self._done.wait(0.2):
            found = 0
            for one in [self._process, *self._process.children(recursive=True)]:
                with suppress(psutil.Error):
                    found += one.memory_info().rss
            self.megabytes = max(self.megabytes, found / 2**20)


# The last word is the format.
WAYS: dict[str, Callable[[Any, Path], float]] = {
    "in memory, predict_proba alone, parquet": predict_in_memory,
    "in memory, read, predict, write csv": predict_table,
    "in memory, read, predict, write jsonl": predict_table,
    "in memory, read, predict, write parquet": predict_table,
    "stream csv": predict_stream,
    "stream jsonl": predict_stream,
    "stream parquet": predict_stream,
    "dask parquet": predict_dask,
    "spark parquet": predict_spark,
}
# Ways of several processes, which take seconds to start.
CLUSTERS = (predict_dask, predict_spark)


def check_disk(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < 2 * size * BYTES_PER_ROW:
        raise SystemExit(f"{size:,} rows need more than the {free:,} bytes free here.")


def write_rows(imdb: Path, folder: Path, size: int, kind: str) -> Path:
    """Write the reviews again and again; return the file."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    table = pq.read_table(next(imdb.rglob("test-*.parquet")))
    (folder / "rows").mkdir()
    source = folder / "rows" / f"in.{kind}"
    parts = [
        table.slice(0, min(len(table), size - start))
        for start in range(0, size, len(table))
    ]
    if kind == "parquet":
        with pq.ParquetWriter(source, table.schema) as writer:
            for part in parts:
                writer.write_table(part)
    elif kind == "csv":
        with pa.csv.CSVWriter(source, table.schema) as writer:
            for part in parts:
                writer.write_table(part)
    else:
        with source.open("w", encoding="utf-8") as file:
            for part in parts:
                file.writelines(json.dumps(row) + "\n" for row in part.to_pylist())
    return source


if __name__ == "__main__":
    main()
