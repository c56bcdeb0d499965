"""How well the presets answer short plain sentences, negated ones above all.

Usage: SENTIMENT_IMDB=FOLDER python benchmarks/short_texts.py [PRESET ...]

The presets (default: fast, accurate) are trained on the 25,000 training reviews of
IMDB, and asked the sentences of `short_texts.csv`, written for this by hand. Nothing is
tuned on them.
"""

import os
import sys
from pathlib import Path

import pandas as pd

from sentiment import load_reviews, make_sentiment_pipeline

SENTENCES = Path(__file__).with_name("short_texts.csv")


def main(presets):
    sentences = pd.read_csv(SENTENCES)
    reviews = load_reviews(os.environ["SENTIMENT_IMDB"], "train")
    for preset in presets:
        pipeline = make_sentiment_pipeline(
            preset, classify__estimator__random_state=42
        ).fit(*reviews)
        sentences[preset] = pipeline.predict(sentences["text"]) == sentences["label"]
    themes = sentences.groupby("theme", sort=False)
    found = themes[presets].mean().assign(sentences=themes.size())
    found.loc["all"] = [*sentences[presets].mean(), len(sentences)]
    print(f"| sentences | number | {' | '.join(presets)} |")
    print("|---|---|" + "---|" * len(presets))
    for theme, row in found.iterrows():
        shares = " | ".join(f"{100 * row[preset]:.0f} %" for preset in presets)
        print(f"| {theme} | {row['sentences']:.0f} | {shares} |")


if __name__ == "__main__":
    main(sys.argv[1:] or ["fast", "accurate"])
