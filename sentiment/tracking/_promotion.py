"""Give a registered model an alias, if it is better than the one that has it."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sentiment.exceptions import TrackingError
from sentiment.persistence import resolve_model_uri
from sentiment.suggestions import did_you_mean
from sentiment.tracking._store import explain, open_store

if TYPE_CHECKING:
    from mlflow import MlflowClient

METRICS = ("accuracy", "roc_auc", "log_loss")
"""What two models are compared by; of log loss, less is better."""
_LESS_IS_BETTER = ("log_loss",)
_PARTS = (("test", "test"), ("validation", "validation"))
_REGISTERED = re.compile(r"models:/+(?!m-)([^/@]+)(?:/(\d+)|@([^/@]+))")


@dataclass(frozen=True)
class Promotion:
    """What :func:`promote` has found and done.

    Attributes
    ----------
    name, version : str
        The registered model and the version that wants the alias.
    alias : str
        What it wants.
    promoted : bool
        Whether it has the alias now.
    champion : str or None
        The version that had the alias before; None if there was none.
    metric : str or None
        What they were compared by; None if they were not.
    data : str or None
        On which data.
    value, champion_value : float or None
        The metric of the two.
    """

    name: str
    version: str
    alias: str
    promoted: bool
    champion: str | None
    metric: str | None = None
    data: str | None = None
    value: float | None = None
    champion_value: float | None = None

    @property
    def had_alias(self) -> bool:
        """Whether the version had the alias before, so that nothing was done."""
        return self.champion == self.version

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment promote --format json`` prints."""
        return asdict(self) | {"had_alias": self.had_alias}


def promote(
    model: str,
    *,
    alias: str = "champion",
    if_better: str | None = None,
    measure: Callable[[str], float] | None = None,
    data: str | None = None,
) -> Promotion:
    """Give a version of a registered model an alias.

    Parameters
    ----------
    model : str
        ``models:/NAME/VERSION`` or ``models:/NAME@ALIAS``.
    alias : str, default="champion"
        The alias; the version that has it now loses it.
    if_better : {"accuracy", "roc_auc", "log_loss"}, default=None
        Only if this is strictly better than that of the version that has the alias
        now, on the same data. None asks for nothing.
    measure : callable, default=None
        Given a model, returns its ``if_better`` on the data that both are compared on.
        None compares what the two trainings recorded, if that was on the same data.
    data : str, default=None
        What these data are called in the result.

    Returns
    -------
    promotion : Promotion
        With ``promoted``. A version that has the alias already keeps it, compared with
        nothing: ``had_alias``.

    Raises
    ------
    InvalidParameterError
        If there is no such metric.
    TrackingError
        If there is no such version, or the two cannot be compared.
    """
    if if_better is not None and if_better not in METRICS:
        from sentiment._sklearn import InvalidParameterError

        raise InvalidParameterError(
            "The 'if_better' parameter of promote must be a str among "
            f"{list(METRICS)} or None. Got {if_better!r} instead."
            f"{did_you_mean(if_better, METRICS)}"
        )
    client = open_store()
    from mlflow.exceptions import MlflowException

    try:
        return _promote(client, model, alias, if_better, measure, data)
    except MlflowException as error:
        raise TrackingError(f"{model} cannot be promoted: {explain(error)}") from error


def _promote(
    client: "MlflowClient",
    model: str,
    alias: str,
    metric: str | None,
    measure: Callable[[str], float] | None,
    data: str | None,
) -> Promotion:
    wants = _find_version(client, model)
    has = _version_with(client, wants.name, alias)
    found = Promotion(wants.name, str(wants.version), alias, True, has, metric, data)
    if found.had_alias:
        return found
    if metric is not None and has is not None:
        champion = client.get_model_version(wants.name, has)
        if measure is None:
            data, value, other = _recorded(client, wants, champion, metric)
        else:
            value, other = (
                measure(f"models:/{one.name}/{one.version}")
                for one in (wants, champion)
            )
        better = value < other if metric in _LESS_IS_BETTER else value > other
        found = replace(found, promoted=better, data=data, value=value)
        found = replace(found, champion_value=other)
    if found.promoted:
        if _version_with(client, wants.name, alias) != has:
            raise TrackingError(
                f"The alias {alias!r} of {wants.name} was given to another version in "
                "the meantime. Compare again."
            )
        client.set_registered_model_alias(wants.name, alias, wants.version)
    return found


def _version_with(client: "MlflowClient", name: str, alias: str) -> str | None:
    has = client.get_registered_model(name).aliases.get(alias)
    # Embedded stores give numbers, servers text.
    return None if has is None else str(has)


def _find_version(client: "MlflowClient", model: str) -> Any:
    found = _REGISTERED.fullmatch(resolve_model_uri(model))
    if found is None:
        raise TrackingError(
            f"An alias belongs to a registered model. Got {model!r}. Name a version, "
            "models:/NAME/3; a training with register='NAME' makes one."
        )
    name, version, alias = found.groups()
    if alias is not None:
        return client.get_model_version_by_alias(name, alias)
    return client.get_model_version(name, version)


def _recorded(
    client: "MlflowClient", wants: Any, champion: Any, metric: str
) -> tuple[str, float, float]:
    """Return the metric that both trainings recorded on the same rows."""
    runs = [client.get_run(one.run_id) for one in (wants, champion) if one.run_id]
    for part, context in _PARTS:
        digests = [_digests(run, context) for run in runs]
        values = [run.data.metrics.get(f"{part}_{metric}") for run in runs]
        if len(runs) == 2 and digests[0] and digests[0] == digests[1]:
            value, other = values
            if value is not None and other is not None:
                return digests[0][0], value, other
    raise TrackingError(
        f"Version {wants.version} of {wants.name} and version {champion.version} were "
        f"not measured on the same data when they were trained. Name some with data=..."
    )


def _digests(run: Any, context: str) -> list[str]:
    """Return name and digest of the data that a run has used for something."""
    for given in run.inputs.dataset_inputs if run.inputs else []:
        if any(tag.value == context for tag in given.tags):
            return [given.dataset.name, given.dataset.digest]
    return []
