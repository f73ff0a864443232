"""What segments cost: an archive in as many as are kept and in one, asked by turns; merging; searching meanwhile."""

import itertools
import math
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import client
import orjson
import servers
from bench_run import Run
from builds import in_process
from client import Outcome
from cold import ask_once
from corpus import articles, record_of
from mix import make_mix
from questions import KINDS, Question
from servers import Running
from tables import Report, Times, mean, median, p99, ratio
from targets import TURNS, request

from search.archive import Archive
from search.engines.whoosh.layout import SEGMENTS
from search.engines.whoosh.merge_policy import MOST_SEGMENTS

SLOWER_GOAL, DURING_GOAL, MERGE_GOAL, PEAK_GOAL = 1.3, 2.0, 5.0, 1e9
# Questions of a kind, asked of each index once in so many processes.
_EACH, _PROCESSES = 30, 3
_QUIET_SECONDS, _SLICE, _PATIENCE_SECONDS = 10.0, 20, 60.0
# Updates that run while others search, and how many articles each changes.
_UPDATES, _CHANGED = 3, 1_000


def measure(run: Run, whole: dict) -> None:
    """Build an archive part by part, merge a copy, and print a table of each thing that is compared.

    `whole` has the figures of building it at once.
    """
    folder = run.folder / "segments"
    many, one = folder / "many", folder / "one"
    built = _build(run, folder / "parts", many)
    shutil.copytree(many, one)
    _measure_merging(run, whole, built, in_process("compact", one))
    _measure_cold(run, many, one)
    _measure_during(run, folder / "parts", many)


def _build(run: Run, parts: Path, index: Path) -> list[dict]:
    """Build an index of a file of JSON Lines, which grows into many segments; return the figures of each build."""
    parts.mkdir(parents=True)
    size, figures = math.ceil(run.corpus.articles / MOST_SEGMENTS), []
    for number, part in enumerate(_batches(map(record_of, articles(run.corpus.sources)), size)):
        (parts / f"{number}.jsonl").write_bytes(b"\n".join(map(orjson.dumps, part)))
        figures.append(in_process("update", index) if number else in_process(run.engines[0], index, [parts]))
    return figures


def _batches(values: Iterator[dict], size: int) -> Iterator[list[dict]]:
    while batch := list(itertools.islice(values, size)):
        yield batch


def _segments(index: Path) -> int:
    archive = Archive(index)
    return sum(1 for _ in (archive.path_of(archive.current_id()) / SEGMENTS).iterdir())


def _measure_merging(run: Run, whole: dict, built: list[dict], merged: dict) -> None:
    seconds = sum(figures["seconds"] for figures in built)
    peak = max(figures["peak_bytes"] for figures in built)
    rows = [
        ["built at once", whole["seconds"], whole["peak_bytes"] / 1e6],
        ["grown by updates", seconds, peak / 1e6],
        ["merged", merged["seconds"], merged["peak_bytes"] / 1e6],
    ]
    header = ["archive", "s", "largest process, MB"]
    run.report.table(f"{run.corpus.paragraphs:,} paragraphs in {len(built)} segments, merged into one", header, rows)
    times = whole["seconds"] / merged["seconds"]
    run.report.goal(f"merging {MERGE_GOAL:g} times as fast as building", times >= MERGE_GOAL, f"{times:.1f}")
    peak = merged["peak_bytes"]
    run.report.goal("merging below 1 GB", peak < PEAK_GOAL, f"{peak / 1e9:.2f} GB")


def _measure_cold(run: Run, many: Path, one: Path) -> None:
    """Ask both indexes the same, each time in a process that begins with nothing."""
    questions = make_mix(run.corpus, run.analyzer.stop_words, min(_EACH, run.options.cold))
    rounds: dict[Path, list[Times]] = {one: [], many: []}
    for _ in range(min(_PROCESSES, run.options.rounds)):
        for index, found in rounds.items():
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                found.append(process.submit(_cold, index, questions).result())
    single, several = (_medians(found) for found in (rounds[one], rounds[many]))
    rows = [_cold_row(kind, single.of(kind), several.of(kind)) for kind in (*KINDS, "all") if single.of(kind)]
    header = [
        "kind",
        "questions",
        "one",
        "mean",
        "p99",
        "several",
        "mean",
        "p99",
        "several/one",
        "mean/mean",
        "p99/p99",
    ]
    title = f"in {_segments(many)} segments and in {_segments(one)}: milliseconds, each question asked once"
    run.report.table(title, header, rows)
    times = ratio(mean(several.of("all")), mean(single.of("all"))) or 0.0
    run.report.goal(
        f"{MOST_SEGMENTS} segments at most {SLOWER_GOAL} times slower", times <= SLOWER_GOAL, f"{times:.2f}"
    )


def _cold(index: Path, questions: list[Question]) -> Times:
    return ask_once(Report(), index, questions).cold


def _medians(rounds: list[Times]) -> Times:
    """Return the median of each question's times."""
    medians = Times()
    for kind in rounds[0]:
        medians.add(kind, map(statistics.median, zip(*(times.of(kind) for times in rounds), strict=True)))
    return medians


def _cold_row(kind: str, single: list[float], several: list[float]) -> list[object]:
    pairs = [(of(single), of(several)) for of in (median, mean, p99)]
    figures = [each for side in zip(*pairs, strict=True) for each in side]
    return [kind, len(single), *figures, *(ratio(slow, fast) for fast, slow in pairs)]


def _measure_during(run: Run, parts: Path, index: Path) -> None:
    """Search over HTTP while nothing else runs, while the archive is updated, and while it is merged."""
    requests = (request(each.text(1 + turn % TURNS), "none") for turn in itertools.count() for each in run.questions)
    updating = Outcome()
    with servers.dateline(index, 1) as server:
        _ask(server, requests, _for(1.0))  # what is not counted
        quiet = _ask(server, requests, _for(min(_QUIET_SECONDS, run.options.seconds)))
        for part in sorted(parts.iterdir())[:_UPDATES]:
            _change(part)
            with servers.started("update", "--index", str(index)) as process:
                updating.add(_ask(server, requests, _while(process)))
        with servers.started("compact", "--index", str(index)) as process:
            merging = _ask(server, requests, _while(process))
    outcomes = {"quiet": quiet, "an update": updating, "a merge": merging}
    base = p99(quiet.times)
    rows = [
        [
            while_,
            len(each.times),
            each.failed,
            median(each.times),
            p99(each.times),
            max(each.times),
            ratio(p99(each.times), base),
        ]
        for while_, each in outcomes.items()
    ]
    header = ["meanwhile", "answers", "failed", "median ms", "p99 ms", "longest ms", "p99/quiet"]
    run.report.table("searching over HTTP, one connection, every question asked anew", header, rows)
    for while_, each in (("an update", updating), ("a merge", merging)):
        times = ratio(p99(each.times), base) or 0.0
        run.report.goal(
            f"p99 at most {DURING_GOAL:g} times while there is {while_}", times <= DURING_GOAL, f"{times:.2f}"
        )


def _ask(server: Running, requests: Iterator[bytes], goes_on: Callable[[], bool]) -> Outcome:
    """Ask one question after the other as long as that `goes_on`, and a few at least."""
    outcome, limits = Outcome(), {"connections": 1, "seconds": _PATIENCE_SECONDS, "patience": _PATIENCE_SECONDS}
    while not outcome.times or goes_on():
        outcome.add(client.run(*server, list(itertools.islice(requests, _SLICE)), **limits))
    return outcome


def _for(seconds: float) -> Callable[[], bool]:
    last = time.perf_counter() + seconds
    return lambda: time.perf_counter() < last


def _while(process: subprocess.Popen) -> Callable[[], bool]:
    return lambda: process.poll() is None


def _change(part: Path) -> None:
    """Change some of the articles of a file of JSON Lines."""
    lines = part.read_bytes().splitlines()
    for place in range(0, len(lines), max(2, len(lines) // _CHANGED)):
        record = orjson.loads(lines[place])
        lines[place] = orjson.dumps(record | {"paragraphs": [*record["paragraphs"], "This was added."]})
    part.write_bytes(b"\n".join(lines))
