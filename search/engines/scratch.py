"""Arrays that each thread has for itself and uses again: room for adding up, and for finding units in lists of them."""

import threading

import numpy as np

from search.engines.columns import Bools, Floats, Ints

# Finding a unit by bisection costs so many times more than noting the place of one.
_BISECTION_COST = 12


class Sums(threading.local):
    """A number for each unit, 0 whenever nobody adds up."""

    def __init__(self, units: int) -> None:
        self.zeros: Floats = np.zeros(units)


class Finder(threading.local):
    """Finds units in lists of them that are in order."""

    def __init__(self, units: int) -> None:
        self._places = np.zeros(units, np.int64)

    def find(self, units: Ints, asked: Ints) -> tuple[Ints, Bools]:
        """Return the places in a list of units of those asked for that are in it, and which of them are."""
        if not len(units):
            return np.empty(0, np.int64), np.zeros(len(asked), np.bool_)
        if is_bisected(units, asked):
            places = np.searchsorted(units, asked)
        else:
            # What others left here is found out below.
            self._places[units] = np.arange(len(units))
            places = self._places[asked]
        places[places >= len(units)] = 0
        are_there = units[places] == asked
        return places[are_there], are_there


def is_bisected(units: Ints, asked: Ints) -> bool:
    """Whether so few units are asked for that each is found by bisection."""
    return len(asked) * _BISECTION_COST < len(units)
