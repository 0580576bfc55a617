"""Types of arrays: what `numpy.typing.NDArray` means, without the import of that module at every start."""

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
