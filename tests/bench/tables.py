"""What was measured -> text: medians, p99, ratios, in tables whose columns line up. Also kept, for --json."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

NONE = "-"


class Times(dict[str, list[float]]):
    """Milliseconds by kind of question."""

    def add(self, kind: str, milliseconds: Iterable[float]) -> None:
        """Add what was measured for a kind."""
        self.setdefault(kind, []).extend(milliseconds)

    def of(self, kind: str) -> list[float]:
        """Return those of a kind, or of "all"."""
        return [time for times in self.values() for time in times] if kind == "all" else self.get(kind, [])


def median(values: Sequence[float]) -> float | None:
    """Return the median, or None of nothing."""
    return statistics.median(values) if values else None


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, or None of nothing."""
    return statistics.fmean(values) if values else None


def p99(values: Sequence[float]) -> float | None:
    """Return the smallest value that 99 of 100 do not exceed, or None of nothing."""
    return sorted(values)[math.ceil(len(values) * 0.99) - 1] if values else None


def ratio(value: float | None, base: float | None) -> float | None:
    """Return how many times the base a value is, where both are known."""
    return value / base if value is not None and base else None


def shown(value: object) -> str:
    """Return a figure with three digits that matter, whole numbers with commas."""
    if value is None:
        return NONE
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return str(value)


@dataclass(slots=True)
class Report:
    """Prints tables and remarks as they come, and keeps them."""

    kept: dict[str, Any] = field(default_factory=lambda: {"tables": [], "remarks": [], "totals": []})

    def heading(self, text: str) -> None:
        """Begin a part."""
        print(f"\n{text}\n{'=' * len(text)}", flush=True)

    def say(self, text: str) -> None:
        """Print a remark."""
        self.kept["remarks"].append(text)
        print(text, flush=True)

    def table(self, title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table; the first column is to the left, figures are to the right."""
        self.kept["tables"].append({"title": title, "header": list(header), "rows": [list(row) for row in rows]})
        texts = [list(header), *([shown(value) for value in row] for row in rows)]
        widths = [max(len(row[column]) for row in texts) for column in range(len(header))]
        print(f"\n{title}")
        for row in texts:
            first, *others = (text.rjust(width) for text, width in zip(row, widths, strict=True))
            print("  ".join([row[0].ljust(len(first)), *others]).rstrip(), flush=True)

    def goal(self, text: str, reached: bool | None, figure: str) -> None:  # noqa: FBT001 - what the line is about
        """Print a goal beside what was measured; None where that could not be."""
        word = {True: "reached", False: "missed", None: "not measured"}[reached]
        self.say(f"goal: {text}: {word}{f' ({figure})' if figure else ''}")
