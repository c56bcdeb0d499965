"""The model as a function of Spark, on a local one: the same answer as everywhere."""

import importlib.util
import json
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from serving.doors import PROBABILITIES, find_nasty, find_real

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="needs pyspark"
    ),
    pytest.mark.skipif(shutil.which("java") is None, reason="needs Java 17"),
]

# A process of its own: the Java machine that Spark starts lives as long as it does.
ASK = """
import sys
import mlflow.pyfunc
from pyspark.sql import SparkSession

model, source, target = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .getOrCreate()
)
columns = "label string, score double"
columns += ", probability_negative double, probability_positive double"
ask = mlflow.pyfunc.spark_udf(
    spark, model, result_type=columns, env_manager="local",
    params={"probabilities": True},
)
table = spark.read.json(source, schema="id long, text string")
answers = table.repartition(4).withColumn("answer", ask("text"))
answers.selectExpr("id", "text", "answer.*").toPandas().to_parquet(target)
"""


def test_spark_gives_the_same_answer(saved, pipeline, tmp_path, environment):
    corpus = find_nasty() + find_real()
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(corpus)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(saved), "in.jsonl", "out.parquet"],
        cwd=tmp_path,
        env=environment(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1"),
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    table = pd.read_parquet(tmp_path / "out.parquet").sort_values("id")
    assert table["text"].tolist() == corpus
    assert table["label"].tolist() == pipeline.predict(corpus).tolist()
    probabilities = pipeline.predict_proba(corpus)
    np.testing.assert_array_equal(table[PROBABILITIES], probabilities)
    np.testing.assert_array_equal(table["score"], probabilities.max(axis=1))
