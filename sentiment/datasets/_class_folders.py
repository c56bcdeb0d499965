"""Reading folders of classes: ``train/pos/0_9.txt`` or ``pos/0_9.txt``."""

from pathlib import Path

import pyarrow as pa

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

_NAMES = ("text", "label", "file")


def read_class_folder(directory: Path, split: str, encoding: str) -> Batch:
    """Read one split: columns ``text``, ``label`` and ``file``."""
    if is_flat(directory):
        classes = [one for one in folders(directory) if has_texts(one)]
    else:
        splits = class_directories(directory)
        choose_split(split, list(splits), str(directory))
        classes = splits[split]
    texts: list[str] = []
    labels: list[str | None] = []
    files: list[str] = []
    for folder in classes:
        label = None if folder.name == UNLABELLED else folder.name
        for path in sorted(text_files(folder), key=by_name):
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
