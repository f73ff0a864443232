"""Part 1: our engine, asked without any server, against raw tantivy doing the bare search."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench_run import Run
from builds import RAW, Build, BuildFailedError
from peers.raw_tantivy import RawTantivy
from questions import KINDS, Question
from tables import Times, median, p99, ratio

from search.archive import Archive
from search.engines.base import Ask, Found
from search.errors import DatelineError
from search.generation import Generation
from search.query import Match, parse, plan
from search.query.nodes import Boost, Node
from search.settings import Settings

FACETS = ("place", "agency", "section", "date")
GOAL = 1.5
_SECONDS = 60.0
_LEAST_ROUNDS = 2

# What a peer finds: how many there are, and its documents.
Search = Callable[[Question], tuple[int, list[dict]]]


@dataclass(slots=True)
class Asked:
    """What asking the mix took: answers that were never given before, such with facets, and given again; the peer."""

    raw: Times = field(default_factory=Times)
    new: Times = field(default_factory=Times)
    faceted: Times = field(default_factory=Times)
    again: Times = field(default_factory=Times)
    totals: dict[Question, int] = field(default_factory=dict)
    raw_totals: dict[Question, int] = field(default_factory=dict)
    refused: int = 0


def measure(run: Run) -> None:
    """Print a table for each engine."""
    run.report.heading("1. The engine alone")
    raw = raw_search(run) if RAW in run.peers else None
    for engine in run.engines:
        try:
            asked = ask(run, run.builds.ours(engine), raw)
        except BuildFailedError as error:
            run.report.say(str(error))
            continue
        _print(run, engine, asked)


def ask(run: Run, build: Build, raw: Search | None = None) -> Asked:
    """Ask an index of ours the whole mix, and each question of the peer beside it, so that they share slow minutes."""
    archive = Archive(build.path)
    generation = archive.open(archive.current_id(), cache_bytes=Settings().cache_mb << 20, seconds=_SECONDS)
    asked = Asked()
    try:
        for question in run.questions:
            try:
                _ask_question(run, generation, question, asked)
                if raw is not None:
                    asked.raw_totals[question] = raw(question)[0]
                    asked.raw.add(question.kind, timed(run, lambda _, question=question: raw(question)))
            except DatelineError:
                asked.refused += 1
    finally:
        generation.engine.close()
    return asked


def _ask_question(run: Run, generation: Generation, question: Question, asked: Asked) -> None:
    node = plan(parse(question.text(), generation.analyzer).node, Match.ALL)
    search = functools.partial(_search, generation, node)
    asked.totals[question] = search(0).paragraphs
    asked.new.add(question.kind, timed(run, lambda turn: search(turn + 1)))
    asked.faceted.add(question.kind, timed(run, lambda turn: search(turn + 100_000, FACETS)))
    asked.again.add(question.kind, timed(run, lambda _: search(0)))


def _search(generation: Generation, node: Node, turn: int, facets: tuple[str, ...] = ()) -> Found:
    # A weight of its own each turn, so that no answer of another turn is remembered.
    return generation.engine.search(Ask(Boost(node, 1 + turn / 1e6), size=20, facets=facets))


def timed(run: Run, call: Callable[[int], object]) -> list[float]:
    """Return the milliseconds of each turn, after one that is not counted.

    Where turns take long there are fewer, and their times stand for the others, so that all questions count alike.
    """
    call(0)
    last = time.perf_counter() + run.options.seconds / 10
    times: list[float] = []
    while len(times) < run.options.rounds and (len(times) < _LEAST_ROUNDS or time.perf_counter() < last):
        begun = time.perf_counter()
        call(len(times) + 1)
        times.append((time.perf_counter() - begun) * 1000)
    return [times[turn % len(times)] for turn in range(run.options.rounds)]


def raw_search(run: Run) -> Search:
    """Return what asks raw tantivy."""
    return RawTantivy(run.builds.peer(RAW).path, run.analyzer.stem).search


def _print(run: Run, engine: str, asked: Asked) -> None:
    rows = [_row(kind, asked) for kind in (*KINDS, "all") if asked.new.of(kind)]
    header = [
        "kind", "raw", "raw p99", "new", "new p99", "new/raw", "facets", "facets p99", "facets/raw", "again",
        "again/raw", "same totals",
    ]  # fmt: skip
    title = f"{engine}: milliseconds, medians (new: never asked before; facets: new, with four facets; again: repeated)"
    run.report.table(title, header, rows)
    if asked.refused:
        run.report.say(f"{asked.refused} questions were refused")
    ratios = {str(row[0]): row[5] for row in rows[:-1] if isinstance(row[5], float)}
    figure = ", ".join(f"{kind} {value:.1f}" for kind, value in ratios.items() if value > GOAL)
    reached = not figure if ratios else None
    run.report.goal(f"{engine} within {GOAL} times of raw tantivy in every class", reached, figure)
    run.report.kept["totals"] += [
        {"engine": engine, "kind": question.kind, "shape": question.shape, "text": question.text(), "ours": total,
         "raw": asked.raw_totals.get(question)}
        for question, total in asked.totals.items()
    ]  # fmt: skip


def _row(kind: str, asked: Asked) -> list[object]:
    base, new, faceted, again = (median(times.of(kind)) for times in (asked.raw, asked.new, asked.faceted, asked.again))
    totals = {question: total for question, total in asked.totals.items() if kind in (question.kind, "all")}
    same = sum(1 for question, total in totals.items() if asked.raw_totals.get(question) == total)
    return [
        kind, base, p99(asked.raw.of(kind)), new, p99(asked.new.of(kind)), ratio(new, base), faceted,
        p99(asked.faceted.of(kind)), ratio(faceted, base), again, ratio(again, base),
        f"{same}/{len(totals)}" if asked.raw_totals else None,
    ]  # fmt: skip
