"""The benchmark: one archive, every engine and its peers, one mix of questions, one report.

    python tests/bench [ARCHIVE ...] [--quick] [--parts cold,engine,http,build,growth,update] [--json FILE]

ARCHIVE is a JSON Lines file or anything else that a rebuild reads; without one an archive is made. Figures of one run
compare with each other; between machines and days they do not. Speed is shown, never asserted.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import build_speed
import cold
import engine_speed
import growth
import http_speed
import orjson
import update_speed
from bench_run import PEERS, Options, Run
from builds import Builds
from corpus import read_corpus
from generated import ARTICLES, generated
from mix import EACH, make_mix
from tables import Report
from update_speed import CHANGES

from search.language import Analyzer

PARTS = {
    "cold": cold.measure,
    "engine": engine_speed.measure,
    "http": http_speed.measure,
    "build": build_speed.measure,
    "growth": growth.measure,
    "update": update_speed.measure,
}
_QUICK = {"rounds": 2, "requests": 10, "seconds": 2.0, "each": 4, "cold": 6}
_FULL = {"rounds": 15, "requests": 200, "seconds": 10.0, "each": EACH, "cold": 300}


def main() -> None:
    asked = read_options()
    signal.signal(signal.SIGTERM, _end)
    report = Report()
    report.say(f"Dateline's benchmark on {machine()}")
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        measure(asked, Path(folder), report)
    if asked.json:
        asked.json.write_bytes(orjson.dumps(report.kept, option=orjson.OPT_INDENT_2))


def measure(asked: argparse.Namespace, folder: Path, report: Report) -> None:
    """Read the archive, make the questions, and run the parts in order."""
    sources = asked.archive or [generated(folder / "generated.jsonl", asked.articles)]
    analyzer = Analyzer()
    corpus = read_corpus(sources, folder / "analysed.jsonl", analyzer)
    report.say(
        f"archive: {', '.join(path.name for path in sources)}: {corpus.articles:,} articles, "
        f"{corpus.paragraphs:,} paragraphs, {corpus.text_bytes / 1e6:,.1f} MB of text"
    )
    questions = make_mix(corpus, analyzer.stop_words, asked.each)
    report.say(f"mix: {len(questions)} questions of {len({question.kind for question in questions})} kinds")
    run = Run(_options(asked), folder, corpus, analyzer, questions, Builds(folder, corpus), report)
    run.look_around()
    for name, part in PARTS.items():
        if name in asked.parts:
            part(run)


def read_options() -> argparse.Namespace:
    """Return what was asked for, with what --quick changes filled in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", nargs="*", type=Path)
    parser.add_argument("--parts", type=_names(tuple(PARTS)), default=tuple(PARTS), help="some of %(default)s")
    parser.add_argument("--peers", type=_names(PEERS), default=PEERS, help="some of %(default)s")
    parser.add_argument("--sizes", type=_numbers, default=(10_000, 100_000), help="paragraphs, for growth")
    parser.add_argument("--changes", type=_numbers, default=CHANGES, help="how many files change, for update")
    parser.add_argument("--rounds", type=int, help="how often the engine is asked a question")
    parser.add_argument("--requests", type=int, help="requests of a kind over HTTP, for each connection")
    parser.add_argument("--connections", type=_numbers, default=(1, 8))
    parser.add_argument("--seconds", type=float, help="longest time for a kind of questions")
    parser.add_argument("--each", type=int, help="questions of a kind")
    parser.add_argument(
        "--workers", type=int, default=_cores(), help="processes of our server where several connections ask"
    )
    parser.add_argument("--articles", type=int, default=ARTICLES, help="articles of a generated archive")
    parser.add_argument("--cold", type=int, help="questions of a kind that are asked once")
    parser.add_argument("--quick", action="store_true", help="see whether everything runs; the figures mean little")
    parser.add_argument("--json", type=Path, help="also write all figures here")
    asked = parser.parse_args()
    for name, value in (_QUICK if asked.quick else _FULL).items():
        if getattr(asked, name) is None:
            setattr(asked, name, value)
    return asked


def machine() -> str:
    """Say on what this runs, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_cores()} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _options(asked: argparse.Namespace) -> Options:
    return Options(**{name: getattr(asked, name) for name in Options.__slots__})


def _names(known: tuple[str, ...]):
    def read(text: str) -> tuple[str, ...]:
        names = tuple(name for name in text.split(",") if name)
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"there is no {unknown[0]!r}, only {', '.join(known)}")
        return names

    return read


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number.replace("_", "")) for number in text.split(","))


def _end(_number: int, _frame: object) -> NoReturn:
    raise SystemExit("ended by a signal")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("ended by Ctrl-C")
