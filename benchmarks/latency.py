"""One review through each preset, beside TfidfVectorizer and LogisticRegression.

    python benchmarks/latency.py FOLDER-WITH-IMDB-PARQUET [--rows 25000] [--calls 500]

Trains on the first ROWS reviews of the shuffled training split, then asks for one
review of 230 words again and again. Also printed: the first call after loading, and
each step alone.
"""

import argparse
import pickle
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np


def main() -> None:
    import pyarrow.parquet as pq
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from sentiment import make_sentiment_pipeline
    from sentiment.engine import engine_name

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=25_000)
    parser.add_argument("--calls", type=int, default=500)
    args = parser.parse_args()
    frame = pq.read_table(next(args.folder.rglob("train-*.parquet"))).to_pandas()
    frame = frame.sample(frac=1.0, random_state=0)
    text = [next(t for t in frame["text"] if len(t.split()) == 230)]
    frame = frame[: args.rows]
    peer = make_pipeline(TfidfVectorizer(), LogisticRegression())
    models = {"tf-idf + logistic regression": peer} | {
        f"{name} ({engine_name()})": make_sentiment_pipeline(name)
        for name in ("fast", "accurate", "tutorial")
    }
    print("| model | p50 ms | p95 ms | first call ms | steps, p50 ms |")
    print("|---|---|---|---|---|")
    for name, model in models.items():
        model.fit(frame["text"].tolist(), frame["label"].to_numpy())
        print(line(name, model, text, args.calls), flush=True)


def line(name: str, model: Any, text: list[str], n_calls: int) -> str:
    inner = getattr(model[-1], "estimator_", None)
    if inner is not None:
        inner.n_jobs = 1  # as in a logged model
    loaded = pickle.loads(pickle.dumps(model))
    start = perf_counter()
    loaded.predict(text)
    first = perf_counter() - start
    times = clock(lambda: loaded.predict(text), n_calls)
    steps, value = [], text
    for step, transformer in loaded.steps[:-1]:
        took = np.median(clock(lambda t=transformer, v=value: t.transform(v), n_calls))
        steps.append(f"{step} {took * 1e3:.2f}")
        value = transformer.transform(value)
    p50, p95 = np.percentile(times, [50, 95]) * 1e3
    return (
        f"| {name} | {p50:.2f} | {p95:.2f} | {first * 1e3:.1f} | {', '.join(steps)} |"
    )


def clock(call: Callable[[], Any], n_calls: int) -> list[float]:
    times = []
    for _ in range(n_calls):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return times


if __name__ == "__main__":
    main()
