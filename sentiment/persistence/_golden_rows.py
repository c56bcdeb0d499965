"""A few documents with their probabilities, kept in every model to be asked again.

A model outlives the libraries that it was trained with. What it answered when it was
saved is part of it, so that anybody can see years later whether it still does.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from sentiment.exceptions import ModelError
from sentiment.persistence._model_file import AGAIN, require_file
from sentiment.persistence._requirements import installed_versions, iter_parts
from sentiment.persistence._signature import EXAMPLE_TEXTS

GOLDEN_FILE = "golden_rows.json"

_TEXTS = (
    *EXAMPLE_TEXTS,
    "",
    "I DON’T like it.<br />Boring &amp; long, isn't it? :-(",
    "Not bad at all: never dull, and the café scene (10/10) is GREAT!!!",
    "Ein schöner Film 影片很好 फ़िल्म अच्छी है 👍🏽",
)
_N_DOCUMENTS, _NGRAMS_A_DOCUMENT = 6, 16
_LABEL, _NONE = (str, int, float), type(None)


@dataclass(frozen=True)
class GoldenRows:
    """Documents, and what the model said of them when it was saved.

    ``texts``: the documents. ``probabilities``: one row per document, one value per
    class. ``classes``: the labels, in the order of the probabilities. ``versions``:
    what was installed then. ``labels``: the label of each document. None in models from
    before labels were kept.
    """

    texts: list[str]
    probabilities: list[list[float]]
    classes: list[Any]
    versions: dict[str, str]
    labels: list[Any] | None = None

    @classmethod
    def ask(cls, pipeline: Any, texts: list[str]) -> Self:
        """Ask a Pipeline, and note what is installed here."""
        from sentiment.classification import choose_classes

        table = np.asarray(pipeline.predict_proba(texts), dtype=np.float64)
        classes = np.asarray(pipeline.classes_)
        labels = classes[choose_classes(pipeline, table)].tolist()
        versions = installed_versions()
        return cls(texts, table.tolist(), classes.tolist(), versions, labels)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what :meth:`write` or a replay wrote.

        Raises ValueError if the file is not that. A probability may be any number, NaN
        too.
        """
        try:
            rows = cls(**json.loads(path.read_text(encoding="utf-8")))
            rows._check()
        except (OSError, TypeError, ArithmeticError, RecursionError) as error:
            raise ValueError("no golden rows") from error
        return rows

    def _check(self) -> None:
        lists = (self.texts, self.probabilities, self.classes)
        if not all(type(one) is list and one for one in lists):
            raise ValueError("texts, probabilities and classes are lists")
        if type(self.versions) is not dict or type(self.labels) not in (list, _NONE):
            raise ValueError("versions are an object, labels a list or null")
        labels = self.classes[:1] * len(self.texts)
        labels = labels if self.labels is None else self.labels
        cells = [*self.texts, *self.versions.values()]
        is_whole = (
            all(isinstance(cell, str) for cell in cells)
            and all(isinstance(cell, _LABEL) for cell in [*self.classes, *labels])
            and len(self.texts) == len(self.probabilities) == len(labels)
            and all(
                type(row) is list
                and len(row) == len(self.classes)
                and all(type(cell) in (int, float) for cell in row)
                for row in self.probabilities
            )
        )
        if not is_whole:
            raise ValueError("the parts do not fit together")
        np.asarray(self.probabilities, dtype=np.float64)

    def write(self, path: Path) -> None:
        """Write them into a file; floats keep all digits."""
        content = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        path.write_text(content, encoding="utf-8")


def make_golden_rows(pipeline: Any) -> GoldenRows:
    """Ask a fitted Pipeline for its opinion on documents that exercise it.

    Besides a few fixed texts, the documents are made of n-grams of the Pipeline's own
    vocabulary, so that a model of any language and subject is asked about what it
    knows. No row of the training data is kept.

    Raises ModelError if the Pipeline fails on one of them.
    """
    texts = [*_TEXTS, *_iter_vocabulary_texts(pipeline)]
    try:
        return GoldenRows.ask(pipeline, texts)
    except Exception as error:
        raise ModelError(
            "A logged model answers any document, the empty one too. This Pipeline "
            f"fails on one of {len(texts)}: {type(error).__name__}: {error!s:.200}"
        ) from error


def read_golden_rows(folder: Path) -> GoldenRows:
    """Return the golden rows of a model folder.

    Raises ModelError if it has none, or the file is damaged.
    """
    path = require_file(folder / GOLDEN_FILE)
    try:
        return GoldenRows.read(path)
    except ValueError as error:
        raise ModelError(
            f"{path} is damaged: it is not what sentiment writes. {AGAIN}"
        ) from error


def _iter_vocabulary_texts(pipeline: Any) -> Iterator[str]:
    """Yield documents of n-grams that lie evenly spread over the vocabulary."""
    for part in iter_parts(pipeline):
        names = _spread_names(part)
        for start in range(0, len(names), _NGRAMS_A_DOCUMENT):
            text = " ".join(names[start : start + _NGRAMS_A_DOCUMENT])
            # A token is marked by what precedes it, which then must precede it again.
            yield text.replace("NOT_", "not ")
        if names:
            return


def _spread_names(part: Any) -> list[str]:
    from sentiment.feature_extraction import NgramVectorizer

    if isinstance(part, NgramVectorizer):
        return part.names_of(_spread(len(part.ngrams_)))
    vocabulary = getattr(part, "vocabulary_", None)
    if not isinstance(vocabulary, dict):
        return []
    names = sorted(name for name in vocabulary if isinstance(name, str))
    return [names[place] for place in _spread(len(names))]


def _spread(n: int) -> "np.ndarray[Any, Any]":
    """Return places from the first to the last of ``n``, evenly spread."""
    wanted = min(n, _N_DOCUMENTS * _NGRAMS_A_DOCUMENT)
    return np.unique(np.linspace(0, n - 1, wanted).astype(np.int64))
