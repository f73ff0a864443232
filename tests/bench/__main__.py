"""Figures for one archive: building it, and the usual kinds of queries in the engine, first and warm.

    python tests/bench [ARCHIVE ...]

ARCHIVE is a JSON Lines file; without one an archive is made, whose words are as unevenly frequent as a language's.
Figures of one run compare with each other; between machines and days they do not.
"""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from search.archive import Archive
from search.engines.base import Ask
from search.indexing import rebuild
from search.query import Match, parse, plan
from search.query.nodes import Boost
from search.settings import Settings

FACETS = ("place", "agency", "section", "date")
ROUNDS = 15
GENERATED_ARTICLES = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", nargs="*", type=Path)
    sources = parser.parse_args().archive
    with tempfile.TemporaryDirectory() as folder:
        measure(sources or [generated(Path(folder) / "generated.jsonl")], Path(folder) / "index")


def measure(sources: list[Path], index: Path) -> None:
    settings = Settings(index=index)
    summary = rebuild(sources, Archive(index), settings)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(
        f"{summary.articles:,} articles, {summary.paragraphs:,} paragraphs, {summary.text_bytes / 1e6:,.1f} MB of text"
    )
    print(
        f"built by {summary.engine} in {summary.seconds:.1f} s: {summary.paragraphs / summary.seconds:,.0f} paragraphs "
        f"a second, {peak:,.0f} MB in the largest process, {summary.index_bytes / summary.text_bytes:.2f} bytes a byte"
    )
    archive = Archive(index)
    generation = archive.open(archive.current_id(), cache_bytes=settings.cache_mb << 20, seconds=60)
    print(f"\n{'kind':12} {'query':32} {'paragraphs':>10} {'first ms':>9} {'warm ms':>9} {'worst ms':>9}")
    for kind, text in queries(archive.path_of(generation.manifest.id)):
        node = plan(parse(text, generation.analyzer).node, Match.ALL)
        times = []
        for turn in range(ROUNDS):
            # A weight of its own each time, so that no answer of the turn before is remembered.
            asked = Boost(node, 1 + turn / 1e6)
            begun = time.perf_counter()
            found = generation.engine.search(Ask(asked, facets=FACETS))
            times.append((time.perf_counter() - begun) * 1000)
        warm = times[1:]
        figures = f"{times[0]:9.1f} {statistics.median(warm):9.2f} {max(warm):9.2f}"
        print(f"{kind:12} {text:32} {found.paragraphs:10,} {figures}")
    generation.engine.close()


def queries(generation: Path) -> Iterator[tuple[str, str]]:
    """Yield queries of the usual kinds, made of the archive's own words: very common, common and rare ones."""
    rows = [line.split("\t") for line in (generation / "vocabulary.tsv").read_text(encoding="utf-8").splitlines()]
    words = sorted(((int(row[1]), row[0]) for row in rows if row[0].isalpha() and len(row[0]) > 4), reverse=True)
    top, common, medium, rare = (words[place][1] for place in (0, 10, len(words) // 200, len(words) // 5))
    yield "top word", top
    yield "common", common
    yield "rare", rare
    yield "two, all", f"{common} {medium}"
    yield "three, OR", f"{common} OR {medium} OR {rare}"
    yield "without", f"{common} -{medium}"
    yield "phrase", f'"{top} {common}"'
    yield "proximity", f"{top} w/10 {common}"
    yield "prefix", f"{common[:4]}*"
    yield "infix", f"*{medium[1:4]}*"
    yield "edits", f"{common}~1"
    yield "with dates", f"{common} date:>=1900"


def generated(path: Path) -> Path:
    """Write an archive of made-up words whose frequencies follow Zipf's law; the same one every time."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(50_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    with path.open("wb") as file:
        for number in range(GENERATED_ARTICLES):
            texts = [" ".join(chance.choices(words, weights, k=chance.randint(10, 60))) for _ in range(5)]
            day = f"{2000 + number % 25}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            article = {
                "id": str(number),
                "title": texts[0][:60],
                "date": day,
                "place": words[number % 100],
                "paragraphs": texts,
            }
            file.write(orjson.dumps(article) + b"\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
