"""Answer one search's questions of a field: spans, scores and nearness of the query's nodes, each computed once."""

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar, cast

import numpy as np

from search.engines import postings
from search.engines.base import PROXIMITY_REACH, PROXIMITY_WEIGHT
from search.engines.columns import Floats, Ints, run_starts
from search.engines.evaluator.field_index import FieldIndex, UnitPositions
from search.engines.evaluator.field_segment import TermDocs, find
from search.engines.postings import Scored, Spans
from search.query.nodes import Fuzzy, Near, Node, NotNear, Or, Phrase, Term, Together, Unit, Wildcard, Window

LEAVES = (Term, Wildcard, Fuzzy, Phrase)
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

    @property
    def positions(self) -> UnitPositions:
        """How the units lie in positions."""
        return self._index.positions

    def _once(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        if key not in self._known:
            self._known[key] = compute()
        return cast(Value, self._known[key])

    # Of all units

    def spans(self, node: Node) -> Spans:
        """Return where a positional node occurs."""
        return self._once(("spans", node), lambda: self._spans(node))

    def scored(self, node: Node) -> Scored:
        """Return the units that hold a node, with their BM25 scores."""
        return self._once(("scored", node), lambda: self._scored(node, self._docs(node)))

    def idf(self, node: Node) -> float:
        """Return the weight of a leaf; a phrase or window weighs the sum of its parts."""
        if isinstance(node, Phrase | Window):
            return sum(self.idf(part) for part in node.parts)
        return self._once(("idf", node), lambda: self._index.idf(self._doc_freq(node)))

    def _doc_freq(self, node: Node) -> int:
        if isinstance(node, _WORDS) and ("docs", node) not in self._known:
            return self._index.doc_freq(node)
        return len(self._docs(node).units)

    def estimate(self, node: Node) -> int:
        """Return an upper bound of how many units hold a node; the same whatever was computed before."""
        match node:
            case Term() | Wildcard() | Fuzzy():
                return self._index.most_docs(node)
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
        found = self._scored(node, self._docs_at(node, units))
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

    def _docs_at(self, node: Node, units: Ints) -> TermDocs:
        """Return those of `units` that hold a node."""
        if isinstance(node, _WORDS):
            docs = self._index.docs_in(node, units)
            if docs is not None:
                return docs
        found = _counted(self.positions.units_of(self._spans_within(node, units).starts))
        at, are_there = find(found.units, units, self._index.units)
        return TermDocs(units[are_there], found.frequencies[at])

    def _occurrences_at(self, node: Node, units: Ints) -> _Occurrences:
        spans = self._spans_within(node, units)
        at, are_there = find(units, self.positions.units_of(spans.starts), self._index.units)
        return _Occurrences(spans.chosen(are_there), at)

    def _spans_within(self, node: Node, units: Ints) -> Spans:
        """Return a node's spans in `units`, and perhaps in others."""
        if ("spans", node) in self._known:
            return self.spans(node)
        if isinstance(node, _WORDS):
            return postings.single_positions(self._index.occurrences(node, units))
        if isinstance(node, Phrase):
            return self._phrase(node.parts, units)
        return self.spans(node)

    # How

    def _docs(self, node: Node) -> TermDocs:
        return self._once(("docs", node), lambda: self._all_docs(node))

    def _all_docs(self, node: Node) -> TermDocs:
        if isinstance(node, _WORDS):
            return self._index.docs(node)
        return _counted(self.positions.units_of(self.spans(node).starts))

    def _spans(self, node: Node) -> Spans:
        match node:
            case Term() | Wildcard() | Fuzzy():
                return postings.single_positions(self._index.occurrences(node))
            case Phrase(parts=parts):
                return self._phrase(parts, None)
            case Or(children=children):
                return postings.union(self.spans(child) for child in children)
            case Near(left=left, right=right, distance=distance, ordered=ordered):
                return postings.near(self.spans(left), self.spans(right), distance, ordered=ordered)
            case NotNear(left=left, right=right, reach=Unit() as unit):
                return postings.not_together(self.spans(left), self.spans(right), self._index.borders[unit])
            case NotNear(left=left, right=right, reach=int(reach), ordered=ordered):
                return postings.not_near(self.spans(left), self.spans(right), reach, ordered=ordered)
            case Together(left=left, right=right, unit=unit):
                return postings.together(self.spans(left), self.spans(right), self._index.borders[unit])
            case Window(parts=parts, distance=distance):
                starts = postings.window([self.spans(part).starts for part in parts], distance)
                return postings.single_positions(starts)
        raise AssertionError(f"{type(node).__name__} has no positions")

    def _phrase(self, parts: Sequence[Node], units: Ints | None) -> Spans:
        """Return where the parts occur side by side, in all units or in `units`: the rarest is asked for first."""
        order = sorted(range(len(parts)), key=lambda index: self.estimate(parts[index]))
        if units is None:
            units = self._docs(parts[order[0]]).units
        starts: Ints | None = None
        for index in order:
            found = self._spans_within(parts[index], units).starts - index
            starts = found if starts is None else starts[postings.contains(found, starts)]
            units = self.positions.units_of(starts + index)
            units = units[run_starts(units)]
        assert starts is not None
        return Spans(starts, starts + (len(parts) - 1))

    def _scored(self, node: Node, docs: TermDocs) -> Scored:
        return Scored(docs.units, self._index.scores(self.idf(node), docs))


def _counted(units: Ints) -> TermDocs:
    """Return ascending units, each once, with how often it is listed."""
    runs = run_starts(units)
    return TermDocs(units[runs], np.diff(runs, append=len(units)))


def _closeness(ours: _Occurrences, theirs: _Occurrences, most: float, units: int) -> Floats:
    """Return, for each of `units`, `most` over the smallest distance in it; 0 where none is within reach."""
    if len(ours.units) > len(theirs.units):
        ours, theirs = theirs, ours  # in a unit, the smallest distance is that of either
    distance = postings.gaps(ours.spans, theirs.spans)
    close = (distance <= PROXIMITY_REACH).nonzero()[0]
    added = np.zeros(units)
    if len(close):
        places = ours.units[close]
        runs = run_starts(places)
        added[places[runs]] = most / np.minimum.reduceat(distance[close], runs)
    return added
