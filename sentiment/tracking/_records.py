"""What is recorded of a run, as plain data.

A training yields these; one file, ``_client.py``, maps each to one call of MLflow.
So what a run records can be tested as a list, without a store.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from sklearn.pipeline import Pipeline

    from sentiment.monitoring import ReferenceProfile

Context: TypeAlias = Literal["training", "validation", "test", "unlabelled"]
"""What a data set was used for in the run."""


@dataclass(frozen=True)
class Params:
    """Settings of the run: name to plain value."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Tags:
    """Facts about the run that are no setting: versions, host, source."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class JsonFile:
    """A value kept in full as a JSON file of the run."""

    path: str
    content: Any


@dataclass(frozen=True)
class TextFile:
    """A text file of the run, such as a page."""

    path: str
    text: str


@dataclass(frozen=True)
class DatasetRecord:
    """A data set that the run has read.

    Attributes
    ----------
    name : str
        Its short name.
    digest : str
        Tells it apart from other data of that name.
    context : {"training", "validation", "test", "unlabelled"}
        What it was used for.
    source_type : str
        "local", "hugging_face" or "code": a kind of source that MLflow knows.
    source : mapping
        Where it is, in the form of that kind.
    columns : mapping of str to str
        Column name to MLflow's name of its type.
    n_rows : int
        The labelled rows; of context "unlabelled", all.
    """

    name: str
    digest: str
    context: Context
    source_type: str
    source: Mapping[str, Any]
    columns: Mapping[str, str]
    n_rows: int


@dataclass(frozen=True)
class MetricHistory:
    """Metrics with one value a round, round 0 first."""

    values: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Metrics:
    """Metrics with one value; those of the model are linked to it as well."""

    values: Mapping[str, float]
    of_model: bool = False


@dataclass(frozen=True)
class FigureRecord:
    """A picture, and the path at which the run keeps it."""

    path: str
    figure: "Figure"


@dataclass(frozen=True)
class ArtifactFile:
    """A file of the user's that the run keeps, under its own name."""

    path: Path


@dataclass(frozen=True)
class ModelRecord:
    """The fitted Pipeline, and how it is logged.

    Attributes
    ----------
    pipeline : Pipeline
        Fitted.
    register, alias : str or None
        The registered name and alias it gets.
    serialization : str
        Its format.
    name : str
        What it is called within its run.
    pip_requirements, conda_env : str or None
        The file of an environment of the user's own.
    card : callable or None
        Gives the model card, given the size of the model file. It becomes the
        description of the run too.
    profile : ReferenceProfile or None
        What ``sentiment monitor`` compares new rows with.
    """

    pipeline: "Pipeline"
    register: str | None = None
    alias: str | None = None
    serialization: str = "skops"
    name: str = "model"
    pip_requirements: str | None = None
    conda_env: str | None = None
    card: Callable[[int], str] | None = None
    profile: "ReferenceProfile | None" = None


Record: TypeAlias = (
    ArtifactFile
    | Params
    | Tags
    | JsonFile
    | TextFile
    | DatasetRecord
    | MetricHistory
    | Metrics
    | FigureRecord
    | ModelRecord
)
