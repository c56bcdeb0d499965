"""What each choice of the presets is worth, one changed at a time.

Usage: SENTIMENT_IMDB=FOLDER python benchmarks/ablation.py [--json FILE] [GROUP ...]

Cross-validation on the 25,000 training reviews of IMDB; the test reviews are not read.
The folds are blocks of neighbouring reviews of each class, because reviews of one film
stand side by side, and a random split would let a model recognise films.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
from reviews_en.make import crop, split_sentences
from scipy import sparse

N_FOLDS = 5
CLASSIFIER = "classify__estimator__"
NEGATORS = ["no", "nor", "not", "don", "don't"]
SHORT_LIST = ["a", "an", "the", "of", "to", "and", "in", "is", "it", "that", "this"]


def tutorial_words(*, negators):
    """Return the tutorial's 127 stop words, with or without the negators."""
    from sentiment import StopWordRemover

    words = StopWordRemover(stop_words="tutorial").fit([["a"]]).stop_words_
    return [word for word in words if not negators or word not in NEGATORS]


def groups():
    """Return for each group its base preset and the changes to it, by name."""
    words = "stop_words__stop_words"
    trees = {
        "trees of depth 2": {"max_depth": 2},
        "trees of depth 6": {"max_depth": 6},
        "trees on 5,000 n-grams": {"max_tree_features": 5_000},
        "trees on 50,000 n-grams": {"max_tree_features": 50_000},
        "100 rounds, no early stopping": {"max_iter": 100, "early_stopping": False},
        "300 rounds, no early stopping": {"early_stopping": False},
        "early stopping after 30 rounds": {"n_iter_no_change": 30},
        "3 folds": {"cv": 3},
        "10 folds": {"cv": 10},
    }
    pruning = {
        f"the {size:,} strongest n-grams": {"max_linear_features": size}
        for size in (120_000, 60_000, 30_000, 20_000, 10_000)
    }
    linear = {
        "ratio to the power 1": {"power": 1.0},
        "ratio to the power 0.5": {"power": 0.5},
        "smoothing 1": {"alpha": 1.0},
        "smoothing 10": {"alpha": 10.0},
        "C = 0.1": {"C": 0.1},
        "C = 1": {"C": 1.0},
    }
    return {
        "linear": ("fast", with_prefix(linear)),
        "crops": (
            "fast",
            {
                "first, inner, last sentence, weight 0.1": {"crops": (crop, 0.1)},
                "first, inner, last sentence, weight 0.2": {"crops": (crop, 0.2)},
                "every sentence, weight 0.05": {"crops": (every_sentence, 0.05)},
                "the same, C = 0.2": {
                    "crops": (every_sentence, 0.05),
                    CLASSIFIER + "C": 0.2,
                },
            },
        ),
        "text": (
            "fast",
            {
                "`<br />` left in the text": {"clean__html": False},
                "case kept": {"clean__lowercase": False},
                "contractions split: is, n't": {"tokenize__contractions": "split"},
                "contractions broken: isn, t": {"tokenize__contractions": "break"},
                "no punctuation": {"tokenize__punctuation": None},
                "only emphatic punctuation": {"tokenize__punctuation": "emphatic"},
                "no negation scope": {"tokenize__negation_scope": 0},
                "negation scope of 2 words": {"tokenize__negation_scope": 2},
                "negation scope of 8 words": {"tokenize__negation_scope": 8},
                "stems": {"tokenize__stemmer": "english"},
                "without the tutorial's 127 stop words": {
                    words: tutorial_words(negators=False)
                },
                "the same, negators kept": {words: tutorial_words(negators=True)},
                "without 11 function words": {words: SHORT_LIST},
            },
        ),
        "n-grams": (
            "fast",
            {
                "words only": {"vectorize__ngram_range": (1, 1)},
                "1- and 2-grams": {"vectorize__ngram_range": (1, 2)},
                "1- to 4-grams": {"vectorize__ngram_range": (1, 4)},
                "min_df = 1": {"vectorize__min_df": 1},
                "min_df = 2": {"vectorize__min_df": 2},
                "min_df = 3": {"vectorize__min_df": 3},
                "min_df = 5": {"vectorize__min_df": 5},
                "counts, not presence": {"vectorize__binary": False},
            },
        ),
        "trees": ("accurate", with_prefix(trees)),
        "pruning": ("accurate", with_prefix(pruning)),
    }


def every_sentence(text, rng):
    """Return the sentences of a review of two or more."""
    sentences = split_sentences(text)
    return sentences if len(sentences) > 1 else []


def with_prefix(changes):
    return {
        name: {CLASSIFIER + key: value for key, value in change.items()}
        for name, change in changes.items()
    }


def make_blocks(y):
    """Return the fold of each row: blocks of neighbours within each class."""
    fold = np.empty(len(y), int)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        fold[rows] = np.arange(len(rows)) * N_FOLDS // len(rows)
    return fold


class CrossValidation:
    """Runs Pipelines over the same blocks; keeps the features of the last front."""

    def __init__(self, texts, y):
        self.texts, self.y, self.fold = texts, y, make_blocks(y)
        self.front, self.features = None, None

    def run(self, preset, change):
        from sentiment import make_sentiment_pipeline

        params = {name: value for name, value in change.items() if name != "crops"}
        pipeline = make_sentiment_pipeline(preset, prior=None, **params)
        steps = repr(pipeline[:-1].get_params())
        if steps != self.front:
            self.front, self.features = steps, None
            self.features = [self._count(pipeline[:-1], k) for k in range(N_FOLDS)]
        p, seconds = np.empty(len(self.y)), 0.0
        for k, (X, X_held_out, spent) in enumerate(self.features):
            start = time.perf_counter()
            y, weight = self.y[self.fold != k], None
            if "crops" in change:
                X, y, weight = self._with_crops(pipeline[:-1], k, X, *change["crops"])
            pipeline[-1].fit(X, y, sample_weight=weight)
            seconds += spent + time.perf_counter() - start
            p[self.fold == k] = pipeline[-1].predict_proba(X_held_out)[:, 1]
        return p, seconds / N_FOLDS

    def _with_crops(self, front, k, X, cut, share):
        """Return counts, classes and weights of reviews, then of parts of them."""
        texts, y = self.texts[self.fold != k], self.y[self.fold != k]
        rng = np.random.default_rng(0)
        crops = [cut(text, rng) for text in texts]
        n_crops = [len(one) for one in crops]
        front.fit(texts)
        parts = front.transform([one for part in crops for one in part])
        weight = np.repeat([1.0, share], [len(y), parts.shape[0]])
        y = np.concatenate([y, np.repeat(y, n_crops)])
        return sparse.vstack([X, parts], format="csr"), y, weight

    def _count(self, front, k):
        start = time.perf_counter()
        X = front.fit_transform(self.texts[self.fold != k])
        spent = time.perf_counter() - start
        return X, front.transform(self.texts[self.fold == k]), spent


def describe(name, y, p, base, seconds):
    """Return a row of the table, the difference paired by document."""
    right = (p > 0.5) == y
    loss = -np.log(np.clip(np.where(y == 1, p, 1 - p), 1e-15, 1)).mean()
    row = {"change": name, "accuracy": right.mean(), "log_loss": loss, "s": seconds}
    if base is not None:
        difference = right.astype(int) - ((base > 0.5) == y)
        row["difference"] = difference.mean()
        row["error"] = difference.std() / np.sqrt(len(y))
    return {k: v if isinstance(v, str) else float(v) for k, v in row.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "groups",
        nargs="*",
        default=["linear", "text", "n-grams", "trees", "pruning", "crops"],
    )
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    options = parser.parse_args()
    from sentiment import load_reviews

    X, y = load_reviews(os.environ["SENTIMENT_IMDB"], "train")
    run = CrossValidation(X["text"], (y == "positive").to_numpy().astype(int))
    bases, rows = {}, []
    for group in options.groups:
        preset, changes = groups()[group]
        columns = f"{group}: `{preset}`, one change", "accuracy", "difference"
        print(f"\n| {' | '.join([*columns, 'log loss', 's'])} |")
        print("|---|---|---|---|---|", flush=True)
        for name, change in ({"as it is": {}} | changes).items():
            p, seconds = run.run(preset, change)
            base = bases.setdefault(preset, p)
            row = describe(name, run.y, p, base if change else None, seconds)
            rows.append({"group": group, "preset": preset} | row)
            gap = f"{row['difference']:+.2%} ± {row['error']:.2%}" if change else ""
            print(
                f"| {name} | {row['accuracy']:.2%} | {gap} | {row['log_loss']:.4f} "
                f"| {seconds:.1f} |",
                flush=True,
            )
            if options.json:
                options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
