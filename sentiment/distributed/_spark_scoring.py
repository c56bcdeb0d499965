"""Predicting with Spark: MLflow's function of a model, and a table with answers."""

from collections.abc import Callable
from typing import Any

from sentiment.datasets import check_policy
from sentiment.distributed._columns import added_columns
from sentiment.distributed._extras import require
from sentiment.distributed._partition import PartitionScoring
from sentiment.exceptions import DataError
from sentiment.persistence import (
    find_model_folder,
    make_signature,
    read_model_file,
    read_pipeline,
)


def spark_udf(
    spark: Any,
    model: Any,
    *,
    on_bad_rows: str = "fail",
    probabilities: bool = False,
    env_manager: str = "local",
    allow_pickle: bool = False,
) -> Callable[..., Any]:
    """Return a logged model as a function of a Spark column of text.

    It is ``mlflow.pyfunc.spark_udf``, with the columns that the model answers with, and
    with a policy for null. Its answers are those of every other door, bit for bit.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session.
    model : str or Path
        An MLflow URI, a model folder or a run id. The driver reads it and Spark sends
        it to the executors.
    on_bad_rows : {"fail", "null"}, default="fail"
        What is done about a text that is null or not UTF-8: the job ends with an error
        that says which of them, or the answer is null. A function answers every row; to
        leave such rows out, see :func:`predict_spark`.
    probabilities : bool, default=False
        Whether the answer has a field ``probability_<class>`` for every class.
    env_manager : {"local", "uv", "virtualenv", "conda"}, default="local"
        "local" runs on what the executors have installed; the others make the
        environment that the model asks for.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds, here and on the executors.

    Returns
    -------
    ask : callable
        From a column, or the name of one (``"text"`` if none is given), to a column of
        structs with the fields ``label`` and ``score``.

    Raises
    ------
    ModelError
        If the model cannot be found or loaded.
    SentimentError
        If PySpark is not installed.

    Notes
    -----
    Executors load the model as ``mlflow.pyfunc.load_model`` does, which trusts it: use
    models whose source you trust.

    Examples
    --------
    ::

        from pyspark.sql import SparkSession
        from sentiment.distributed import spark_udf

        spark = SparkSession.builder.getOrCreate()
        ask = spark_udf(spark, "models:/reviews@champion")
        spark.read.parquet("reviews/").withColumn("answer", ask("text")).show()
    """
    require("pyspark", "spark_udf")
    check_policy("spark_udf", on_bad_rows, ("fail", "null"))
    _, ask = _load(spark, model, probabilities, env_manager, allow_pickle)

    def answer(text: Any = "text") -> Any:
        from pyspark.sql import functions

        column = functions.col(text) if isinstance(text, str) else text
        name = text if isinstance(text, str) else "text"
        return _answer(ask, column, name, on_bad_rows)

    return answer


def predict_spark(
    df: Any,
    model: Any,
    *,
    text_column: str = "text",
    probabilities: bool = False,
    on_bad_rows: str = "fail",
    reason_column: str | None = None,
    env_manager: str = "local",
    allow_pickle: bool = False,
) -> Any:
    """Return a Spark DataFrame with the predictions as further columns.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        The rows; not changed.
    model : str or Path
        As :func:`spark_udf` takes it.
    text_column, probabilities, reason_column
        As :func:`predict_dask` takes them.
    on_bad_rows : {"fail", "skip", "null"}, default="fail"
        What is done about a row whose text is null or not UTF-8: the job ends with an
        error, the row is left out, or its predictions are null.
    env_manager, allow_pickle
        As :func:`spark_udf` takes them.

    Returns
    -------
    predicted : pyspark.sql.DataFrame
        All columns of ``df``, then ``predicted_label`` and ``predicted_score``.

    Raises
    ------
    DataError
        If ``df`` lacks the text column, it is no string, or there is a column of the
        predictions already.
    ModelError
        If the model cannot be found or loaded.
    SentimentError
        If PySpark is not installed.

    See Also
    --------
    predict_dask : The same on Dask.
    """
    require("pyspark", "predict_spark")
    from pyspark.sql import functions

    check_policy("predict_spark", on_bad_rows)
    scoring = PartitionScoring(text_column, probabilities, on_bad_rows, reason_column)
    pipeline, ask = _load(
        df.sparkSession, model, probabilities, env_manager, allow_pickle
    )
    added = added_columns("predict_spark", scoring, pipeline, df.columns)
    _check_string(df, text_column)
    # A name with a dot in it would be a field of a struct.
    text = functions.col(f"`{text_column}`")
    if on_bad_rows == "skip":
        df = df.filter(_is_good(text))
    answer = _answer(
        ask, text, text_column, "fail" if on_bad_rows == "skip" else on_bad_rows
    )
    names = ["label", "score", *(f"probability_{one}" for one in pipeline.classes_)]
    new = [
        answer.getField(field).alias(name)
        for field, name in zip(names, added, strict=False)
        if name != reason_column
    ]
    if reason_column is not None:
        new.append(_reason(text, text_column).alias(reason_column))
    return df.select("*", *new)


def _load(
    spark: Any, model: Any, probabilities: bool, env_manager: str, allow_pickle: bool
) -> tuple[Any, Callable[..., Any]]:
    """Return the Pipeline, and MLflow's function of it."""
    import mlflow.pyfunc
    from pyspark.sql import types

    folder = find_model_folder(model)
    pipeline = read_pipeline(read_model_file(folder), allow_pickle=allow_pickle)
    label = make_signature(pipeline.classes_).outputs.input_types()[0]
    kinds = {
        "string": types.StringType(),
        "boolean": types.BooleanType(),
        "long": types.LongType(),
        "double": types.DoubleType(),
    }
    fields = [("label", kinds[label.name]), ("score", types.DoubleType())]
    if probabilities:
        fields += [
            (f"probability_{one}", types.DoubleType()) for one in pipeline.classes_
        ]
    ask = mlflow.pyfunc.spark_udf(
        spark,
        str(folder),
        result_type=types.StructType([types.StructField(*field) for field in fields]),
        env_manager=env_manager,
        params={"probabilities": True} if probabilities else None,
        # As many tasks run at a time as an executor has cores.
        extra_env={"SENTIMENT_THREADS": "1"},
    )
    return pipeline, ask


def _answer(ask: Callable[..., Any], text: Any, name: str, on_bad_rows: str) -> Any:
    """Return the answers to a column of text.

    Spark asks a Python function for every row, whatever condition stands around it. So
    a bad text is taken away before, and its answer after it.
    """
    from pyspark.sql import functions

    good = _is_good(text)
    if on_bad_rows == "null":
        return functions.when(
            good, ask(functions.when(good, text).otherwise(functions.lit("")))
        )
    said = functions.concat(
        _reason(text, name),
        functions.lit(
            '. Use on_bad_rows="null" for such rows, or predict_spark to skip them.'
        ),
    )
    return ask(functions.when(good, text).otherwise(functions.raise_error(said)))


def _is_good(text: Any) -> Any:
    from pyspark.sql import functions

    return text.isNotNull() & functions.is_valid_utf8(text)


def _reason(text: Any, name: str) -> Any:
    """Return what is wrong with each text, in the words of ``sentiment predict``."""
    from pyspark.sql import functions

    return functions.when(
        text.isNull(), functions.lit(f"null in column {name!r}")
    ).when(
        ~functions.is_valid_utf8(text),
        functions.lit(f"column {name!r} holds bytes that are not UTF-8"),
    )


def _check_string(df: Any, column: str) -> None:
    from pyspark.sql import types

    kind = df.schema[column].dataType
    if not isinstance(kind, types.StringType):
        raise DataError(
            f"Column {column!r} takes strings. It is {kind.simpleString()}. Cast it "
            "first, if it is text at all."
        )
