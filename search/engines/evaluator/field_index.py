"""One searchable field (the text of units, or the titles of articles) over all segments: leaves, weights, positions.

A *unit* is a document of the field, numbered over all segments. Positions of tokens are counted over the whole field:
each unit begins at an offset of its own, more than MAX_DISTANCE plus the longest phrase after the end of the unit
before, so that nothing found near something else is in another unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.engines import postings
from search.engines.base import BM25_B, BM25_K1
from search.engines.columns import Columns, Floats, Ints
from search.engines.evaluator.field_segment import NO_DOCS, FieldSegment, Leaf, Selection, TermDocs
from search.engines.vocabulary import Vocabulary
from search.query.nodes import Fuzzy, Term, Unit, Wildcard

_LEAVES_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class UnitPositions:
    """How the units of a field lie in positions counted over the whole field.

    `offsets` are the positions at which units begin, `sentences` those at which sentences do; both ascend.
    """

    lengths: Ints
    offsets: Ints
    sentences: Ints

    @classmethod
    def of_text(cls, columns: Columns) -> "UnitPositions":
        """Return those of headlines and paragraphs."""
        offsets = postings.unit_offsets(columns.length)
        return cls(columns.length, offsets, np.repeat(offsets, columns.sentences) + columns.sentence_start)

    @classmethod
    def of_titles(cls, columns: Columns) -> "UnitPositions":
        """Return those of the titles, each of one sentence."""
        offsets = postings.unit_offsets(columns.title_length)
        return cls(columns.title_length, offsets, offsets)

    def units_of(self, positions: Ints) -> Ints:
        """Return the unit of each position."""
        return np.asarray(self.offsets.searchsorted(positions, "right") - 1)


class FieldIndex:
    """A field of an index, in one or several segments. Safe for threads."""

    def __init__(self, unit_positions: UnitPositions, segments: Sequence[FieldSegment], vocabulary: Vocabulary) -> None:
        self.positions = unit_positions
        self.borders = {Unit.SENTENCE: unit_positions.sentences, Unit.PARAGRAPH: unit_positions.offsets}
        lengths = unit_positions.lengths
        self.units = len(lengths)
        average = lengths.sum() / self.units if lengths.any() else 1.0
        self._norm = BM25_K1 * (1 - BM25_B + BM25_B * lengths / average)
        self._segments = segments
        # The number of each segment's first unit, and what comes after the last unit of all.
        self._firsts = np.cumsum([0, *(each.units for each in segments)])
        self._vocabulary = vocabulary
        # Not an lru_cache: bound to this object, it would keep the maps open until garbage is collected.
        self._known_leaves: dict[Leaf, tuple[Selection, ...]] = {}

    def doc_freq(self, leaf: Leaf) -> int:
        """Return how many units hold a leaf."""
        is_word = isinstance(leaf, Term) and not leaf.stemmed and not leaf.capitals
        total = 0
        for segment, selection in zip(self._segments, self._selected(leaf), strict=True):
            known = segment.word_doc_freq(self._words(leaf)) if is_word else None
            total += segment.doc_freq(selection) if known is None else known
        return total

    def most_docs(self, leaf: Leaf) -> int:
        """Return an upper bound of `doc_freq`, without reading postings."""
        selected = zip(self._segments, self._selected(leaf), strict=True)
        return sum(segment.most_docs(selection) for segment, selection in selected)

    def idf(self, doc_freq: int) -> float:
        """Return the BM25 weight of something that so many units hold."""
        return float(np.log1p((self.units - doc_freq + 0.5) / (doc_freq + 0.5)))

    def scores(self, idf: float, docs: TermDocs) -> Floats:
        """Return the BM25 score of each of the units that hold something of this weight."""
        return np.asarray(
            idf * docs.frequencies * (BM25_K1 + 1) / (docs.frequencies + self._norm[docs.units]), np.float64
        )

    def docs(self, leaf: Leaf) -> TermDocs:
        """Return the units that hold a leaf."""
        found = [segment.docs(each) for segment, each in zip(self._segments, self._selected(leaf), strict=True)]
        return self._joined(found)

    def docs_in(self, leaf: Leaf, units: Ints) -> TermDocs | None:
        """Return those of `units`, which ascend, that hold a leaf; None where that takes its positions."""
        found = []
        parts = zip(self._segments, self._selected(leaf), self._divided(units), strict=True)
        for segment, selection, part in parts:
            docs = segment.docs_in(selection, part)
            if docs is None:
                return None
            found.append(docs)
        return self._joined(found)

    def _divided(self, units: Ints) -> list[Ints]:
        """Return those of `units` that are in each segment, numbered within it."""
        if len(self._segments) == 1:
            return [units]
        parts = np.split(units, units.searchsorted(self._firsts[1:-1]))
        return [part - first for part, first in zip(parts, self._firsts, strict=False)]

    def _joined(self, found: Sequence[TermDocs]) -> TermDocs:
        """Return what was found in each segment, numbered over all."""
        if len(found) == 1:
            return found[0]
        if not found:
            return NO_DOCS
        units = [each.units + first for each, first in zip(found, self._firsts, strict=False)]
        return TermDocs(np.concatenate(units), np.concatenate([each.frequencies for each in found]))

    def occurrences(self, leaf: Leaf, units: Ints | None = None) -> Ints:
        """Return the positions of a leaf, ascending: all, or those in `units`, which ascend."""
        divided = [None] * len(self._segments) if units is None else self._divided(units)
        parts = zip(self._segments, self._selected(leaf), divided, self._firsts, strict=False)
        found = [self._segment_positions(*part) for part in parts]
        if len(found) == 1:
            return found[0]
        joined: Ints = np.concatenate(found or [np.empty(0, np.int64)])
        return joined

    def _segment_positions(
        self, segment: FieldSegment, selection: Selection, units: Ints | None, first: np.int64
    ) -> Ints:
        found: list[Ints] = [
            self.positions.offsets[each.units + first] + each.positions for each in segment.positions(selection, units)
        ]
        if len(found) == 1:
            return found[0]
        joined: Ints = np.concatenate(found) if found else np.empty(0, np.int64)
        joined.sort()
        return joined

    def _selected(self, leaf: Leaf) -> tuple[Selection, ...]:
        """Return what a leaf stands for in each segment."""
        found = self._known_leaves.get(leaf)
        if found is None:
            if len(self._known_leaves) >= _LEAVES_REMEMBERED:
                self._known_leaves.clear()
            found = self._known_leaves[leaf] = self._select(leaf)
        return found

    def _select(self, leaf: Leaf) -> tuple[Selection, ...]:
        if isinstance(leaf, Term) and leaf.stemmed and not leaf.capitals:
            # A word with several names has postings of its own, whatever the stems of its names are.
            others = self._vocabulary.other_forms(leaf.tokens)
            return tuple(
                (*segment.stems(leaf.tokens), *segment.words(others, capitals=False)) for segment in self._segments
            )
        capitals = isinstance(leaf, Term) and leaf.capitals
        asked = self._words(leaf)
        if capitals:
            # Tokens in capitals are asked by the folded word; some words keep their capitals (US).
            asked = [*asked, *(word.upper() for word in asked)]
        return tuple(segment.words(asked, capitals=capitals) for segment in self._segments)

    def _words(self, leaf: Leaf) -> Sequence[str]:
        if isinstance(leaf, Wildcard | Fuzzy):
            return self._vocabulary.expand(leaf)
        if not leaf.stemmed:
            return self._vocabulary.spelt(leaf.tokens)
        return [word for stem in leaf.tokens for word in self._vocabulary.forms(stem)]
