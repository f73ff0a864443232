"""One searchable field (the text of units, or the titles of articles) over all segments: leaves, weights, positions.

A *unit* is a document of the field, numbered over all segments. The position of a token is counted over the whole
field: the number of its unit times UNIT_SPACE, plus its place within the unit.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from search.engines.base import BM25_B, BM25_K1
from search.engines.evaluator.field_segment import NO_DOCS, FieldSegment, TermDocs
from search.engines.evaluator.leaves import Leaf, LeafSelector, Selection
from search.engines.evaluator.spans import UNIT_SPACE
from search.engines.sorted_arrays import Bools, Floats, Ints
from search.engines.whoosh.arrays import Array
from search.query.nodes import Unit

# BM25 is looked up for the lengths and frequencies below these, and computed for others.
_LENGTHS, _FREQUENCIES = 256, 16


class FieldIndex:
    """A field of an index, in one or several segments. Safe for threads.

    `lengths` of the units are counted in tokens; `live` says which units are of live articles, None that all are;
    `sentences` returns, once it is asked, the number of the unit of each sentence and the token of that unit which it
    begins at.
    """

    def __init__(
        self,
        lengths: Ints,
        live: Bools | None,
        sentences: Callable[[], tuple[Ints, Array]],
        segments: Sequence[FieldSegment],
        selector: LeafSelector,
    ) -> None:
        self.units = len(lengths)
        self._sentences = sentences
        self._lengths = lengths
        # Of what is longer, 0: no unit that holds anything is as short.
        self._short_lengths = np.where(lengths < _LENGTHS, lengths, 0).astype(np.uint8)
        self._live = live
        live_lengths = lengths if live is None else lengths[live]
        self._live_units = len(live_lengths)
        self._average = live_lengths.sum() / self._live_units if live_lengths.any() else 1.0
        self._segments = segments
        # The number of each segment's first unit, and what comes after the last unit of all.
        self._firsts = np.cumsum([0, *(each.units for each in segments)])
        self._selector = selector

    def doc_freq(self, leaf: Leaf) -> int:
        """Return how many live units hold a leaf."""
        selected = zip(self._segments, self._selector.select(leaf), strict=True)
        return sum(segment.doc_freq(selection) for segment, selection in selected)

    def most_docs(self, leaf: Leaf) -> int:
        """Return an upper bound of `doc_freq`, without reading postings."""
        selected = zip(self._segments, self._selector.select(leaf), strict=True)
        return sum(segment.most_docs(selection) for segment, selection in selected)

    def idf(self, doc_freq: int) -> float:
        """Return the BM25 weight of something that so many live units hold."""
        return float(np.log1p((self._live_units - doc_freq + 0.5) / (doc_freq + 0.5)))

    def count_live(self, units: Ints) -> int:
        """Return how many of some units are live."""
        return len(units) if self._live is None else int(np.count_nonzero(self._live[units]))

    def borders(self, unit: Unit) -> Ints:
        """Return the positions at which sentences or paragraphs begin."""
        return self._sentence_borders if unit is Unit.SENTENCE else np.arange(self.units) * UNIT_SPACE

    @cached_property
    def _sentence_borders(self) -> Ints:
        units, tokens = self._sentences()
        return units * UNIT_SPACE + tokens

    def scores(self, idf: float, docs: TermDocs) -> Floats:
        """Return the BM25 score of each of the units that hold something of this weight."""
        lengths, frequencies = self._short_lengths.take(docs.units), docs.frequencies
        few = np.minimum(frequencies, _FREQUENCIES - 1).astype(np.intp)
        scores = self._saturations.take(few * _LENGTHS + lengths)
        # Most lengths and frequencies are small.
        others = ((lengths == 0) | (frequencies >= _FREQUENCIES)).nonzero()[0]
        if len(others):
            scores[others] = _saturation(frequencies[others], self._lengths[docs.units[others]], self._average)
        return np.asarray(scores * idf, np.float64)

    @cached_property
    def _saturations(self) -> Floats:
        frequencies, lengths = np.arange(_FREQUENCIES)[:, np.newaxis], np.arange(_LENGTHS)
        return _saturation(frequencies, lengths, self._average).ravel()

    def docs_in(self, leaf: Leaf, units: Ints | None) -> TermDocs:
        """Return the units, of all or of `units`, that hold a leaf."""
        parts = zip(self._segments, self._selector.select(leaf), self._divided(units), strict=True)
        return self._joined([segment.docs_in(selection, part) for segment, selection, part in parts])

    def units_in(self, leaf: Leaf, units: Ints | None) -> Ints:
        """Return the units, of all or of `units`, that may hold a leaf: those that do, and few others."""
        parts = zip(self._segments, self._selector.select(leaf), self._divided(units), self._firsts, strict=False)
        return _concatenated([segment.units_in(selection, part) + first for segment, selection, part, first in parts])

    def occurrences(self, leaf: Leaf, units: Ints | None) -> Ints:
        """Return the positions of a leaf, ascending, in all units or in `units`."""
        parts = zip(self._segments, self._selector.select(leaf), self._divided(units), self._firsts, strict=False)
        return _concatenated([_positions(*part) for part in parts])

    def _divided(self, units: Ints | None) -> Sequence[Ints | None]:
        """Return those of `units`, which ascend, that are in each segment, numbered within it; None stands for all."""
        if units is None:
            return [None] * len(self._segments)
        if len(self._segments) == 1:
            return [units]
        parts = np.split(units, units.searchsorted(self._firsts[1:-1]))
        return [part - first for part, first in zip(parts, self._firsts, strict=False)]

    def _joined(self, found: Sequence[TermDocs]) -> TermDocs:
        """Return what was found in each segment, numbered over all."""
        if len(found) <= 1:
            return found[0] if found else NO_DOCS
        units = [each.units + first for each, first in zip(found, self._firsts, strict=False)]
        return TermDocs(np.concatenate(units), np.concatenate([each.frequencies for each in found]))


def _saturation(frequencies: Ints, lengths: Ints, average: float) -> Floats:
    """Return the part of BM25 that depends on frequency and length."""
    norm = BM25_K1 * (1 - BM25_B + BM25_B * lengths / average)
    return np.asarray(frequencies * (BM25_K1 + 1) / (frequencies + norm), np.float64)


def _positions(segment: FieldSegment, selection: Selection, units: Ints | None, first: np.int64) -> Ints:
    found = [(each.units + first) * UNIT_SPACE + each.positions for each in segment.positions(selection, units)]
    joined = _concatenated(found)
    if len(selection.stems) > 1:
        joined.sort()
    return joined


def _concatenated(parts: Sequence[Ints]) -> Ints:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
