"""Small reviews, and an MLflow store of one's own."""

from training_fixtures import (
    empty_store,
    in_folder,
    make,
    no_figures,
    no_store,
    one_smoothing,
    reviews,
    store,
)

__all__ = [
    "empty_store",
    "in_folder",
    "make",
    "no_figures",
    "no_store",
    "one_smoothing",
    "reviews",
    "store",
]
