"""Folders of classes, ``train/pos/0_9.txt`` or ``pos/0_9.txt``: which there are."""

import re
from collections.abc import Iterator
from pathlib import Path

from sentiment.exceptions import DataError

UNLABELLED = "unsup"
# The name that the hub's copy of IMDB gives to what lies in train/unsup.
UNSUPERVISED = "unsupervised"

_DIGITS = frozenset("0123456789")


def is_class_folder(directory: Path) -> bool:
    """Say whether some ``<class>/`` or ``<split>/<class>/`` holds a .txt file."""
    return bool(class_directories(directory)) or is_flat(directory)


def is_flat(directory: Path) -> bool:
    """Say whether class folders stand there without a folder of a split above them."""
    try:
        flat = [one for one in folders(directory) if has_texts(one)]
    except DataError:
        return False
    return len(flat) > 1 and not class_directories(directory)


def class_directories(directory: Path) -> dict[str, list[Path]]:
    """Return the folders of documents of each split, as IMDB's hub copy splits."""
    splits: dict[str, list[Path]] = {}
    for parent in folders(directory):
        for folder in folders(parent):
            if has_texts(folder):
                unlabelled = folder.name == UNLABELLED
                split = UNSUPERVISED if unlabelled else parent.name
                splits.setdefault(split, []).append(folder)
    return splits


def has_texts(folder: Path) -> bool:
    return next(text_files(folder), None) is not None


def folders(directory: Path) -> list[Path]:
    try:
        return sorted(
            (
                path
                for path in directory.iterdir()
                if path.is_dir() and not path.name.startswith(".")
            ),
            key=by_name,
        )
    except OSError as error:
        raise DataError(f"{directory} cannot be read ({error.strerror}).") from None


def text_files(folder: Path) -> Iterator[Path]:
    # Dot files: macOS leaves ._0_9.txt beside 0_9.txt.
    return (path for path in folder.glob("*.txt") if not path.name.startswith("."))


def by_name(path: Path) -> tuple[list[tuple[int, str]], str]:
    return natural_order(path.name)


def natural_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """Order 2_7.txt before 10_9.txt, the same on every file system."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    key = [(int(part), "") if part[0] in _DIGITS else (-1, part) for part in parts]
    return key, name
