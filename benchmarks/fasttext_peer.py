"""fastText beside us: what accuracy.py and few_labels.py share."""

import tempfile
from pathlib import Path

import numpy as np


class FastText:
    """fastText with bigrams, learning rate 0.5 and two threads.

    ``epochs``: passes over the rows. ``to_lines``: gives texts the form it reads.
    """

    def __init__(self, epochs, to_lines):
        self.epochs = epochs
        self.to_lines = to_lines

    def fit(self, texts, y):
        import fasttext

        self.classes_, codes = np.unique(y, return_inverse=True)
        lines = self.to_lines(texts)
        # It learns in the order of the file, and rows may be sorted by label.
        order = np.random.default_rng(0).permutation(len(lines))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(f"__label__{codes[i]} {lines[i]}\n" for i in order)
            self.model = fasttext.train_supervised(
                str(path), wordNgrams=2, epoch=self.epochs, lr=0.5, thread=2, verbose=0
            )
        return self

    def predict_proba(self, texts):
        # Not model.predict, which numpy 2 breaks in the last release, nor
        # multilinePredict: the scores it returns lie in memory that is freed.
        found = np.zeros((len(texts), len(self.classes_)))
        for row, line in zip(found, self.to_lines(texts), strict=True):
            for score, name in self.model.f.predict(
                line + "\n", len(row), 0.0, "strict"
            ):
                row[int(name.removeprefix("__label__"))] = score
        return found / found.sum(axis=1, keepdims=True).clip(1e-9)
