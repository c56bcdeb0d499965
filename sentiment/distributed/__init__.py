"""Score and train on clusters, through engines that exist: Spark and Dask.

Each is an extra, imported when it is asked for: ``pip install
"sentiment-pipeline[spark]"``, ``pip install "sentiment-pipeline[dask]"``.
"""

from sentiment.distributed._dask_scoring import predict_dask
from sentiment.distributed._fit_dask import fit_dask
from sentiment.distributed._spark_scoring import predict_spark, spark_udf

__all__ = ["fit_dask", "predict_dask", "predict_spark", "spark_udf"]
