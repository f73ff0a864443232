"""Part 0: every question asked once, of an index that was just opened; what users meet is a word asked for the first
time. Raw tantivy is asked the same beside it. "again" is each question asked a second time.
"""

import time
from collections.abc import Callable

from bench_run import Run
from builds import RAW, BuildFailedError
from engine_speed import FACETS, raw_search
from mix import make_mix
from questions import KINDS, Question
from tables import Times, mean, median, p99, ratio

from search.archive import Archive
from search.engines.base import Ask
from search.errors import DatelineError
from search.query import Match, parse, plan
from search.settings import Settings

_SECONDS = 60.0


def measure(run: Run) -> None:
    """Print a table for each engine."""
    run.report.heading("Cold: every question asked once")
    questions = make_mix(run.corpus, run.analyzer.stop_words, run.options.cold)
    for engine in run.engines:
        try:
            _measure(run, engine, questions)
        except BuildFailedError as error:
            run.report.say(str(error))


def _measure(run: Run, engine: str, questions: list[Question]) -> None:
    archive = Archive(run.builds.ours(engine).path)
    raw = raw_search(run) if RAW in run.peers else None
    begun = time.perf_counter()
    generation = archive.open(archive.current_id(), cache_bytes=Settings().cache_mb << 20, seconds=_SECONDS)
    opened = time.perf_counter() - begun
    cold, faceted, again, theirs = Times(), Times(), Times(), Times()
    search = generation.engine.search
    try:
        for question in questions:
            try:
                node = plan(parse(question.text(), generation.analyzer).node, Match.ALL)
                cold.add(question.kind, [_timed(lambda node=node: search(Ask(node)))])
                again.add(question.kind, [_timed(lambda node=node: search(Ask(node)))])
                if raw is not None:
                    theirs.add(question.kind, [_timed(lambda question=question: raw(question))])
            except DatelineError as error:
                run.report.say(f"refused: {question.text()}: {error}")
    finally:
        generation.engine.close()
    generation = archive.open(archive.current_id(), cache_bytes=Settings().cache_mb << 20, seconds=_SECONDS)
    try:
        for question in questions:
            node = plan(parse(question.text(), generation.analyzer).node, Match.ALL)
            ask = Ask(node, facets=FACETS)
            faceted.add(question.kind, [_timed(lambda ask=ask: generation.engine.search(ask))])
    finally:
        generation.engine.close()
    run.report.say(f"{engine} opened in {opened:.2f} s, every file read once to be checked")
    rows = [_row(kind, theirs, cold, faceted, again) for kind in (*KINDS, "all") if cold.of(kind)]
    header = [
        "kind", "questions", "raw", "raw mean", "raw p99", "cold", "cold mean", "cold p99", "mean/raw", "p99/raw",
        "with facets", "again",
    ]  # fmt: skip
    title = f"{engine}, just opened: milliseconds of questions asked for the first time (again: a second time)"
    run.report.table(title, header, rows)


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def _row(kind: str, raw: Times, cold: Times, faceted: Times, again: Times) -> list[object]:
    base, ours = raw.of(kind), cold.of(kind)
    return [
        kind, len(ours), median(base), mean(base), p99(base), median(ours), mean(ours), p99(ours),
        ratio(mean(ours), mean(base)), ratio(p99(ours), p99(base)), median(faceted.of(kind)), median(again.of(kind)),
    ]  # fmt: skip
