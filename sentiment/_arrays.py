"""Arrays by what they hold: for annotations, and where they come from a file."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.intp]
"""Where something is in another array."""
Flags = NDArray[np.bool_]


def are_finite(array: Any, *shape: int) -> bool:
    """Say whether these are finite floats of a shape."""
    return (
        isinstance(array, np.ndarray)
        and array.dtype.kind == "f"
        and array.shape == shape
        and bool(np.isfinite(array).all())
    )
