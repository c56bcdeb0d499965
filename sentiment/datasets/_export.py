"""Writing one split as instances and labels, whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.datasets._arrow import POSITION
from sentiment.datasets._exported_folder import INSTANCES, LABELS
from sentiment.datasets._labelled import LabelledRows
from sentiment.datasets._source import Data, ReadingOptions, source_of
from sentiment.documents import text_series
from sentiment.exceptions import DataError


@dataclass(frozen=True)
class ExportSummary:
    """What :func:`export_split` wrote.

    Attributes
    ----------
    instances_path : Path
        The file of documents.
    labels_path : Path or None
        The file of labels; None when no row has one.
    n_instances, n_labels : int
        The rows of each.
    """

    instances_path: Path
    labels_path: Path | None
    n_instances: int
    n_labels: int


def export_split(
    source: Data,
    split: str,
    directory: str | os.PathLike[str],
    *,
    force: bool = False,
    **reading: Unpack[ReadingOptions],
) -> ExportSummary:
    """Write one split as ``instances_<split>.parquet`` and ``labels_<split>.parquet``.

    Both files are written beside their target and renamed, so that an
    interruption leaves the folder as it was.

    Parameters
    ----------
    source, split
        As in :func:`load_reviews`.
    directory : str or Path
        Where to write; made when it does not exist.
    force : bool, default=False
        Replace files that exist. Labels of an earlier export are then removed
        when this one has none.
    **reading
        How the source is read: the keywords of :class:`Source`. If no ``label_column``
        is named and there is no column ``label``, no labels are written.

    Returns
    -------
    summary : ExportSummary
        The paths and row counts.

    Raises
    ------
    DataError
        If the source cannot be read, the folder not be written, or a file exists.

    Notes
    -----
    When only some rows are labelled, the labels file keeps the positions of their
    instances as its index, named ``row``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> reviews = pd.DataFrame({"text": ["Dull.", "?"], "label": ["bad", None]})
    >>> with TemporaryDirectory() as folder:
    ...     summary = export_split(reviews, "train", folder)
    ...     pd.read_parquet(summary.labels_path)
        label
    row
    0     bad
    """
    instances_path, labels_path = _targets(Path(directory), split)
    if not force:
        _refuse_existing(instances_path, labels_path)
    given = source_of(source, split, **reading)
    named = "label_column" in reading or given.label_names is not None
    rows = LabelledRows(given, labels="named" if named else "optional")
    texts = text_series(rows.read_texts())
    labels: pd.Series | None = rows.read_labels()
    rows.list_bad_rows()
    if labels is not None and labels.empty:
        labels = None
    _write(instances_path, labels_path, texts, labels)
    return ExportSummary(
        instances_path=instances_path,
        labels_path=None if labels is None else labels_path,
        n_instances=len(texts),
        n_labels=0 if labels is None else len(labels),
    )


def _targets(directory: Path, split: str) -> tuple[Path, Path]:
    if not split or "/" in split or "\\" in split or "\0" in split:
        raise DataError(
            f"Split {split!r} cannot be part of a file name. Use a name without "
            "slashes."
        )
    return (
        directory / INSTANCES.format(split=split),
        directory / LABELS.format(split=split),
    )


def _refuse_existing(*paths: Path) -> None:
    for path in paths:
        if os.path.lexists(path):
            raise DataError(f"{path} exists. Pass force=True to replace it.")


def _write(
    instances_path: Path, labels_path: Path, texts: pd.Series, labels: pd.Series | None
) -> None:
    directory = instances_path.parent
    try:
        with _made(directory), ExitStack() as files:
            instances_file = files.enter_context(_beside(instances_path))
            pq.write_table(_instances_table(texts), instances_file)
            if labels is not None:
                labels_file = files.enter_context(_beside(labels_path))
                pq.write_table(_labels_table(labels, len(texts)), labels_file)
            # Old labels go first: interrupted between the steps, the folder may
            # lack labels, but never pairs new instances with the labels of others.
            labels_path.unlink(missing_ok=True)
            instances_file.replace(instances_path)
            if labels is not None:
                labels_file.replace(labels_path)
    except OSError as error:
        raise DataError(
            f"{directory} cannot be written ({error.strerror or error}). "
            "Choose another folder."
        ) from None


def _instances_table(texts: pd.Series) -> pa.Table:
    return pa.table({"text": pa.array(texts)})


def _labels_table(labels: pd.Series, n_rows: int) -> pa.Table:
    partial = len(labels) < n_rows
    frame = labels.rename_axis(POSITION).to_frame() if partial else labels.to_frame()
    return pa.Table.from_pandas(frame, preserve_index=partial)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a temporary path in the target's folder, gone at the end if not renamed."""
    path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _made(directory: Path) -> Iterator[None]:
    """Make a folder and its parents, and unmake them if the block fails."""
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in missing:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise
