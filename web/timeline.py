"""Months -> the bars of a timeline: articles found before a paler bar of articles held. Draws no SVG itself.

Heights grow with the square root, so that few found among many held stay visible and never stand higher.
"""

import calendar
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

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
    """One bar: what it stands for, the parameters that narrow to it, and its geometry in the drawing's units."""

    label: str
    from_: str
    to: str
    articles: int
    held: int
    x: int
    found_height: int
    held_height: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """All bars, oldest first, without a gap."""

    bars: tuple[Bar, ...]
    unit: str

    @property
    def width(self) -> int:
        """The width of the drawing in its own units."""
        return SLOT * len(self.bars)


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
    highest = max(*held.values(), 1)
    bars = [
        _bar(slot, step, index, (found[slot], held[slot], highest))
        for index, slot in enumerate(_slots(numbers[0] // step, numbers[-1] // step, step))
    ]
    unit = {1: "Month", 12: "Year"}.get(step, "Years")
    return Timeline(tuple(bars), unit)


def _slots(first: int, last: int, step: int) -> range:
    """Return all slots from first to last, with some around where they would be few and broad."""
    missing = max(0, _LEAST_BARS - (last - first + 1))
    return range(max(_FIRST // step, first - missing // 2), last + missing - missing // 2 + 1)


def _bar(slot: int, step: int, index: int, counts: tuple[int, int, int]) -> Bar:
    articles, held, highest = counts
    first, last = _name(max(_FIRST, slot * step)), _name(slot * step + step - 1)
    if step == 1:
        label = f"{calendar.month_name[int(first[5:])]} {int(first[:4])}"
    else:
        first, last = first[:4], last[:4]
        label = first if first == last else f"{first}–{last}"
    return Bar(label, first, last, articles, held, SLOT * index, _height(articles, highest), _height(held, highest))


def _height(value: int, highest: int) -> int:
    return max(2, round(math.sqrt(value / highest) * HEIGHT)) if value else 0


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _name(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{year:04}-{month + 1:02}"
