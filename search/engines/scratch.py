"""Long arrays that are used again: room for adding up scores.

Each is lent to one user at a time. The one that came back last is lent first: it is what the processor has at hand,
whichever thread asks.
"""

from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from search.engines.columns import Floats

Array = TypeVar("Array", bound=npt.NDArray[np.float64] | npt.NDArray[np.int64])


class _Spare(Generic[Array]):
    """Lends arrays like a first one, made when all others are lent. Who fails keeps what was lent. Safe for threads."""

    def __init__(self, first: Array) -> None:
        self._first = first
        self._free = [first]

    def take(self) -> Array:
        """Lend an array."""
        try:
            return self._free.pop()
        except IndexError:
            return np.zeros_like(self._first)

    def give_back(self, array: Array) -> None:
        """Take one back, as it is to be lent."""
        self._free.append(array)


class Sums(_Spare[Floats]):
    """A number for each unit, 0 when it is lent and when it comes back."""

    def __init__(self, units: int) -> None:
        super().__init__(np.zeros(units))
