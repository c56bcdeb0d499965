"""Keep MLflow from looking up its telemetry host."""

import os
import sys


def switch_off_telemetry() -> None:
    """Set ``MLFLOW_DISABLE_TELEMETRY`` unless the user has set it.

    MLflow reads it when it is first imported, so this is called before. Where the user
    has imported MLflow earlier, it is made to read it again.
    """
    if "MLFLOW_DISABLE_TELEMETRY" in os.environ:
        return
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    telemetry = sys.modules.get("mlflow.telemetry")
    if telemetry is not None:
        telemetry.set_telemetry_client()
