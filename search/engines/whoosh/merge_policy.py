"""Which segments to merge: so that few are read by a search, few of their articles are deleted, and little is copied.

Tiered, as in Lucene's TieredMergePolicy: the smallest segments are merged, and with them those that are not larger than
all of these together. So an article is copied a few times in its life, however many updates follow it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search.engines.whoosh.live import LiveSegment

# Each is evaluated by itself: a cold search of ten took 2.5 times as long as one of the same paragraphs in one segment.
MOST_SEGMENTS = 5
# Of a segment of which more than this share was deleted, the rest is copied.
MOST_DELETED = 0.2


class Size(NamedTuple):
    """The tokens of the text of a segment, and how many of them are of live articles."""

    tokens: int
    live: int

    @classmethod
    def of(cls, segment: LiveSegment) -> "Size":
        """Return the size of a segment."""
        lengths, live = segment.segment.values["length"], segment.live_units
        tokens = int(lengths.sum(dtype=np.int64))
        return cls(tokens, tokens if live is None else int(lengths[live].sum(dtype=np.int64)))

    @property
    def is_sparse(self) -> bool:
        """Whether too much of it was deleted."""
        return self.live < (1 - MOST_DELETED) * self.tokens or (self.live == 0 == self.tokens)


def merges(sizes: Sequence[Size], *, most: int, compact: bool = False) -> list[list[int]]:
    """Return groups of segments, given by their numbers, each to be merged into one of at most about `most` tokens.

    Where it is to `compact`, all that can be merged is.
    """
    group = _smallest(sizes, most=most, leave=1 if compact else MOST_SEGMENTS)
    others = [number for number, size in enumerate(sizes) if number not in group and _is_worth(size, compact=compact)]
    return [*([group] if len(group) > 1 else []), *([number] for number in others)]


def _is_worth(size: Size, *, compact: bool) -> bool:
    return size.is_sparse or (compact and size.live < size.tokens)


def _smallest(sizes: Sequence[Size], *, most: int, leave: int) -> list[int]:
    """Return the smallest segments, as many as are too many and those that are no larger than these together."""
    if len(sizes) <= leave:
        return []
    group: list[int] = []
    total = 0
    for number in sorted(range(len(sizes)), key=lambda number: sizes[number].live):
        size = sizes[number].live
        left = len(sizes) - len(group) + (1 if group else 0)
        if total + size > most or (left <= leave and size > total):
            break
        group.append(number)
        total += size
    return sorted(group)
