"""The compiled kernel, with its tables; where it was not built, the import fails."""

import secrets
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from sentiment._arrays import Ints
from sentiment.text._characters import make_tables
from sentiment.text._cleaning import STRAIGHT
from sentiment.text._vocabulary import pack_words

# Raised with each change of what the kernel's functions take or give: an older build
# that lies in the same folder is passed over.
VERSION = 5


def load_kernel() -> ModuleType:
    """Import the kernel and give it its tables.

    Raises ImportError if it was not built, or for another Python, platform or version
    of ours.
    """
    module: Any = import_module("sentiment._kernel")
    if getattr(module, "VERSION", None) != VERSION:
        raise ImportError("the kernel is of another version of sentiment")
    quotes = {ord(curly): straight for curly, straight in STRAIGHT.items()}
    module.prepare(*make_tables(), quotes)
    module.set_seed(secrets.randbits(64))
    return module


kernel: Any = load_kernel()


def make_table(words: pa.Array) -> Any:
    """Return words as the kernel searches them."""
    table = kernel.WordTable(len(words))
    text, offsets = pack_words(words)
    table.add_words(text if len(text) else np.zeros(1, np.uint8), offsets)
    return table


@lru_cache(maxsize=16)
def table_of(words: tuple[str, ...]) -> Any:
    """Return the table of a few words; the last ones are kept."""
    return make_table(pa.array(words, pa.string()))


def running_total(sizes: Any) -> Ints:
    """Return the offsets of parts of such sizes."""
    total = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=total[1:])
    return total
