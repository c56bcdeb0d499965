"""Arrays by what they hold, for annotations."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.intp]
"""Where something is in another array."""
Flags = NDArray[np.bool_]
