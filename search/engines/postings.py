"""Postings as sorted arrays, and what neighbours in them: phrases, windows, distances. numpy in, numpy out.

Positions are counted over the whole index: each unit (a paragraph, or an article's title) begins at an offset of its
own, more than MAX_DISTANCE + the longest phrase after the end of the one before, so that nothing found near something
else can be in another unit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from search.engines.columns import Bools, Floats, Ints
from search.errors import EngineUnavailable
from search.query.occurrences import have_distinct

UNIT_GAP = 512
# The longest paragraph has fewer tokens than this many bits can count.
_LENGTH_BITS = 24

# What a second or two can pair, and some hundreds of megabytes hold.
_MOST_PAIRS = 10_000_000

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


@dataclass(frozen=True, slots=True)
class Scored:
    """Units in order and the score of each; of paragraphs, also the article of each where it was looked up.

    Where `settle` is given, scores are the most that they can be, and it makes those at some places, in order.
    """

    units: Ints
    scores: Floats
    articles: Ints | None = None
    settle: Callable[[Ints], Floats] | None = None

    @property
    def nbytes(self) -> int:
        """The memory they take; before scores are settled, also what these are made of, and they themselves."""
        return self.units.nbytes + (1 if self.settle is None else 4) * self.scores.nbytes

    def settled(self) -> "Scored":
        """Return it with the scores as they are."""
        if self.settle is None:
            return self
        return Scored(self.units, self.settle(np.arange(len(self.units))), self.articles)

    def map(self, change: Callable[[Floats, Ints | slice], Floats], articles: Ints | None = None) -> "Scored":
        """Return it with its scores changed, which `change` does to those at some places, and keeps their order."""
        changed, settle = change(self.scores, slice(None)), self.settle
        if settle is None:
            return Scored(self.units, changed, articles)
        return Scored(self.units, changed, articles, lambda places: change(settle(places), places))


def unit_offsets(lengths: Ints) -> Ints:
    """Return where the positions of each unit begin."""
    return np.concatenate([[0], np.cumsum(lengths + UNIT_GAP)[:-1]]).astype(np.int64) if len(lengths) else _NOTHING


def single_positions(positions: Ints) -> Spans:
    """Return runs of one position each."""
    return Spans(positions, positions)


def union(spans: Sequence[Spans]) -> Spans:
    """Return the runs that are in any of them."""
    if not spans:
        return single_positions(_NOTHING)
    if len(spans) == 1:
        return spans[0]
    if all(part.starts is part.lasts for part in spans):
        return single_positions(np.unique(np.concatenate([part.starts for part in spans])))
    return _distinct(np.concatenate([part.starts for part in spans]), np.concatenate([part.lasts for part in spans]))


def near(left: Spans, right: Spans, distance: int, *, ordered: bool) -> Spans:
    """Return every pair, one before the other, whose later begins at most `distance` after the earlier's last."""
    found = [_followed_by(left, right, distance)]
    if not ordered:
        found.append(_followed_by(right, left, distance))
    return union(found)


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
    # Start and length in one number, which grows as the runs do.
    known, asked = ((each.starts << _LENGTH_BITS) + (each.lasts - each.starts) for each in (others, spans))
    return np.asarray(contains(known, asked), np.int64)


def gaps(left: Spans, right: Spans) -> Ints:
    """Return how far the nearest run of `right` is from each of `left`, from the end of one to the start of the other.

    Both must be runs of one length each. One that is the very same is not looked at; without any other it is far.
    """
    following = np.concatenate((right.starts, (_FAR,)))[right.starts.searchsorted(left.lasts, "right")]
    preceding = np.concatenate(((-_FAR,), right.lasts))[right.lasts.searchsorted(left.starts, "left")]
    return np.asarray(np.minimum(following - left.lasts, left.starts - preceding))


def window(parts: Sequence[Ints], distance: int) -> Ints:
    """Return the first position of every place where each part has a position of its own, all within `distance`."""
    if len(parts) == 2:
        both = near(single_positions(parts[0]), single_positions(parts[1]), distance, ordered=False)
        return np.unique(both.starts)
    candidates = np.unique(np.concatenate(parts))
    for part in parts:
        candidates = candidates[
            part.searchsorted(candidates, "left") < part.searchsorted(candidates + distance, "right")
        ]
    if _are_disjoint(parts):
        return candidates
    kept = [start for start in candidates.tolist() if have_distinct(_within(parts, start, distance))]
    return np.array(kept, dtype=np.int64)


def _within(parts: Sequence[Ints], start: int, distance: int) -> list[list[int]]:
    return [part[part.searchsorted(start) : part.searchsorted(start + distance, "right")].tolist() for part in parts]


def _are_disjoint(parts: Sequence[Ints]) -> bool:
    return len(np.unique(np.concatenate(parts))) == sum(map(len, parts))


def _followed_by(first: Spans, second: Spans, distance: int) -> Spans:
    low = second.starts.searchsorted(first.lasts + 1, "left")
    counts = second.starts.searchsorted(first.lasts + distance, "right") - low
    if counts.sum() > _MOST_PAIRS:
        raise EngineUnavailable("These words stand near each other too often to be paired; ask for rarer words.")
    chosen = np.repeat(np.arange(len(first.starts)), counts)
    partner = np.arange(len(chosen)) - np.repeat(np.cumsum(counts) - counts, counts) + low[chosen]
    return _distinct(first.starts[chosen], second.lasts[partner])


def _distinct(starts: Ints, lasts: Ints) -> Spans:
    order = np.lexsort((lasts, starts))
    starts, lasts = starts[order], lasts[order]
    if not len(starts):
        return Spans(starts, lasts)
    new = np.concatenate([[True], (starts[1:] != starts[:-1]) | (lasts[1:] != lasts[:-1])])
    return Spans(starts[new], lasts[new])


def contains(ordered: Ints, asked: Ints) -> Bools:
    """Whether each number asked is among those that are in order."""
    if not len(ordered):
        return np.zeros(len(asked), np.bool_)
    at = ordered.searchsorted(asked)
    at[at == len(ordered)] = 0
    return np.asarray(ordered[at] == asked)
