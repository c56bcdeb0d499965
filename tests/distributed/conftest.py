"""A fitted Pipeline, its model folder, and texts that are hard to hand over."""

import os
import warnings
from importlib import import_module

import pytest
from serving.doors import find_nasty, find_real, fit_few_reviews

from sentiment import save_model

with warnings.catch_warnings():
    # While they are imported, parts of MLflow 3.17 warn of their own type hints.
    warnings.simplefilter("ignore")
    import_module("mlflow.pyfunc")


# Scripts that run in processes of their own, with extras that need not be there.
collect_ignore = ["ask_dask.py", "ask_spark.py", "fit_on_dask.py"]


@pytest.fixture(scope="session")
def pipeline():
    return fit_few_reviews()


@pytest.fixture(scope="session")
def saved(pipeline, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "model"
    save_model(pipeline, folder)
    return folder


@pytest.fixture(scope="session")
def corpus():
    return find_nasty() + find_real()


@pytest.fixture(scope="session")
def environment():
    """The environment of a process that knows no store."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true"}
