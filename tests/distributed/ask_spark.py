"""What the tests ask of Spark, in one process: its Java machine lives as long as that."""

import sys
from pathlib import Path

import mlflow.pyfunc
from pyspark.sql import SparkSession, functions

from sentiment.distributed import predict_spark, spark_udf

NOT_UTF8 = "cast(X'4142FF43' as string)"


def main(model: str, source: str, target: Path) -> None:
    # Two executors, each a process of its own with one core.
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    (target / "application").write_text(spark.sparkContext.applicationId)
    texts = spark.read.json(source, schema="id long, text string").repartition(4, "id")
    good = texts.where("text is not null")
    bad = texts.withColumn(
        "text",
        functions.when(functions.col("id") == 1, functions.expr(NOT_UTF8)).otherwise(
            functions.col("text")
        ),
    )

    def keep(name, table):
        table.toPandas().to_parquet(target / f"{name}.parquet")

    columns = "label string, score double"
    columns += ", probability_negative double, probability_positive double"
    ask = mlflow.pyfunc.spark_udf(
        spark,
        model,
        result_type=columns,
        env_manager="local",
        params={"probabilities": True},
    )
    keep("mlflow", good.withColumn("answer", ask("text")).selectExpr("id", "answer.*"))
    ask = spark_udf(spark, model, probabilities=True)
    keep("fail", good.withColumn("answer", ask()).selectExpr("id", "text", "answer.*"))
    ask = spark_udf(spark, model, on_bad_rows="null")
    keep(
        "null",
        bad.select("id", ask(functions.col("text")).alias("answer")).selectExpr(
            "id", "answer is null as none", "answer.*"
        ),
    )
    keep("skip", predict_spark(bad, model, on_bad_rows="skip").drop("text"))
    keep(
        "reasons",
        predict_spark(
            bad, model, on_bad_rows="null", reason_column="why", probabilities=True
        ).drop("text"),
    )
    failing = {"null": texts, "bytes": bad.where("text is not null")}
    for name, table in failing.items():
        try:
            predict_spark(table, model).collect()
        except Exception as error:
            (target / f"{name}.error").write_text(str(error))
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
