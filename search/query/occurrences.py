"""The tokens of one text and a node with positions -> where it stands: for marks, and for fields with few values.

A node is made ready once, as a function, and then held against the tokens of many texts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from rapidfuzz.distance import OSA

from search.query.nodes import Fuzzy, Near, Node, NotNear, Or, Phrase, Term, Together, Unit, Wildcard

# First and last token of what was found.
Run = tuple[int, int]
# The tokens of a text by their places; those that nobody asks for may be left out.
Tokens = Mapping[int, "TokenText"]


@dataclass(frozen=True, slots=True)
class TokenText:
    """One token of a text: its word and its stem, whether it was written in capitals, the number of its sentence."""

    word: str
    stem: str
    capitals: bool = False
    sentence: int = 0


# These are made for every hit that is shown; named tuples are made three times as fast as dataclasses.
class Occurrence(NamedTuple):
    """A place where a positional node stands: its extent, and the runs that are marked for it."""

    first: int
    last: int
    runs: tuple[Run, ...]


# The places of one token each, and those of anything with positions.
PlaceFinder = Callable[[Tokens], list[int]]
OccurrenceFinder = Callable[[Tokens], list[Occurrence]]


def have_distinct(choices: Sequence[Sequence[int]]) -> bool:
    """Whether each part can take a position of its own (a bipartite matching, Kuhn 1955)."""
    taken: dict[int, int] = {}

    def place(part: int, tried: set[int]) -> bool:
        for position in choices[part]:
            if position not in tried:
                tried.add(position)
                if position not in taken or place(taken[position], tried):
                    taken[position] = part
                    return True
        return False

    return all(place(part, set()) for part in range(len(choices)))


def place_finder(node: Node) -> PlaceFinder:
    """Return what finds the places of one token each at which a node stands."""
    match node:
        case Term(tokens=forms, capitals=True):
            asked = frozenset(forms)
            return lambda tokens: [
                place for place, token in tokens.items() if token.capitals and token.word.lower() in asked
            ]
        case Term(tokens=forms, stemmed=True):
            asked = frozenset(forms)
            return lambda tokens: [place for place, token in tokens.items() if token.stem in asked]
        case Term(tokens=forms):
            asked = frozenset(forms)
            return lambda tokens: [place for place, token in tokens.items() if token.word in asked]
        case Wildcard(pattern=pattern):
            fits = compile_pattern(pattern).fullmatch
            return lambda tokens: [place for place, token in tokens.items() if fits(token.word.lower())]
        case Fuzzy(word=word, edits=edits):
            return lambda tokens: [
                place for place, token in tokens.items() if is_within(word, token.word.lower(), edits)
            ]
    find = occurrence_finder(node)
    return lambda tokens: [found.first for found in find(tokens)]


def occurrence_finder(node: Node) -> OccurrenceFinder:
    """Return what finds all that a node with positions matches."""
    match node:
        case Term() | Wildcard() | Fuzzy():
            find = place_finder(node)
            return lambda tokens: [Occurrence(place, place, ((place, place),)) for place in find(tokens)]
        case Phrase(parts=parts):
            return partial(_phrase, list(map(place_finder, parts)))
        case Or(children=children):
            finders = list(map(occurrence_finder, children))
            return lambda tokens: _merged(found for find in finders for found in find(tokens))
        case Near(left=left, right=right):
            return _paired(_near, node, left, right)
        case NotNear(left=left, right=right):
            return _paired(_not_near, node, left, right)
        case Together(left=left, right=right):
            return _paired(_together, node, left, right)
    raise AssertionError(f"{type(node).__name__} has no positions")


def _paired(pair: Callable[..., Iterable[Occurrence]], node: Node, left: Node, right: Node) -> OccurrenceFinder:
    ours, theirs = occurrence_finder(left), occurrence_finder(right)
    return lambda tokens: _merged(pair(node, ours(tokens), theirs(tokens), tokens))


def _merged(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Return one occurrence a place, with all that is marked for it: there are many ways, but not many places."""
    places: dict[Run, dict[Run, None]] = {}
    for each in found:
        places.setdefault((each.first, each.last), {}).update(dict.fromkeys(each.runs))
    return [Occurrence(first, last, tuple(runs)) for (first, last), runs in places.items()]


def _phrase(finders: Sequence[PlaceFinder], tokens: Tokens) -> list[Occurrence]:
    places = [set(find(tokens)) for find in finders]
    starts = [start for start in sorted(places[0]) if all(start + index in place for index, place in enumerate(places))]
    ends = (start + len(finders) - 1 for start in starts)
    return [Occurrence(start, last, ((start, last),)) for start, last in zip(starts, ends, strict=True)]


_Occurrences = Sequence[Occurrence]


def _near(node: Near, left: _Occurrences, right: _Occurrences, _: Tokens) -> Iterator[Occurrence]:
    for one in left:
        for other in right:
            if 1 <= other.first - one.last <= node.distance:
                yield Occurrence(one.first, other.last, one.runs + other.runs)
            elif not node.ordered and 1 <= one.first - other.last <= node.distance:
                yield Occurrence(other.first, one.last, one.runs + other.runs)


def _not_near(node: NotNear, left: _Occurrences, right: _Occurrences, tokens: Tokens) -> Iterator[Occurrence]:
    def is_within_reach(one: Occurrence, other: Occurrence) -> bool:
        if isinstance(node.reach, Unit):
            return _is_in_one(node.reach, tokens, one.first, other.first)
        after = other.first - one.last <= node.reach
        if node.ordered:
            return after and other.first >= one.first
        return after and one.first - other.last <= node.reach

    for one in left:
        others = (other for other in right if (other.first, other.last) != (one.first, one.last))
        if not any(is_within_reach(one, other) for other in others):
            yield one


def _together(node: Together, left: _Occurrences, right: _Occurrences, tokens: Tokens) -> Iterator[Occurrence]:
    for ours, theirs in ((left, right), (right, left)):
        for one in ours:
            apart = (other for other in theirs if other.first > one.last or other.last < one.first)
            if any(_are_in_one(node.unit, tokens, one, other) for other in apart):
                yield one


def _are_in_one(unit: Unit, tokens: Tokens, one: Occurrence, other: Occurrence) -> bool:
    return _is_in_one(unit, tokens, min(one.first, other.first), max(one.last, other.last))


def _is_in_one(unit: Unit, tokens: Tokens, one: int, other: int) -> bool:
    return unit is Unit.PARAGRAPH or tokens[one].sentence == tokens[other].sentence


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression that a word in lower case must match whole to fit a wildcard's pattern."""
    first, *rest = ("".join("." if part == "?" else re.escape(part) for part in piece) for piece in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    # The leftmost place of each piece is as good as any, so there is nothing to come back to: linear on any word.
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def is_within(word: str, other: str, edits: int) -> bool:
    """Whether a word, in lower case, has the same first letter and is at most so many edits away."""
    return word[0] == other[:1] and OSA.distance(word, other, score_cutoff=edits) <= edits
