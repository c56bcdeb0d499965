"""Read Pipelines of ours from a skops file without skops, by a closed list.

skops imports every estimator of scikit-learn to know which types are harmless, which
takes longer than anything else in front of a first answer. Our own Pipelines are made
of a dozen types. A file that holds anything else is left to skops, which knows its
name.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np

from sentiment.persistence._archive import TRUSTED_TYPES

_PROTOCOL = 2
_CLASSES = frozenset({*TRUSTED_TYPES, "sklearn.pipeline.Pipeline"})
_TYPES = {"builtins.str": str, "numpy.int64": np.int64, "numpy.float64": np.float64}
_UNDONE = object()


class ForeignFileError(Exception):
    """The file holds something that only skops can judge."""


def read_ours(data: bytes) -> Any:
    """Return the object in a skops file, as ``skops.io.loads`` would build it.

    Nothing is built before all of the file is known to be on the list.

    Raises ForeignFileError if it is no such file, or holds a type that is not on our
    list.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            schema = json.loads(packed.read("schema.json"))
            if type(schema["protocol"]) is not int or schema["protocol"] != _PROTOCOL:
                raise ForeignFileError("another protocol of skops")
            _check(schema)
            return _Builder(packed).build(schema)
    except Exception as error:  # damage is for skops to name
        raise ForeignFileError(str(error)) from error


def _check(node: dict[str, Any]) -> None:
    """Refuse a node that is not on the list, or has such a node within."""
    loader, name = node["__loader__"], _name(node)
    if loader not in _MEMBERS or not _MEMBERS[loader](name):
        raise ForeignFileError(f"{loader} of {name}")
    if loader == "NdArrayNode" and node["type"] != "numpy":
        raise ForeignFileError("an array of objects")
    for one in _iter_inside(loader, node):
        _check(one)


def _iter_inside(loader: str, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    content = node.get("content")
    if loader == "DictNode":
        keys = node["key_types"]["content"]
        if [_name(one) for one in keys] != ["builtins.str"] * len(node["content"]):
            raise ForeignFileError("keys that are no str")
        yield from (node["key_types"], *node["content"].values())
    elif loader in ("ListNode", "TupleNode"):
        yield from node["content"]
    elif loader == "ObjectNode" and content is not None:
        yield content


def _name(node: dict[str, Any]) -> str:
    return f"{node['__module__']}.{node['__class__']}"


_MEMBERS: dict[str, Callable[[str], bool]] = {
    "JsonNode": lambda name: True,
    "DictNode": "builtins.dict".__eq__,
    "ListNode": "builtins.list".__eq__,
    "TupleNode": "builtins.tuple".__eq__,
    "NdArrayNode": "numpy.ndarray".__eq__,
    "TypeNode": _TYPES.__contains__,
    "ObjectNode": _CLASSES.__contains__,
}
"""What each kind of node may be."""


class _Builder:
    """Builds what nodes stand for; what has the same number is the same object."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._built: dict[int, Any] = {}

    def build(self, node: dict[str, Any]) -> Any:
        number = node.get("__id__")
        if number in self._built:
            if self._built[number] is _UNDONE:
                raise ForeignFileError("an object within itself")
            return self._built[number]
        if number:
            self._built[number] = _UNDONE
        made = getattr(self, f"_build_{node['__loader__']}")(node)
        if number:
            self._built[number] = made
        return made

    def _build_JsonNode(self, node: dict[str, Any]) -> Any:  # noqa: N802
        return json.loads(node["content"])

    def _build_TypeNode(self, node: dict[str, Any]) -> Any:  # noqa: N802
        return _TYPES[_name(node)]

    def _build_ListNode(self, node: dict[str, Any]) -> Any:  # noqa: N802
        return [self.build(one) for one in node["content"]]

    def _build_TupleNode(self, node: dict[str, Any]) -> Any:  # noqa: N802
        return tuple(self.build(one) for one in node["content"])

    def _build_DictNode(self, node: dict[str, Any]) -> Any:  # noqa: N802
        return {name: self.build(one) for name, one in node["content"].items()}

    def _build_NdArrayNode(self, node: dict[str, Any]) -> Any:  # noqa: N802
        file = io.BytesIO(self._packed.read(node["file"]))
        return np.lib.format.read_array(file, allow_pickle=False)

    def _build_ObjectNode(self, node: dict[str, Any]) -> Any:  # noqa: N802
        module, _, name = _name(node).rpartition(".")
        kind = getattr(import_module(module), name)
        made = kind.__new__(kind)
        if node.get("content") is not None:
            state = self.build(node["content"])
            if hasattr(made, "__setstate__"):
                made.__setstate__(state)
            else:
                made.__dict__.update(state)
        return made
