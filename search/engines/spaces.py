"""A field with token positions, as arrays: where a leaf of the tree stands, how well it scores, what is near what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from search.engines import postings
from search.engines.base import BM25_B, BM25_K1, PROXIMITY_REACH, PROXIMITY_WEIGHT
from search.engines.cache import ArrayCache
from search.engines.columns import Ints, run_starts
from search.engines.postings import Scored, Spans
from search.engines.vocabulary import Vocabulary
from search.query.nodes import Fuzzy, Near, Node, NotNear, Or, Phrase, Term, Together, Unit, Wildcard, Window


class PositionReader(Protocol):
    """Where postings come from."""

    def __call__(self, field: str, word: str) -> tuple[Ints, Ints, Ints]:
        """Return the units that hold a word, how often, and its positions in them, one unit after the other."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A field's name, that of its words in capitals, and how its units lie in positions counted over the index.

    `offsets` are the positions at which units begin, `sentences` those at which sentences do; both grow.
    """

    field: str
    capitals: str
    lengths: Ints
    offsets: Ints
    sentences: Ints

    @classmethod
    def of_sentences(cls, field: str, capitals: str, lengths: Ints, *, counts: Ints, starts: Ints) -> "Layout":
        """Lay units of these lengths out, each with so many sentences, which begin at these positions in it."""
        offsets = postings.unit_offsets(lengths)
        return cls(field, capitals, lengths, offsets, np.repeat(offsets, counts) + starts)

    @classmethod
    def of_one_sentence(cls, field: str, capitals: str, lengths: Ints) -> "Layout":
        """Lay units of these lengths out, each of one sentence."""
        offsets = postings.unit_offsets(lengths)
        return cls(field, capitals, lengths, offsets, offsets)


class Space:
    """One field with token positions."""

    def __init__(self, layout: Layout, *, read: PositionReader, vocabulary: Vocabulary, cache: ArrayCache) -> None:
        self.field = layout.field
        self._capitals = layout.capitals
        self._offsets = layout.offsets
        self._borders = {Unit.SENTENCE: layout.sentences, Unit.PARAGRAPH: layout.offsets}
        lengths = layout.lengths
        self._units = len(lengths)
        average = lengths.sum() / self._units if lengths.any() else 1.0
        self._norm = BM25_K1 * (1 - BM25_B + BM25_B * lengths / average)
        self._read = read
        self._vocabulary = vocabulary
        self._cache = cache

    def spans(self, node: Node) -> Spans:
        """Return where a positional node stands."""
        return self._cache.get((self.field, "spans", node), lambda: self._spans(node))

    def scored(self, node: Node) -> Scored:
        """Return the units that hold a node, with their BM25 scores."""
        return self._cache.get((self.field, "scored", node), lambda: self._scored(node))

    def idf(self, node: Node) -> float:
        """Return the weight of a leaf: rarer counts more; a phrase weighs what its parts do together."""
        if isinstance(node, Phrase | Window):
            return sum(self.idf(part) for part in node.parts)
        found = len(self._counted(node)[0])
        return float(np.log1p((self._units - found + 0.5) / (found + 0.5)))

    def closeness(self, left: Node, right: Node) -> Scored:
        """Return what two leaves add to the score of the units in which they stand near each other."""
        return self._cache.get((self.field, "closeness", left, right), lambda: self._closeness(left, right))

    def units_of(self, positions: Ints) -> Ints:
        """Return the unit of each position."""
        return np.asarray(np.searchsorted(self._offsets, positions, "right") - 1)

    def _words(self, node: Node) -> Sequence[str]:
        if isinstance(node, Term) and not node.stemmed:
            return node.tokens
        if isinstance(node, Term):
            return [word for stem in node.tokens for word in self._vocabulary.forms(stem)]
        assert isinstance(node, Wildcard | Fuzzy)
        return self._vocabulary.expand(node)

    def _spans(self, node: Node) -> Spans:
        match node:
            case Term() | Wildcard() | Fuzzy():
                return postings.single_positions(self._positions(node))
            case Phrase(parts=parts):
                return postings.phrase([self.spans(part).starts for part in parts])
            case Or(children=children):
                return postings.union([self.spans(child) for child in children])
            case Near(left=left, right=right, distance=distance, ordered=ordered):
                return postings.near(self.spans(left), self.spans(right), distance, ordered=ordered)
            case NotNear(left=left, right=right, reach=Unit() as unit):
                return postings.not_together(self.spans(left), self.spans(right), self._borders[unit])
            case NotNear(left=left, right=right, reach=int(reach), ordered=ordered):
                return postings.not_near(self.spans(left), self.spans(right), reach, ordered=ordered)
            case Together(left=left, right=right, unit=unit):
                return postings.together(self.spans(left), self.spans(right), self._borders[unit])
            case Window(parts=parts, distance=distance):
                starts = postings.window([self.spans(part).starts for part in parts], distance)
                return postings.single_positions(starts)
        raise AssertionError(f"{type(node).__name__} has no positions")

    def _positions(self, node: Node) -> Ints:
        field = self._capitals if isinstance(node, Term) and node.capitals else self.field
        found = []
        for word in self._words(node):
            units, frequencies, positions = self._read(field, word)
            found.append(np.repeat(self._offsets[units], frequencies) + positions)
        return postings.union([postings.single_positions(each) for each in found]).starts

    def _counted(self, node: Node) -> tuple[Ints, Ints]:
        """Return the units that hold a node and how often."""
        found = self.units_of(self.spans(node).starts)
        first = run_starts(found)
        return found[first], np.diff(first, append=len(found))

    def _scored(self, node: Node) -> Scored:
        units, frequencies = self._counted(node)
        scores = self.idf(node) * frequencies * (BM25_K1 + 1) / (frequencies + self._norm[units])
        return Scored(units, scores)

    def _closeness(self, left: Node, right: Node) -> Scored:
        starts, distance = postings.gaps(self.spans(left), self.spans(right), PROXIMITY_REACH)
        found = self.units_of(starts)
        first = run_starts(found)
        units = found[first]
        if not len(units):
            return Scored(units, np.empty(0))
        nearest = np.minimum.reduceat(distance, first)
        return Scored(units, PROXIMITY_WEIGHT * min(self.idf(left), self.idf(right)) / nearest)
