"""Start a run of MLflow, and end it whatever happens."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sentiment._autolog import without_autolog
from sentiment.exceptions import TrackingError
from sentiment.termination import deferred_signals, lasting_signals
from sentiment.tracking._client import TrackedRun
from sentiment.tracking._orphans import REASON, end_orphans, fail_models
from sentiment.tracking._process import describe_process
from sentiment.tracking._store import KIND_OF_EXPERIMENT, explain, open_store, shown_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

_LOGGER = logging.getLogger("sentiment")
_REASON_LENGTH = 500


@contextmanager
def tracked_run(
    experiment: str = "sentiment", *, run_name: str | None = None, nested: bool = False
) -> Iterator[TrackedRun]:
    """Run a block as a run of MLflow that never stays RUNNING.

    It ends FINISHED; FAILED if the block raises an ``Exception``; KILLED if it is
    stopped by Ctrl-C, or by SIGTERM where that raises
    (:func:`sentiment.termination.raise_on_sigterm`). A process that is killed outright
    leaves its run RUNNING; the next run of this host in the experiment marks it KILLED.

    Parameters
    ----------
    experiment : str, default="sentiment"
        Made when there is none of that name.
    run_name : str, default=None
        None lets MLflow invent one.
    nested : bool, default=False
        Whether the run may be the child of an active one.

    Yields
    ------
    run : TrackedRun

    Raises
    ------
    TrackingError
        If the store cannot be used, or a run is active already.
    """
    # A signal in the middle of a question leaves SQLite locked, and then the end of the
    # outer run cannot be written. Without one, whoever waits for a server may leave.
    with deferred_signals() if nested else nullcontext():
        client = open_store()
        import mlflow

        _check_no_run(mlflow.active_run(), nested)
        experiment_id = _find_experiment(client, experiment)
        end_orphans(client, [experiment_id])
    run_id, status, reason = None, "KILLED", None
    try:
        with deferred_signals():
            run_id = _start(experiment_id, run_name, nested)
        with lasting_signals(), without_autolog():
            yield TrackedRun(client, run_id)
    except Exception as error:
        status, reason = "FAILED", f"{type(error).__name__}: {explain(error)}"
        raise
    except BaseException as error:
        reason = type(error).__name__
        raise
    else:
        status = "FINISHED"
    finally:
        if run_id is not None:
            with deferred_signals():
                _end(client, experiment_id, run_id, status, reason)


def _check_no_run(active: Any, nested: bool) -> None:
    if active is not None and not nested:
        raise TrackingError(
            f"An MLflow run is already active (run {active.info.run_id}). End it "
            "first, or pass nested=True."
        )


def _find_experiment(client: "MlflowClient", name: str) -> str:
    """Return the id of an experiment, made if need be, maybe by somebody else."""
    from mlflow.exceptions import MlflowException

    try:
        found = client.get_experiment_by_name(name)
        if found is None:
            try:
                return str(client.create_experiment(name, tags=KIND_OF_EXPERIMENT))
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
                found = client.get_experiment_by_name(name)
    except MlflowException as error:
        raise TrackingError(
            f"MLflow cannot use the experiment {name!r}: {explain(error)}"
        ) from error
    if found.lifecycle_stage == "deleted":
        raise TrackingError(
            f"The experiment {name!r} was deleted. Restore it with `mlflow experiments "
            f"restore -x {found.experiment_id}`, or name another."
        )
    return str(found.experiment_id)


def _start(experiment_id: str, run_name: str | None, nested: bool) -> str:
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        run = mlflow.start_run(
            experiment_id=experiment_id,
            run_name=run_name,
            nested=nested,
            tags=describe_process(),
        )
    except MlflowException as error:
        raise TrackingError(f"MLflow cannot start a run: {explain(error)}") from error
    return str(run.info.run_id)


def _end(
    client: "MlflowClient",
    experiment_id: str,
    run_id: str,
    status: str,
    reason: str | None,
) -> None:
    import mlflow

    try:
        if reason is not None:
            client.set_tag(run_id, REASON, reason[:_REASON_LENGTH])
        mlflow.end_run(status)
        if status != "FINISHED":
            fail_models(client, experiment_id, run_id)
    except Exception as error:  # each kind of store raises errors of its own
        message = (
            f"Run {run_id} cannot be ended as {status} in the MLflow store "
            f"{shown_uri(client.tracking_uri)}: {explain(error)}"
        )
        if status == "FINISHED":
            raise TrackingError(message) from error
        # The error that ended the run matters more.
        _LOGGER.warning("%s", message)
