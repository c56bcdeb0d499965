"""Time and memory of fit and transform as the number of documents grows.

    python benchmarks/scaling.py FOLDER-WITH-IMDB-PARQUET -o docs/scaling.svg

Documents are those of IMDB's training, test and unsupervised splits, in this order.
Each size is a process of its own. Prints a table and draws it.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

SIZES = (1_000, 5_000, 25_000, 100_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/scaling.svg"))
    parser.add_argument("--order", type=int, default=2)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.size:
        print(json.dumps(measure(args.folder, args.size, args.order)))
        return
    print(
        "| documents | fit s | transform s | fit MB | µs a document, fit, transform |"
    )
    print("|---|---|---|---|---|")
    rows = []
    for size in SIZES:
        command = [sys.executable, *sys.argv, "--size", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = {"documents": size, **json.loads(done.stdout)}
        rows.append(row)
        each = [row[name] / size * 1e6 for name in ("fit", "transform")]
        print(
            f"| {size:,} | {row['fit']:.2f} | {row['transform']:.2f} "
            f"| {row['memory']:.0f} | {each[0]:.0f}, {each[1]:.0f} |",
            flush=True,
        )
    draw(rows, args.output)


def measure(folder: Path, size: int, order: int) -> dict[str, float]:
    import pyarrow.parquet as pq

    from sentiment import make_count_vectorizer

    texts: list[str] = []
    for split in ("train", "test", "unsupervised"):
        if len(texts) < size:
            file = next(folder.rglob(f"{split}-*.parquet"))
            texts += pq.read_table(file)["text"].to_pylist()
    texts = texts[:size]
    vectorizer = make_count_vectorizer(ngram_range=(1, order))
    vectorizer.fit(texts[:50])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = perf_counter()
    vectorizer.fit(texts)
    fit = perf_counter() - start
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    start = perf_counter()
    vectorizer.transform(texts)
    return {"fit": fit, "transform": perf_counter() - start, "memory": memory}


def draw(rows: list[dict[str, Any]], output: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    documents = [row["documents"] for row in rows]
    for name in ("fit", "transform"):
        left.loglog(documents, [row[name] for row in rows], "o-", label=name)
    linear = [rows[0]["fit"] / rows[0]["documents"] * size for size in documents]
    left.loglog(documents, linear, ":", color="grey", label="linear")
    left.set(xlabel="documents", ylabel="seconds")
    left.legend()
    right.loglog(documents, [row["memory"] for row in rows], "o-", color="tab:green")
    right.set(xlabel="documents", ylabel="MB above the data, fit")
    figure.savefig(output)


if __name__ == "__main__":
    main()
