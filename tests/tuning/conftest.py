"""Small reviews, and an MLflow store of one's own."""

import pytest
from training_fixtures import (
    empty_store,
    in_folder,
    leave_out_figures,
    make,
    no_store,
    one_smoothing,
    reviews,
    store,
)

__all__ = [
    "empty_store",
    "in_folder",
    "make",
    "no_store",
    "one_smoothing",
    "reviews",
    "store",
]


@pytest.fixture(scope="module", autouse=True)
def no_figures():
    """Draw nothing: tests/training looks at the figures of a training."""
    with pytest.MonkeyPatch.context() as patch:
        leave_out_figures(patch)
        yield
