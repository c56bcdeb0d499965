"""What the tests ask of Dask, in a process of its own with a cluster of two others."""

import json
import logging
import os
import sys
from pathlib import Path

import dask.dataframe as dd
import pandas as pd
from distributed import Client, LocalCluster

from sentiment import DataError
from sentiment.distributed import predict_dask
from sentiment.distributed._shipped_model import _load


def main(model: str, source: str, target: Path) -> None:
    rows = pd.read_json(source, lines=True, dtype=False).set_index("id")

    def keep(name, predicted):
        found = predicted.compute()
        pd.testing.assert_series_equal(found.dtypes, predicted.dtypes)
        found.to_parquet(target / f"{name}.parquet")

    good = rows.dropna()
    keep("no_cluster", predict_dask(dd.from_pandas(good, npartitions=3), model))
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster),
    ):
        many = dd.from_pandas(good, npartitions=12)
        one = dd.from_pandas(good, npartitions=1)
        bad = dd.from_pandas(rows, npartitions=5)
        keep("one", predict_dask(one, model, probabilities=True))
        predicted = predict_dask(many, model, probabilities=True)
        keep("many", predicted.map_partitions(count_loads))
        keep("skip", predict_dask(bad, model, on_bad_rows="skip"))
        keep("null", predict_dask(bad, model, on_bad_rows="null", reason_column="why"))
        try:
            predict_dask(bad, model).compute()
        except DataError as error:
            (target / "fail.error").write_text(str(error))
        (target / "client.json").write_text(json.dumps({"process": os.getpid()}))


def count_loads(frame: pd.DataFrame) -> pd.DataFrame:
    """Say in which process a partition was answered, and how often it has loaded."""
    return frame.assign(process=os.getpid(), loads=_load.cache_info().misses)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
