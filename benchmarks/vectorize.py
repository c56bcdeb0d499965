"""Text to counts against scikit-learn's CountVectorizer.

    python benchmarks/vectorize.py FOLDER-WITH-IMDB-PARQUET [--orders 1 2 3]

Each order is one process, which times scikit-learn, then the engines, several times in
turn, on the same list of str, and checks that the matrices are equal. The ratio is that
of the medians. Memory is the growth of the peak over the loaded data, each in a process
of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

# With few --documents, "reference" is bearable, too.
ENGINES = ("compiled",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--orders", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--documents", type=int)
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args)))
        return
    print("| engine | n-grams | fit_transform | ratio | transform | ratio | memory |")
    print("|---|---|---|---|---|---|---|")
    for order in args.orders:
        times, theirs = run(args, "time", "", order), run(args, "memory", "", order)
        for engine in ENGINES:
            memory = run(args, "memory", engine, order)
            print(line(times, engine, order, memory, theirs), flush=True)


def line(times: Any, engine: str, order: int, memory: int, theirs: int) -> str:
    cells = [engine, f"(1, {order})"]
    for method in ("fit_transform", "transform"):
        ours = times[method][engine]
        cells += [f"{ours:.2f} s", f"{times[method]['scikit-learn'] / ours:.1f}x"]
    cells.append(f"{memory / 1024:.0f} MB, {memory / theirs:.2f}x")
    return f"| {' | '.join(cells)} |"


def run(args: argparse.Namespace, what: str, engine: str, order: int) -> Any:
    command = [sys.executable, __file__, str(args.folder), "--repeat", str(args.repeat)]
    if args.documents:
        command += ["--documents", str(args.documents)]
    environment = dict(os.environ)
    environment |= {"SENTIMENT_ENGINE": engine} if engine else {}
    done = subprocess.run(
        [*command, "--measure", what, engine or "scikit-learn", str(order)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def measure(args: argparse.Namespace) -> Any:
    import pyarrow.parquet as pq
    from sklearn.feature_extraction.text import CountVectorizer

    from sentiment import make_count_vectorizer

    what, engine, order = args.measure
    file = next(args.folder.rglob("train-*.parquet"))
    texts = pq.read_table(file)["text"].to_pylist()[: args.documents]
    params = {"ngram_range": (1, int(order))}
    theirs, ours = CountVectorizer(**params), make_count_vectorizer(**params)
    if what == "memory":
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        counts = (theirs if engine == "scikit-learn" else ours).fit_transform(texts)
        del counts
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sides = {"scikit-learn": theirs} | {
        engine: make_count_vectorizer(**params) for engine in ENGINES
    }
    times: dict[str, dict[str, list[float]]] = {
        method: {name: [] for name in sides}
        for method in ("fit_transform", "transform")
    }
    for _ in range(args.repeat):
        for method, kept in times.items():
            totals = set()
            for name, vectorizer in sides.items():
                os.environ["SENTIMENT_ENGINE"] = name if name in ENGINES else ""
                start = perf_counter()
                counts = getattr(vectorizer, method)(texts)
                kept[name].append(perf_counter() - start)
                totals.add((counts.shape, counts.nnz, int(counts.sum())))
                del counts
            assert len(totals) == 1
    return {
        method: {name: median(kept) for name, kept in each.items()}
        for method, each in times.items()
    }


if __name__ == "__main__":
    main()
