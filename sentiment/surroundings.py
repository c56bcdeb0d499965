"""Environment variables and loggers of the process, set for the length of a block."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

__all__ = ["environment", "quiet"]


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables, which libraries read when they act on them, and put them back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def quiet(*names: str, level: int) -> Iterator[None]:
    """Hide what loggers say below a level, unless they hide more already."""
    loggers = [logging.getLogger(name) for name in names]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(max(one.level, level))
    try:
        yield
    finally:
        for one, was in zip(loggers, before, strict=True):
            one.setLevel(was)
