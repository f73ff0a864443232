"""Spans as sorted arrays, and what neighbours in them: windows, distances, sentences. numpy in, numpy out.

Positions are counted over a whole field: unit n (a headline, a paragraph, an article's title) begins at n * UNIT_SPACE.
No unit has so many tokens that MAX_DISTANCE or a phrase reaches into the next: nothing found near something else is in
another unit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from search.deadlines import check, checked
from search.engines.sorted_arrays import Bools, Ints, run_starts
from search.errors import EngineUnavailable
from search.query.occurrences import have_distinct

UNIT_BITS = 18
UNIT_SPACE = 1 << UNIT_BITS
LONGEST_UNIT = UNIT_SPACE - 1024

# What a second can pair, and some hundred megabytes hold while they are put in order.
_MOST_PAIRS = 3_000_000
# So many are made at a time: what each takes on the way is given back before the next.
_PAIRED_AT_ONCE = 1 << 16

_NOTHING: Ints = np.empty(0, np.int64)
# Beyond all positions, and still a number when it is added to one.
_FAR = 1 << 60


@dataclass(frozen=True, slots=True)
class Spans:
    """Runs of positions: the first and the last of each, ordered by the first, each run once."""

    starts: Ints
    lasts: Ints

    @property
    def nbytes(self) -> int:
        """The memory they take."""
        return self.starts.nbytes + (0 if self.lasts is self.starts else self.lasts.nbytes)

    def chosen(self, chosen: Bools | Ints) -> "Spans":
        """Return some of them: by a mask, or by their places."""
        starts = self.starts[chosen]
        return Spans(starts, starts if self.lasts is self.starts else self.lasts[chosen])


def single_positions(positions: Ints) -> Spans:
    """Return runs of one position each."""
    return Spans(positions, positions)


def union(spans: Iterable[Spans]) -> Spans:
    """Return the runs that are in any of them, taken one at a time.

    Raises:
        EngineUnavailable: these are too many.
    """
    single: list[Ints] = []
    longer: list[Spans] = []
    for part in spans:
        if part.lasts is part.starts:
            single.append(part.starts)
        else:
            longer = [_either([*longer, part])]
    if len(single) > 1:
        single = [_distinct(single)]
    return _either([*map(single_positions, single), *longer])


def _either(spans: Sequence[Spans]) -> Spans:
    if len(spans) <= 1:
        return spans[0] if spans else single_positions(_NOTHING)
    if sum(len(part.starts) for part in spans) > 2 * _MOST_PAIRS:
        raise _too_many()
    return _decoded(np.concatenate([_coded(part.starts, part.lasts) for part in spans]))


def near(left: Spans, right: Spans, distance: int, *, ordered: bool) -> Spans:
    """Return every pair, one before the other, whose later begins at most `distance` after the earlier's last.

    Pairs with the same first and last position are one run, and most of them are never made.

    Raises:
        EngineUnavailable: these are too many.
        OutOfTime: the time of the search is over.
    """
    orders = [(left, right)] if ordered else [(left, right), (right, left)]
    pairings = [_Pairing.of(*order, distance) for order in orders if all(len(each.starts) for each in order)]
    totals = [pairing.total for pairing in pairings]
    if sum(totals) > _MOST_PAIRS:
        raise _too_many()
    codes = np.empty(sum(totals), np.int64)
    for pairing, end in zip(pairings, np.cumsum(totals), strict=True):
        pairing.write(codes[end - pairing.total : end])
    return _decoded(codes)


def not_near(left: Spans, right: Spans, reach: int, *, ordered: bool) -> Spans:
    """Return the runs of `left` that no run of `right` is within reach of, the very same run apart.

    Within reach is one that overlaps, begins at most `reach` after the last, or (unless `ordered`) ends at most
    `reach` before the first; `ordered`, it does not begin before the first.
    """
    begun = right.starts.searchsorted(left.lasts + reach, "right")
    if ordered:
        too_early = right.starts.searchsorted(left.starts, "left")
    else:
        too_early = np.sort(right.lasts).searchsorted(left.starts - reach, "left")
    return left.chosen(begun - too_early == _is_in(left, right))


def not_together(left: Spans, right: Spans, borders: Ints) -> Spans:
    """Return the runs of `left` in whose unit, which begin at `borders`, no other run of `right` begins."""
    first, last = _units(left.starts, borders)
    count = right.starts.searchsorted(last, "right") - right.starts.searchsorted(first, "left")
    return left.chosen(count == _is_in(left, right))


def together(left: Spans, right: Spans, borders: Ints) -> Spans:
    """Return the runs of both that stand in one unit, which begin at `borders`, with a run of the other beside them."""
    return union([_beside(left, right, borders), _beside(right, left, borders)])


def _beside(one: Spans, other: Spans, borders: Ints) -> Spans:
    """Return the runs of `one` that have a run of `other` before or after them in their unit, and lie in it whole."""
    if not len(one.starts) or not len(other.starts):
        return single_positions(_NOTHING)
    first, last = _units(one.starts, borders)
    # Of those that begin after a run, the one that ends earliest; of those that end before it, that begins latest.
    earliest = np.append(np.minimum.accumulate(other.lasts[::-1])[::-1], np.iinfo(np.int64).max)
    after = earliest[other.starts.searchsorted(one.lasts, "right")] <= last
    by_last = np.argsort(other.lasts, kind="stable")
    latest = np.insert(np.maximum.accumulate(other.starts[by_last]), 0, -1)
    before = latest[other.lasts[by_last].searchsorted(one.starts, "left")] >= first
    return one.chosen((after | before) & (one.lasts <= last))


def _units(positions: Ints, borders: Ints) -> tuple[Ints, Ints]:
    """Return the first and the last position of the units that these positions are in."""
    unit = borders.searchsorted(positions, "right")
    ends = np.append(borders, np.iinfo(np.int64).max)
    return ends[unit - 1], ends[unit] - 1


def _is_in(spans: Spans, others: Spans) -> Ints:
    """Return 1 for each run that is one of the others too, else 0."""
    if not len(others.starts):
        return np.zeros(len(spans.starts), np.int64)
    known, asked = _coded(others.starts, others.lasts), _coded(spans.starts, spans.lasts)
    return np.asarray(contains(known, asked), np.int64)


def gaps(left: Spans, right: Spans) -> Ints:
    """Return how far the nearest run of `right` is from each of `left`, from the end of one to the start of the other.

    Both must be runs of one length each. One that is the very same is not looked at; without any other it is far.
    """
    following = np.concatenate((right.starts, (_FAR,)))[right.starts.searchsorted(left.lasts, "right")]
    preceding = np.concatenate(((-_FAR,), right.lasts))[right.lasts.searchsorted(left.starts, "left")]
    return np.asarray(np.minimum(following - left.lasts, left.starts - preceding))


def window(parts: Sequence[Ints], distance: int) -> Ints:
    """Return the first position of every place where each part has a position of its own, all within `distance`.

    Raises:
        OutOfTime: the time of the search is over.
    """
    if len(parts) == 2 and len(parts[0]) and len(parts[1]):
        starts = _window_of_two(parts[0], parts[1], distance)
        if starts is not None:
            return starts
    candidates = _distinct(parts)
    # A part that is there several times needs as many positions.
    needed = Counter(map(id, parts))
    different = list({id(part): part for part in parts}.values())
    for part in different:
        check()
        within = part.searchsorted(candidates + distance, "right") - part.searchsorted(candidates, "left")
        candidates = candidates[within >= needed[id(part)]]
    if len(different) == 1 or _are_disjoint(different):
        return candidates
    return candidates[_have_distinct(parts, candidates, distance)]


def _window_of_two(one: Ints, other: Ints, distance: int) -> Ints | None:
    """Return the same of two parts, in one pass; None where they have a position in common."""
    coded = np.concatenate((one << 1, (other << 1) | 1))
    coded.sort(kind="stable")  # two lists in order
    positions, is_other = coded >> 1, (coded & 1).astype(np.bool_)
    if (positions[1:] == positions[:-1]).any():
        return None
    far = positions[-1] + distance + 1
    next_one = np.minimum.accumulate(np.where(is_other, far, positions)[::-1])[::-1]
    next_other = np.minimum.accumulate(np.where(is_other, positions, far)[::-1])[::-1]
    return np.asarray(positions[np.where(is_other, next_one, next_other) - positions <= distance])


def _have_distinct(parts: Sequence[Ints], starts: Ints, distance: int) -> Bools:
    """Whether, from each start on, there is within the distance a position for each part that is no other's."""
    # What parts a position can be for; of a kind of position, more than it has parts make no difference.
    positions = _distinct(parts)
    can_be_for = np.array([contains(part, positions) for part in parts])
    kinds, kind_of = np.unique(can_be_for, axis=1, return_inverse=True)
    low, high = positions.searchsorted(starts, "left"), positions.searchsorted(starts + distance, "right")
    counts = np.empty((len(starts), kinds.shape[1]), np.int16)
    for kind in range(kinds.shape[1]):
        check()
        before = np.concatenate(((0,), np.cumsum(kind_of.ravel() == kind)))
        counts[:, kind] = np.minimum(before[high] - before[low], kinds[:, kind].sum())
    cases, case_of = np.unique(counts, axis=0, return_inverse=True)
    parts_of = [np.flatnonzero(kinds[:, kind]).tolist() for kind in range(kinds.shape[1])]
    suffices = [_suffices(case, parts_of, len(parts)) for case in checked(cases.tolist())]
    return np.asarray(np.array(suffices, np.bool_)[case_of.ravel()])


def _suffices(counts: Sequence[int], parts_of: Sequence[Sequence[int]], parts: int) -> bool:
    """Whether each part has a position of its own, of so many of each kind, which are for these parts."""
    check()
    positions = [kind for kind, count in enumerate(counts) for _ in range(count)]
    choices = [[at for at, kind in enumerate(positions) if part in parts_of[kind]] for part in range(parts)]
    return have_distinct(choices)


def _are_disjoint(parts: Sequence[Ints]) -> bool:
    return len(_distinct(parts)) == sum(map(len, parts))


class _Pairing:
    """The pairs of some runs and others that are near them: for each of the runs, a range of the others in order.

    Of runs in one group, which stand side by side and whose ranges grow, each of the others is paired with the first.
    `code` makes the numbers of the pairs of runs and others at some places.
    """

    def __init__(self, groups: Ints, low: Ints, high: Ints, others: Ints, code: Callable[[Ints, Ints], Ints]) -> None:
        self._firsts = others.searchsorted(low, "left")
        ends = others.searchsorted(high, "right")
        repeated = np.flatnonzero(groups[1:] == groups[:-1])
        self._firsts[repeated + 1] = np.maximum(self._firsts[repeated + 1], ends[repeated])
        self._made = np.cumsum(np.maximum(ends - self._firsts, 0))
        self._code = code
        self.total = int(self._made[-1])

    @classmethod
    def of(cls, first: Spans, second: Spans, distance: int) -> "_Pairing":
        """Pair runs with those that begin at most the distance after their last.

        Of pairs that are the same run, few are made: either by firsts that begin together or by seconds that end so.
        """
        by_start = cls(
            first.starts,
            first.lasts + 1,
            first.lasts + distance,
            second.starts,
            lambda ours, theirs: _coded(first.starts[ours], second.lasts[theirs]),
        )
        if by_start.total <= _PAIRED_AT_ONCE or second.lasts is second.starts:
            return by_start
        earlier, later = _by_last(first), _by_last(second)
        by_last = cls(
            later.lasts,
            later.starts - distance,
            later.starts - 1,
            earlier.lasts,
            lambda ours, theirs: _coded(earlier.starts[theirs], later.lasts[ours]),
        )
        return min(by_start, by_last, key=lambda pairing: pairing.total)

    def write(self, codes: Ints) -> None:
        """Write the number of every pair; raise OutOfTime when the time of the search is over."""
        begin = done = 0
        while done < self.total:
            check()
            end = max(begin + 1, int(self._made.searchsorted(done + _PAIRED_AT_ONCE, "right")))
            made = self._made[begin:end]
            counts = np.diff(made, prepend=done)
            ours = np.repeat(np.arange(begin, end), counts)
            theirs = np.arange(len(ours)) + np.repeat(self._firsts[begin:end] - (made - counts - done), counts)
            codes[done : made[-1]] = self._code(ours, theirs)
            begin, done = end, int(made[-1])


def _by_last(spans: Spans) -> Spans:
    """Return runs in the order of their lasts, and those that end together in that of their starts."""
    return spans if spans.lasts is spans.starts else spans.chosen(np.argsort(spans.lasts, kind="stable"))


def _too_many() -> EngineUnavailable:
    return EngineUnavailable("These words stand near each other too often to be paired; ask for rarer words.")


def _coded(starts: Ints, lasts: Ints) -> Ints:
    """Return start and length in one number, which grows as the runs do."""
    return np.asarray((starts << UNIT_BITS) + (lasts - starts))


def _decoded(codes: Ints) -> Spans:
    """Return the runs of numbers, each once and in order; the numbers are put in order where they are."""
    if len(codes) and not (codes[1:] > codes[:-1]).all():
        codes.sort()
        codes = codes[np.concatenate(((True,), codes[1:] != codes[:-1]))]
    starts = codes >> UNIT_BITS
    return Spans(starts, starts + (codes & ((1 << UNIT_BITS) - 1)))


def _distinct(parts: Sequence[Ints]) -> Ints:
    """Return all positions of some lists, in order and each once."""
    positions = np.sort(np.concatenate(parts))
    return positions[run_starts(positions)]


def contains(ordered: Ints, asked: Ints) -> Bools:
    """Whether each number asked is among those that are in order."""
    if not len(ordered):
        return np.zeros(len(asked), np.bool_)
    at = ordered.searchsorted(asked)
    at[at == len(ordered)] = 0
    return np.asarray(ordered[at] == asked)
