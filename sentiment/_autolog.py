"""Keep what this package fits on its own account out of MLflow's autolog."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

_lock = Lock()
_switch = ExitStack()
_inside = 0


@contextmanager
def without_autolog() -> Iterator[None]:
    """Let MLflow's autolog, where it is on, record nothing of a block.

    It would make a run and a model of each estimator of scikit-learn that is fitted on
    the way, such as the linear model of every fold.
    """
    global _inside
    # Whoever has not imported MLflow has not switched autolog on.
    autologging = sys.modules.get("mlflow.utils.autologging_utils")
    if autologging is None:
        yield
        return
    # MLflow has one switch for all threads, and leaving any block turns it on again. So
    # the first one in turns it off, and the last one out turns it on.
    with _lock:
        if _inside == 0:
            _switch.enter_context(autologging.disable_autologging())
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _switch.close()
