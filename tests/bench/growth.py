"""Part 4: building, opening and asking as an archive grows, beside raw tantivy: each question asked once at every size.

A size beyond the archive's own is reached by repeating it with other names and numbers.
"""

from dataclasses import replace

from bench_run import Run
from builds import RAW, BuildFailedError, Builds
from cold import ask_once
from corpus import read_corpus, write_sized
from engine_speed import raw_search
from mix import make_mix
from questions import KINDS
from tables import median, p99

# Questions of a kind.
_EACH = 100


def measure(run: Run) -> None:
    """Print a table of the sizes, and one of the kinds of questions at each size."""
    run.report.heading("4. Growth")
    sizes: list[list[object]] = []
    kinds: list[list[object]] = []
    for size in sorted({*run.options.sizes, run.corpus.paragraphs}):
        for engine in run.engines:
            try:
                facts, asked = _grown(run, size, engine)
            except BuildFailedError as error:
                run.report.say(str(error))
                continue
            sizes.append(facts)
            kinds += asked
    header = ["engine", "paragraphs", "built/s", "peak GB", "index GB", "index/text", "opened s", "own memory MB"]
    run.report.table("as an archive grows: building, opening", header, sizes)
    header = ["engine", "paragraphs", "kind", "raw", "raw p99", "cold", "cold p99", "with facets", "again"]
    run.report.table("as an archive grows: milliseconds, each question asked once", header, kinds)


def _grown(run: Run, size: int, engine: str) -> tuple[list[object], list[list[object]]]:
    folder = run.folder / f"grown-{size}-{engine}"
    folder.mkdir()
    corpus = run.corpus
    if size != corpus.paragraphs:
        source = write_sized(corpus.sources, size, folder / "archive.jsonl")
        corpus = read_corpus([source], folder / "analysed.jsonl", run.analyzer)
    grown = replace(run, folder=folder, corpus=corpus, builds=Builds(folder, corpus))
    build = grown.builds.ours(engine)
    questions = make_mix(corpus, run.analyzer.stop_words, min(_EACH, run.options.cold))
    asked = ask_once(run.report, build.path, questions, raw_search(grown) if RAW in run.peers else None)
    rate, share = build.paragraphs / build.seconds, build.index_bytes / build.text_bytes
    facts: list[object] = [
        engine, build.paragraphs, rate, build.peak_bytes / 1e9, build.index_bytes / 1e9, share, asked.opened,
        asked.memory / 1e6,
    ]  # fmt: skip
    kinds: list[list[object]] = [
        [
            engine, build.paragraphs, kind, median(asked.raw.of(kind)), p99(asked.raw.of(kind)),
            median(asked.cold.of(kind)), p99(asked.cold.of(kind)), median(asked.faceted.of(kind)),
            median(asked.again.of(kind)),
        ]
        for kind in (*KINDS, "all")
        if asked.cold.of(kind)
    ]  # fmt: skip
    return facts, kinds
