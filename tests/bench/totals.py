"""An archive and queries -> the totals of the engine, held against a scan of every token.

    python tests/bench/totals.py ARCHIVE [QUERIES] [--index FOLDER] [--processes 2] [--article-every 3]

ARCHIVE is a file or folder of articles, QUERIES a file with one query a line, by default the newswire's. FOLDER is an
index of the archive; without it one is built and thrown away. Every query is asked of paragraphs, and every few of
articles as well. The exit status is 1 where a total differs.
"""

import argparse
import datetime
import gc
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' own modules

from newswire import QUERIES_FILE, read_queries
from scan import Scan, Totals

from search.archive import Archive
from search.articles import Article
from search.engines.base import Ask, Scope
from search.errors import QueryError, TooManyForms
from search.generation import Generation
from search.indexing import rebuild
from search.language import Analyzer
from search.query import Match, parse, plan
from search.query.nodes import Node
from search.reading import ReadingContext, find_files, read_files
from search.settings import Settings

SECONDS = 120.0


class Question(NamedTuple):
    """A query as typed, its planned tree, and where its parts must be found together."""

    text: str
    node: Node
    scope: Scope


# None where a wildcard fits too many words.
Answer = Totals | None

_scan: Scan | None = None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("queries", type=Path, nargs="?", default=QUERIES_FILE)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--article-every", type=int, default=3, help="ask every n-th query of articles as well")
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        index = asked.index or Path(folder) / "index"
        if asked.index is None:
            rebuild([asked.archive], Archive(index), Settings(index=index))
            print(f"built in {time.monotonic() - begun:.0f} s", flush=True)
        generation = _opened(index)
        try:
            questions = list(_questions(read_queries(asked.queries), generation.analyzer, asked.article_every))
            return compare(generation, asked.archive, questions, asked.processes)
        finally:
            generation.engine.close()


def compare(generation: Generation, source: Path, questions: Sequence[Question], processes: int) -> int:
    """Print every disagreement and how many there were; return the exit status."""
    begun = time.monotonic()
    answers = [_of_engine(generation, question) for question in questions]
    asked_in = time.monotonic() - begun
    global _scan  # noqa: PLW0603 - the processes forked below have it without copying
    _scan = Scan(_articles(source), generation.analyzer, generation.sentences)
    gc.freeze()
    differing = 0
    # Forked, so that they share the scan's memory; each takes the next question when it is done with one.
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for question, answer, true in zip(questions, answers, pool.imap(_of_scan, questions), strict=True):
            if answer != true:
                differing += 1
                print(f"{question.scope} {question.text}: engine {_shown(answer)}, scan {_shown(true)}", flush=True)
    found = [answer for answer in answers if answer is not None]
    empty = sum(1 for answer in found if not answer.paragraphs)
    print(
        f"{len(questions)} questions, {len({question.text for question in questions})} queries: {differing} differ; "
        f"{empty} find nothing, {len(answers) - len(found)} have too wide a wildcard; "
        f"the engine took {asked_in:.1f} s, the scan {time.monotonic() - begun - asked_in:.0f} s"
    )
    return 1 if differing else 0


def _opened(index: Path) -> Generation:
    archive = Archive(index)
    return archive.open(archive.current_id(), cache_bytes=1 << 28, seconds=SECONDS)


def _articles(source: Path) -> Iterator[Article]:
    today = datetime.datetime.now().astimezone().date()
    for reading in read_files(find_files([source]), context=ReadingContext(today=today)):
        if isinstance(reading, Article):
            yield reading


def _questions(queries: Sequence[str], analyzer: Analyzer, every: int) -> Iterator[Question]:
    for number, text in enumerate(queries):
        node = plan(parse(text, analyzer).node, Match.ALL)
        yield Question(text, node, Scope.PARAGRAPH)
        if number % every == 0:
            yield Question(text, node, Scope.ARTICLE)


def _of_engine(generation: Generation, question: Question) -> Answer:
    try:
        found = generation.engine.search(Ask(question.node, scope=question.scope, size=1))
        counted = generation.engine.count(question.node, question.scope)
    except TooManyForms:
        return None
    if counted != found.paragraphs:
        raise SystemExit(f"{question.scope} {question.text}: counted {counted:,}, found {found.paragraphs:,}")
    return Totals(found.paragraphs, found.articles)


def _of_scan(question: Question) -> Answer:
    assert _scan is not None
    try:
        return _scan.totals(question.node, question.scope)
    except TooManyForms:
        return None


def _shown(answer: Answer) -> str:
    return "refuses it" if answer is None else f"{answer.paragraphs:,} of {answer.articles:,} articles"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except QueryError as error:
        sys.exit(f"a query is refused: {error}")
