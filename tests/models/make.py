"""Make the models that every later version must read.

    python tests/models/make.py [FOLDER]

Run once for each release, and kept as it was: below ``tests/models/VERSION`` lie small
models as that version saved them, without the copy of its code. While a version is not
released, a change of what the estimators store means to run it again.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
KEPT = ("MLmodel", "golden_rows.json", "python_env.yaml", "requirements.txt")
SMALL = {
    "vectorize__max_features": 150,
    "classify__estimator__random_state": 0,
}
TREES = {
    "classify__estimator__max_iter": 3,
    "classify__estimator__early_stopping": False,
}
MODELS = {
    "accurate": ("accurate", {**SMALL, **TREES}),
    "fast": ("fast", SMALL),
    "tutorial": ("tutorial", {**SMALL, **TREES}),
    "stars": ("accurate", {**SMALL, **TREES, "stop_words__stop_words": "english"}),
}


def main(folder: Path) -> None:
    """Train the models on a part of the sample and keep what a test needs."""
    from sentiment import load_reviews, make_sentiment_pipeline, save_model

    documents, labels = load_reviews("sample", "train")
    texts, labels = documents["text"].tolist()[:120], labels.tolist()[:120]
    stars = [
        (4 if label == "positive" else 1) + row % 2 for row, label in enumerate(labels)
    ]
    for name, (preset, params) in MODELS.items():
        pipeline = make_sentiment_pipeline(preset, prior=None, **params)
        pipeline.fit(texts, stars if name == "stars" else labels)
        saved = folder / "all" / name
        save_model(pipeline, saved)
        kept = folder / name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for file in (*KEPT, "model.skops"):
            shutil.copy(saved / file, kept)
    shutil.rmtree(folder / "all")


if __name__ == "__main__":
    from sentiment import __version__

    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / __version__)
