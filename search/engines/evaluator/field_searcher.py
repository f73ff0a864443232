"""Answer one search's questions of a field: spans, scores and nearness of the query's nodes, each computed once."""

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar, cast

import numpy as np

from search.engines.base import PROXIMITY_REACH, PROXIMITY_WEIGHT
from search.engines.evaluator import spans as positions
from search.engines.evaluator.field_index import FieldIndex
from search.engines.evaluator.field_segment import TermDocs
from search.engines.evaluator.scored_docs import ScoredDocs
from search.engines.evaluator.spans import UNIT_BITS, Spans
from search.engines.sorted_arrays import Floats, Ints, either, find, run_lengths, run_starts
from search.query.nodes import Fuzzy, Near, Node, NotNear, Or, Phrase, Term, Together, Unit, Wildcard, Window

LEAVES = (Term, Wildcard, Fuzzy, Phrase)
POSITIONAL = (*LEAVES, Near, NotNear, Together, Window)
_WORDS = (Term, Wildcard, Fuzzy)
Value = TypeVar("Value")


class _Occurrences(NamedTuple):
    """Spans, and for each of them the index of its unit in a list of units."""

    spans: Spans
    units: Ints


class FieldSearcher:
    """A field, for one search in one thread: remembers what it computed."""

    def __init__(self, index: FieldIndex) -> None:
        self._index = index
        self._known: dict[Hashable, object] = {}

    def _once(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        if key not in self._known:
            self._known[key] = compute()
        return cast(Value, self._known[key])

    # Of all units

    def spans(self, node: Node) -> Spans:
        """Return where a positional node occurs."""
        return self._once(("spans", node), lambda: self._spans(node, None))

    def counts(self, node: Node) -> TermDocs:
        """Return the units that hold a node, ascending, and how often each does."""
        return self._once(("docs", node), lambda: self._docs_in(node, None))

    def scored(self, node: Node) -> ScoredDocs:
        """Return the units that hold a node, with their BM25 scores."""
        return self._once(("scored", node), lambda: self._scored(node, self.counts(node)))

    def conjunction(self, nodes: Sequence[Node]) -> ScoredDocs:
        """Return the units that hold all of some nodes, with the sums of their scores, added in this order."""
        first, *others = nodes
        units, frequencies = self.counts(first)
        held = [frequencies]
        for node in others:
            found = self._docs_in(node, units)
            at = units.searchsorted(found.units)
            units, held = found.units, [*(each[at] for each in held), found.frequencies]
        scored = [self._scored(node, TermDocs(units, each)).scores for node, each in zip(nodes, held, strict=True)]
        return ScoredDocs(units, sum(scored[1:], scored[0]))

    def idf(self, node: Node) -> float:
        """Return the weight of a leaf; a phrase or window weighs the sum of its parts."""
        if isinstance(node, Phrase | Window):
            return sum(self.idf(part) for part in node.parts)
        return self._once(("idf", node), lambda: self._index.idf(self._doc_freq(node)))

    def _doc_freq(self, node: Node) -> int:
        if isinstance(node, _WORDS) and ("docs", node) not in self._known:
            return self._index.doc_freq(node)
        return self._index.count_live(self.counts(node).units)

    def estimate(self, node: Node) -> int:
        """Return an upper bound of how many units hold a node; the same whatever was computed before."""
        match node:
            case Term() | Wildcard() | Fuzzy():
                return self._once(("most", node), lambda: self._index.most_docs(node))
            case Phrase(parts=parts) | Window(parts=parts):
                return min(map(self.estimate, parts))
            case Or(children=children):
                return sum(map(self.estimate, children))
            case NotNear(left=left):
                return self.estimate(left)
            case Near(left=left, right=right) | Together(left=left, right=right):
                return min(self.estimate(left), self.estimate(right))
        raise AssertionError(f"{type(node).__name__} has no positions")

    # Of some units

    def scores_at(self, node: Node, units: Ints) -> Floats:
        """Return what a node scores in each of `units`, which ascend; 0 where it is not."""
        found = self._scored(node, self._docs_in(node, units))
        scores = np.zeros(len(units))
        scores[units.searchsorted(found.units)] = found.scores
        return scores

    def closeness_at(self, leaves: Sequence[Node], units: Ints) -> list[Floats]:
        """Return what each two neighbouring leaves add to the scores of these units by being near each other there.

        Two that are the same add nothing.
        """
        found = [self._occurrences_at(leaf, units) for leaf in leaves] if len(leaves) > 1 else []
        return [
            _closeness(ours, theirs, most, len(units))
            for ours, theirs, most in zip(found, found[1:], self.most_by_closeness(leaves), strict=False)
            if most
        ]

    def most_by_closeness(self, leaves: Sequence[Node]) -> list[float]:
        """Return the most that each two neighbouring leaves can add to a score: where they are side by side."""
        return [
            PROXIMITY_WEIGHT * min(self.idf(left), self.idf(right)) if left != right else 0.0
            for left, right in pairwise(leaves)
        ]

    def _docs_in(self, node: Node, units: Ints | None) -> TermDocs:
        """Return the units that hold a node, of all or of `units`, which ascend."""
        if isinstance(node, _WORDS):
            return self._index.docs_in(node, units)
        return _counted(self._spans_in(node, units).starts >> UNIT_BITS)

    def _occurrences_at(self, node: Node, units: Ints) -> _Occurrences:
        spans = self._spans_in(node, units)
        at, _ = find(units, spans.starts >> UNIT_BITS, self._index.units)
        return _Occurrences(spans, at)

    def _spans_in(self, node: Node, units: Ints | None) -> Spans:
        """Return a node's spans in `units`; None stands for all."""
        if units is None:
            return self.spans(node)
        known = self._known.get(("spans", node))
        if known is None:
            return self._spans(node, units)
        spans = cast(Spans, known)
        return spans.chosen(find(units, spans.starts >> UNIT_BITS, self._index.units)[1])

    def _spans(self, node: Node, units: Ints | None) -> Spans:
        """Return a node's spans; only those units are read that may hold it."""
        if isinstance(node, _WORDS):
            return positions.single_positions(self._index.occurrences(node, units))
        units = self._units_in(node, units)
        if not len(units):
            return positions.single_positions(units)
        match node:
            case Phrase(parts=parts):
                return self._phrase(parts, units)
            case Or(children=children):
                return positions.union(self._spans_in(child, units) for child in children)
            case Near(left=left, right=right, distance=distance, ordered=ordered):
                return positions.near(*self._both(left, right, units), distance, ordered=ordered)
            case NotNear(left=left, right=right, reach=Unit() as unit):
                return positions.not_together(*self._both(left, right, units), self._index.borders(unit))
            case NotNear(left=left, right=right, reach=int(reach), ordered=ordered):
                return positions.not_near(*self._both(left, right, units), reach, ordered=ordered)
            case Together(left=left, right=right, unit=unit):
                return positions.together(*self._both(left, right, units), self._index.borders(unit))
            case Window(parts=parts, distance=distance):
                starts = {part: self._spans_in(part, units).starts for part in dict.fromkeys(parts)}
                return positions.single_positions(positions.window([starts[part] for part in parts], distance))
        raise AssertionError(f"{type(node).__name__} has no positions")

    def _both(self, left: Node, right: Node, units: Ints) -> tuple[Spans, Spans]:
        return self._spans_in(left, units), self._spans_in(right, units)

    def _units_in(self, node: Node, units: Ints | None) -> Ints:
        """Return the units, of all or of `units`, that may hold a node: those that do, and others."""
        match node:
            case Term() | Wildcard() | Fuzzy():
                return self._index.units_in(node, units)
            case Or(children=children):
                return either([self._units_in(child, units) for child in children], self._index.units)
            case NotNear(left=left):
                return self._units_in(left, units)
            case Phrase(parts=parts) | Window(parts=parts):
                needed: Sequence[Node] = parts
            case Near(left=left, right=right) | Together(left=left, right=right):
                needed = (left, right)
            case _:
                raise AssertionError(f"{type(node).__name__} has no positions")
        for part in sorted(dict.fromkeys(needed), key=self.estimate):
            if units is None or len(units):
                units = self._units_in(part, units)
        assert units is not None
        return units

    def _phrase(self, parts: Sequence[Node], units: Ints) -> Spans:
        """Return where the parts occur side by side in `units`: the rarest is asked for first."""
        starts: Ints | None = None
        for index in sorted(range(len(parts)), key=lambda index: self.estimate(parts[index])):
            found = self._spans_in(parts[index], units).starts - index
            starts = found if starts is None else starts[positions.contains(found, starts)]
            if not len(starts):
                break
            units = starts >> UNIT_BITS
            units = units[run_starts(units)]
        assert starts is not None
        return Spans(starts, starts + (len(parts) - 1))

    def _scored(self, node: Node, docs: TermDocs) -> ScoredDocs:
        if not len(docs.units):
            return ScoredDocs(docs.units, np.zeros(0))
        return ScoredDocs(docs.units, self._index.scores(self.idf(node), docs))


def _counted(units: Ints) -> TermDocs:
    """Return ascending units, each once, with how often it is listed."""
    runs = run_starts(units)
    return TermDocs(units[runs], run_lengths(runs, len(units)))


def _closeness(ours: _Occurrences, theirs: _Occurrences, most: float, units: int) -> Floats:
    """Return, for each of `units`, `most` over the smallest distance in it; 0 where none is within reach."""
    if len(ours.units) > len(theirs.units):
        ours, theirs = theirs, ours  # in a unit, the smallest distance is that of either
    distance = positions.gaps(ours.spans, theirs.spans)
    close = (distance <= PROXIMITY_REACH).nonzero()[0]
    added = np.zeros(units)
    if len(close):
        places = ours.units[close]
        runs = run_starts(places)
        added[places[runs]] = most / np.minimum.reduceat(distance[close], runs)
    return added
