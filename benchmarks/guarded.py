"""Short benchmarks beside scikit-learn and pandas, whose ratios CI guards.

    python benchmarks/guarded.py            # fails where the speed has fallen
    python benchmarks/guarded.py --record   # keeps a row of this version

A figure says how many times as fast as the peer we are: both are called in turn in this
process, on one processor, and their lower quartiles are divided. It is compared with
the last row of guarded.csv. What looks slow is measured again, and fails if it is slow
three times. The texts are new ones, made of the sentences of the bundled sample.
"""

import argparse
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

KEPT = Path(__file__).with_suffix(".csv")
# Between machines the ratios of compiled code to Python differ by a quarter and more.
BOUND = 1.6
N_TRIES = 3
N_TEXTS = 1000
# As many rounds as fit into so many seconds, but so many at least.
SECONDS = 2.0
N_ROUNDS = 7

Calls = tuple[Callable[[], Any], Callable[[], Any]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="keep the ratios")
    args = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        # Else the ratios depend on the number of processors.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rows = read_rows()
    kept = {} if args.record or not rows else rows[-1]
    with tempfile.TemporaryDirectory() as folder:
        ratios, slow = guard(make_benchmarks(Path(folder)), kept)
    if args.record:
        write_rows(rows, ratios)
    for name in slow:
        print(
            f"{name}: {ratios[name]:.2f} times as fast as its peer, where {KEPT.name} "
            f"has {kept[name]} (the bound is that / {BOUND}). Make it fast again, or "
            "keep the new figure with --record and say in CHANGELOG.md what it buys.",
            file=sys.stderr,
        )
    return int(bool(slow))


def make_benchmarks(folder: Path) -> dict[str, Calls]:
    """Return by name what is timed: our call and its peer's."""
    import pandas as pd
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from sentiment import load_reviews, make_count_vectorizer, make_sentiment_pipeline

    texts, labels = make_reviews(N_TEXTS)
    params: dict[str, Any] = {"ngram_range": (1, 2)}
    counting = make_count_vectorizer(**params), CountVectorizer(**params)
    models = (
        make_sentiment_pipeline("fast"),
        make_pipeline(TfidfVectorizer(**params), LogisticRegression()),
    )
    file = folder / "reviews.csv"
    pd.DataFrame({"text": texts * 5, "label": labels * 5}).to_csv(file, index=False)
    # In this order: what is asked has been fitted before, and reading is timed best
    # while the process holds little.
    return {
        "reading csv": (partial(load_reviews, file), partial(pd.read_csv, file)),
        "text to counts, fit": both(counting, "fit_transform", texts),
        "text to counts": both(counting, "transform", texts),
        "training on 300 rows": both(models, "fit", texts[:300], labels[:300]),
        "many answers": both(models, "predict_proba", texts),
        "one answer": both(models, "predict", texts[:1]),
    }


def both(sides: tuple[Any, Any], method: str, *args: Any) -> Calls:
    ours, theirs = (partial(getattr(side, method), *args) for side in sides)
    return ours, theirs


def make_reviews(n_texts: int) -> tuple[list[str], list[str]]:
    """Make reviews of some 230 words out of the sentences of the sample."""
    from sentiment import load_reviews

    X, y = load_reviews("sample")
    sentences = {
        label: [
            sentence
            for text in X["text"][y == label]
            for sentence in re.split(r"(?<=[.!?]) ", text)
        ]
        for label in y.unique()
    }
    chance = random.Random(0)
    labels = [chance.choice(sorted(sentences)) for _ in range(n_texts)]
    texts = []
    for label in labels:
        words: list[str] = []
        while len(words) < 230:
            words += chance.choice(sentences[label]).split()
        texts.append(" ".join(words))
    return texts, labels


def guard(
    benchmarks: dict[str, Calls], kept: dict[str, str]
) -> tuple[dict[str, float], list[str]]:
    """Return the ratio of each benchmark, and the names of those that are slow.

    What is to be kept, or is slow at first, is measured three times.
    """
    ratios: dict[str, float] = {}
    slow = []
    print("| | times as fast | kept |\n|---|---|---|")
    for name, calls in benchmarks.items():
        least = float(kept[name]) / BOUND if name in kept else float("inf")
        tried = [measure(calls)]
        while len(tried) < N_TRIES and max(tried) < least:
            tried.append(measure(calls))
        ratios[name] = median(tried)
        if name in kept and max(tried) < least:
            slow.append(name)
        shown = ", ".join(f"{ratio:.2f}" for ratio in tried)
        print(f"| {name} | {shown} | {kept.get(name, '')} |", flush=True)
    return ratios, slow


def measure(calls: Calls) -> float:
    """Return how many times as fast as the second call the first one is."""
    rounds: list[list[float]] = []
    end = perf_counter() + SECONDS
    # One call at a time: where the machine is busy, it spoils few of many.
    while len(rounds) < N_ROUNDS or perf_counter() < end:
        rounds.append([clock(call) for call in calls])
    # On a busy machine more than half of the calls may be interrupted.
    ours, theirs = (quantiles(times, n=4)[0] for times in zip(*rounds, strict=True))
    return theirs / ours


def clock(call: Callable[[], Any]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def read_rows() -> list[dict[str, str]]:
    if not KEPT.exists():
        return []
    with KEPT.open(newline="") as file:
        return list(csv.DictReader(file))


def write_rows(rows: list[dict[str, str]], ratios: dict[str, float]) -> None:
    """Write the rows and a last one, which replaces an earlier one of the commit."""
    import sklearn

    import sentiment

    asked = ["git", "-C", str(KEPT.parent), "log", "-1", "--format=%h %cs"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True)
    commit, date = told.stdout.split()
    row = {
        "version": sentiment.__version__,
        **{name: f"{ratio:.2f}" for name, ratio in ratios.items()},
        "scikit-learn": sklearn.__version__,
        "date": date,
        "commit": commit,
    }
    rows = [kept for kept in rows if kept["commit"] != commit] + [row]
    with KEPT.open("w", newline="") as file:
        writer = csv.DictWriter(
            file, list(row), extrasaction="ignore", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
