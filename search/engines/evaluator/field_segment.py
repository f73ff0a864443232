"""One field of one segment: the units that hold a leaf of the query, and the positions at which they do.

Units are numbered within the segment. Postings are by stem; a word, or words in capitals, are found by filtering the
tokens of their stem by form.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search.engines.columns import Bools, Ints, ranges
from search.engines.whoosh.arrays import Array
from search.engines.whoosh.segment import FieldPostings, Segment
from search.query.nodes import Fuzzy, Term, Wildcard

Leaf = Term | Wildcard | Fuzzy
# Looking a number up by bisection costs as much as this many entries of a table.
_BISECTION_COST = 12
# Up to so many lists are merged one by one; more are added up over all units.
_MERGED = 8


class TermDocs(NamedTuple):
    """The units that hold something, ascending, and how often each does."""

    units: Ints
    frequencies: Ints


NO_DOCS = TermDocs(np.empty(0, np.int64), np.empty(0, np.int64))


class TermPositions(NamedTuple):
    """The units that hold something, ascending, one entry a token, and its position within its unit."""

    units: Ints
    positions: Array


class _Selected(NamedTuple):
    """A stem and which of its forms are asked: None for all, else a mask by form index (times two, plus capitals)."""

    stem: int
    forms: Bools | None


Selection = tuple[_Selected, ...]


class FieldSegment:
    """A field of a segment that has so many units. Safe for threads."""

    def __init__(self, segment: Segment, field: FieldPostings) -> None:
        self.units = len(field.lengths)
        self._segment = segment
        self._field = field

    def stems(self, stems: Sequence[str]) -> Selection:
        """Select stems with all their forms."""
        found = (self._segment.stems.find(stem) for stem in stems)
        return tuple(_Selected(stem, None) for stem in found if stem is not None)

    def words(self, words: Sequence[str], *, capitals: bool) -> Selection:
        """Select words; with `capitals`, only where they are written in capitals."""
        stems: dict[int, set[str]] = {}
        for word in words:
            if (stem := self._segment.stem_of(word)) is not None:
                stems.setdefault(stem, set()).add(word)
        return tuple(self._forms(stem, asked, capitals=capitals) for stem, asked in sorted(stems.items()))

    def _forms(self, stem: int, words: set[str], *, capitals: bool) -> _Selected:
        forms = self._segment.forms_of(stem)
        if len(words) == len(forms) and not capitals:
            return _Selected(stem, None)
        mask = np.repeat(np.array([form in words for form in forms], np.bool_), 2)
        if capitals:
            mask[::2] = False
        return _Selected(stem, mask)

    def word_doc_freq(self, words: Sequence[str]) -> int | None:
        """Return how many units hold one of some words, where that is stored: for a word, and a word in either case."""
        known = [index for index in map(self._segment.word, words) if index is not None]
        if len(known) <= 1:
            return self._field.word_doc_freq(known[0]) if known else 0
        if len({word.lower() for word in words}) == 1:
            return self._field.word_doc_freq(known[0], either_case=True)
        return None

    def doc_freq(self, selection: Selection) -> int:
        """Return how many units hold what was selected."""
        if len(selection) == 1 and selection[0].forms is None:
            return self._field.doc_freq(selection[0].stem)
        return len(self.docs(selection).units)

    def most_docs(self, selection: Selection) -> int:
        """Return an upper bound of `doc_freq`, without reading postings."""
        return sum(self._field.doc_freq(each.stem) for each in selection)

    def docs(self, selection: Selection) -> TermDocs:
        """Return the units that hold what was selected."""
        found = [self._stem_docs(each) for each in selection]
        if len(found) <= 1:
            return found[0] if found else NO_DOCS
        if len(found) > _MERGED:
            frequencies = np.zeros(self.units, np.int64)
            for each in found:
                frequencies[each.units] += each.frequencies
            units = frequencies.nonzero()[0]
            return TermDocs(units, frequencies[units])
        longest, *others = sorted(found, key=lambda each: len(each.units), reverse=True)
        for each in others:
            longest = self._merged(longest, each)
        return longest

    def _merged(self, longer: TermDocs, shorter: TermDocs) -> TermDocs:
        """Return the units of both, with the sum of their frequencies."""
        at, are_there = find(longer.units, shorter.units, self.units)
        frequencies = longer.frequencies.copy()
        frequencies[at] += shorter.frequencies[are_there]
        new = shorter.units[~are_there]
        places = longer.units.searchsorted(new)
        return TermDocs(
            np.insert(longer.units, places, new), np.insert(frequencies, places, shorter.frequencies[~are_there])
        )

    def _stem_docs(self, selected: _Selected) -> TermDocs:
        if selected.forms is None:
            docs, frequencies = self._field.docs(selected.stem)
            return TermDocs(docs.astype(np.int64), frequencies.astype(np.int64))
        found = self._field.postings(selected.stem)
        if not len(found.docs):
            return NO_DOCS
        ends = found.frequencies.cumsum(dtype=np.int64)
        counts = np.add.reduceat(selected.forms[found.forms].astype(np.int64), ends - found.frequencies)
        held = counts.nonzero()[0]
        return TermDocs(found.docs[held].astype(np.int64), counts[held])

    def docs_in(self, selection: Selection, units: Ints) -> TermDocs | None:
        """Return those of `units`, which ascend, that hold what was selected; None where that takes its positions."""
        if len(selection) > _MERGED or any(each.forms is not None for each in selection):
            return None
        frequencies = np.zeros(len(units), np.int64)
        for each in selection:
            docs, counts = self._field.docs(each.stem)
            at, are_there = find(docs, units, self.units)
            frequencies[are_there] += counts[at]
        held = frequencies.nonzero()[0]
        return TermDocs(units[held], frequencies[held])

    def positions(self, selection: Selection, units: Ints | None) -> list[TermPositions]:
        """Return the tokens of each stem selected: all, or those in `units`, which ascend."""
        return [self._stem_positions(each, units) for each in selection]

    def _stem_positions(self, selected: _Selected, units: Ints | None) -> TermPositions:
        docs, frequencies, positions, forms = self._field.postings(selected.stem)
        if units is not None:
            at, _ = find(docs, units, self.units)
            ends = frequencies.cumsum(dtype=np.int64)[at]
            docs, frequencies = docs[at], frequencies[at]
            chosen = ranges(ends - frequencies, ends)
            positions, forms = positions[chosen], forms[chosen]
        held = docs.astype(np.int64).repeat(frequencies)
        if selected.forms is None:
            return TermPositions(held, positions)
        is_asked = selected.forms[forms]
        return TermPositions(held[is_asked], positions[is_asked])


def find(ordered: Array, asked: Ints, below: int) -> tuple[Ints, Bools]:
    """Return the indexes in an ascending list of the numbers asked for that are in it, and which of them are.

    All are smaller than `below`.
    """
    if not len(ordered):
        return np.empty(0, np.int64), np.zeros(len(asked), np.bool_)
    if len(asked) * _BISECTION_COST < len(ordered):
        at = ordered.searchsorted(asked.astype(ordered.dtype))
    else:
        # A table of indexes; what it holds for numbers that are not in the list is arbitrary, and told by comparing.
        index_of = np.empty(below, np.uint32)
        index_of[ordered] = np.arange(len(ordered), dtype=np.uint32)
        at = index_of[asked].astype(np.int64)
    at[at >= len(ordered)] = 0
    are_there = ordered[at] == asked
    return at[are_there], are_there
