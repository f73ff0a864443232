"""Long arrays that are used again: room for adding up scores.

Each is lent to one user at a time. The one that came back last is lent first: it is what the processor has at hand,
whichever thread asks.
"""

import numpy as np

from search.engines.sorted_arrays import Floats


class Sums:
    """Lends arrays with a number for each unit, 0 when it is lent and when it comes back.

    One is made when all others are lent. Who fails keeps what was lent. Safe for threads.
    """

    def __init__(self, units: int) -> None:
        self._units = units
        self._free = [np.zeros(units)]

    def take(self) -> Floats:
        """Lend an array."""
        try:
            return self._free.pop()
        except IndexError:
            return np.zeros(self._units)

    def give_back(self, sums: Floats) -> None:
        """Take one back, as it is to be lent."""
        self._free.append(sums)
