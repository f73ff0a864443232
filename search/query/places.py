"""The tokens of one text and a node with positions -> the runs that are marked for it, without listing its places.

A place is where a node stands: a first and a last position. Of common words there are very many pairs, and of pairs of
pairs many more, so places of `Near` are not listed. A set of positions is an integer whose bits are its members, and a
node tells which of its places end where others begin: for one of two words, a few shifts of the whole text at once. As
with the spans of Lucene (`NearSpansUnordered`), what is near is found by where things begin and end; unlike there, all
that takes part in any match is found.

The time grows with the length of the text for each pair of operators in a row; what is known of a set is remembered,
and `deadlines.OutOfTime` is raised when time or memory are over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from search.deadlines import OutOfTime, check, checked
from search.query.nodes import Fuzzy, Near, Node, Or, Phrase, Term, Wildcard
from search.query.occurrences import Occurrence, Run, RunFinder, Tokens, occurrence_finder, place_finder

# A set of positions: the bits of an integer. `_ALL` has every one.
Positions = int
_ALL: Positions = -1
# Some of the places of a node: those that begin in the first set and end in the second, of any of these pairs.
Chosen = Sequence[tuple[Positions, Positions]]
# What the sets that are remembered for one text may take, in bytes.
_MOST_REMEMBERED = 64 << 20


class _Places(Protocol):
    """The places of a node in a text. `firsts` and `lasts` have all positions at which one begins or ends."""

    firsts: Positions
    lasts: Positions

    def ends_of(self, firsts: Positions) -> Positions:
        """Return where those places end that begin in a set."""

    def begins_of(self, lasts: Positions) -> Positions:
        """Return where those places begin that end in a set."""

    def runs(self, chosen: Chosen) -> Iterator[Run]:
        """Yield the runs that are marked for some of the places, perhaps more than once."""


_Finder = Callable[[Tokens, "_Memory"], _Places]


class _Memory:
    """What may still be remembered for one text."""

    def __init__(self) -> None:
        self._left = _MOST_REMEMBERED

    def take(self, *sets: Positions) -> None:
        """Account for some sets; raise OutOfTime where they are too much."""
        self._left -= sum(each.bit_length() // 8 + 100 for each in sets)
        if self._left < 0:
            raise OutOfTime


def run_finder(node: Node) -> RunFinder:
    """Return what finds the runs that are marked for a node with positions, some perhaps more than once.

    Raises:
        OutOfTime: when it is called, and the time is over before all are found.
    """
    if not isinstance(node, Near | Or):
        list_places = occurrence_finder(node)
        return lambda tokens: [run for found in list_places(tokens) for run in found.runs]
    find = _finder(node)
    return lambda tokens: list(checked(find(tokens, _Memory()).runs([(_ALL, _ALL)])))


def _finder(node: Node) -> _Finder:
    match node:
        case Term() | Wildcard() | Fuzzy():
            places = place_finder(node)
            return lambda tokens, _: _Listed({0: _set_of(places(tokens))}, {})
        case Or(children=children):
            finders = list(map(_finder, children))
            return lambda tokens, memory: _Either([find(tokens, memory) for find in finders])
        case Near(left=left, right=right):
            ours, theirs = _finder(left), _finder(right)
            return lambda tokens, memory: _Pairs(node, ours(tokens, memory), theirs(tokens, memory), memory)
        case Phrase(parts=parts):
            find, last = occurrence_finder(node), len(parts) - 1
            return lambda tokens, _: _Listed({last: _set_of([each.first for each in find(tokens)])}, {})
    find = occurrence_finder(node)
    return lambda tokens, _: _listed(find(tokens))


def _listed(found: Iterable[Occurrence]) -> "_Listed":
    firsts: dict[int, list[int]] = {}
    runs: dict[Run, Sequence[Run]] = {}
    for each in found:
        firsts.setdefault(each.last - each.first, []).append(each.first)
        runs[each.first, each.last] = each.runs
    return _Listed({length: _set_of(places) for length, places in firsts.items()}, runs)


class _Listed:
    """Places of known lengths: the sets of their firsts by how many positions later they end.

    `runs_of` are the runs of places that are not their own run.
    """

    def __init__(self, by_length: Mapping[int, Positions], runs_of: Mapping[Run, Sequence[Run]]) -> None:
        self._by_length = by_length
        self._runs_of = runs_of
        self.firsts = _union(by_length.values())
        self.lasts = _union(firsts << length for length, firsts in by_length.items())

    def ends_of(self, firsts: Positions) -> Positions:
        """Return where those places end that begin in a set."""
        return _union((ours & firsts) << length for length, ours in self._by_length.items())

    def begins_of(self, lasts: Positions) -> Positions:
        """Return where those places begin that end in a set."""
        return _union(ours & (lasts >> length) for length, ours in self._by_length.items())

    def runs(self, chosen: Chosen) -> Iterator[Run]:
        """Yield the runs that are marked for some of the places."""
        for length, ours in checked(self._by_length.items()):
            for first in _members(_union(ours & firsts & (lasts >> length) for firsts, lasts in chosen)):
                place = first, first + length
                yield from self._runs_of.get(place, (place,))


class _Either:
    """The places of alternatives."""

    def __init__(self, children: Sequence[_Places]) -> None:
        self._children = children
        self.firsts = _union(child.firsts for child in children)
        self.lasts = _union(child.lasts for child in children)

    def ends_of(self, firsts: Positions) -> Positions:
        """Return where those places end that begin in a set."""
        return _union(child.ends_of(firsts) for child in self._children)

    def begins_of(self, lasts: Positions) -> Positions:
        """Return where those places begin that end in a set."""
        return _union(child.begins_of(lasts) for child in self._children)

    def runs(self, chosen: Chosen) -> Iterator[Run]:
        """Yield the runs that are marked for some of the places."""
        for child in self._children:
            yield from child.runs(_fewest(chosen, child))


class _Pairs:
    """The places of two nodes that stand near each other: from the first of the earlier to the last of the later."""

    def __init__(self, node: Near, left: _Places, right: _Places, memory: _Memory) -> None:
        self._distance = node.distance
        self._left, self._right = left, right
        self._orders = ((left, right),) if node.ordered else ((left, right), (right, left))
        self._memory = memory
        self._ends: dict[Positions, Positions] = {}
        self._begins: dict[Positions, Positions] = {}
        # Perhaps more than are: not all of them are near another.
        self.firsts = _union(earlier.firsts for earlier, _ in self._orders)
        self.lasts = _union(later.lasts for _, later in self._orders)

    def ends_of(self, firsts: Positions) -> Positions:
        """Return where those places end that begin in a set."""
        return self._remembered(self._ends, firsts & self.firsts, self._ends_of)

    def begins_of(self, lasts: Positions) -> Positions:
        """Return where those places begin that end in a set."""
        return self._remembered(self._begins, lasts & self.lasts, self._begins_of)

    def runs(self, chosen: Chosen) -> Iterator[Run]:
        """Yield the runs that are marked for some of the places."""
        if not self._left.firsts or not self._right.firsts:
            return
        of_left: list[tuple[Positions, Positions]] = []
        of_right: list[tuple[Positions, Positions]] = []
        for earlier, later in self._orders:
            of_earlier, of_later = (of_left, of_right) if earlier is self._left else (of_right, of_left)
            for firsts, lasts in chosen:
                check()
                # The earlier are those that such a later one follows; the later, those that follow such an earlier one.
                of_earlier.append((firsts, self._before(later.begins_of(lasts))))
                of_later.append((self._after(earlier.ends_of(firsts)), lasts))
        yield from self._left.runs(_fewest(of_left, self._left))
        yield from self._right.runs(_fewest(of_right, self._right))

    def _remembered(
        self, known: dict[Positions, Positions], asked: Positions, find: Callable[[Positions], Positions]
    ) -> Positions:
        if not asked:
            return 0
        if asked not in known:
            check()
            found = find(asked)
            self._memory.take(asked, found)
            known[asked] = found
        return known[asked]

    def _ends_of(self, firsts: Positions) -> Positions:
        return _union(later.ends_of(self._after(earlier.ends_of(firsts))) for earlier, later in self._orders)

    def _begins_of(self, lasts: Positions) -> Positions:
        return _union(earlier.begins_of(self._before(later.begins_of(lasts))) for earlier, later in self._orders)

    def _after(self, lasts: Positions) -> Positions:
        """Return the positions at most the distance after one of a set."""
        return _spread(lasts << 1, self._distance, int.__lshift__)

    def _before(self, firsts: Positions) -> Positions:
        """Return the positions at most the distance before one of a set."""
        return _spread(firsts >> 1, self._distance, int.__rshift__)


def _spread(positions: Positions, width: int, shift: Callable[[int, int], int]) -> Positions:
    """Return what a set is after each of 0 to `width` - 1 shifts, all together."""
    done = 1
    while done < width:
        step = min(done, width - done)
        positions |= shift(positions, step)
        done += step
    return positions


def _fewest(chosen: Chosen, places: _Places) -> Chosen:
    """Return pairs of sets that choose the same places, as few as is easily told."""
    by_firsts: dict[Positions, Positions] = {}
    for firsts, lasts in chosen:
        if (firsts := firsts & places.firsts) and (lasts := lasts & places.lasts):
            by_firsts[firsts] = by_firsts.get(firsts, 0) | lasts
    by_lasts: dict[Positions, Positions] = {}
    for firsts, lasts in by_firsts.items():
        by_lasts[lasts] = by_lasts.get(lasts, 0) | firsts
    return [(firsts, lasts) for lasts, firsts in by_lasts.items()]


def _union(sets: Iterable[Positions]) -> Positions:
    found = 0
    for each in sets:
        found |= each
    return found


def _set_of(positions: Sequence[int]) -> Positions:
    held = bytearray(max(positions, default=0) // 8 + 1)
    for position in positions:
        held[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(held, "little")


def _members(positions: Positions) -> Iterator[int]:
    """Yield the members of a set, in order."""
    written = bin(positions)[:1:-1]
    at = written.find("1")
    while at >= 0:
        yield at
        at = written.find("1", at + 1)
