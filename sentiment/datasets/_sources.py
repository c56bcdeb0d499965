"""Which reader reads which source, and how a source is called."""

import os
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from sentiment._messages import shown
from sentiment.datasets._class_folders import is_class_folder, read_class_folder
from sentiment.datasets._datasets_folder import has_dataset_card, read_datasets_folder
from sentiment.datasets._exported_folder import exported_splits, read_exported_folder
from sentiment.datasets._files import ReadOptions, read_file, read_standard_input
from sentiment.datasets._frames import rows_of_frame
from sentiment.datasets._hub import HUB, fetch_hub_rows
from sentiment.datasets._rows import Rows
from sentiment.datasets._sample import SAMPLE, read_sample
from sentiment.exceptions import DataError

Source: TypeAlias = str | os.PathLike[str] | pd.DataFrame | None
STANDARD_INPUT = "-"


def read_source(source: Source, split: str, options: ReadOptions) -> Rows:
    """Read one split of a source; a single file is every split."""
    if isinstance(source, pd.DataFrame):
        return rows_of_frame(source)
    if source is None or source == SAMPLE:
        return read_sample(split)
    if source == STANDARD_INPUT:
        return read_standard_input(options)
    if isinstance(source, str) and source.startswith(HUB):
        return fetch_hub_rows(source, split)
    path = existing_path(source)
    if not path.is_dir():
        return read_file(path, options)
    if exported_splits(path):
        return read_exported_folder(path, split)
    if is_class_folder(path) and not has_dataset_card(path):
        return read_class_folder(path, split, options.encoding)
    return read_datasets_folder(path, split, options)


def has_splits(source: Source) -> bool:
    """Say whether a source may have more than one split; a single file has not."""
    if isinstance(source, pd.DataFrame) or source == STANDARD_INPUT:
        return False
    if source is None or source == SAMPLE:
        return True
    if isinstance(source, str) and source.startswith(HUB):
        return True
    return os.path.isdir(source)  # noqa: PTH112  (False of what is no path at all)


def split_of(source: Source, split: str) -> str | None:
    """Return the split that is read of a source; None of one without splits.

    Examples
    --------
    >>> split_of("sample", "test"), split_of("-", "test")
    ('test', None)
    """
    return split if has_splits(source) else None


def with_split(name: str, split: str | None) -> str:
    """Return the name of a source, with that of its split if it has some.

    Examples
    --------
    >>> with_split("imdb", "test"), with_split("reviews.csv", None)
    ('imdb, split test', 'reviews.csv')
    """
    return name if split is None else f"{name}, split {split}"


def source_name(source: Source) -> str:
    """Return the short name of a source, as a training run shows it.

    Parameters
    ----------
    source : str, Path, DataFrame or None
        As :func:`load_instances` takes it; it need not exist.

    Returns
    -------
    name : str
        The last part of the path or hub name.

    Examples
    --------
    >>> source_name("data/reviews.csv"), source_name("hf:stanfordnlp/imdb")
    ('reviews.csv', 'imdb')
    >>> source_name(None), source_name("-")
    ('sample', 'stdin')
    """
    if isinstance(source, pd.DataFrame):
        return "DataFrame"
    if source is None or source == SAMPLE:
        return SAMPLE
    if source == STANDARD_INPUT:
        return "stdin"
    if isinstance(source, str) and source.startswith(HUB):
        return source.removeprefix(HUB).rpartition("/")[2]
    # absolute(): the name of "." and of "data/.." is the folder's.
    path = Path(os.path.normpath(Path(source).absolute()))
    return path.name or str(path)


def is_file(source: Source) -> bool:
    """Say whether a source is one file (or pipe), not a folder or a name."""
    if not isinstance(source, str | os.PathLike) or source in (SAMPLE, STANDARD_INPUT):
        return False
    if isinstance(source, str) and (source.startswith(HUB) or not source):
        return False
    path = Path(source)
    try:
        return path.exists() and not path.is_dir()
    except OSError:
        return False


def existing_path(source: object) -> Path:
    """Return the path of a source, or refuse one that is not there."""
    if not isinstance(source, str | os.PathLike):
        raise TypeError(
            "A data source is a path, 'sample', '-', hf:owner/name or a DataFrame. "
            f"Got {type(source).__name__}."
        )
    path = Path(source)
    try:
        found = str(source) != "" and path.exists()
    except OSError:
        found = False
    if found:
        return path
    hint = ""
    if isinstance(source, str) and source.count("/") == 1 and not path.suffix:
        hint = f" For a data set on the hub write {HUB}{source}."
    raise DataError(f"No such file or folder: {shown(os.fspath(source), 200)}.{hint}")
