"""MLflow, imported once, without what it says while it is."""

import warnings

with warnings.catch_warnings():
    # While they are imported, parts of MLflow 3.17 warn of their own type hints, and
    # SQLAlchemy 2.1 of how MLflow maps its tables.
    warnings.simplefilter("ignore")
    import mlflow.pyfunc
    import mlflow.sklearn
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
