"""Arrays of numbers that ascend: what is found in them, what they have in common. numpy in, numpy out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


# Of fewer numbers than one of so many, putting them in order is less work than looking at all.
_FEW = 50
# Looking a number up by bisection costs as much as marking this many in a table.
_BISECTION_COST = 30


def run_starts(ordered: npt.NDArray[np.integer]) -> Ints:
    """Return where each run of equal numbers begins."""
    if not len(ordered):
        return np.empty(0, np.int64)
    begins = np.empty(len(ordered), np.bool_)
    begins[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins.nonzero()[0]


def run_lengths(starts: npt.NDArray[np.integer], total: int) -> npt.NDArray[np.integer]:
    """Return how long each run is, of so many numbers in all."""
    lengths = np.empty_like(starts)
    if len(starts):
        np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
        lengths[-1] = total - starts[-1]
    return lengths


def ranges(starts: Ints, ends: Ints) -> Ints:
    """Return the numbers of half-open ranges, one range after the other."""
    sizes = ends - starts
    before = sizes.cumsum()
    total = int(before[-1]) if len(before) else 0
    return np.asarray(np.arange(total) + (starts - before + sizes).repeat(sizes))


def find(ordered: npt.NDArray[np.integer], asked: Ints, below: int) -> tuple[Ints, Bools]:
    """Return the indexes in an ascending list of the numbers asked for that are in it, and which of them are.

    All are smaller than `below`.
    """
    if not len(ordered):
        return np.empty(0, np.int64), np.zeros(len(asked), np.bool_)
    if len(asked) * _BISECTION_COST < len(ordered):
        at = ordered.searchsorted(asked.astype(ordered.dtype))
        at[at >= len(ordered)] = 0
        are_there = ordered[at] == asked
        return at[are_there], are_there
    table = np.zeros(below, np.bool_)
    table[ordered.astype(np.int64)] = True
    are_there = table[asked]
    return ordered.searchsorted(asked[are_there].astype(ordered.dtype)), are_there


def either(found: Sequence[Ints], below: int) -> Ints:
    """Return the numbers, all smaller than `below`, that are in any of the lists, in order."""
    if sum(map(len, found)) * _FEW < below:
        ordered = np.sort(np.concatenate(found))
        return ordered[run_starts(ordered)]
    are_there = np.zeros(below, np.bool_)
    for numbers in found:
        are_there[numbers] = True
    return are_there.nonzero()[0]


def smallest(numbers: npt.NDArray[np.integer]) -> np.ndarray[tuple[int], np.dtype[Any]]:
    """Return numbers in as few bytes each as hold the largest and the smallest; themselves where they are so."""
    kinds = (np.min_scalar_type(int(bound)) for bound in (numbers.min(initial=0), numbers.max(initial=0)))
    return numbers.astype(np.result_type(*kinds), copy=False)
