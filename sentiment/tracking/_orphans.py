"""End the runs whose process was killed so hard that it could not end them."""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sentiment.tracking._process import HOST, describe_process, is_gone
from sentiment.tracking._store import explain, read_pages

if TYPE_CHECKING:
    from mlflow import MlflowClient

REASON = "sentiment.reason"
"""The tag that says why a run is not FINISHED."""

_LOGGER = logging.getLogger("sentiment")
_KILLED = "The process that made this run was killed before it could end it."


def end_orphans(client: "MlflowClient", experiment_ids: Iterable[str]) -> list[str]:
    """Mark runs of killed processes of this host as KILLED.

    A run of another host, of another process namespace (a container) or of a living
    process is never touched: what cannot be told is left as it is. What a killed
    process has left of a model is marked FAILED, so that nothing loads it.

    ``client``: of the store. ``experiment_ids``: where to look. ``run_ids``: the runs
    that were ended.
    """
    from mlflow.exceptions import MlflowException

    try:
        return [
            run.info.run_id
            for run in _running_here(client, list(experiment_ids))
            if is_gone(run.data.tags) and _end(client, run.info)
        ]
    except MlflowException as error:
        # Somebody else's orphan must not stop a training or a list.
        _LOGGER.warning("Killed runs cannot be ended: %s", explain(error))
        return []


def _running_here(client: "MlflowClient", experiment_ids: list[str]) -> list[Any]:
    if not experiment_ids:
        return []
    host = describe_process()[HOST].replace("'", "")
    wanted = f"attributes.status = 'RUNNING' AND tags.`{HOST}` = '{host}'"
    return list(read_pages(client.search_runs, experiment_ids, filter_string=wanted))


def _end(client: "MlflowClient", info: Any) -> bool:
    # Read again: the process may have ended the run in good order between the search
    # and its own end. It is gone, so now nothing changes any more.
    if client.get_run(info.run_id).info.status != "RUNNING":
        return False
    fail_models(client, info.experiment_id, info.run_id)
    client.set_tag(info.run_id, REASON, _KILLED)
    client.set_terminated(info.run_id, "KILLED")
    _LOGGER.info("Run %s was killed; it is marked KILLED now.", info.run_id)
    return True


def fail_models(client: "MlflowClient", experiment_id: str, run_id: str) -> None:
    """Mark what a run that is over has left half-logged as FAILED.

    MLflow does so itself after an error, but not after Ctrl-C or SIGTERM: the model
    would stay PENDING for ever.
    """
    models = client.search_logged_models(
        [experiment_id], filter_string=f"source_run_id = '{run_id}'"
    )
    for model in models:
        if str(model.status) == "PENDING":
            client.finalize_logged_model(model.model_id, "FAILED")
