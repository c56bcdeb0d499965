"""The engines are optional: nothing imports them, and a missing one is said."""

import subprocess
import sys

import pytest

from sentiment import SentimentError
from sentiment.distributed import predict_dask, predict_spark, spark_udf


def test_no_engine_is_imported_with_the_package():
    code = (
        "import sys, sentiment, sentiment.distributed; "
        "print([m for m in ('dask', 'distributed', 'pyspark', 'mlflow') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("call", "extra"),
    [
        (lambda: predict_dask(None, "model"), "dask"),
        (lambda: predict_spark(None, "model"), "spark"),
        (lambda: spark_udf(None, "model"), "spark"),
    ],
)
def test_an_engine_that_is_missing_is_named_with_its_extra(monkeypatch, call, extra):
    for module in ("dask", "pyspark"):
        monkeypatch.setitem(sys.modules, module, None)
    remedy = rf'pip install "sentiment-pipeline\[{extra}\]"'
    with pytest.raises(SentimentError, match=remedy):
        call()
