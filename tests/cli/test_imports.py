"""What a command imports before it says its first word: all that one waits for."""

import json
from pathlib import Path

import pytest

from sentiment.version import VERSION
from sentiment_cli._exit_codes import OK

MODELS = Path(__file__).parents[1] / "models" / VERSION
TEXT = ("--text", "Great")
STORE = {"mlflow", "alembic", "requests", "sqlalchemy"}
HEAVY = STORE | {
    "dask", "datasets", "matplotlib", "optuna", "skops", "xgboost",
    "sentiment.datasets", "sentiment.explanation", "sentiment.serving",
    "sentiment.tracking", "sentiment.training", "sklearn.pipeline",
    "sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection", "sklearn.svm",
    "sklearn.utils._testing",
}  # fmt: skip
OF_XGBOOST = {"xgboost", "sklearn.metrics", "sklearn.model_selection"}

COMMANDS = {
    "a folder": (("predict", MODELS / "fast", *TEXT), {"sklearn.pipeline"}),
    "trees": (
        ("predict", MODELS / "accurate", *TEXT),
        {"sklearn.pipeline", *OF_XGBOOST},
    ),
    "an address": (("predict", "{run}", *TEXT), {"sklearn.pipeline", *STORE}),
    "runs": (("runs",), {"sentiment.tracking", *STORE}),
}


@pytest.mark.parametrize(("arguments", "needed"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_waits_for_no_import_that_it_does_not_need(
    run, workspace, arguments, needed
):
    run_id = json.loads((workspace / "run.json").read_text())["run_id"]
    done = run(
        *(str(one).format(run=f"runs:/{run_id}/model") for one in arguments),
        cwd=workspace,
        fresh=True,
        PYTHONPROFILEIMPORTTIME="1",
    )
    assert done.returncode == OK
    imported = {
        line.rpartition("|")[2].strip() for line in done.stderr.decode().split("\n")
    }
    assert imported & HEAVY == needed
