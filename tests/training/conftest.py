"""Small reviews, and an MLflow store of one's own."""

from training_fixtures import (
    empty_store,
    in_folder,
    make,
    no_figures,
    no_store,
    reviews,
    store,
)

__all__ = [
    "empty_store",
    "in_folder",
    "make",
    "no_figures",
    "no_store",
    "reviews",
    "store",
]
