"""Reading folders of classes: ``train/pos/0_9.txt`` or ``pos/0_9.txt``."""

from pathlib import Path

import pyarrow as pa

from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batch import Batch, choose_split
from sentiment.datasets._bytes import open_bytes
from sentiment.datasets._class_layout import (
    UNLABELLED,
    by_name,
    class_directories,
    folders,
    has_texts,
    is_flat,
    text_files,
)
from sentiment.datasets._decoding import decode
from sentiment.datasets._labels import FULL_NAMES
from sentiment.datasets._source import Source
from sentiment.exceptions import DataError

_NAMES = ("text", "label", "file")


def read_class_folder(directory: Path, split: str, source: Source) -> Batch:
    """Read one split: columns ``text``, ``label`` and ``file``."""
    if is_flat(directory):
        classes = [one for one in folders(directory) if has_texts(one)]
    else:
        splits = class_directories(directory)
        choose_split(split, list(splits), str(directory))
        classes = splits[split]
    lenient = source.on_bad_rows != "fail"
    texts: list[str | None] = []
    labels: list[str | None] = []
    files: list[str] = []
    faults: dict[int, Fault] = {}
    for folder in classes:
        label = None if folder.name == UNLABELLED else folder.name
        for path in sorted(text_files(folder), key=by_name):
            try:
                texts.append(_read_text(path, source.encoding))
            except DataError as error:
                if not lenient:
                    raise
                faults[len(texts)] = Fault(str(error).rstrip("."))
                texts.append(None)
            labels.append(None if label is None else FULL_NAMES.get(label, label))
            files.append(path.relative_to(directory).as_posix())
    return Batch(
        name=str(directory),
        names=_NAMES,
        n_rows=len(texts),
        cells=tuple(pa.array(one, pa.large_string()) for one in (texts, labels, files)),
        place=lambda row: str(directory / files[row]),
        faults=faults,
        share=1.0,
    )


def _read_text(path: Path, encoding: str) -> str:
    with open_bytes(path) as opened:
        return decode(opened.read(), encoding, str(path))
