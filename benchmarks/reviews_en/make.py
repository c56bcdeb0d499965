"""Make ``reviews-en``, the model that comes with the package.

Usage: SENTIMENT_IMDB=DATA python benchmarks/reviews_en/make.py [--train-only] [FOLDER]

It is the preset "fast" on the labelled reviews of IMDB (all 50,000; with --train-only
the 25,000 of the training split, for figures on the test split), and on short texts,
which long reviews say little about:

- of each review the first, the last and one inner sentence, as rows of small weight;
- the words of VADER's lexicon (Hutto and Gilbert, 2014; MIT), each a document of its
  sign, weighted by how strong it is;
- the sentences of ``spoken.csv``, written for this (CC0).

FOLDER is ``sentiment/models/reviews-en`` of this checkout by default. The files are the
same, bit for bit, whenever they are made with the same versions.
"""

import argparse
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from sklearn.linear_model import LogisticRegression

from sentiment import (
    drop_unused_ngrams,
    load_reviews,
    make_sentiment_pipeline,
    save_model,
)
from sentiment.monitoring import make_profile

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "sentiment" / "models" / "reviews-en"
CROP_WEIGHT, LEXICON_WEIGHT, SPOKEN_WEIGHT = 0.2, 6.0, 3.0
N_NGRAMS, MIN_DF, ALPHA, C = 120_000, 5, 3.0, 0.15
N_FOLDS, PROFILE_ROWS = 5, 5_000
# Bits of a weight that are kept: less than a thousandth of it is lost, and what one
# processor computes otherwise than another in the last bits is lost, too.
MANTISSA_BITS = 10
_END = re.compile(r"(?<=[.!?])\s+")


def read_imdb(splits):
    """Return texts and labels, 0 and 1."""
    parts = [load_reviews(os.environ["SENTIMENT_IMDB"], split) for split in splits]
    texts = [text for X, _ in parts for text in X["text"]]
    return texts, np.concatenate([y == "positive" for _, y in parts]).astype(int)


def split_sentences(text):
    """Return the sentences of three words or more."""
    plain = re.sub(r"<br\s*/?>", " ", text)
    return [one.strip() for one in _END.split(plain) if len(one.split()) >= 3]


def crop(text, rng):
    """Return the first, the last and one inner sentence."""
    sentences = split_sentences(text)
    if len(sentences) < 2:
        return []
    inner = sentences[1:-1]
    return [
        sentences[0],
        sentences[-1],
        *([inner[rng.integers(len(inner))]] if inner else []),
    ]


def read_lexicon(archive):
    """Return the words of VADER's lexicon, and how strong each is: -4 to 4."""
    with tarfile.open(archive) as files:
        (entry,) = (one for one in files if one.name.endswith("vader_lexicon.txt"))
        lines = files.extractfile(entry).read().decode("utf-8").splitlines()
    rows = [line.split("\t")[:2] for line in lines if "\t" in line]
    return [word for word, _ in rows], np.array([float(valence) for _, valence in rows])


class Rows:
    """Texts, labels, weights, and the review each is from: -1 for none."""

    def __init__(self, splits, lexicon):
        texts, labels = read_imdb(splits)
        rng = np.random.default_rng(0)
        crops = [crop(text, rng) for text in texts]
        n_crops = np.array([len(one) for one in crops])
        words, valence = lexicon
        spoken = pd.read_csv(HERE / "spoken.csv")
        said = (spoken["label"] == "positive").to_numpy(int)
        self.texts = [*texts, *(one for part in crops for one in part)]
        self.n_reviews, self.n_of_imdb = len(texts), len(self.texts)
        self.texts += [*words, *spoken["text"]]
        self.y = np.concatenate(
            [labels, np.repeat(labels, n_crops), valence > 0, said]
        ).astype(int)
        self.weight = np.concatenate(
            [
                np.ones(len(texts)),
                np.full(n_crops.sum(), CROP_WEIGHT),
                LEXICON_WEIGHT * np.abs(valence) / 4,
                np.full(len(said), SPOKEN_WEIGHT),
            ]
        )
        places = np.arange(len(texts))
        self.review = np.concatenate(
            [places, np.repeat(places, n_crops), np.full(len(words) + len(said), -1)]
        )


def fit(rows, kept, **params):
    """Fit the preset on some rows."""
    pipeline = make_sentiment_pipeline(
        "fast",
        prior=None,
        vectorize__min_df=MIN_DF,
        classify__estimator__C=C,
        classify__estimator__alpha=ALPHA,
        **params,
    )
    names = np.array(["negative", "positive"])[rows.y[kept]]
    texts = [rows.texts[place] for place in np.flatnonzero(kept)]
    weights = {"classify__sample_weight": rows.weight[kept]}
    return pipeline.fit(texts, names, **weights)


def calibrate(pipeline, rows, **params):
    """Fit the link on reviews and crops whose review was not learned from.

    Its own folds would put the crops of a review beside it. Returned is the profile of
    the reviews that the last fold has not seen.
    """
    fold = np.random.default_rng(1).permutation(rows.n_reviews) % N_FOLDS
    of_row = np.where(rows.review < 0, -1, fold[rows.review])
    margins = np.zeros(len(rows.y))
    for number in range(N_FOLDS):
        part = fit(rows, of_row != number, **params)
        asked = np.flatnonzero(of_row == number)
        inner = part[-1].estimator_
        said = part.decision_function([rows.texts[place] for place in asked])
        margins[asked] = (said - inner.link_offset_[0]) / inner.link_slope_[0]
    known = of_row >= 0
    found = LogisticRegression(C=1e6).fit(
        margins[known, None], rows.y[known], rows.weight[known]
    )
    for one in (pipeline, part):
        inner = one[-1].estimator_
        inner.link_slope_ = round_floats(found.coef_[0])
        inner.link_offset_ = round_floats(found.intercept_)
    asked = asked[asked < rows.n_reviews][:PROFILE_ROWS]
    names = np.array(["negative", "positive"])[rows.y[asked]]
    texts = [rows.texts[place] for place in asked]
    return make_profile(part, texts, names, rows="reviews held out")


def round_floats(values):
    """Round to some bits of the mantissa."""
    mantissa, exponent = np.frexp(values)
    scale = 2.0**MANTISSA_BITS
    return np.ldexp(np.round(mantissa * scale) / scale, exponent).astype(values.dtype)


def make(splits, lexicon):
    """Return the fitted Pipeline, and what it is like on reviews."""
    rows = Rows(splits, lexicon)
    limit = {"classify__estimator__max_linear_features": N_NGRAMS}
    pipeline = fit(rows, np.ones(len(rows.y), bool), **limit)
    profile = calibrate(pipeline, rows, **limit)
    # Seen are the reviews and the crops, so that nobody measures on them unawares.
    cut = pipeline[:3].transform(rows.texts[: rows.n_of_imdb])
    pipeline = drop_unused_ngrams(pipeline)
    pipeline["vectorize"].remember(cut)
    inner = pipeline[-1].estimator_
    for name in ("linear_weights_", "linear_coef_", "linear_intercept_"):
        setattr(inner, name, round_floats(getattr(inner, name)))
    inner._importances = round_floats(inner._importances)
    return pipeline, profile


def number_members(model):
    """Count the objects where skops names them by their places in memory."""
    held = zipfile.ZipFile(io.BytesIO(model.read_bytes()))
    schema = held.read("schema.json").decode("utf-8")
    numbers = {}

    def number(match):
        found = numbers.setdefault(match[2], len(numbers))
        return f"{match[1]}{found}{match[3]}"

    schema = re.sub(r'("__id__": )(\d+)()', number, schema)
    schema = re.sub(r'(")(\d+)(\.npy")', number, schema)
    arrays = {
        f"{numbers[name.removesuffix('.npy')]}.npy": held.read(name)
        for name in held.namelist()
        if name.endswith(".npy")
    }
    members = {"schema.json": schema.encode("utf-8")} | dict(sorted(arrays.items()))
    assert len(members) == len(held.namelist())
    with zipfile.ZipFile(model, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


def settle(folder):
    """Take out of a saved model what differs each time it is saved."""
    shutil.rmtree(folder / "code")
    model = folder / "model.skops"
    number_members(model)
    said = yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))
    said["utc_time_created"] = "2026-01-01 00:00:00"
    said["model_uuid"] = "reviews-en"
    for flavor in said["flavors"].values():
        if "code" in flavor:
            flavor["code"] = None
    found = hashlib.sha256(model.read_bytes()).hexdigest()
    said["flavors"]["sentiment"]["sha256"] = found
    said["model_size_bytes"] = None
    text = yaml.safe_dump(said, sort_keys=True)
    (folder / "MLmodel").write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=TARGET)
    parser.add_argument("--train-only", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as packages:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
        command += ["--no-binary", ":all:", "--no-build-isolation"]
        command += ["-d", packages, "vaderSentiment==3.3.2"]
        subprocess.run(command, check=True)
        (archive,) = Path(packages).glob("*.tar.gz")
        lexicon = read_lexicon(archive)
    splits = ["train"] if options.train_only else ["train", "test"]
    pipeline, profile = make(splits, lexicon)
    shutil.rmtree(options.folder, ignore_errors=True)
    save_model(pipeline, options.folder, profile=profile)
    settle(options.folder)
    size = sum(one.stat().st_size for one in options.folder.rglob("*"))
    print(f"{options.folder}: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
