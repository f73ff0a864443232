"""Long lists of units by blocks: which of a block's units are listed, as bits, how many come before, the best score.

Finding a unit's place by counting bits is Jacobson's (Space-efficient static trees and graphs, FOCS 1989), leaving
blocks out by their best scores Ding and Suel's (Faster top-k document retrieval using block-max indexes, SIGIR 2011).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

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
_LAST = _BLOCK - 1
_ONE, _ALL = np.uint32(1), np.uint32(0xFFFFFFFF)


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

    def find(self, asked: Ints) -> tuple[Ints, Bools]:
        """Return the places in the list of those units asked for that are in it, and which of them are."""
        blocks = asked >> _SHIFT
        words, bits = self.words[blocks], _ONE << (asked & _LAST).astype(np.uint32)
        are_there = (words & bits) != 0
        places = self.before[blocks] + np.bitwise_count(words & (bits - _ONE))
        return places[are_there].astype(np.int64), are_there

    def within(self, blocks: Ints) -> Ints:
        """Return the places in the list of the units of some blocks, which are in order."""
        starts = self.before[blocks].astype(np.int64)
        return ranges(starts, starts + np.bitwise_count(self.words[blocks]))


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


class Borders(NamedTuple):
    """Units in order, as the block of each and the bits of it that stand before: made once to count often."""

    blocks: Ints
    below: Words

    @classmethod
    def of(cls, units: Ints) -> "Borders":
        """Return the borders before some units; the last may be one that comes after all."""
        return cls(units >> _SHIFT, (_ONE << (units & _LAST).astype(np.uint32)) - _ONE)


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
    return units_of(reduce(np.bitwise_and, (bitmap.words for bitmap in bitmaps)))


def number_of(words: Words) -> int:
    """Return how many bits are set."""
    return int(np.bitwise_count(words).sum())


def units_of(words: Words) -> Ints:
    """Return the units whose bits are set, in order."""
    return units_within(words, (words != 0).nonzero()[0])


def units_within(words: Words, blocks: Ints) -> Ints:
    """Return the units of some blocks whose bits are set; blocks are in order, and so are they."""
    bits = np.unpackbits(words[blocks].astype("<u4", copy=False).view(np.uint8), bitorder="little").view(np.bool_)
    found = bits.nonzero()[0]
    return np.asarray((blocks[found >> _SHIFT] << _SHIFT) + (found & _LAST))


def numbers_between(words: Words, starts: Ints, ends: Ints) -> Ints:
    """Return how many bits are set in each of some half-open ranges of units, none of which is empty."""
    first, last = starts >> _SHIFT, (ends - 1) >> _SHIFT
    sizes = last - first + 1
    beyond = sizes.cumsum()
    begun = beyond - sizes
    asked = words[ranges(first, last + 1)]
    asked[begun] &= _ALL << (starts & _LAST).astype(np.uint32)
    asked[beyond - 1] &= _ALL >> (_LAST - ((ends - 1) & _LAST)).astype(np.uint32)
    counts = np.bitwise_count(asked)
    return np.add.reduceat(counts, begun, dtype=np.int64) if len(begun) else np.empty(0, np.int64)


def numbers_in_each(words: Words, borders: Borders) -> Ints:
    """Return how many bits are set between each border and the next."""
    before = Bitmap.of_words(words).before[borders.blocks]
    return np.asarray(np.diff(before + np.bitwise_count(words[borders.blocks] & borders.below)))


def _peaks(blocks: Ints, scores: Floats, units: int) -> Peaks:
    """Return the best of the scores of each block, rounded up; blocks are in order."""
    peaks = np.zeros(units // _BLOCK + 1, np.float32)
    if len(blocks):
        runs = run_starts(blocks)
        best = np.maximum.reduceat(scores, runs).astype(np.float32)
        peaks[blocks[runs]] = np.nextafter(best, np.float32(np.inf))
    return peaks
