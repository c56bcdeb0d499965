"""Trainings on a Dask cluster of two processes, one of which is killed at times."""

import logging
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import dask.dataframe as dd
import joblib
import pandas as pd
from distributed import Client, LocalCluster
from distributed_fit import make_pipeline, make_prior

import sentiment.classification._out_of_fold as out_of_fold
from sentiment import SentimentError, load_reviews
from sentiment.distributed import _dask_blocks, _dask_counting, _dask_trees, fit_dask


@contextmanager
def killing(client, module, call):
    """Kill a worker when the cluster has been asked for the sum of that number."""
    original, calls, killed = module.add_up, 0, []

    def add_up(*arguments):
        nonlocal calls
        calls += 1
        asked = original(*arguments)
        if calls == call:
            pid = next(iter(client.run(os.getpid).values()))
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        return asked

    module.add_up = add_up
    try:
        yield killed
    finally:
        module.add_up = original


def make_deadly(marker, original):
    """Return the maker of what stops a training; the first time it ends a worker."""

    def make_stopping(*arguments):
        stopping = original(*arguments)

        class Deadly(type(stopping)):
            def after_iteration(self, model, epoch, evals_log):
                if epoch == 4 and not marker.exists():
                    marker.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().after_iteration(model, epoch, evals_log)

        return Deadly()

    return make_stopping


def main(target: Path) -> None:
    instances, labels = load_reviews("sample", "train")
    table = pd.DataFrame({"text": instances["text"], "label": labels})
    held_out, y = load_reviews("sample", "test")
    watched = dd.from_pandas(
        pd.DataFrame({"text": held_out["text"], "label": y}), npartitions=2
    )
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        ddf = dd.from_pandas(table, npartitions=9)

        def fit(name, pipeline=None, **given):
            fitted = fit_dask(pipeline or make_pipeline(), ddf, **given)
            joblib.dump(fitted, target / name)

        def refuse(name, *arguments, **given):
            try:
                fit_dask(make_pipeline(), *arguments, **given)
            except SentimentError as error:
                said = f"{type(error).__name__}: {error}"
                (target / f"{name}.error").write_text(said)

        refuse("column", ddf, text_column="review")
        gap = table.assign(text=table["text"].mask(table.index == 300))
        refuse("missing", dd.from_pandas(gap, npartitions=2))
        fit("gathered")
        fit("taught", make_pipeline(prior=make_prior()))
        # As if there were millions of counts.
        out_of_fold._LARGE = 0
        fit("whole", client=client)
        early = make_pipeline().set_params(
            classify__estimator__early_stopping=True,
            classify__estimator__n_iter_no_change=3,
            classify__estimator__max_iter=40,
        )
        fit("watched", early, validation=watched)
        with killing(client, _dask_counting, 1) as killed:
            fit("killed_counting")
        assert killed
        with killing(client, _dask_blocks, 7) as killed:
            fit("killed_learning")
        assert killed
        died = target / "died"
        make_stopping = _dask_trees._make_stopping
        _dask_trees._make_stopping = make_deadly(died, make_stopping)
        fit("killed_growing")
        assert died.exists()
    refuse("client", ddf)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
