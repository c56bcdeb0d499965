"""Reading folders of classes: ``train/pos/0_9.txt`` or ``pos/0_9.txt``."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from sentiment.datasets._batch import Batch, choose_split
from sentiment.datasets._bytes import open_bytes
from sentiment.datasets._decoding import decode
from sentiment.datasets._labels import FULL_NAMES
from sentiment.exceptions import DataError

UNLABELLED = "unsup"
# The name that the hub's copy of IMDB gives to what lies in train/unsup.
UNSUPERVISED = "unsupervised"

_NAMES = ("text", "label", "file")
_DIGITS = frozenset("0123456789")


def is_class_folder(directory: Path) -> bool:
    """Say whether some ``<class>/`` or ``<split>/<class>/`` holds a .txt file."""
    return bool(_class_directories(directory)) or is_flat(directory)


def is_flat(directory: Path) -> bool:
    """Say whether class folders stand there without a folder of a split above them."""
    try:
        flat = [one for one in _folders(directory) if _has_texts(one)]
    except DataError:
        return False
    return len(flat) > 1 and not _class_directories(directory)


def read_class_folder(directory: Path, split: str, encoding: str) -> Batch:
    """Read one split: columns ``text``, ``label`` and ``file``."""
    if is_flat(directory):
        folders = [one for one in _folders(directory) if _has_texts(one)]
    else:
        splits = _class_directories(directory)
        choose_split(split, list(splits), str(directory))
        folders = splits[split]
    texts: list[str] = []
    labels: list[str | None] = []
    files: list[str] = []
    for folder in folders:
        label = None if folder.name == UNLABELLED else folder.name
        for path in sorted(_text_files(folder), key=_by_name):
            with open_bytes(path) as source:
                texts.append(decode(source.read(), encoding, str(path)))
            labels.append(None if label is None else FULL_NAMES.get(label, label))
            files.append(path.relative_to(directory).as_posix())
    return Batch(
        name=str(directory),
        names=_NAMES,
        n_rows=len(texts),
        cells=tuple(pa.array(one, pa.large_string()) for one in (texts, labels, files)),
        place=lambda row: str(directory / files[row]),
        share=1.0,
    )


def _class_directories(directory: Path) -> dict[str, list[Path]]:
    """Return the folders of documents of each split, as IMDB's hub copy splits."""
    splits: dict[str, list[Path]] = {}
    for parent in _folders(directory):
        for folder in _folders(parent):
            if _has_texts(folder):
                unlabelled = folder.name == UNLABELLED
                split = UNSUPERVISED if unlabelled else parent.name
                splits.setdefault(split, []).append(folder)
    return splits


def _has_texts(folder: Path) -> bool:
    return next(_text_files(folder), None) is not None


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
