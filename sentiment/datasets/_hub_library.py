"""The ``datasets`` library, made quiet and kept off the network where asked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock
from typing import Any

import pyarrow as pa

from sentiment.datasets._arrow import batch_of_table
from sentiment.datasets._batch import Batch, choose_split
from sentiment.datasets._frames import feature_names
from sentiment.exceptions import DataError

# Both libraries keep these settings once for the whole process.
_settings_lock = RLock()


@contextmanager
def offline() -> Iterator[None]:
    """Forbid ``datasets`` and ``huggingface_hub`` the network, for this block only.

    Not through ``HF_HUB_OFFLINE``: both read the variable when they are imported,
    and child processes would inherit it.
    """
    import datasets
    import huggingface_hub

    settings: tuple[Any, ...] = (datasets.config, huggingface_hub.constants)
    with _settings_lock:
        before = [module.HF_HUB_OFFLINE for module in settings]
        try:
            for module in settings:
                module.HF_HUB_OFFLINE = True
            yield
        finally:
            for module, value in zip(settings, before, strict=True):
                module.HF_HUB_OFFLINE = value


@contextmanager
def quiet(*, progress: bool = False) -> Iterator[None]:
    """Keep the libraries' log lines from stderr: an error is told once, by us."""
    import datasets

    loggers = [logging.getLogger(name) for name in ("datasets", "huggingface_hub")]
    with _settings_lock:
        levels = [logger.level for logger in loggers]
        bars = not datasets.utils.are_progress_bars_disabled()
        try:
            for logger in loggers:
                logger.setLevel(logging.CRITICAL)
            if bars and not progress:
                datasets.disable_progress_bars()
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
            if bars:
                datasets.enable_progress_bars()


def prepared_rows(builder: Any, split: str, name: str) -> Batch:
    """Let a builder prepare its data, and read one split of it into memory."""
    known = builder.config.data_files or builder.info.splits
    if known:
        choose_split(split, [str(key) for key in known], name)
    builder.download_and_prepare()
    choose_split(split, [str(key) for key in builder.info.splits], name)
    prepared = builder.as_dataset(split=split, in_memory=True)
    table = prepared.with_format("arrow")[:]
    if not isinstance(table, pa.Table):
        table = pa.Table.from_batches(table.to_batches())
    if table.num_rows == 0:
        raise DataError(f"{name} has no rows in split {split!r}.")
    rows = batch_of_table(table, name)
    names = {**rows.class_names, **feature_names(prepared.features)}
    return replace(rows, class_names=names)


def reason(error: BaseException) -> str:
    """Return the first line of what the library says of the first cause."""
    while error.__cause__ is not None:
        error = error.__cause__
    first, *others = str(error).strip().split("\n")
    if "config" in first.lower() and others:
        # "Config name is missing." is followed by those there are.
        first = f"{first} {others[0]}"
    return first.rstrip(".") or type(error).__name__
