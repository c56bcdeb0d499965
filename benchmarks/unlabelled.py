"""What reviews without labels add, with all labels and with few.

Usage: SENTIMENT_IMDB=FOLDER python benchmarks/unlabelled.py [all] [few] [test]

"all": cross-validation on the 25,000 training reviews of IMDB in the blocks of
`ablation.py`, without and with the 50,000 unsupervised reviews. The reviews that are
held out are seen by nobody. "few": 50 to 5,000 labels, the other training reviews
without theirs; the first block is asked. "test": one look at the official test split.
All without a prior: `reviews-en` has seen the reviews of IMDB.
"""

import os
import sys
import time
import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from ablation import N_FOLDS, describe, make_blocks

from sentiment import fit_pipeline, make_sentiment_pipeline

DRAWS = {50: 2, 200: 2, 1_000: 1, 5_000: 1}
HEADER = "accuracy | difference | log loss | s a fold |"


def read(split):
    """Return the texts and labels of a split."""
    folder = Path(os.environ["SENTIMENT_IMDB"])
    table = pd.concat(map(pd.read_parquet, sorted(folder.rglob(f"{split}*.parquet"))))
    return table["text"].to_numpy(object), table["label"].to_numpy()


def ask(preset, texts, y, unlabelled, asked):
    """Return probabilities, and the seconds of the fit."""
    pipeline = make_sentiment_pipeline(preset, prior=None)
    began = time.perf_counter()
    fit_pipeline(pipeline, texts, y, X_unlabelled=unlabelled)
    seconds = time.perf_counter() - began
    return pipeline.predict_proba(asked)[:, 1], seconds


def show(name, y, p, base, seconds):
    """Print a row of the table."""
    row = describe(name, y, p, base, seconds)
    gap = ""
    if base is not None:
        gap = f"{100 * row['difference']:+.2f} ± {100 * row['error']:.2f}"
    print(
        f"| {name} | {row['accuracy']:.2%} | {gap} | {row['log_loss']:.4f} "
        f"| {seconds:.0f} |",
        flush=True,
    )


def print_all(texts, y, unlabelled):
    """Print what the unlabelled reviews add to all labels."""
    print(f"| | {HEADER}\n|---|---|---|---|---|", flush=True)
    fold, bases = make_blocks(y), {}
    for preset, more in product(("fast", "accurate"), (None, unlabelled)):
        p, seconds = np.empty(len(y)), 0.0
        for k in range(N_FOLDS):
            kept = fold != k
            found = ask(preset, texts[kept], y[kept], more, texts[~kept])
            p[~kept], seconds = found[0], seconds + found[1] / N_FOLDS
        name = f"`{preset}`" + ("" if more is None else ", unlabelled reviews")
        show(name, y, p, bases.get(preset), seconds)
        bases.setdefault(preset, p)


def print_few(texts, y, unlabelled):
    """Print what they add to few labels: medians of draws."""
    print(f"| labels | {HEADER}\n|---|---|---|---|---|", flush=True)
    held_out = make_blocks(y) == 0
    asked, truth, rest = texts[held_out], y[held_out], np.flatnonzero(~held_out)
    for n, n_draws in DRAWS.items():
        found = {"without": [], "with": []}
        for draw in range(n_draws):
            order = np.random.default_rng(draw).permutation(rest)
            more = np.concatenate([texts[order[n:]], unlabelled])
            for name, rows in {"without": None, "with": more}.items():
                p, seconds = ask("fast", texts[order[:n]], y[order[:n]], rows, asked)
                row = describe(name, truth, p, None, seconds)
                found[name].append((row["accuracy"], row["log_loss"], row["s"]))
        without, beside = (np.median(found[name], axis=0) for name in found)
        print(
            f"| {n:,} | {without[0]:.1%} → {beside[0]:.1%} "
            f"| {100 * (beside[0] - without[0]):+.1f} "
            f"| {without[1]:.3f} → {beside[1]:.3f} | {beside[2]:.0f} |",
            flush=True,
        )


def print_test(texts, y, unlabelled):
    """Print one look at the official test split."""
    asked, truth = read("test")
    print(f"| | {HEADER}\n|---|---|---|---|---|", flush=True)
    for preset in ("fast", "accurate"):
        base = ask(preset, texts, y, None, asked)
        beside = ask(preset, texts, y, unlabelled, asked)
        show(f"`{preset}`", truth, base[0], None, base[1])
        show(f"`{preset}`, unlabelled", truth, beside[0], base[0], beside[1])


def main():
    warnings.filterwarnings("ignore", category=UserWarning)
    data = (*read("train"), read("unsupervised")[0])
    for name in sys.argv[1:] or ["all", "few"]:
        {"all": print_all, "few": print_few, "test": print_test}[name](*data)


if __name__ == "__main__":
    main()
