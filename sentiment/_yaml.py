"""YAML as people write it."""

import re
from typing import Any

import yaml
from yaml import YAMLError

__all__ = ["YAMLError", "read_yaml"]


class _Loader(yaml.SafeLoader):
    """PyYAML follows YAML 1.1, in which 1e-4, without a point, is a text."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def read_yaml(text: str) -> Any:
    """Return what a YAML text holds: plain values, lists and mappings.

    Raises
    ------
    YAMLError
        If it is no YAML, or asks for other objects.

    Examples
    --------
    >>> read_yaml("min_df: [1e-4, 0.001, 2]")
    {'min_df': [0.0001, 0.001, 2]}
    """
    return yaml.load(text, Loader=_Loader)
