"""Load a model folder for serving."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.exceptions import ModelError
from sentiment.persistence import (
    EXAMPLE_TEXTS,
    iter_parts,
    read_model_file,
    read_pipeline,
)
from sentiment.serving._strict_model import StrictModel

if TYPE_CHECKING:
    from mlflow.pyfunc import PyFuncModel


def load_for_mlflow(path: str) -> StrictModel:
    """Load a model as ``mlflow.pyfunc.load_model`` asks for it.

    Whoever goes through MLflow trusts the model as MLflow does: a pickle is loaded
    unless ``MLFLOW_ALLOW_PICKLE_DESERIALIZATION`` forbids it.
    """
    allowed = os.environ.get("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true")
    return load_strict_model(Path(path), allow_pickle=allowed.lower() in ("true", "1"))


def load_strict_model(folder: Path, *, allow_pickle: bool) -> StrictModel:
    """Load a model folder for serving: single-threaded and warm.

    Raises ModelError as :func:`sentiment.load_model`.
    """
    description = read_model_file(folder)
    pipeline = read_pipeline(description, allow_pickle=allow_pickle)
    # A server has its threads already. Two more for one row cost 24 ms instead of
    # 0.3 when the other core is busy.
    use_one_job(pipeline)
    model = StrictModel(pipeline)
    # Builds what is made when first needed: once, before several threads need it.
    model.predict(list(EXAMPLE_TEXTS))
    return model


def use_one_job(pipeline: Any) -> None:
    """Let no step of a Pipeline start jobs of its own."""
    for part in iter_parts(pipeline):
        if "n_jobs" in vars(part):
            part.n_jobs = 1


def load_pyfunc_model(folder: Path, *, allow_pickle: bool) -> "PyFuncModel":
    """Load a model folder as MLflow's server wants it, by our rules.

    ``mlflow.pyfunc.load_model`` would put the model's own code first on ``sys.path``
    and import what it finds there.
    """
    import yaml
    from mlflow.models import Model
    from mlflow.pyfunc import PyFuncModel

    model = load_strict_model(folder, allow_pickle=allow_pickle)
    try:
        # Not Model.load: it takes the folder a%20b for one called "a b".
        text = (folder / "MLmodel").read_text(encoding="utf-8")
        description = Model.from_dict(yaml.safe_load(text))
    except Exception as error:  # a signature, say, that is no JSON
        raise ModelError(f"{folder / 'MLmodel'} is damaged: {error!s:.200}") from error
    return PyFuncModel(model_meta=description, model_impl=model)
