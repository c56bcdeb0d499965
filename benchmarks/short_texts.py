"""How well models answer short plain sentences, by theme: negated ones above all.

Usage: SENTIMENT_IMDB=FOLDER python benchmarks/short_texts.py [--half seen|unseen|all]

The sentences of `short_sentences.csv` were written for this (CC0), by themes as
CheckList has them (Ribeiro et al., 2020), before any model was asked. Nothing is tuned
on the half "unseen". The presets are trained on IMDB's 25,000 training reviews, and
on the bundled sample, with the prior `reviews-en` and without.
"""

import argparse
import os
from pathlib import Path

import pandas as pd

from sentiment import load_model, load_reviews, make_sentiment_pipeline

SENTENCES = Path(__file__).with_name("short_sentences.csv")


def fit(preset, data, prior):
    """Train a preset; labels are the words positive and negative."""
    X, y = data
    names = y.map({0: "negative", 1: "positive"}) if y.dtype.kind == "i" else y
    return make_sentiment_pipeline(preset, prior=prior).fit(X, names)


def main(half):
    sentences = pd.read_csv(SENTENCES)
    if half != "all":
        sentences = sentences[sentences["half"] == half]
    imdb = load_reviews(os.environ["SENTIMENT_IMDB"], "train")
    sample = load_reviews("sample", "train")
    models = {
        "fast, IMDB": fit("fast", imdb, None),
        "accurate, IMDB": fit("accurate", imdb, None),
        "fast, sample": fit("fast", sample, None),
        "fast, sample, prior": fit("fast", sample, "reviews-en"),
        "accurate, sample, prior": fit("accurate", sample, "reviews-en"),
        "reviews-en": load_model("reviews-en"),
    }
    for name, model in models.items():
        sentences[name] = model.predict(sentences["text"]) == sentences["label"]
    themes = sentences.groupby("theme", sort=False)
    found = themes[list(models)].mean().assign(sentences=themes.size())
    found.loc["all"] = [*sentences[list(models)].mean(), len(sentences)]
    print(f"| sentences | number | {' | '.join(models)} |")
    print("|---|---|" + "---|" * len(models))
    for theme, row in found.iterrows():
        shares = " | ".join(f"{100 * row[name]:.0f} %" for name in models)
        print(f"| {theme} | {row['sentences']:.0f} | {shares} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=["seen", "unseen", "all"], default="all")
    main(parser.parse_args().half)
