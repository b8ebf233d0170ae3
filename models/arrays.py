"""The arrays that flow through all packages, named once. A shape in a docstring says which axes an array has.

``calibration`` stands to the left and may not import this, so the two that it needs too come from there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.head import Doubles, Floats

__all__ = ["Doubles", "Floats", "Gray", "Image", "Indices", "Integers", "Mask"]

Image = NDArray[np.uint8]
"""A picture as the camera gives it: (h, w, 3), blue, green, red, 0 to 255 (where a docstring allows it also gray)."""
Gray = NDArray[np.uint8]
"""A gray picture (h, w), or a stack of them (n, h, w), 0 to 255. Aligned faces are (n, 64, 64)."""
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]
"""What indexes another array."""
Mask = NDArray[np.bool_]
