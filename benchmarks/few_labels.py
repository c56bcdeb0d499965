"""Few labels: what a prior adds to them, beside the preset alone and tf-idf.

Usage: SENTIMENT_IMDB=FOLDER python benchmarks/few_labels.py [--draws 3] [--min-df 5]

The prior is the preset "fast" on a random half of IMDB's 25,000 training reviews. No
text of it is in what is asked: the bundled sample and the other half, as whole reviews
and as their first sentences. Accuracy and log loss are means over draws of the labelled
rows, on up to 2,000 rows of the rest; with 0 labels the prior is asked as it is.
"""

import argparse
import os
import time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from sentiment import load_reviews, make_sentiment_pipeline

ROWS = (50, 200, 1000)
ASKED = 2000


def read(source):
    """Return texts and labels in random order."""
    X, y = load_reviews(source, "train")
    order = np.random.default_rng(0).permutation(len(y))
    return X["text"].to_numpy()[order], y.to_numpy()[order]


def measure(model, texts, labels):
    """Return accuracy and log loss."""
    found = model.predict_proba(texts)
    accuracy = np.mean(model.classes_[found.argmax(axis=1)] == labels)
    return accuracy, log_loss(labels, found, labels=model.classes_)


def show(name, n, kind, results, seconds):
    """Print one row of the table."""
    accuracy, loss = np.mean(results, axis=0)
    print(
        f"| {name} | {n} | {kind} | {100 * accuracy:.1f} | {loss:.3f} | "
        f"{seconds:.1f} |",
        flush=True,
    )


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--min-df", type=int, default=5)
    options = parser.parse_args()
    texts, labels = read(os.environ["SENTIMENT_IMDB"])
    half = len(texts) // 2
    prior = make_sentiment_pipeline("fast", vectorize__min_df=options.min_df)
    prior.fit(texts[:half].tolist(), labels[:half])
    rest, known = texts[half:], labels[half:]
    first = np.array([text.split(". ")[0] for text in rest], dtype=object)
    kinds = {
        "tf-idf + LR": lambda: make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=1000)
        ),
        "fast": lambda: make_sentiment_pipeline("fast"),
        "fast, prior": lambda: make_sentiment_pipeline("fast", prior=prior),
    }
    sets = {
        "the bundled sample": read("sample"),
        "IMDB, first sentences": (first, known),
        "IMDB": (rest, known),
    }
    print(
        "| data | labels | | accuracy | log loss | seconds |\n|---|---|---|---|---|---|"
    )
    for name, (X, y) in sets.items():
        asked = measure(prior, X[-ASKED:].tolist(), y[-ASKED:])
        show(name, 0, "the prior", [asked], 0.0)
        for n in (n for n in ROWS if n <= len(y) - 100):
            for kind, make in kinds.items():
                results, began = [], time.perf_counter()
                for draw in range(options.draws):
                    order = np.random.default_rng(draw).permutation(len(y))
                    train, test = order[:n], order[n:][:ASKED]
                    model = make().fit(X[train].tolist(), y[train])
                    results.append(measure(model, X[test].tolist(), y[test]))
                seconds = (time.perf_counter() - began) / options.draws
                show(name, n, kind, results, seconds)


if __name__ == "__main__":
    main()
