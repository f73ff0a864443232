"""Part 0: every question asked once, of an index that was just opened; what users meet is a word asked for the first
time. Raw tantivy is asked the same beside it. "again" is each question asked a second time.

A second table has the questions that take longest: of the most frequent words, of patterns of thousands of words, of
whole articles. A third has the whole service: read, searched, marked and cut; beside it what raw tantivy takes for the
search, and the same service for all else, over an archive of just the paragraphs found.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from bench_run import Run
from builds import RAW, BuildFailedError
from engine_speed import FACETS, Search, raw_search
from mix import make_mix
from questions import KINDS, Question
from tables import Report, Times, mean, median, p99, ratio

from search.answering.answer import Answer
from search.answering.parameters import SearchParameters
from search.answering.service import SearchService
from search.archive import Archive
from search.engines.base import Ask, Scope
from search.errors import DatelineError
from search.indexing import rebuild
from search.query import Match, parse, plan
from search.settings import Settings

_SECONDS = 60.0
# Questions of a kind that are asked of the whole service.
_SERVED = 12


def measure(run: Run) -> None:
    """Print a table for each engine."""
    run.report.heading("Cold: every question asked once")
    questions = make_mix(run.corpus, run.analyzer.stop_words, run.options.cold)
    for engine in run.engines:
        try:
            _measure(run, engine, questions)
            _measure_heavy(run, engine)
            _measure_service(run, engine, questions)
        except BuildFailedError as error:
            run.report.say(str(error))


@dataclass(slots=True)
class Cold:
    """Seconds of opening, and milliseconds of questions asked for the first time; the peer's, with facets, again.

    `memory` is what the process then had more of its own than before it opened the index, maps apart, in bytes.
    """

    opened: float = 0.0
    memory: int = 0
    raw: Times = field(default_factory=Times)
    cold: Times = field(default_factory=Times)
    faceted: Times = field(default_factory=Times)
    again: Times = field(default_factory=Times)


def ask_once(report: Report, index: Path, questions: list[Question], raw: Search | None = None) -> Cold:
    """Open an index, ask it each question once, and raw tantivy beside it; then once more, with facets."""
    archive, asked, before = Archive(index), Cold(), own_memory()
    cache_bytes = Settings().cache_mb << 20
    begun = time.perf_counter()
    generation = archive.open(archive.current_id(), cache_bytes=cache_bytes, seconds=_SECONDS)
    asked.opened = time.perf_counter() - begun
    search = generation.engine.search
    try:
        for question in questions:
            try:
                node = plan(parse(question.text(), generation.analyzer).node, Match.ALL)
                asked.cold.add(question.kind, [_timed(lambda node=node: search(Ask(node)))])
                asked.again.add(question.kind, [_timed(lambda node=node: search(Ask(node)))])
                if raw is not None:
                    asked.raw.add(question.kind, [_timed(lambda question=question: raw(question))])
            except DatelineError as error:
                report.say(f"refused: {question.text()}: {error}")
    finally:
        generation.engine.close()
    generation = archive.open(archive.current_id(), cache_bytes=cache_bytes, seconds=_SECONDS)
    try:
        for question in questions:
            ask = Ask(plan(parse(question.text(), generation.analyzer).node, Match.ALL), facets=FACETS)
            asked.faceted.add(question.kind, [_timed(lambda ask=ask: generation.engine.search(ask))])
        asked.memory = own_memory() - before
    finally:
        generation.engine.close()
    return asked


def own_memory() -> int:
    """Return the bytes of memory that this process has, but for mapped files; 0 where nothing tells."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii", errors="replace").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:")), 0)


def _measure(run: Run, engine: str, questions: list[Question]) -> None:
    asked = ask_once(run.report, run.builds.ours(engine).path, questions, raw_search(run) if RAW in run.peers else None)
    run.report.say(f"{engine} opened in {asked.opened:.2f} s")
    rows = [_row(kind, asked) for kind in (*KINDS, "all") if asked.cold.of(kind)]
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


def _row(kind: str, asked: Cold) -> list[object]:
    base, ours = asked.raw.of(kind), asked.cold.of(kind)
    return [
        kind, len(ours), median(base), mean(base), p99(base), median(ours), mean(ours), p99(ours),
        ratio(mean(ours), mean(base)), ratio(p99(ours), p99(base)), median(asked.faceted.of(kind)),
        median(asked.again.of(kind)),
    ]  # fmt: skip


def _measure_heavy(run: Run, engine: str) -> None:
    archive = Archive(run.builds.ours(engine).path)
    generation = archive.open(archive.current_id(), cache_bytes=0, seconds=_SECONDS)
    rows: list[list[object]] = []
    try:
        for name, text, match, scope in _heavy(run):
            try:
                ask = Ask(plan(parse(text, generation.analyzer).node, match), scope=scope)
                took = _timed(lambda ask=ask: generation.engine.search(ask))
                rows.append([name, text, scope.value, generation.engine.search(ask).paragraphs, took])
            except DatelineError as error:
                run.report.say(f"refused: {text}: {error}")
    finally:
        generation.engine.close()
    header = ["what", "question", "scope", "paragraphs", "ms"]
    run.report.table(f"{engine}, asked for the first time: what takes longest", header, rows)


def _heavy(run: Run) -> Iterator[tuple[str, str, Match, Scope]]:
    """Yield questions of an archive's most frequent words and widest patterns, each with its name."""
    frequent = [word for word, _ in run.corpus.frequencies.most_common() if word.isalpha() and word.islower()]
    content = [word for word in frequent if word not in run.analyzer.stop_words and len(word) > 3]
    long = [word for word in run.corpus.frequencies if len(word) > 5 and word.isalpha() and word.isascii()]
    prefix, suffix = (
        Counter(map(cut, long)).most_common(1)[0][0] for cut in (lambda word: word[:2], lambda word: word[-4:])
    )
    six, pair = " ".join(frequent[:6]), content[:2]
    for scope in Scope:
        yield "the six most frequent words", six, Match.ALL, scope
        yield "any of them", six, Match.ANY, scope
        yield "four frequent words", " ".join(content[:4]), Match.ALL, scope
        yield "any of them", " ".join(content[:4]), Match.ANY, scope
    yield "frequent words near each other", f"{pair[0]} w/5 {pair[1]}", Match.ALL, Scope.PARAGRAPH
    yield "in a sentence", f"{pair[0]} w/s {pair[1]}", Match.ALL, Scope.PARAGRAPH
    yield "the most frequent words so", f"{frequent[0]} w/5 {frequent[1]}", Match.ALL, Scope.PARAGRAPH
    yield "several times in the article", f"atleast/3({pair[0]})", Match.ALL, Scope.PARAGRAPH
    yield "a beginning of thousands of words", f"{prefix}*", Match.ALL, Scope.PARAGRAPH
    yield "an end of thousands of words", f"*{suffix}", Match.ALL, Scope.PARAGRAPH
    yield "all without a word", f"NOT {pair[0]}", Match.ALL, Scope.PARAGRAPH


def _measure_service(run: Run, engine: str, questions: list[Question]) -> None:
    if RAW not in run.peers:
        return
    raw, settings = raw_search(run), Settings(index=run.builds.ours(engine).path, engine=engine)
    bare, whole, rest = Times(), {facets: Times() for facets in ("none", "all")}, Times()
    chosen = [question for kind in KINDS for question in [q for q in questions if q.kind == kind][:_SERVED]]
    found: dict[Question, Answer] = {}
    for facets, times in whole.items():
        service = SearchService.from_settings(settings)
        service.search(SearchParameters(q=""))
        for question in chosen:
            parameters = SearchParameters(q=question.text(), match=Match.ALL, facets=facets)
            begun = time.perf_counter()
            found[question] = service.search(parameters)
            times.add(question.kind, [(time.perf_counter() - begun) * 1000])
        service.close()
    for number, question in enumerate(chosen):
        bare.add(question.kind, [_timed(lambda question=question: raw(question))])
        rest.add(question.kind, [_of_found(run, found[question], question, run.folder / f"found-{number}")])
    rows = [_service_row(kind, bare, rest, whole) for kind in (*KINDS, "all") if bare.of(kind)]
    header = ["kind", "raw", "the rest", "service", "service/sum", "with facets", "facets/sum"]
    title = f"{engine}, the whole service: medians of milliseconds, asked for the first time, 20 excerpts with marks"
    run.report.table(title, header, rows)


def _of_found(run: Run, answer: Answer, question: Question, folder: Path) -> float:
    """Return the time of a question over an archive of just what it found: all but searching."""
    folder.mkdir()
    rows = [{"id": str(hit.rank), "text": hit.snippet.text} for hit in answer.hits] or [{"id": "1", "text": "Nothing."}]
    (folder / "found.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    settings = Settings(index=folder / "index", processes=1)
    rebuild([folder / "found.jsonl"], Archive(settings.index), settings)
    service = SearchService.from_settings(settings)
    try:
        service.search(SearchParameters(q=""))
        parameters = SearchParameters(q=question.text(), match=Match.ALL, facets="none")
        return _timed(lambda: service.search(parameters))
    finally:
        service.close()


def _service_row(kind: str, bare: Times, rest: Times, whole: dict[str, Times]) -> list[object]:
    of = (median(times.of(kind)) for times in (bare, rest, whole["none"], whole["all"]))
    raw, other, plain, faceted = (each or 0.0 for each in of)
    return [kind, raw, other, plain, ratio(plain, raw + other), faceted, ratio(faceted, raw + other)]
