"""The tokens of one text and a node with positions -> where it stands: for marks, and for fields with few values.

A node is made ready once, as a function, and then held against the tokens of many texts.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial, reduce
from operator import ge, or_
from typing import NamedTuple

from rapidfuzz.distance import OSA

from search.deadlines import OutOfTime, check, checked
from search.query.nodes import Fuzzy, Near, Node, NotNear, Or, Phrase, Term, Together, Unit, Wildcard

# First and last token of what was found.
Run = tuple[int, int]
# The tokens of a text by their places; those that nobody asks for may be left out.
Tokens = Mapping[int, "TokenText"]


@dataclass(frozen=True, slots=True)
class TokenText:
    """One token of a text: its word and its stem, whether it was written in capitals, the number of its sentence.

    A word that may be written otherwise is found by its `names` and their `stems`; for all others both are empty.
    """

    word: str
    stem: str
    capitals: bool = False
    sentence: int = 0
    names: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()

    @property
    def patterned(self) -> tuple[str, ...]:
        """What a pattern is held against, in lower case."""
        return self.names or (self.word.lower(),)


# These are made for every hit that is shown; named tuples are made three times as fast as dataclasses.
class Occurrence(NamedTuple):
    """A place where a positional node stands: its extent, and the runs that are marked for it."""

    first: int
    last: int
    runs: tuple[Run, ...]


# The places of one token each, and those of anything with positions.
PlaceFinder = Callable[[Tokens], list[int]]
OccurrenceFinder = Callable[[Tokens], list[Occurrence]]
RunFinder = Callable[[Tokens], list[Run]]

# So many runs of what stands near something take some fifty megabytes.
_MOST_LISTED = 200_000


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


def places_within(parts: Sequence[Sequence[int]], distance: int) -> list[int]:
    """Return, in order, the positions that lie in a stretch where each part can take a position of its own.

    A stretch begins at a position and ends `distance` after it.

    Raises:
        OutOfTime: the time is over.
    """
    # What parts a position can be for, as bits: many positions are of few kinds.
    kinds: dict[int, int] = {}
    for index, part in enumerate(parts):
        for position in part:
            kinds[position] = kinds.get(position, 0) | 1 << index
    held = dict.fromkeys(kinds.values(), 0)
    suffice = _sufficient(list(held), len(parts))
    ordered = sorted(kinds)
    found: list[int] = []
    ahead, covered = 0, -1
    for start in checked(ordered):
        while ahead < len(ordered) and ordered[ahead] <= start + distance:
            held[kinds[ordered[ahead]]] += 1
            ahead += 1
        if suffice(held.values()):
            covered = start + distance
        if start <= covered:
            found.append(start)
        held[kinds[start]] -= 1
    return found


def _sufficient(kinds: Sequence[int], parts: int) -> Callable[[Iterable[int]], bool]:
    """Return what tells whether each part can take a position of its own, of so many of each kind."""
    # More of a kind than it has parts make no difference, so that few cases are to be told apart.
    most = [kind.bit_count() for kind in kinds]
    if sum(most) == parts and reduce(or_, kinds, 0).bit_count() == parts:
        # No position is for parts of two kinds, so each kind is enough for its own or not.
        return all if parts == len(kinds) else lambda counts: all(map(ge, counts, most))

    @cache
    def suffice(counts: tuple[int, ...]) -> bool:
        check()
        positions = [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]
        choices = [[at for at, kind in enumerate(positions) if kind >> part & 1] for part in range(parts)]
        return all(choices) and have_distinct(choices)

    return lambda counts: suffice(tuple(map(min, counts, most)))


def place_finder(node: Node) -> PlaceFinder:
    """Return what finds the places of one token each at which a node stands."""
    match node:
        case Term(tokens=forms, capitals=True):
            asked = frozenset(forms)
            return lambda tokens: [
                place
                for place, token in tokens.items()
                if token.capitals and (token.word.lower() in asked or not asked.isdisjoint(token.names))
            ]
        case Term(tokens=forms, stemmed=True):
            asked = frozenset(forms)
            return lambda tokens: [
                place
                for place, token in tokens.items()
                if token.stem in asked or (token.stems and not asked.isdisjoint(token.stems))
            ]
        case Term(tokens=forms):
            asked = frozenset(forms)
            return lambda tokens: [
                place
                for place, token in tokens.items()
                if token.word in asked or (token.names and not asked.isdisjoint(token.names))
            ]
        case Wildcard(pattern=pattern):
            return _fitting(compile_pattern(pattern).fullmatch)
        case Fuzzy(word=word, edits=edits):
            return _fitting(partial(is_within, word, edits=edits))
    find = occurrence_finder(node)
    return lambda tokens: [found.first for found in find(tokens)]


def _fitting(fits: Callable[[str], object]) -> PlaceFinder:
    """Return what finds the places of words with a name that fits; a long text has many, but few different ones."""

    def find(tokens: Tokens) -> list[int]:
        names = {name for token in tokens.values() for name in token.patterned}
        found = set(filter(fits, checked(names)))
        return [place for place, token in tokens.items() if not found.isdisjoint(token.patterned)]

    return find


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
            return _paired(_pairs_near, node, left, right)
        case NotNear(left=left, right=right):
            return _paired(_not_near, node, left, right)
        case Together(left=left, right=right):
            return _paired(_together, node, left, right)
    raise AssertionError(f"{type(node).__name__} has no positions")


def _paired(pair: Callable[..., Iterable[Occurrence]], node: Node, left: Node, right: Node) -> OccurrenceFinder:
    ours, theirs = occurrence_finder(left), occurrence_finder(right)
    return lambda tokens: _merged(pair(node, ours(tokens), theirs(tokens), tokens))


def _merged(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Return one occurrence a place, with all that is marked for it: there are many ways, but not many places.

    Raises:
        OutOfTime: there are too many, or the time is over.
    """
    places: dict[Run, dict[Run, None]] = {}
    listed = 0
    for each in checked(found):
        runs = places.setdefault((each.first, each.last), {})
        before = len(runs)
        runs.update(dict.fromkeys(each.runs))
        listed += len(runs) - before
        if listed > _MOST_LISTED:
            raise OutOfTime
    return [Occurrence(first, last, tuple(runs)) for (first, last), runs in places.items()]


def _phrase(finders: Sequence[PlaceFinder], tokens: Tokens) -> list[Occurrence]:
    places = [set(find(tokens)) for find in finders]
    starts = [start for start in sorted(places[0]) if all(start + index in place for index, place in enumerate(places))]
    ends = (start + len(finders) - 1 for start in starts)
    return [Occurrence(start, last, ((start, last),)) for start, last in zip(starts, ends, strict=True)]


_Occurrences = Sequence[Occurrence]


def _orders(node: Near, left: _Occurrences, right: _Occurrences) -> Sequence[tuple[_Occurrences, _Occurrences]]:
    """Return what must come earlier and what later, in each order that will do."""
    return ((left, right),) if node.ordered else ((left, right), (right, left))


def _pairs_near(node: Near, left: _Occurrences, right: _Occurrences, _: Tokens) -> Iterator[Occurrence]:
    for earlier, later in _orders(node, left, right):
        following = sorted(later)
        firsts = [other.first for other in following]
        for first, last, runs in earlier:
            at = bisect_right(firsts, last)
            while at < len(firsts) and firsts[at] - last <= node.distance:
                other = following[at]
                yield Occurrence(first, other.last, runs + other.runs)
                at += 1


def _not_near(node: NotNear, left: _Occurrences, right: _Occurrences, tokens: Tokens) -> Iterator[Occurrence]:
    count = _counter(node, right, tokens)
    # The very same place is within reach and is not to count.
    same = {(other.first, other.last) for other in right}
    return (one for one in left if count(one) == ((one.first, one.last) in same))


def _counter(node: NotNear, right: _Occurrences, tokens: Tokens) -> Callable[[Occurrence], int]:
    """Return what counts how many are within reach of an occurrence; each must be at a place of its own."""
    reach = node.reach
    if isinstance(reach, Unit):
        units = Counter([_unit(reach, tokens, other.first) for other in right])
        return lambda one: units[_unit(reach, tokens, one.first)]
    firsts = sorted([other.first for other in right])
    if node.ordered:
        return lambda one: bisect_right(firsts, one.last + reach) - bisect_left(firsts, one.first)
    # Of all that begin early enough, those that end too early are not counted: they begin early too.
    lasts = sorted([other.last for other in right])
    return lambda one: bisect_right(firsts, one.last + reach) - bisect_left(lasts, one.first - reach)


def _together(node: Together, left: _Occurrences, right: _Occurrences, tokens: Tokens) -> Iterator[Occurrence]:
    for ours, theirs in ((left, right), (right, left)):
        # What overlaps neither the last to begin in a unit nor the first to end there overlaps nothing in between.
        begins: dict[int, int] = {}
        ends: dict[int, int] = {}
        for unit, other in _in_units(node.unit, tokens, theirs):
            begins[unit] = max(other.first, begins.get(unit, other.first))
            ends[unit] = min(other.last, ends.get(unit, other.last))
        for unit, one in _in_units(node.unit, tokens, ours):
            if unit in begins and (one.last < begins[unit] or ends[unit] < one.first):
                yield one


def _in_units(unit: Unit, tokens: Tokens, found: _Occurrences) -> Iterator[tuple[int, Occurrence]]:
    """Yield what begins and ends in one unit, and the unit's number."""
    for one in found:
        number = _unit(unit, tokens, one.first)
        if number == _unit(unit, tokens, one.last):
            yield number, one


def _unit(unit: Unit, tokens: Tokens, place: int) -> int:
    return 0 if unit is Unit.PARAGRAPH else tokens[place].sentence


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
