"""Reading the aclImdb layout: ``train/pos/0_9.txt``, one file per document."""

import re
from collections.abc import Iterator
from pathlib import Path

from sentiment.datasets._bytes import read_bytes
from sentiment.datasets._decoding import decode
from sentiment.datasets._labels import FULL_NAMES
from sentiment.datasets._rows import Rows, choose_split, to_column
from sentiment.exceptions import DataError

UNLABELLED = "unsup"
# The name that the hub's copy of IMDB gives to what lies in train/unsup.
UNSUPERVISED = "unsupervised"

_DIGITS = frozenset("0123456789")


def is_class_folder(directory: Path) -> bool:
    """Say whether some ``<directory>/<split>/<class>/`` holds a .txt file."""
    return bool(_class_directories(directory))


def read_class_folder(directory: Path, split: str, encoding: str) -> Rows:
    """Read one split: columns ``text``, ``label`` and ``file``."""
    splits = _class_directories(directory)
    choose_split(split, list(splits), str(directory))
    texts: list[str] = []
    labels: list[str | None] = []
    files: list[str] = []
    for folder in splits[split]:
        label = None if folder.name == UNLABELLED else folder.name
        for path in sorted(_text_files(folder), key=_by_name):
            texts.append(decode(read_bytes(path), encoding, str(path)))
            labels.append(None if label is None else FULL_NAMES.get(label, label))
            files.append(path.relative_to(directory).as_posix())
    return Rows(
        name=str(directory),
        columns={
            "text": to_column(texts),
            "label": to_column(labels),
            "file": to_column(files),
        },
        n_rows=len(texts),
        place=lambda row: str(directory / files[row]),
        names=("text", "label", "file"),
    )


def _class_directories(directory: Path) -> dict[str, list[Path]]:
    """Return the folders of documents of each split, as IMDB's hub copy splits."""
    splits: dict[str, list[Path]] = {}
    for parent in _folders(directory):
        for folder in _folders(parent):
            if next(_text_files(folder), None) is not None:
                unlabelled = folder.name == UNLABELLED
                split = UNSUPERVISED if unlabelled else parent.name
                splits.setdefault(split, []).append(folder)
    return splits


def _folders(directory: Path) -> list[Path]:
    try:
        return sorted(
            (
                path
                for path in directory.iterdir()
                if path.is_dir() and not path.name.startswith(".")
            ),
            key=_by_name,
        )
    except OSError as error:
        raise DataError(f"{directory} cannot be read ({error.strerror}).") from None


def _text_files(folder: Path) -> Iterator[Path]:
    # Dot files: macOS leaves ._0_9.txt beside 0_9.txt.
    return (path for path in folder.glob("*.txt") if not path.name.startswith("."))


def _by_name(path: Path) -> tuple[list[tuple[int, str]], str]:
    return natural_order(path.name)


def natural_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """Order 2_7.txt before 10_9.txt, the same on every file system."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    key = [(int(part), "") if part[0] in _DIGITS else (-1, part) for part in parts]
    return key, name
