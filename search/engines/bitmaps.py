"""Units of a long list, found without a search: a bit for each unit of the index, and how many come before each word.

Rank by counting bits is Jacobson's (Space-efficient static trees and graphs, FOCS 1989).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from search.engines.columns import Bools, Ints

_Words = npt.NDArray[np.uint64]
_WORD_BITS = 64
_SHIFT = 6
_ONE = np.uint64(1)
_LAST_BIT = np.uint64(_WORD_BITS - 1)


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Which of all units are in a list: 64 a word, and how many are in it before each word."""

    words: _Words
    before: Ints

    @classmethod
    def of(cls, listed: Ints, units: int) -> "Bitmap":
        """Return the bitmap of a list of units, of so many."""
        is_listed = np.zeros(-(-units // _WORD_BITS) * _WORD_BITS, np.bool_)
        is_listed[listed] = True
        words = np.packbits(is_listed, bitorder="little").view("<u8").astype(np.uint64)
        counts = np.bitwise_count(words)
        return cls(words, np.cumsum(counts) - counts)

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.words.nbytes + self.before.nbytes

    def find(self, asked: Ints) -> tuple[Ints, Bools]:
        """Return the places in the list of those units asked for that are in it, and which of them are."""
        place, bit = asked >> _SHIFT, asked.view(np.uint64) & _LAST_BIT
        words = self.words[place]
        are_there = ((words >> bit) & _ONE).view(np.int64) != 0
        if not are_there.all():
            place, bit, words = place[are_there], bit[are_there], words[are_there]
        return self.before[place] + np.bitwise_count(words & ((_ONE << bit) - _ONE)), are_there


def in_all(bitmaps: Iterable[Bitmap]) -> Ints:
    """Return the units that are in all of some lists, in order."""
    words = reduce(np.bitwise_and, (bitmap.words for bitmap in bitmaps))
    held = np.flatnonzero(words != 0)
    found = np.flatnonzero(_bits(words[held]))
    return np.asarray((held[found >> _SHIFT] << _SHIFT) + (found & (_WORD_BITS - 1)))


def _bits(words: _Words) -> Bools:
    bits: npt.NDArray[Any] = np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little")
    return bits.view(np.bool_)
