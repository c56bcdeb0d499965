"""Reading a local folder that ``datasets.load_dataset`` reads.

``datasets`` says which files make up which split and what the classes are called.
The files themselves are read by this package where it knows the format, so that
refusals name the file and row, an empty CSV cell stays a document, and nothing
is copied into a cache.
"""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sentiment.datasets import _hub_library as library
from sentiment.datasets._batch import Batch, choose_split
from sentiment.datasets._frames import feature_names
from sentiment.datasets._source import Source
from sentiment.exceptions import DataError
from sentiment.formats import ENDINGS

# Fields of a builder's configuration that say which data, not how to read it.
_WHICH_DATA = {"name", "version", "data_dir", "data_files", "description", "features"}
# How to read it, but understood here too; a .tsv file sets sep by itself.
_UNDERSTOOD = {"sep", "delimiter"}
# zip://*.csv::reviews.zip is a file inside a local archive.
_LOCAL_PROTOCOLS = {"file", "zip", "tar", "gzip", "bz2", "xz", "lz4", "zstd"}


def has_dataset_card(directory: Path) -> bool:
    """Say whether a folder describes itself as ``datasets`` wants it."""
    return bool(re.search(r"^(configs|dataset_info):", _card(directory), re.M))


def read_datasets_folder(
    directory: Path, split: str, source: Source, read_files: Callable[[Source], Batch]
) -> Batch:
    """Read one split of a folder, without network and without leaving a cache.

    ``read_files`` reads the files that the library names.
    """
    import datasets

    _refuse_remote_files(directory)
    with (
        TemporaryDirectory(prefix="sentiment-", ignore_cleanup_errors=True) as cache,
        library.offline(),
        library.quiet(),
    ):
        try:
            builder = datasets.load_dataset_builder(
                str(directory.resolve()), cache_dir=cache
            )
        except Exception as error:  # whatever the library's many readers raise
            raise _none_of_the_layouts(directory, error) from None
        paths = _plain_files(builder, split, directory)
        if paths is None:
            return _prepare(builder, split, directory)
        delimiter = getattr(builder.config, "sep", None)
        names = feature_names(builder.info.features)
    source = replace(
        source, data=paths, input_format=None, delimiter=source.delimiter or delimiter
    )
    rows = read_files(source)
    return replace(rows, name=str(directory), class_names={**rows.class_names, **names})


def _card(directory: Path) -> str:
    """Return the YAML in which a folder describes itself to ``datasets``."""
    found = ""
    for name in (".huggingface.yaml", "README.md"):
        try:
            text = (directory / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if name == "README.md":
            front = re.match(r"---[ \t]*\n(.*?)^---", text, re.S | re.M)
            text = front[1] if front else ""
        found += text + "\n"
    return found


def _refuse_remote_files(directory: Path) -> None:
    # Offline mode does not keep the library from looking for an https:// file.
    for configs in re.findall(
        r"^configs:.*?(?=^[^\s-]|\Z)", _card(directory), re.S | re.M
    ):
        for protocol in re.findall(r"(\w+)://", configs):
            if protocol not in _LOCAL_PROTOCOLS:
                raise DataError(
                    f"{directory}: its README.md names data files on the network "
                    f"({protocol}://). Download them beside it, or use "
                    "hf:owner/name for a data set on the hub."
                )


def _prepare(builder: Any, split: str, directory: Path) -> Batch:
    try:
        return library.prepared_rows(builder, split, str(directory))
    except DataError:
        raise
    except Exception as error:  # whatever the library's many readers raise
        raise DataError(
            f"{directory} cannot be read by the datasets library "
            f"({library.reason(error)}). Convert it to csv, jsonl or parquet files."
        ) from None


def _plain_files(builder: Any, split: str, directory: Path) -> list[Path] | None:
    """Return the files of a split if all can be read here, with no special setting."""
    data_files = builder.config.data_files
    if not data_files:
        return None
    choose_split(split, [str(key) for key in data_files], str(directory))
    config = builder.config
    default = type(config)()
    for setting in fields(config):
        if setting.name in _WHICH_DATA | _UNDERSTOOD:
            continue
        if getattr(config, setting.name) != getattr(default, setting.name):
            return None
    paths = [Path(file) for file in data_files[split]]
    plain = (_ending(path) in ENDINGS and path.is_file() for path in paths)
    return paths if all(plain) else None


def _ending(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _none_of_the_layouts(directory: Path, error: Exception) -> DataError:
    return DataError(
        f"{directory} is a folder of no known layout. Looked for text files as in "
        "aclImdb (train/pos/*.txt), for files written by `sentiment etl` "
        "(instances_train.parquet), and for what datasets.load_dataset reads "
        f"({library.reason(error)})."
    )
