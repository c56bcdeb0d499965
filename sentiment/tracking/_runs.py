"""What was trained: the runs in the store, newest first."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sentiment._messages import shown
from sentiment.exceptions import TrackingError
from sentiment.suggestions import did_you_mean
from sentiment.tracking._orphans import end_orphans
from sentiment.tracking._store import (
    explain,
    has_store,
    open_store,
    read_pages,
    store_uri,
)

KIND = "sentiment.kind"
"""The tag that tells our runs from others in the same store."""
TRAINING = "training"

_OF_MODEL = ("cv_", "validation_", "test_")


@dataclass(frozen=True)
class RunSummary:
    """One line about a run.

    Attributes
    ----------
    run_id : str
        Also a name of its model, for ``predict`` and ``serve``.
    started : datetime
        In UTC.
    status : {"RUNNING", "FINISHED", "FAILED", "KILLED"}
        As MLflow keeps it.
    experiment, name : str
        Of the run.
    data : str or None
        The name of the training data; None if the run ended before they were logged.
    metrics : dict of str to float
        ``cv_accuracy``, ``validation_accuracy``, ``test_accuracy`` and so on.
    seconds : float or None
        From start to end; None while it runs.
    """

    run_id: str
    started: datetime
    status: str
    experiment: str
    name: str
    data: str | None
    metrics: dict[str, float]
    seconds: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON takes them; the time in ISO 8601."""
        return asdict(self) | {"started": self.started.isoformat(timespec="seconds")}


def list_runs(experiment: str | None = None, limit: int = 20) -> list[RunSummary]:
    """List trainings, newest first.

    Runs whose process on this host was killed are marked KILLED before.

    Parameters
    ----------
    experiment : str, default=None
        Only those of this experiment; None for all.
    limit : int, default=20
        How many at most.

    Returns
    -------
    runs : list of RunSummary
        Empty where nothing was trained; then no store is made either.

    Raises
    ------
    TrackingError
        If the store cannot be used, or there is no such experiment.
    """
    if not has_store(store_uri()):
        return []
    client = open_store()
    from mlflow.exceptions import MlflowException

    try:
        found = read_pages(client.search_experiments)
        names = {one.experiment_id: one.name for one in found}
        if experiment is not None:
            known = names.values()
            names = {key: name for key, name in names.items() if name == experiment}
            if not names:
                raise TrackingError(
                    f"There is no experiment {experiment!r}."
                    f"{did_you_mean(experiment, known)} There are "
                    f"{shown(sorted(known), 200)}."
                )
        end_orphans(client, names)
        runs = client.search_runs(
            list(names),
            filter_string=f"tags.`{KIND}` = '{TRAINING}'",
            max_results=limit,
            order_by=["attributes.start_time DESC"],
        )
    except MlflowException as error:
        raise TrackingError(f"The runs cannot be listed: {explain(error)}") from error
    return [_summarise(run, names[run.info.experiment_id]) for run in runs]


def _summarise(run: Any, experiment: str) -> RunSummary:
    info = run.info
    training = [
        given.dataset.name
        for given in (run.inputs.dataset_inputs if run.inputs else [])
        if any(tag.value == "training" for tag in given.tags)
    ]
    return RunSummary(
        run_id=info.run_id,
        started=datetime.fromtimestamp(info.start_time / 1000, UTC),
        status=info.status,
        experiment=experiment,
        name=info.run_name,
        data=training[0] if training else None,
        metrics={
            name: value
            for name, value in sorted(run.data.metrics.items())
            if name.startswith(_OF_MODEL)
        },
        seconds=(info.end_time - info.start_time) / 1000 if info.end_time else None,
    )
