"""How a training is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sentiment.persistence import DEFAULT_NAME
from sentiment.training._hook import Hook


@dataclass(frozen=True)
class Recording:
    """How a training is recorded: arguments of ``train``, checked.

    Attributes
    ----------
    environment : mapping of str to str
        ``pip_requirements`` or ``conda_env``, if one is given.
    nested : bool
        Whether the run is the child of the active one.
    """

    experiment: str
    run_name: str | None = None
    register: str | None = None
    alias: str | None = None
    model_name: str = DEFAULT_NAME
    serialization: str = "skops"
    environment: Mapping[str, str] = field(default_factory=dict)
    artifacts: Sequence[Path] = ()
    hook: Hook | None = None
    nested: bool = False
