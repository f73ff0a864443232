"""Months -> a timeline: bars for articles found, a line for what the archive holds, gaps where it holds nothing.

Draws as text for SVG paths, so that a hundred bars are one short element. Heights of found and held grow with the
square root on one scale, so that few found among many held stay visible; shares of what is held grow evenly.
"""

import calendar
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from search.engines.base import Month

SLOT = 10
HEIGHT = 60
# January of the year 1, months being numbered from January of a year 0 that calendars do not have.
_FIRST = 12
_MOST_BARS = 120
_LEAST_BARS = 12
# One bar stands for so many months: a month, a year, a decade, a century, a millennium.
_STEPS = (1, 12, 120, 1_200, 12_000)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the slot it stands in, the parameters that narrow to what it stands for, and its articles."""

    slot: int
    label: str
    from_: str
    to: str
    articles: int
    held: int

    @property
    def share(self) -> float:
        """Articles found for 1,000 held."""
        return 1_000 * self.articles / self.held if self.held else 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """All bars, oldest first, without a gap; `unit` is what one stands for."""

    bars: tuple[Bar, ...]
    unit: str

    @property
    def width(self) -> int:
        """The width of the drawing in its own units."""
        return SLOT * len(self.bars)

    @property
    def found_path(self) -> str:
        """The bars of articles found, on the scale of what is held."""
        highest = max(bar.held for bar in self.bars)
        return _bars((bar.slot, _root(bar.articles, highest)) for bar in self.bars)

    @property
    def share_path(self) -> str:
        """The bars of articles found for every 1,000 held, the highest as high as the drawing."""
        highest = max(bar.share for bar in self.bars)
        return _bars((bar.slot, _even(bar.share, highest)) for bar in self.bars)

    @property
    def held_path(self) -> str:
        """A line along the tops of what the archive holds, broken where it holds nothing."""
        highest = max(bar.held for bar in self.bars)
        return "".join(
            f"M{SLOT * run[0].slot} {HEIGHT - _root(run[0].held, highest)}"
            + "".join(f"V{HEIGHT - _root(bar.held, highest)}h{SLOT}" for bar in run)
            for run in self._runs(held=True)
        )

    @property
    def area_path(self) -> str:
        """What the archive holds, filled."""
        highest = max(bar.held for bar in self.bars)
        return "".join(
            f"M{SLOT * bar.slot} {HEIGHT}v-{height}h{SLOT}v{height}z"
            for bar in self.bars
            if (height := _root(bar.held, highest))
        )

    @property
    def gap_path(self) -> str:
        """Boxes over the times of which the archive holds nothing."""
        boxes = ((SLOT * run[0].slot, SLOT * len(run)) for run in self._runs(held=False))
        return "".join(f"M{x} 0h{width}v{HEIGHT}h-{width}z" for x, width in boxes)

    @property
    def highest_share(self) -> float:
        """The most articles found for every 1,000 held."""
        return max(bar.share for bar in self.bars)

    def _runs(self, *, held: bool) -> Iterator[list[Bar]]:
        for holds, run in groupby(self.bars, key=lambda bar: bar.held > 0):
            if holds is held:
                yield list(run)


def draw(months: Sequence[Month]) -> Timeline | None:
    """Return the timeline of some months in order, or None where there are none."""
    if not months:
        return None
    numbers = [_number(month.value) for month in months]
    step = next((step for step in _STEPS if (numbers[-1] - numbers[0]) / step < _MOST_BARS - 1), _STEPS[-1])
    found: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for number, month in zip(numbers, months, strict=True):
        found[number // step] += month.articles
        held[number // step] += month.held
    slots = _slots(numbers[0] // step, numbers[-1] // step, step)
    bars = [_bar(time, step, slot, found[time], held[time]) for slot, time in enumerate(slots)]
    unit = {1: "Month", 12: "Year"}.get(step, "Years")
    return Timeline(tuple(bars), unit)


def _slots(first: int, last: int, step: int) -> range:
    """Return all times from first to last, with some around where they would be few and broad."""
    missing = max(0, _LEAST_BARS - (last - first + 1))
    return range(max(_FIRST // step, first - missing // 2), last + missing - missing // 2 + 1)


def _bar(time: int, step: int, slot: int, articles: int, held: int) -> Bar:
    first, last = _name(max(_FIRST, time * step)), _name(time * step + step - 1)
    if step == 1:
        label = f"{calendar.month_name[int(first[5:])]} {int(first[:4])}"
    else:
        first, last = first[:4], last[:4]
        label = first if first == last else f"{first}–{last}"
    return Bar(slot, label, first, last, articles, held)


def _bars(heights: Iterable[tuple[int, int]]) -> str:
    return "".join(f"M{SLOT * slot + 1} {HEIGHT}v-{height}h{SLOT - 2}v{height}z" for slot, height in heights if height)


def _root(value: int, highest: int) -> int:
    return _even(math.sqrt(value), math.sqrt(highest))


def _even(value: float, highest: float) -> int:
    """Return a height that shows a value; what is there at all stays visible."""
    return max(2, round(value / highest * HEIGHT)) if value else 0


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _name(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{year:04}-{month + 1:02}"
