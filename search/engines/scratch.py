"""Long arrays that are used again: room for adding up, and for finding units in lists of them.

Each is lent to one user at a time. The one that came back last is lent first: it is what the processor has at hand,
whichever thread asks.
"""

from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from search.engines.columns import Bools, Floats, Ints

Array = TypeVar("Array", bound=npt.NDArray[np.float64] | npt.NDArray[np.int64])

# Finding a unit by bisection costs so many times more than noting the place of one.
_BISECTION_COST = 12


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


class Finder:
    """Finds units in lists of them that are in order. Safe for threads."""

    def __init__(self, units: int) -> None:
        self._places: _Spare[Ints] = _Spare(np.zeros(units, np.int64))

    def find(self, units: Ints, asked: Ints) -> tuple[Ints, Bools]:
        """Return the places in a list of units of those asked for that are in it, and which of them are."""
        if not len(units):
            return np.empty(0, np.int64), np.zeros(len(asked), np.bool_)
        if len(asked) * _BISECTION_COST < len(units):
            places = units.searchsorted(asked)
        else:
            # What others left here is found out below.
            place_of = self._places.take()
            place_of[units] = np.arange(len(units))
            places = place_of[asked]
            self._places.give_back(place_of)
        places[places >= len(units)] = 0
        are_there = units[places] == asked
        return places[are_there], are_there
