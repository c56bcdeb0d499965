"""Models that come with the package; ``benchmarks/reviews_en`` makes them."""

from pathlib import Path

__all__ = ["BUNDLED"]

BUNDLED = {"reviews-en": Path(__file__).with_name("reviews-en")}
"""Their folders, which every door of MLflow opens, by name."""
