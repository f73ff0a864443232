"""A field with token positions, as arrays: where a leaf of the tree stands, how well it scores, what is near what.

What is asked of all units is kept for the generation, which never changes. What is asked of a few units only, such as
a frequent word beside a rare one, is read for these alone where that is less work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np

from search.engines import postings
from search.engines.base import BM25_B, BM25_K1, PROXIMITY_REACH, PROXIMITY_WEIGHT
from search.engines.bitmaps import Bitmap, bits_of, in_all
from search.engines.cache import ArrayCache
from search.engines.columns import Bools, Columns, Floats, Ints, ranges, run_starts
from search.engines.limits import Limits
from search.engines.postings import Scored, Spans
from search.engines.scratch import Finder
from search.engines.vocabulary import Vocabulary
from search.query.nodes import Fuzzy, Near, Node, NotNear, Or, Phrase, Term, Together, Unit, Wildcard, Window

LEAVES = (Term, Wildcard, Fuzzy, Phrase)
_WORDS = (Term, Wildcard, Fuzzy)
# Of so many words it is remembered how much of them there is, what they weigh, and how much was read.
_WORDS_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Layout:
    """How a field's units lie in positions counted over the index.

    `offsets` are the positions at which units begin, `sentences` those at which sentences do; both grow.
    """

    lengths: Ints
    offsets: Ints
    sentences: Ints

    @classmethod
    def of_text(cls, columns: Columns) -> "Layout":
        """Lay the paragraphs of an index out."""
        offsets = postings.unit_offsets(columns.length)
        return cls(columns.length, offsets, np.repeat(offsets, columns.sentences) + columns.sentence_start)

    @classmethod
    def of_titles(cls, columns: Columns) -> "Layout":
        """Lay the titles of an index out, each of one sentence."""
        offsets = postings.unit_offsets(columns.title_length)
        return cls(columns.title_length, offsets, offsets)

    def units_of(self, positions: Ints) -> Ints:
        """Return the unit of each position."""
        return np.asarray(self.offsets.searchsorted(positions, "right") - 1)


@dataclass(frozen=True, slots=True)
class Held:
    """The units that hold something, in order, and where the positions of each begin among all, and the last's end."""

    units: Ints
    firsts: Ints

    @property
    def nbytes(self) -> int:
        """The memory they take."""
        return self.units.nbytes + self.firsts.nbytes


class _Standing(NamedTuple):
    """Where something stands in some units, and the place of each position's unit among these."""

    spans: Spans
    places: Ints


class PositionReader(Protocol):
    """Where the positions of words in one field come from, counted over the index and in order.

    With `capitals` they are those of folded words that were written in capitals.
    """

    def positions(self, words: Sequence[str], *, capitals: bool) -> Ints:
        """Return all positions of these words."""

    def positions_in(self, words: Sequence[str], units: Ints, *, capitals: bool) -> Ints | None:
        """Return their positions in these units, which are in order; None where reading all is no more work."""

    def stand_at(self, positions: Ints, units: Ints, words: Sequence[str], *, capitals: bool) -> Bools | None:
        """Whether one of the words stands at each position, in the unit given for it; None as above."""

    def count(self, words: Sequence[str], *, capitals: bool) -> int | None:
        """Return how many units hold one of these words; None where that is known by reading them only."""


class Shared(NamedTuple):
    """What the spaces of one index share."""

    vocabulary: Vocabulary
    cache: ArrayCache
    limits: Limits


class Space:
    """One field with token positions; `name` tells it from others in the cache."""

    def __init__(self, name: str, layout: Layout, reader: PositionReader, shared: Shared) -> None:
        self._name = name
        self.layout = layout
        self._borders = {Unit.SENTENCE: layout.sentences, Unit.PARAGRAPH: layout.offsets}
        lengths = layout.lengths
        self.units = len(lengths)
        average = lengths.sum() / self.units if lengths.any() else 1.0
        self._norm = BM25_K1 * (1 - BM25_B + BM25_B * lengths / average)
        self._reader = reader
        self._vocabulary = shared.vocabulary
        self._cache = shared.cache
        self.limits = shared.limits
        self._finder = Finder(self.units)
        self._idfs = lru_cache(maxsize=_WORDS_COUNTED)(self._idf)
        self._estimates = lru_cache(maxsize=_WORDS_COUNTED)(self._estimate)
        # In how many units, counting each time, words were read that were never read whole.
        self._read_units: dict[Node, int] = {}

    # Of all units

    def spans(self, node: Node) -> Spans:
        """Return where a positional node stands."""
        return self._cache.get((self._name, "spans", node), lambda: self._spans(node))

    def scored(self, node: Node) -> Scored:
        """Return the units that hold a node, with their BM25 scores."""
        return self._cache.get((self._name, "scored", node), lambda: self._scores_of(node, self._held(node)))

    def bitmap(self, node: Node) -> Bitmap:
        """Return the units that hold a node as a bitmap."""
        return self._cache.get(
            (self._name, "bitmap", node), lambda: Bitmap.of_words(bits_of(self.scored(node).units, self.units))
        )

    def is_long(self, number: int) -> bool:
        """Whether so many units are so many that a bitmap of them is worth its memory."""
        return number * self.limits.listed > self.units

    def idf(self, node: Node) -> float:
        """Return the weight of a leaf: rarer counts more; a phrase weighs what its parts do together."""
        if isinstance(node, Phrase | Window):
            return sum(self.idf(part) for part in node.parts)
        return self._idfs(node)

    def _idf(self, node: Node) -> float:
        found = self._units_holding(node)
        return float(np.log1p((self.units - found + 0.5) / (found + 0.5)))

    def estimate(self, node: Node) -> int:
        """Return how many units may hold a node: more than do, but never dependent on what was asked before."""
        return self._estimates(node)

    def _estimate(self, node: Node) -> int:
        match node:
            case Term() | Wildcard() | Fuzzy():
                return sum(self._vocabulary.frequencies(self.words(node)))
            case Phrase(parts=parts) | Window(parts=parts):
                return min(map(self.estimate, parts))
            case Or(children=children):
                return sum(map(self.estimate, children))
            case NotNear(left=left):
                return self.estimate(left)
            case Near(left=left, right=right) | Together(left=left, right=right):
                return min(self.estimate(left), self.estimate(right))
        raise AssertionError(f"{type(node).__name__} has no positions")

    def words(self, node: Node) -> Sequence[str]:
        """Return the words of the archive that a leaf of one token stands for."""
        if isinstance(node, Term) and not node.stemmed:
            return self._vocabulary.spelt(node.tokens)
        if isinstance(node, Term):
            return [word for stem in node.tokens for word in self._vocabulary.forms(stem)]
        assert isinstance(node, Wildcard | Fuzzy)
        return self._vocabulary.expand(node)

    # Of some units

    def scores_at(self, node: Node, units: Ints) -> Floats:
        """Return what a node scores in each of these units, which are in order; 0 where it is not."""
        starts = self._read_in(node, units, "scored", "spans")
        if starts is None:
            scored = self.scored(node)
            places, are_there = self._find(node, scored.units, units)
        else:
            scored = self._scores_of(node, self._held_at(starts))
            places, are_there = self._finder.find(scored.units, units)
        scores = np.zeros(len(units))
        scores[are_there] = scored.scores[places]
        return scores

    def with_all(self, rarest: Node, others: Iterable[Node]) -> Ints | None:
        """Return the units that hold the rarest of some leaves and those of the others that are known whole, in order.

        None where looking each up is as little work.
        """
        if not self.is_long(len(self.scored(rarest).units)):
            return None
        known = [rarest, *(each for each in others if self._cache.holds((self._name, "scored", each)))]
        lists = [(each, len(self.scored(each).units)) for each in known]
        bitmaps = [self.bitmap(each) for each, number in lists if self.is_long(number)]
        return in_all(bitmaps) if len(bitmaps) > 1 else None

    def closeness_at(self, leaves: Sequence[Node], units: Ints) -> list[Floats]:
        """Return what each two neighbouring leaves add to the scores of these units by standing near each other there.

        Two that are the same add nothing.
        """
        standing = [self._standing_in(leaf, units) for leaf in leaves] if len(leaves) > 1 else []
        return [
            _closeness(ours, theirs, most, len(units))
            for ours, theirs, most in zip(standing, standing[1:], self.most_by_closeness(leaves), strict=False)
            if most
        ]

    def most_by_closeness(self, leaves: Sequence[Node]) -> list[float]:
        """Return the most that each two neighbouring leaves can add to a score: where they stand side by side."""
        return [
            PROXIMITY_WEIGHT * min(self.idf(left), self.idf(right)) if left != right else 0.0
            for left, right in pairwise(leaves)
        ]

    def _standing_in(self, node: Node, units: Ints) -> _Standing:
        starts = self._read_in(node, units, "spans")
        if starts is not None:
            return _Standing(postings.single_positions(starts), units.searchsorted(self.layout.units_of(starts)))
        spans, held = self.spans(node), self._held(node)
        places, are_there = self._find(node, held.units, units)
        firsts, ends = held.firsts[places], held.firsts[places + 1]
        return _Standing(spans.chosen(ranges(firsts, ends)), are_there.nonzero()[0].repeat(ends - firsts))

    def _read_in(self, node: Node, units: Ints, *enough: str) -> Ints | None:
        """Return the positions of a word in some units, where reading them all would be more work; else None.

        They are not read where one of what is `enough` is known of all units: one may be forgotten before the other.
        """
        if not isinstance(node, _WORDS) or any(self._cache.holds((self._name, kind, node)) for kind in enough):
            return None
        if self._is_read_whole(node, len(units)):
            return None
        return self._reader.positions_in(self.words(node), units, capitals=_asks_capitals(node))

    def _is_read_whole(self, node: Node, units: int) -> bool:
        """Whether to read a word in all units where it is asked for in some: also once that would have cost no more.

        So a frequent word, which is asked beside many others, costs at most twice what the better way would have.
        """
        if len(self._read_units) > _WORDS_COUNTED:
            self._read_units.clear()
        read = self._read_units.pop(node, 0) + units + self.limits.beginning
        is_whole = self.estimate(node) <= max(self.limits.read_whole, self.limits.choosing * read)
        if not is_whole:
            self._read_units[node] = read
        return is_whole

    def _find(self, node: Node, listed: Ints, asked: Ints) -> tuple[Ints, Bools]:
        """Return the places, among all units that hold a node, of those asked for that do, and which of them do."""
        if len(asked) > self.limits.bisected and self.is_long(len(listed)):
            return self.bitmap(node).find(asked)
        return self._finder.find(listed, asked)

    def _held(self, node: Node) -> Held:
        return self._cache.get((self._name, "held", node), lambda: self._held_at(self.spans(node).starts))

    def _held_at(self, starts: Ints) -> Held:
        units = self.layout.units_of(starts)
        runs = run_starts(units)
        return Held(units[runs], np.concatenate((runs, (len(units),))))

    # How

    def _spans(self, node: Node) -> Spans:
        match node:
            case Term() | Wildcard() | Fuzzy():
                words = self.words(node)
                return postings.single_positions(self._reader.positions(words, capitals=_asks_capitals(node)))
            case Phrase(parts=parts):
                return self._phrase(parts)
            case Or(children=children):
                return postings.union(self.spans(child) for child in children)
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

    def _phrase(self, parts: Sequence[Node]) -> Spans:
        """Return where the parts stand side by side: where the rarest stands, its neighbours are looked at."""
        rarest, *others = sorted(range(len(parts)), key=lambda index: self.estimate(parts[index]))
        starts = self.spans(parts[rarest]).starts - rarest
        for index in others:
            starts = starts[self._stand_at(parts[index], starts + index, starts + rarest)]
        return Spans(starts, starts + (len(parts) - 1))

    def _stand_at(self, part: Node, positions: Ints, inside: Ints) -> Bools:
        """Whether a part stands at each position, which is to be in one unit with the position `inside`."""
        if isinstance(part, _WORDS) and not self._cache.holds((self._name, "spans", part)):
            units = self.layout.units_of(inside)
            at = self._reader.stand_at(positions, units, self.words(part), capitals=_asks_capitals(part))
            if at is not None:
                return at
        return postings.contains(self.spans(part).starts, positions)

    def _units_holding(self, node: Node) -> int:
        if isinstance(node, _WORDS):
            counted = self._reader.count(self.words(node), capitals=_asks_capitals(node))
            if counted is not None:
                return counted
        return len(self._held(node).units)

    def _scores_of(self, node: Node, held: Held) -> Scored:
        """Return the units that hold a node, with their scores."""
        frequencies = held.firsts[1:] - held.firsts[:-1]
        scores = self.idf(node) * frequencies * (BM25_K1 + 1) / (frequencies + self._norm[held.units])
        return Scored(held.units, scores)


def _closeness(ours: _Standing, theirs: _Standing, most: float, units: int) -> Floats:
    """Return, for each of so many units, the most over the smallest distance in it; 0 where none is within reach."""
    if len(ours.places) > len(theirs.places):
        ours, theirs = theirs, ours  # in a unit, the smallest distance is that of either
    distance = postings.gaps(ours.spans, theirs.spans)
    close = (distance <= PROXIMITY_REACH).nonzero()[0]
    added = np.zeros(units)
    if len(close):
        places = ours.places[close]
        runs = run_starts(places)
        added[places[runs]] = most / np.minimum.reduceat(distance[close], runs)
    return added


def _asks_capitals(node: Node) -> bool:
    return isinstance(node, Term) and node.capitals
