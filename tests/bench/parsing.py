"""Random and mutated query texts -> the parser: does it always answer, rightly and quickly?

    python tests/bench/parsing.py [--inputs 1000000] [--seed 7] [--processes 2]

Each text must be understood or refused by a QueryError with located diagnostics; what is understood must mean the same
as its canonical text; and no parse may take more than LIMIT_MS of the processor. The exit status is 1 where one of
these fails. The same seed gives the same texts, whatever the number of processes.
"""

import argparse
import heapq
import multiprocessing
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' own modules

from fuzzing import dialect_of, query_text, verdict

from search.language import Analyzer
from search.query import Dialect

LIMIT_MS = 50.0
# Texts of one piece of work; each has an Analyzer of its own, as what it remembers would fill the memory in the end.
BLOCK = 10_000
SHOWN = 25
LONGEST_SHOWN = 400
# Times are counted in steps of so many milliseconds, for the median and the 99.9th of a hundred.
STEP_MS = 0.02
RETRIES = 3

Failure = tuple[int, str, str, str]


@dataclass(slots=True)
class Tally:
    """What some of the inputs came to."""

    inputs: int = 0
    valid: int = 0
    failed: int = 0
    failures: list[Failure] = field(default_factory=list)
    slowest: list[tuple[float, int, str]] = field(default_factory=list)
    steps: dict[int, int] = field(default_factory=dict)

    def note(self, ms: float, number: int, text: str) -> None:
        """Note how long one text took."""
        step = int(ms / STEP_MS)
        self.steps[step] = self.steps.get(step, 0) + 1
        heapq.heappush(self.slowest, (ms, number, text))
        if len(self.slowest) > SHOWN:
            heapq.heappop(self.slowest)

    def fail(self, number: int, dialect: Dialect, text: str, fault: str) -> None:
        """Note what should not be; of too many only how many they are."""
        self.failed += 1
        if len(self.failures) < SHOWN:
            self.failures.append((number, dialect.value, text, fault))

    def add(self, other: "Tally") -> None:
        """Add what other inputs came to."""
        self.inputs += other.inputs
        self.valid += other.valid
        self.failed += other.failed
        self.failures = sorted(self.failures + other.failures)[:SHOWN]
        self.slowest = heapq.nlargest(SHOWN, self.slowest + other.slowest)
        for step, times in other.steps.items():
            self.steps[step] = self.steps.get(step, 0) + times

    def quantile_ms(self, part: float) -> float:
        """Return the time that this part of the parses did not exceed."""
        left = part * self.inputs
        for step, times in sorted(self.steps.items()):
            left -= times
            if left <= 0:
                return (step + 1) * STEP_MS
        return 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--limit-ms", type=float, default=LIMIT_MS)
    asked = parser.parse_args()
    begun = time.monotonic()
    total = Tally()
    blocks = [
        (asked.seed, first, min(first + BLOCK, asked.inputs), asked.limit_ms) for first in range(0, asked.inputs, BLOCK)
    ]
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        for tally in pool.imap_unordered(tried, blocks):
            total.add(tally)
            if sys.stderr.isatty():
                print(f"\r{total.inputs:,} tried, {total.failed:,} failures", end="", file=sys.stderr, flush=True)
    print("\n".join(report(total, time.monotonic() - begun)))
    return 1 if total.failed else 0


def tried(block: tuple[int, int, int, float]) -> Tally:
    """Try the inputs of one block."""
    seed, first, last, limit_ms = block
    analyzer = Analyzer()
    tally = Tally()
    for number in range(first, last):
        dialect, text = dialect_of(number), query_text(seed, number)
        judged = verdict(text, dialect, analyzer)
        ms = judged.seconds * 1000
        if ms > limit_ms:
            # The processor may have been busy with something else, or its clock slow.
            ms = min(ms, *(verdict(text, dialect, analyzer).seconds * 1000 for _ in range(RETRIES)))
        tally.inputs += 1
        tally.valid += judged.valid
        tally.note(ms, number, text)
        for fault in judged.faults:
            tally.fail(number, dialect, text, fault)
        if ms > limit_ms:
            tally.fail(number, dialect, text, f"took {ms:.0f} ms")
    return tally


def report(total: Tally, seconds: float) -> Iterator[str]:
    """Yield the figures, a line each."""
    yield f"{total.inputs:,} inputs in {seconds:,.0f} s: {total.valid:,} valid, {total.inputs - total.valid:,} refused"
    slowest = max(total.slowest, default=(0.0, 0, ""))
    times = (total.quantile_ms(0.5), total.quantile_ms(0.999), slowest[0])
    yield "one parse: median {:.2f} ms, 99.9 of 100 within {:.2f} ms, slowest {:.1f} ms".format(*times)
    yield f"the slowest, number {slowest[1]:,}, {len(slowest[2]):,} characters: {shown(slowest[2])}"
    yield f"{total.failed:,} failures"
    for number, dialect, text, fault in total.failures:
        yield f"- number {number:,} ({dialect}, {len(text):,} characters): {fault}\n  {shown(text)}"


def shown(text: str) -> str:
    """Return the text's source, cut where it is long: its number gives it again."""
    return repr(text) if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]!r}..."


if __name__ == "__main__":
    sys.exit(main())
