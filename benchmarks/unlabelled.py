"""What reviews without labels could add, by latent semantic analysis.

Usage: SENTIMENT_IMDB=FOLDER python benchmarks/unlabelled.py

Cross-validation on the 25,000 training reviews of IMDB, in the blocks of `ablation.py`.
Beside the margin of `fast`, a logistic regression gets 100 components of the n-grams'
tf-idf: found in the training rows of the fold alone, and in these and the 50,000
unsupervised reviews. The margins it learns from are out of fold, in blocks as well.
"""

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from ablation import N_FOLDS, describe, make_blocks
from scipy.special import logit
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sentiment import make_sentiment_pipeline

N_COMPONENTS = 100
# Rarer n-grams cost time and changed nothing.
N_MOST_FREQUENT = 20_000


def read(split):
    """Return the texts and labels of a split."""
    folder = Path(os.environ["SENTIMENT_IMDB"])
    table = pd.concat(map(pd.read_parquet, sorted(folder.rglob(f"{split}*.parquet"))))
    return table["text"].to_numpy(object), table["label"].to_numpy()


def fit_fast(X, y):
    """Return the classifier of `fast`, fitted on counts."""
    return make_sentiment_pipeline("fast")[-1].fit(X, y)


def margins(classifier, X):
    """Return log-odds as a column."""
    p = classifier.predict_proba(X)[:, 1]
    return logit(np.clip(p, 1e-15, 1 - 1e-15))[:, None]


def out_of_fold(X, y):
    """Return the margins of rows, each from the rows of the other blocks."""
    found, fold = np.empty((len(y), 1)), make_blocks(y)
    for k in range(N_FOLDS):
        held_out = fold == k
        found[held_out] = margins(fit_fast(X[~held_out], y[~held_out]), X[held_out])
    return found


def find_components(X):
    """Fit tf-idf and its components on presence of the most frequent n-grams."""
    columns = np.argsort(-np.bincount(X.indices, minlength=X.shape[1]), kind="stable")
    columns = np.sort(columns[:N_MOST_FREQUENT])
    semantics = make_pipeline(
        TfidfTransformer(), TruncatedSVD(N_COMPONENTS, n_iter=4, random_state=42)
    ).fit(X[:, columns])
    return lambda rows: semantics.transform(rows[:, columns])


def main():
    (texts, y), (unlabelled, _) = read("train"), read("unsupervised")
    fold = make_blocks(y)
    names = ["`fast`", "components of training rows", "components of all rows"]
    p = {name: np.empty(len(y)) for name in names}
    seconds = dict.fromkeys(names, 0.0)
    for k in range(N_FOLDS):
        held_out = fold == k
        front = make_sentiment_pipeline("fast")[:-1]
        X, X_held_out = (
            front.fit_transform(texts[~held_out]),
            front.transform(texts[held_out]),
        )
        known = y[~held_out]
        classifier = fit_fast(X, known)
        of_rows, of_new = out_of_fold(X, known), margins(classifier, X_held_out)
        p["`fast`"][held_out] = classifier.predict_proba(X_held_out)[:, 1]
        sources = {
            "components of training rows": X,
            "components of all rows": sp.vstack(
                [X, front.transform(unlabelled)], format="csr"
            ),
        }
        for name, rows in sources.items():
            start = time.perf_counter()
            transform = find_components(rows.astype(np.float32))
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
            model.fit(np.hstack([of_rows, transform(X)]), known)
            seconds[name] += (time.perf_counter() - start) / N_FOLDS
            features = np.hstack([of_new, transform(X_held_out)])
            p[name][held_out] = model.predict_proba(features)[:, 1]
    for name, answer in p.items():
        row = describe(name, y, answer, p["`fast`"], seconds[name])
        print(
            f"| {name} | {row['accuracy']:.2%} | {row['difference']:+.2%} ± "
            f"{row['error']:.2%} | {row['log_loss']:.4f} | {row['s']:.1f} |"
        )


if __name__ == "__main__":
    main()
