"""Text to counts: both engines against scikit-learn's CountVectorizer.

    python benchmarks/vectorize.py FOLDER-WITH-IMDB-PARQUET [--orders 1 2 3]

Every line is one process, which times scikit-learn and then ours, several times in
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

PRESET = {"clean": {}, "tokenize": {"punctuation": "all", "negation_scope": 4}}


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
    for engine in ("numpy", "compiled"):
        for order in args.orders:
            print(line(args, engine, order), flush=True)


def line(args: argparse.Namespace, engine: str, order: int) -> str:
    times = run(args, "time", engine, order)
    memory = run(args, "memory", engine, order) / run(args, "memory", "sklearn", order)
    fit, look_up = times["fit_transform"], times["transform"]
    return (
        f"| {engine} | (1, {order}) | {fit[1]:.2f} s | {fit[0] / fit[1]:.1f}x "
        f"| {look_up[1]:.2f} s | {look_up[0] / look_up[1]:.1f}x | {memory:.2f}x |"
    )


def run(args: argparse.Namespace, what: str, engine: str, order: int) -> Any:
    command = [sys.executable, __file__, str(args.folder), "--repeat", str(args.repeat)]
    if args.documents:
        command += ["--documents", str(args.documents)]
    environment = dict(os.environ)
    if engine != "sklearn":
        environment["SENTIMENT_ENGINE"] = engine
    done = subprocess.run(
        [*command, "--measure", what, engine, str(order)],
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
        counts = (theirs if engine == "sklearn" else ours).fit_transform(texts)
        del counts
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    times: dict[str, list[list[float]]] = {}
    for _ in range(args.repeat):
        for method in ("fit_transform", "transform"):
            kept = times.setdefault(method, [[], []])
            for i, vectorizer in enumerate((theirs, ours)):
                start = perf_counter()
                counts = getattr(vectorizer, method)(texts)
                kept[i].append(perf_counter() - start)
                totals = (counts.shape, counts.nnz, int(counts.sum()))
                if i == 0:
                    expected = totals
            assert totals == expected
    return {method: [median(side) for side in sides] for method, sides in times.items()}


if __name__ == "__main__":
    main()
