"""Long lists of units by blocks: which of a block's units are listed, as bits, how many come before, the best score.

Finding a unit's place by counting bits is Jacobson's (Space-efficient static trees and graphs, FOCS 1989), leaving
blocks out by their best scores Ding and Suel's (Faster top-k document retrieval using block-max indexes, SIGIR 2011).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from search.engines.columns import Bools, Columns, Floats, Ints, ranges, run_starts
from search.engines.postings import Scored

Words = npt.NDArray[np.uint32]
# The best score of each block, never below it and hardly above.
Peaks = npt.NDArray[np.float32]

# A block is a word of so many bits.
_SHIFT = 5
_BLOCK = 1 << _SHIFT
_ONE = np.uint32(1)


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Which of all units are in a list, and how many are in it before each block."""

    words: Words
    before: npt.NDArray[np.int32]

    @classmethod
    def of_words(cls, words: Words) -> "Bitmap":
        """Return the bitmap of bits that are set."""
        counts = np.bitwise_count(words)
        return cls(words, np.cumsum(counts, dtype=np.int32) - counts)

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.words.nbytes + self.before.nbytes

    @property
    def total(self) -> int:
        """How many units are in the list."""
        return int(self.before[-1]) + int(np.bitwise_count(self.words[-1]))

    def find(self, asked: Ints) -> tuple[Ints, Bools]:
        """Return the places in the list of those units asked for that are in it, and which of them are."""
        words, bits, before = self._at(asked)
        are_there = (words & bits) != 0
        places = before + np.bitwise_count(words & (bits - _ONE))
        return places[are_there].astype(np.int64), are_there

    def below(self, units: Ints) -> Ints:
        """Return how many units are in the list that come before each of these."""
        words, bits, before = self._at(units)
        return np.asarray(before + np.bitwise_count(words & (bits - _ONE)), np.int64)

    def _at(self, units: Ints) -> tuple[Words, Words, npt.NDArray[np.int32]]:
        """Return the word of each unit's block, the unit's bit, and how many come before the block."""
        blocks = units >> _SHIFT
        return self.words[blocks], _ONE << (units & (_BLOCK - 1)).astype(np.uint32), self.before[blocks]

    def within(self, blocks: Ints) -> Ints:
        """Return the places in the list of the units of some blocks, which are in order."""
        starts = self.before[blocks].astype(np.int64)
        return ranges(starts, starts + np.bitwise_count(self.words[blocks]))

    def units_of(self, blocks: Ints) -> Ints:
        """Return the units of some blocks that are in the list; blocks are in order, and so are they."""
        return _units(self.words[blocks], blocks)


@dataclass(frozen=True, slots=True)
class Blocks:
    """The paragraphs that hold a word, the articles they are of, as bits, and the best score of each block."""

    listed: Bitmap
    articles: Words
    peaks: Peaks

    @classmethod
    def of(cls, listed: Bitmap, found: Scored, columns: Columns) -> "Blocks":
        """Return the blocks of the paragraphs that hold a word, which are listed."""
        peaks = _peaks(found.units >> _SHIFT, found.scores, columns.paragraphs)
        return cls(listed, bits_of(columns.article_of[found.units], columns.articles), peaks)

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.listed.nbytes + self.articles.nbytes + self.peaks.nbytes


def bits_of(listed: Ints, units: int) -> Words:
    """Return a bit for each of so many units, set for those listed."""
    is_listed = np.zeros((units // _BLOCK + 1) * _BLOCK, np.bool_)
    is_listed[listed] = True
    return np.packbits(is_listed, bitorder="little").view("<u4").astype(np.uint32, copy=False)


def peaks_of_articles(found: Scored, columns: Columns) -> Peaks:
    """Return the best score of each block of paragraphs where each paragraph has the score of its article."""
    first = columns.first_doc[found.units]
    start, end = first >> _SHIFT, ((first + columns.paragraphs_of[found.units] - 1) >> _SHIFT) + 1
    return _peaks(ranges(start, end), np.repeat(found.scores, end - start), columns.paragraphs)


def in_all(bitmaps: Iterable[Bitmap]) -> Ints:
    """Return the units that are in all of some lists, in order."""
    return units_of_bits(reduce(np.bitwise_and, (bitmap.words for bitmap in bitmaps)))


def units_of_bits(words: Words) -> Ints:
    """Return the units whose bits are set, in order."""
    held = (words != 0).nonzero()[0]
    return _units(words[held], held)


def _units(words: Words, blocks: Ints) -> Ints:
    """Return the units whose bits are set in the words of some blocks."""
    bits = np.unpackbits(words.astype("<u4", copy=False).view(np.uint8), bitorder="little").view(np.bool_)
    found = bits.nonzero()[0]
    return np.asarray((blocks[found >> _SHIFT] << _SHIFT) + (found & (_BLOCK - 1)))


def _peaks(blocks: Ints, scores: Floats, units: int) -> Peaks:
    """Return the best of the scores of each block, rounded up; blocks are in order."""
    peaks = np.zeros(units // _BLOCK + 1, np.float32)
    if len(blocks):
        runs = run_starts(blocks)
        best = np.maximum.reduceat(scores, runs).astype(np.float32)
        peaks[blocks[runs]] = np.nextafter(best, np.float32(np.inf))
    return peaks
