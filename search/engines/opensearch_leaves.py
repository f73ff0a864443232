"""Leaves of the tree -> queries of the cluster: where words, and what stands near what, is found; how well it scores.

A `Units` is something with tokens: the paragraphs' text, or the articles' titles. Which units can match is asked of
the cluster's index; where that does not decide it, the units' own tokens do, by `opensearch_scripts`.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from threading import Lock

import numpy as np

from search.engines.base import BM25_B, BM25_K1, PROXIMITY_REACH, PROXIMITY_WEIGHT
from search.engines.opensearch_client import Json
from search.engines.opensearch_mapping import key
from search.engines.opensearch_scripts import CLOSENESS, HOLDS, SCORE, SCORE_OF_TIMES, TIMES
from search.engines.sorted_arrays import Ints
from search.engines.vocabulary import Vocabulary
from search.language import is_otherwise_written
from search.query.nodes import Fuzzy, Near, Node, NotNear, Or, Phrase, Term, Together, Unit, Wildcard, Window

# A word of so many forms is asked for form by form; one of more is counted in the tokens.
_FEW_FORMS = 2
# Whatever scores at all scores more.
_LEAST_SCORE = 1e-30
_WEIGHTS_REMEMBERED = 50_000


@dataclass(frozen=True)
class Lexicon:
    """The words of the archive, and the numbers they have among the tokens in the cluster, in the words' order."""

    vocabulary: Vocabulary
    numbers: Ints

    def ids(self, words: Sequence[str]) -> list[int]:
        """Return the numbers, in order, of those of the words that the archive has."""
        return sorted(set(self.numbers[self.vocabulary.places(words)].tolist()))

    def kept_by(self, stems: Sequence[str]) -> list[str]:
        """Return the words that have one of these stems, but for those that have several names."""
        found = (word for stem in stems for word in self.vocabulary.forms(stem))
        return [word for word in found if not is_otherwise_written(word)]

    def words(self, node: Node) -> Sequence[str]:
        """Return the words that a leaf of one token stands for."""
        match node:
            case Term(tokens=tokens, capitals=True):
                # What was written in capitals may be kept so.
                return [*self.vocabulary.spelt(tokens), *(word.upper() for word in tokens)]
            case Term(tokens=tokens, stemmed=False):
                return self.vocabulary.spelt(tokens)
            case Term(tokens=tokens):
                return [word for stem in tokens for word in self.vocabulary.forms(stem)]
        assert isinstance(node, Wildcard | Fuzzy)
        return self.vocabulary.expand(node)


class Weights:
    """The weight of each leaf: rarer counts more. What is not known yet is noted, to be counted all at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Node], float] = {}
        self._lock = Lock()

    def known(self, name: str, node: Node) -> float | None:
        """Return the weight of a node in the units of a name, if it was counted."""
        return self._known.get((name, node))

    def note(self, name: str, node: Node, *, holding: int, units: int) -> None:
        """Note how many of so many units hold a node."""
        with self._lock:
            if len(self._known) >= _WEIGHTS_REMEMBERED:
                self._known.clear()
            self._known[name, node] = float(np.log1p((units - holding + 0.5) / (holding + 0.5)))


class Units:
    """One field with tokens: `prefix` begins the names of its fields, `kind` is the document that it counts as one."""

    def __init__(self, prefix: str, kind: str, lexicon: Lexicon, weights: Weights, *, units: int, tokens: int) -> None:
        self.kind = kind
        self.units = units
        self.name = prefix
        self._lexicon = lexicon
        self._weights = weights
        self._average = tokens / units if tokens else 1.0
        self._words, self._stems = f"{prefix}words", f"{prefix}stems"
        self._tokens, self._length = f"{prefix}tokens", f"{prefix}length"
        self.missing: dict[Node, None] = {}

    def asking(self, weights: Weights) -> "Units":
        """Return the same for one question, which takes these weights and notes those that it misses."""
        asking = copy(self)
        asking._weights, asking.missing = weights, {}
        return asking

    # What matches

    def matching(self, node: Node) -> Json:
        """Return a query for the units that hold a node; it scores nothing of worth."""
        if self._is_exact(node):
            return self._may_hold(node)
        script = {"script": _script(HOLDS, field=self._tokens, node=self._program(node))}
        return {"bool": {"filter": [self._may_hold(node), {"script": script}]}}

    def _is_exact(self, node: Node) -> bool:
        """Whether the cluster's index decides who holds a node."""
        match node:
            case Term(capitals=capitals):
                return not capitals
            case Wildcard() | Fuzzy():
                return True
            case Phrase():
                return self._plain_phrase(node) is not None
            case Or(children=children):
                return all(map(self._is_exact, children))
        return False

    def _may_hold(self, node: Node) -> Json:
        """Return a query for all units that hold a node, and perhaps some more."""
        match node:
            case Term() | Wildcard() | Fuzzy():
                field, terms = self._terms(node)
                return {"terms": {field: terms}} if len(terms) != 1 else {"term": {field: terms[0]}}
            case Phrase(parts=parts):
                return self._plain_phrase(node) or all_of(map(self._may_hold, parts))
            case Window(parts=parts):
                return all_of(map(self._may_hold, parts))
            case Or(children=children):
                return any_of(map(self._may_hold, children))
            case NotNear(left=left):
                return self._may_hold(left)
            case Near(left=left, right=right) | Together(left=left, right=right):
                return all_of((self._may_hold(left), self._may_hold(right)))
        raise AssertionError(f"{type(node).__name__} has no positions")

    def _terms(self, node: Node) -> tuple[str, list[str]]:
        """Return the field and the terms of it that a leaf of one token is found by."""
        if isinstance(node, Term) and node.stemmed and not node.capitals:
            # A word that may be written otherwise stands there as it is, whatever its stems are.
            others = self._lexicon.vocabulary.other_forms(node.tokens)
            return self._stems, list(dict.fromkeys(map(key, (*node.tokens, *others))))
        return self._words, list(dict.fromkeys(map(key, self._lexicon.words(node))))

    def _plain_phrase(self, node: Phrase) -> Json | None:
        """Return the query for a phrase of single words, all as they stand there or all in any form; else None."""
        found = [self._terms(part) for part in node.parts if isinstance(part, Term) and not part.capitals]
        fields = {field for field, _ in found}
        if len(found) != len(node.parts) or len(fields) != 1 or any(len(terms) != 1 for _, terms in found):
            return None
        return {"match_phrase": {fields.pop(): " ".join(terms[0] for _, terms in found)}}

    # What it scores

    def scored(self, node: Node, weight: float) -> Json:
        """Return a query for the units that hold a node, with their BM25 scores times a weight."""
        known = {
            "k1": BM25_K1,
            "b": BM25_B,
            "average": self._average,
            "weight": weight * self.idf(node),
        }
        counted = self._counted(node)
        if counted is None:
            script = _script(SCORE, field=self._tokens, node=self._program(node), **known)
            return _scored(self._may_hold(node), script, least=_LEAST_SCORE)
        query, parts = counted
        return _scored(query, _script(SCORE_OF_TIMES, parts=parts, length=self._length, **known))

    def times(self, node: Node) -> Json:
        """Return a query for the units that hold a node, whose score is how often they do."""
        script = _script(TIMES, field=self._tokens, node=self._program(node))
        return _scored(self._may_hold(node), script, least=1.0)

    def closeness(self, left: Node, right: Node, weight: float) -> Json:
        """Return a query that scores what two leaves add to each other by standing near each other."""
        script = _script(
            CLOSENESS,
            field=self._tokens,
            left=self._program(left),
            right=self._program(right),
            reach=PROXIMITY_REACH,
            weight=weight * PROXIMITY_WEIGHT * min(self.idf(left), self.idf(right)),
        )
        return _scored(all_of((self._may_hold(left), self._may_hold(right))), script, least=_LEAST_SCORE)

    def idf(self, node: Node) -> float:
        """Return the weight of a leaf; a phrase weighs what its parts do together. Any number where it is missing."""
        if isinstance(node, Phrase | Window):
            return sum(self.idf(part) for part in node.parts)
        known = self._weights.known(self.name, node)
        if known is None:
            self.missing[node] = None
            return 1.0
        return known

    def note(self, node: Node, holding: int) -> None:
        """Note how many units hold a node."""
        self._weights.note(self.name, node, holding=holding, units=self.units)

    def _counted(self, node: Node) -> tuple[Json, int] | None:
        """Return a query that scores how often a unit holds a node, so many times over; None where there is none."""
        match node:
            case Term(capitals=False) | Wildcard() | Fuzzy():
                field, terms = self._terms(node)
                return (any_of({"term": {field: term}} for term in terms), 1) if len(terms) <= _FEW_FORMS else None
            case Phrase(parts=parts):
                plain = self._plain_phrase(node)
                # Lucene adds up a score for each word of a phrase.
                return (plain, len(parts)) if plain else None
        return None

    def _program(self, node: Node) -> Json:
        """Return a node as the scripts read it."""
        match node:
            case Term() | Wildcard() | Fuzzy():
                capitals = isinstance(node, Term) and node.capitals
                return {"kind": "word", "ids": self._lexicon.ids(self._lexicon.words(node)), "capitals": capitals}
            case Phrase(parts=parts):
                return {"kind": "phrase", "parts": list(map(self._program, parts))}
            case Window(parts=parts, distance=distance):
                return {"kind": "window", "parts": list(map(self._program, parts)), "distance": distance}
            case Or(children=children):
                return {"kind": "or", "parts": list(map(self._program, children))}
            case Near(left=left, right=right, distance=reach, ordered=ordered):
                return self._pair("near", left, right, reach, ordered=ordered)
            case NotNear(left=left, right=right, reach=reach, ordered=ordered):
                return self._pair("apart", left, right, reach, ordered=ordered)
            case Together(left=left, right=right, unit=unit):
                return self._pair("together", left, right, unit, ordered=False)
        raise AssertionError(f"{type(node).__name__} has no positions")

    def _pair(self, kind: str, left: Node, right: Node, reach: int | Unit, *, ordered: bool) -> Json:
        in_unit = isinstance(reach, Unit)
        return {
            "kind": kind,
            "left": self._program(left),
            "right": self._program(right),
            "reach": 0 if in_unit else reach,
            "unit": str(reach) if in_unit else "",
            "ordered": ordered,
        }


def _script(source: str, **params: object) -> Json:
    return {"lang": "painless", "source": source, "params": params}


def _scored(query: Json, script: Json, *, least: float | None = None) -> Json:
    asked: Json = {"query": query, "script": script}
    return {"script_score": asked if least is None else {**asked, "min_score": least}}


def all_of(queries: Iterable[Json]) -> Json:
    """Return a query for what all of these find, unscored."""
    found = list(queries)
    return found[0] if len(found) == 1 else {"bool": {"filter": found}}


def any_of(queries: Iterable[Json]) -> Json:
    """Return a query for what any of these finds, with the sum of their scores."""
    found = list(queries)
    if not found:
        return {"match_none": {}}
    return found[0] if len(found) == 1 else {"bool": {"should": found, "minimum_should_match": 1}}
