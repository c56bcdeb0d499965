"""Read csv and JSON lines beside pandas, pyarrow and polars.

    python benchmarks/reading.py IMDB

IMDB is the folder of the reviews. Prints, for each reader, megabytes a second (the
median of five runs, in a process of its own) and the peak of memory; and of small files
as people have them, how many it reads right. Right is what a person would say the file
holds; where it holds nothing that can be read for certain, right is to refuse it.
"""

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

N_RUNS = 5


def ours(path: Path, **options: Any) -> list[tuple[str, Any]]:
    from sentiment.datasets import load_reviews

    X, y = load_reviews(path, **options)
    return list(zip(X["text"], y.tolist(), strict=True))


def pandas(path: Path, **options: Any) -> list[tuple[str, Any]]:
    import pandas as pd

    if ".json" in path.name:
        frame = pd.read_json(path, lines=path.suffix == ".jsonl")
    else:
        sep = options.get("delimiter", "\t" if path.suffix == ".tsv" else ",")
        frame = pd.read_csv(path, sep=sep)
    frame = frame[frame["label"].notna()]
    return list(zip(frame["text"], frame["label"].tolist(), strict=True))


def pyarrow(path: Path, **options: Any) -> list[tuple[str, Any]]:
    import pyarrow.csv as pc
    import pyarrow.json as pj

    if ".json" in path.name:
        table = pj.read_json(path)
    else:
        delimiter = options.get("delimiter", "\t" if path.suffix == ".tsv" else ",")
        how = pc.ParseOptions(newlines_in_values=True, delimiter=delimiter)
        table = pc.read_csv(path, parse_options=how)
    rows = zip(table["text"].to_pylist(), table["label"].to_pylist(), strict=True)
    return [row for row in rows if row[1] is not None]


def polars(path: Path, **options: Any) -> list[tuple[str, Any]]:
    import polars as pl

    if ".json" in path.name:
        frame = (pl.read_ndjson if path.suffix == ".jsonl" else pl.read_json)(path)
    else:
        separator = options.get("delimiter", "\t" if path.suffix == ".tsv" else ",")
        frame = pl.read_csv(path, separator=separator)
    return [row for row in frame.select("text", "label").rows() if row[1] is not None]


READERS = {"sentiment": ours, "pandas": pandas, "pyarrow": pyarrow, "polars": polars}

# What only reads the file, without the rows as Python values.
LOADS = {
    "sentiment": "from sentiment.datasets import load_reviews as f; f({path!r})",
    "pandas": "import pandas as pd; pd.read_{kind}({path!r}{lines})",
    "pyarrow": "import pyarrow.{kind} as p; p.read_{kind}({path!r}{newlines})",
    "polars": "import polars as pl; pl.read_{polars}({path!r})",
}


class Case(NamedTuple):
    """A small file, and the rows that it holds; None where it is to be refused."""

    name: str
    data: bytes
    rows: list[tuple[str, Any]] | None
    delimiter: str | None = None


GOOD = [("good film", 1), ("bad film", 0)]
CSV = b"text,label\ngood film,1\nbad film,0\n"
SEMI = CSV.replace(b",", b";")
LINES = [
    b'{"text": "good film", "label": 1}',
    b'{"text": "bad film", "label": 0}',
]
CASES = [
    Case("plain.csv", CSV, GOOD),
    Case(
        "missing.csv",
        b"text,label\nNA,1\nnull,0\n,1\n",
        [("NA", 1), ("null", 0), ("", 1)],
    ),
    Case(
        "windows.csv",
        b'text,label\r\n"a\r\nb",1\r\n"c ""d""",0\r\n',
        [("a\r\nb", 1), ('c "d"', 0)],
    ),
    Case("lone.csv", b"text,label\na\rb,1\nc,0\n", [("a\rb", 1), ("c", 0)]),
    Case("number.csv", b"text,label\n5,1\n007,0\n", [("5", 1), ("007", 0)]),
    Case("whole.csv", b"text,label\na,1\nb,1.0\nc,\n", [("a", 1), ("b", 1)]),
    Case("open.tsv", b'text\tlabel\n"open\t1\nfine\t0\n', None),
    Case("width.csv", b"text,label\na,b,1\nc,0\n", None),
    Case("cp1252.csv", b"text,label\ndidn\x92t,0\nfine,1\n", None),
    Case("utf16.csv", CSV.decode().encode("utf-16"), GOOD),
    Case("packed.csv", gzip.compress(CSV), GOOD),
    Case("named.csv", SEMI, GOOD, ";"),
    Case("unnamed.csv", SEMI, None),
    Case("sep.csv", b"sep=;\n" + SEMI, GOOD),
    Case("twice.csv", CSV.replace(b"\n", b",,\n"), GOOD),
    Case("plain.jsonl", b"\n".join(LINES), GOOD),
    Case("array.json", b"[" + b",".join(LINES) + b"]", GOOD),
    Case(
        "date.jsonl",
        LINES[0].replace(b"good film", b"2020-01-01"),
        [("2020-01-01", 1)],
    ),
    Case("double.jsonl", b'{"text": "a", "text": "b", "label": 1}', None),
    Case("huge.jsonl", b'{"text": "a", "label": 1e999}', None),
]


def is_right(read: Callable[..., Any], case: Case, folder: Path) -> bool:
    path = folder / case.name
    path.write_bytes(case.data)
    try:
        options = {} if case.delimiter is None else {"delimiter": case.delimiter}
        found = read(path, **options)
    except Exception:  # each library raises its own
        return case.rows is None
    return found == case.rows and [type(one) for _, one in found] == [
        type(one) for _, one in case.rows or []
    ]


def measure(reader: str, path: Path) -> tuple[float, float]:
    """Return seconds and megabytes of memory, of a process of its own."""
    kind = "json" if path.suffix == ".jsonl" else "csv"
    call = LOADS[reader].format(
        path=str(path),
        kind=kind,
        lines=", lines=True" if kind == "json" else "",
        polars="ndjson" if kind == "json" else "csv",
        newlines=", parse_options=p.ParseOptions(newlines_in_values=True)",
    )
    imported, _, work = call.partition("; ")
    code = (
        f"import resource, time\n{imported}\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3\n"
        "pages = int(open('/proc/self/statm').read().split()[1])\n"
        "before = pages * resource.getpagesize() / 1e6\n"
        f"times = []\nfor _ in range({N_RUNS + 1}):\n"
        f"    start = time.perf_counter(); {work}\n"
        "    times.append(time.perf_counter() - start)\n"
        "print(sorted(times[1:])[len(times) // 2 - 1], peak() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("imdb", help="the folder of the reviews")
    arguments = parser.parse_args()
    from sentiment.datasets import load_reviews

    X, y = load_reviews(arguments.imdb)
    frame = X.assign(label=(y == "positive").astype(int)).sample(frac=1, random_state=0)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        frame.to_csv(folder / "imdb.csv", index=False)
        frame.to_json(
            folder / "imdb.jsonl", orient="records", lines=True, force_ascii=False
        )
        print(
            f"{'':12}{'csv MB/s':>10}{'peak MB':>9}"
            f"{'jsonl MB/s':>12}{'peak MB':>9}  right"
        )
        for reader, read in READERS.items():
            cells = []
            for name in ("imdb.csv", "imdb.jsonl"):
                path = folder / name
                size = path.stat().st_size / 1e6
                runs = [measure(reader, path) for _ in range(3)]
                seconds = statistics.median(one[0] for one in runs)
                cells += [size / seconds, statistics.median(one[1] for one in runs)]
            right = sum(is_right(read, case, folder) for case in CASES)
            csv, csv_peak, lines, lines_peak = cells
            print(
                f"{reader:12}{csv:10.0f}{csv_peak:9.0f}{lines:12.0f}{lines_peak:9.0f}"
                f"  {right} of {len(CASES)}"
            )


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    print(f"{time.perf_counter() - start:.0f} s")
