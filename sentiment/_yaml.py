"""YAML as people write it, and as MLflow does: plain values, of a bounded size."""

import re
from typing import Any

import yaml
from yaml import YAMLError

__all__ = ["YAMLError", "read_mlflow_yaml", "read_yaml"]

# A file of MLflow has some hundred of them, and is read at 100,000 a second.
_MOST_CHARACTERS = 1_000_000
_MOST_VALUES = 100_000
# 1:59:59 is an integer, too, and takes time in the square of its digits.
_INTEGER, _MOST_DIGITS = "tag:yaml.org,2002:int", 1000


class _Loader(yaml.SafeLoader):
    """PyYAML follows YAML 1.1, in which 1e-4, without a point, is a text."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def read_yaml(text: str) -> Any:
    """Return what a YAML text holds: plain values, lists and mappings.

    Raises YAMLError if it is no YAML, asks for other objects, is nested too deeply to
    be read, or has over a million characters or, with all aliases written out, 100,000
    values.

    Examples
    --------
    >>> read_yaml("min_df: [1e-4, 0.001, 2]")
    {'min_df': [0.0001, 0.001, 2]}
    """
    return _read(text, _Loader)


def read_mlflow_yaml(text: str) -> Any:
    """Return what a YAML text holds that MLflow has written; see :func:`read_yaml`.

    To MLflow a run id such as ``12e34`` is a text, and it writes it without quotes.

    Raises YAMLError as :func:`read_yaml`.
    """
    return _read(text, yaml.SafeLoader)


def _read(text: str, kind: type[yaml.SafeLoader]) -> Any:
    if len(text) > _MOST_CHARACTERS:
        raise YAMLError(
            f"it has {len(text):,} characters; at most {_MOST_CHARACTERS:,} are read"
        )
    try:
        loader = kind(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if _count_values(node, {}) > _MOST_VALUES:
            raise YAMLError(f"its aliases stand for more than {_MOST_VALUES:,} values")
        return loader.construct_document(node)
    except YAMLError:
        raise
    except RecursionError:
        raise YAMLError("it is nested too deeply to be read") from None
    except Exception as error:  # PyYAML lets through what `!!bool 5` or month 13 raise
        raise YAMLError(f"it holds a value that cannot be read: {error}") from None


def _count_values(node: yaml.Node, known: dict[int, float]) -> float:
    """Count the values below a node, each alias as all that it stands for.

    What has itself below it counts as infinitely many.
    """
    if id(node) not in known:
        known[id(node)] = float("inf")
        parts = node.value if isinstance(node, yaml.CollectionNode) else []
        if isinstance(node, yaml.MappingNode):
            parts = [one for pair in node.value for one in pair]
        known[id(node)] = 1.0 + sum(_count_values(one, known) for one in parts)
        if node.tag == _INTEGER and len(node.value) > _MOST_DIGITS:
            raise YAMLError(f"it holds a number of {len(node.value):,} digits")
    return known[id(node)]
