"""Keep MLflow from looking up its telemetry host."""

import os


def switch_off_telemetry() -> None:
    """Set ``MLFLOW_DISABLE_TELEMETRY`` unless the user has set it.

    MLflow reads it when it is first imported, so this is called before.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
