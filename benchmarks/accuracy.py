"""Accuracy and time on the official IMDB split, beside what people would use instead.

Usage: SENTIMENT_IMDB=FOLDER python benchmarks/accuracy.py [--repeats 1] [NAME ...]

Each candidate trains on the 25,000 training reviews, in a process of its own, and
predicts the 25,000 test reviews from raw text. CPU s is what all cores spent on
training, MB the peak of that whole process.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from fasttext_peer import FastText

HERE = Path(__file__)


class Preset:
    """A preset of this package."""

    def __init__(self, preset):
        self.preset = preset

    def fit(self, texts, y):
        from sentiment import make_sentiment_pipeline

        self.pipeline = make_sentiment_pipeline(self.preset).fit(texts, y)

    def predict_proba(self, texts):
        return self.pipeline.predict_proba(texts)[:, 1]


class TfidfLogisticRegression:
    """scikit-learn's usual: tf-idf of 1- and 2-grams, logistic regression."""

    def fit(self, texts, y):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        self.pipeline = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=1000)
        ).fit(texts, y)

    def predict_proba(self, texts):
        return self.pipeline.predict_proba(texts)[:, 1]


class NaiveBayesSVM:
    """NB-SVM of Wang and Manning (2012) on binary 1- and 2-grams, interpolated."""

    def fit(self, texts, y):
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.svm import LinearSVC

        self.vectorizer = CountVectorizer(ngram_range=(1, 2), binary=True)
        X = self.vectorizer.fit_transform(texts).astype(np.float64)
        p, q = 1.0 + X[y == 1].sum(axis=0), 1.0 + X[y == 0].sum(axis=0)
        ratio = np.asarray(np.log((p / p.sum()) / (q / q.sum()))).ravel()
        svm = LinearSVC(C=1.0, random_state=0).fit(X.multiply(ratio).tocsr(), y)
        coef = svm.coef_[0]
        mean = np.abs(coef).mean()
        self.coef = ratio * (0.75 * mean + 0.25 * coef)
        self.intercept = svm.intercept_[0] * 0.25

    def predict_proba(self, texts):
        margin = self.vectorizer.transform(texts) @ self.coef + self.intercept
        return 1.0 / (1.0 + np.exp(-margin))


class VowpalWabbit:
    """Vowpal Wabbit with bigrams, 24 bits and 10 passes, from file to file."""

    def fit(self, texts, y):
        from vowpalwabbit import Workspace

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        order = np.random.default_rng(0).permutation(len(texts))
        lines = to_words(texts)
        with (self.path / "train.vw").open("w") as file:
            file.writelines(f"{1 if y[i] else -1} |w {lines[i]}\n" for i in order)
        Workspace(
            f"-d {self.path}/train.vw --loss_function logistic --ngram 2 -b 24 "
            f"--passes 10 -c -k --cache_file {self.path}/cache -f {self.path}/model "
            "--quiet"
        ).finish()

    def predict_proba(self, texts):
        from vowpalwabbit import Workspace

        with (self.path / "test.vw").open("w") as file:
            file.writelines(f"|w {line}\n" for line in to_words(texts))
        # A file of its own is read several times faster than lines from Python.
        Workspace(
            f"-i {self.path}/model -t -d {self.path}/test.vw --link logistic "
            f"-p {self.path}/predicted --quiet"
        ).finish()
        return np.loadtxt(self.path / "predicted")


class TwoClassFastText(FastText):
    def predict_proba(self, texts):
        return super().predict_proba(texts)[:, 1]


def to_words(texts):
    """Give texts the form that Vowpal Wabbit and fastText read."""
    return [
        " ".join(re.findall(r"\w+|[^\w\s:|]", text.replace("<br />", " ").lower()))
        for text in texts
    ]


CANDIDATES = {
    "accurate": lambda: Preset("accurate"),
    "tf-idf + LR": TfidfLogisticRegression,
    "fast": lambda: Preset("fast"),
    "Vowpal Wabbit": VowpalWabbit,
    "fastText": lambda: TwoClassFastText(10, to_words),
    "NB-SVM": NaiveBayesSVM,
    "tutorial": lambda: Preset("tutorial"),
}


def calibration_error(y, p, bins=15):
    """Return the expected calibration error over bins of equal width."""
    index = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(y[index == b].mean() - p[index == b].mean()) * (index == b).mean()
        for b in range(bins)
        if (index == b).any()
    ]
    return float(sum(gaps))


def measure(name):
    """Train and judge one candidate in this process; return a dict."""
    from sklearn.metrics import log_loss, roc_auc_score

    from sentiment import load_reviews

    source = os.environ["SENTIMENT_IMDB"]
    train, y_train = load_reviews(source, "train")
    test, y_test = load_reviews(source, "test")
    y_train, y_test = (
        (y == "positive").to_numpy().astype(int) for y in (y_train, y_test)
    )
    train, test = train["text"].tolist(), test["text"].tolist()
    candidate = CANDIDATES[name]()
    start, worked = time.perf_counter(), time.process_time()
    candidate.fit(train, y_train)
    fitted, worked = time.perf_counter(), time.process_time() - worked
    p = candidate.predict_proba(test)
    done = time.perf_counter()
    clipped = np.clip(p, 1e-15, 1 - 1e-15)
    return {
        "accuracy": float(((p > 0.5) == y_test).mean()),
        "log_loss": float(log_loss(y_test, clipped)),
        "auc": float(roc_auc_score(y_test, p)),
        "ece": calibration_error(y_test, p),
        "fit_s": fitted - start,
        "fit_cpu_s": worked,
        "docs_per_s": len(test) / (done - fitted),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_apart(name):
    """Measure a candidate in a process of its own; return a dict, or why not."""
    command = [sys.executable, str(HERE), "--one", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout.splitlines()[-1])


def measure_all(names, repeats):
    """Print a row for each candidate as it is measured; return the medians."""
    columns = "candidate", "accuracy", "log loss", "AUC", "ECE", "fit s", "CPU s"
    print(f"| {' | '.join(columns)} | docs/s | MB |\n{'|---' * 9}|", flush=True)
    medians = {}
    for name in names:
        runs = [run_apart(name) for _ in range(repeats)]
        failed = [run for run in runs if isinstance(run, str)]
        if failed:
            print(f"| {name} | not measured: {failed[0]} | | | | | | | |", flush=True)
            continue
        m = {key: median(run[key] for run in runs) for key in runs[0]}
        medians[name] = m
        print(
            f"| {name} | {m['accuracy']:.2%} | {m['log_loss']:.3f} "
            f"| {m['auc']:.4f} | {m['ece']:.3f} "
            f"| {m['fit_s']:.1f} | {m['fit_cpu_s']:.1f} "
            f"| {m['docs_per_s']:,.0f} | {m['peak_mb']:,.0f} |",
            flush=True,
        )
    return medians


def print_ratios(medians):
    """Say how the presets stand to the peers that they are held against."""
    for preset, peer in (("accurate", "tf-idf + LR"), ("fast", "Vowpal Wabbit")):
        if preset in medians and peer in medians:
            ours, theirs = medians[preset], medians[peer]
            print(
                f"{preset} trains in {ours['fit_s'] / theirs['fit_s']:.2f} of the time "
                f"of {peer} ({ours['fit_cpu_s'] / theirs['fit_cpu_s']:.2f} of its CPU "
                "time), and predicts "
                f"{ours['docs_per_s'] / theirs['docs_per_s']:.2f} times its documents "
                "a second."
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(CANDIDATES))
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    print_ratios(measure_all(options.names, options.repeats))


if __name__ == "__main__":
    main()
