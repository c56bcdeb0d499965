"""What goes into the served model and what comes out, in MLflow's words."""

from typing import TYPE_CHECKING, Any

from sentiment._messages import shown
from sentiment.exceptions import ModelError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from mlflow.models import ModelSignature

EXAMPLE_TEXTS = ("Wonderful, never boring", "awful film")

_LABEL_TYPES = {"U": "string", "b": "boolean", "i": "long", "u": "long", "f": "double"}


def make_signature(classes: "np.ndarray[Any, Any]") -> "ModelSignature":
    """Return the signature of a model with these classes.

    Raises
    ------
    ModelError
        If the labels are of a type that MLflow cannot name.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    label = _LABEL_TYPES.get(classes.dtype.kind)
    if classes.dtype == object and all(isinstance(value, str) for value in classes):
        label = "string"
    if label is None:
        raise ModelError(
            "A logged model answers with labels of str, int, bool or float. Got "
            f"{shown(classes.tolist(), 80)}. Train with labels converted to str."
        )
    return ModelSignature(
        inputs=Schema([ColSpec("string", "text")]),
        outputs=Schema([ColSpec(label, "label"), ColSpec("double", "score")]),
        params=ParamSchema(
            [
                ParamSpec("probabilities", "boolean", False),
                ParamSpec("threshold", "double", None),
                ParamSpec("explain", "long", None),
            ]
        ),
    )


def make_input_example() -> "pd.DataFrame":
    """Return the two reviews that every model carries as its example."""
    import pandas as pd

    return pd.DataFrame({"text": list(EXAMPLE_TEXTS)})
