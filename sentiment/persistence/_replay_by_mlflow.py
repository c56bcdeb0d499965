"""Run in a model's own environment: load it as MLflow does, and ask it some texts.

``python -P -c SOURCE QUESTION ANSWER``, two JSON files. This package is not
there but for the copy that the model carries, which may be of another version: nothing
of it is imported here but by MLflow.
"""

import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PROBABILITY = "probability_"


def main(question: str, answer: str) -> None:
    """Answer the question in the file ``question``."""
    import mlflow.pyfunc
    import pandas as pd

    asked = json.loads(Path(question).read_text())
    model = mlflow.pyfunc.load_model(asked["folder"])
    table = model.predict(
        pd.DataFrame({"text": asked["texts"]}), params={"probabilities": True}
    )
    names = [name for name in table.columns if name.startswith(_PROBABILITY)]
    known = {f"{_PROBABILITY}{label}": label for label in asked["classes"]}
    versions = {
        name: find_version(distributions)
        for name, distributions in asked["distributions"].items()
    }
    # MLflow has put the model's own copy on the path.
    sentiment = sys.modules.get("sentiment")
    versions["sentiment"] = getattr(sentiment, "__version__", None)
    content = {
        "texts": asked["texts"],
        "probabilities": table[names].to_numpy(dtype=float).tolist(),
        "classes": [known.get(name, name) for name in names],
        "labels": table["label"].tolist(),
        "versions": {
            "python": platform.python_version(),
            **{name: known for name, known in versions.items() if known is not None},
        },
    }
    Path(answer).write_text(json.dumps(content))


def find_version(distributions: list[str]) -> str | None:
    """Return the version of the first of these that is installed."""
    for distribution in distributions:
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
