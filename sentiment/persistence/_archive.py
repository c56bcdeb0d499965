"""A skops file as the archive that it is: what it may take, and what it names.

It is a zip archive; 3 MB inflate to 3 GB.
"""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sentiment._messages import shown
from sentiment._old_names import OLD_NAMES
from sentiment.exceptions import ModelError

DEFAULT_LIMIT = 1 << 30
"""80 times what a model of a million n-grams takes."""

_VARIABLE = "SENTIMENT_MAX_MODEL_BYTES"
_SCHEMA = "schema.json"
# The objects that JSON stands for take some 20 times its bytes.
_SCHEMA_SHARE = 16
_CHUNK = 1 << 20


# What skops trusts without being told (scikit-learn's estimators, NumPy arrays, plain
# containers) needs no entry. A class belongs here when its ``__setstate__`` and its
# attributes can do no harm whatever a file puts in them: it must not open a path,
# import a name or call what it is given.
TRUSTED_TYPES = (
    *(f"sentiment.{name}" for name in OLD_NAMES.values()),
    "sentiment.prior.Prior",
    # As models of before name them, and skops does of its own accord.
    *(f"{module}.{name}" for module, name in OLD_NAMES.items()),
)
"""The types that a logged model may hold: a constant list, and nothing else.

skops builds only what it is told to trust. MLflow takes that list from the model's
own MLmodel file, so a crafted model says itself what to trust; :func:`load_model` and
the servers pass this list instead and refuse the rest by name.
"""


def find_limit(max_bytes: int | None) -> int:
    """Return the most bytes of a model: as given, of the environment, or 1 GiB.

    Raises ModelError if it is no number of bytes.
    """
    given = os.environ.get(_VARIABLE) if max_bytes is None else max_bytes
    if given is None:
        return DEFAULT_LIMIT
    try:
        limit = int(given)
    except (TypeError, ValueError):
        limit = 0
    if limit < 1:
        raise ModelError(
            f"The most bytes of a model (max_bytes, {_VARIABLE}) must be a whole "
            f"number, 1 or more. Got {shown(given)}."
        )
    return limit


def check_size(path: Path, size: int, limit: int, what: str = "takes") -> None:
    """Refuse a model file that is larger than allowed."""
    if size > limit:
        raise ModelError(
            f"{path} {what} {size:,} bytes; at most {limit:,} are read. If you trust "
            f"its source, allow more with {_VARIABLE}={size} in the environment, or "
            "max_bytes of load_model."
        )


def bound_archive(path: Path, data: bytes, limit: int) -> bytes:
    """Return an archive of the same files that takes no more room than it says.

    The sizes that the archive states are checked before anything is read. Files that
    are compressed are inflated here, up to their stated size and not beyond; skops
    would inflate whatever there is.

    Raises ModelError if it is larger than allowed, and BadZipFile, ValueError if it is
    no such archive.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = packed.infolist()
        sizes = {member.filename: member.file_size for member in members}
        if len(sizes) < len(members):
            raise ValueError("a name stands twice in the archive")
        check_size(path, sum(sizes.values()), limit, "inflates to")
        schema = sizes.get(_SCHEMA, 0)
        check_size(path, schema * _SCHEMA_SHARE, limit, "would take, with its objects,")
        check_size(path, _count_read(packed, sizes), limit, "is read as")
        if all(member.compress_type == zipfile.ZIP_STORED for member in members):
            return data
        return _inflate(packed)


def name_publicly(path: Path) -> None:
    """Let a skops file of ours name our classes by their public paths."""
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    schema = json.loads(files[_SCHEMA])
    for node in _iter_objects(schema):
        name = OLD_NAMES.get(node.get("__module__", ""))
        if name is not None and name == node["__class__"]:
            node["__module__"] = "sentiment"
    files[_SCHEMA] = json.dumps(schema, indent=2).encode()
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)


def _count_read(packed: zipfile.ZipFile, sizes: dict[str, int]) -> int:
    """Return the bytes that skops reads: a file once for each array that names it."""
    schema = json.loads(b"".join(_iter_chunks(packed, _SCHEMA)))
    named = {
        (str(node.get("__id__")), str(node["file"]))
        for node in _iter_objects(schema)
        if "file" in node
    }
    return sum(sizes.get(file, 0) for _, file in named)


def _iter_objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _inflate(packed: zipfile.ZipFile) -> bytes:
    flat = io.BytesIO()
    with zipfile.ZipFile(flat, "w") as unpacked:
        for name in packed.namelist():
            unpacked.writestr(name, b"".join(_iter_chunks(packed, name)))
    return flat.getvalue()


def _iter_chunks(packed: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    kind = packed.getinfo(name).compress_type
    if kind not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Python inflates other kinds without a bound.
        raise ValueError(f"compression of kind {kind}; skops stores or deflates")
    with packed.open(name) as file:
        # In small parts: of a whole file, zipfile inflates up to 2 GB and then cuts.
        while chunk := file.read(_CHUNK):
            yield chunk
