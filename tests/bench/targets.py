"""The servers of part 2, started, each with how it is asked for a question."""

import functools
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

import client
import servers
from bench_run import Run
from builds import FTS5, RAW, BuildFailedError
from corpus import VALUE_FIELDS
from peers import fts5, opensearch
from questions import Question, save
from servers import Running

FLOOR, DATASETTE, OPENSEARCH = "floor", "Datasette", "OpenSearch"
# Every turn asks with other weights; there are so many before they come again.
TURNS = 999

# The request for a question in a turn, or None where the server has nothing like it.
Ask = Callable[[Question, int], bytes | None]


@dataclass(frozen=True, slots=True)
class Target:
    """A server that runs, under the label of what it is asked for, and how it is asked.

    `crowded` answers the same with as many processes as there are cores, where several connections ask.
    """

    label: str
    server: Running
    ask: Ask
    crowded: Running | None = None

    def reached_by(self, connections: int) -> Running:
        """Return the server that so many connections ask."""
        return self.server if connections == 1 or self.crowded is None else self.crowded


def start(run: Run, running: ExitStack) -> tuple[list[str], list[Target]]:
    """Start what can be measured; return the engines among it and all targets."""
    engines: list[str] = []
    targets: list[Target] = []
    peers = [name for name in _PEERS if name in run.peers]
    for name in (*run.engines, *peers):
        try:
            targets += _PEERS[name](run, running) if name in _PEERS else _dateline(run, running, name)
        except BuildFailedError as error:
            run.report.say(str(error))
        else:
            engines += [] if name in _PEERS else [name]
    return engines, targets


def request(text: str, facets: str) -> bytes:
    """Return the request for 20 hits of a query of ours."""
    return client.get(servers.HOST, f"/api/v1/search?{urlencode({'q': text, 'size': 20, 'facets': facets})}")


def _dateline(run: Run, running: ExitStack, engine: str) -> list[Target]:
    """Ask for answers that were never given before, without and with facets, and for one that was, with facets."""

    def plain(question: Question, turn: int) -> bytes:
        return request(question.text(1 + turn % TURNS), "none")

    def faceted(question: Question, turn: int) -> bytes:
        # Turns that `plain` did not have, or half of the answer would be remembered.
        return request(question.text(1 + (turn + TURNS // 2) % TURNS), "all")

    def again(question: Question, _: int) -> bytes:
        return request(question.text(), "all")

    path, workers = run.builds.ours(engine).path, run.options.workers
    server = running.enter_context(servers.dateline(path, 1))
    crowded = running.enter_context(servers.dateline(path, workers)) if workers > 1 else None
    asks = {"new": plain, "facets": faceted, "again": again}
    return [Target(f"{engine} {label}", server, ask, crowded) for label, ask in asks.items()]


def _floor(run: Run, running: ExitStack) -> list[Target]:
    questions = save(run.questions, run.folder / "questions.json")
    numbers = {question: number for number, question in enumerate(run.questions)}

    def ask(question: Question, _: int) -> bytes:
        return client.get(servers.HOST, f"/{numbers[question]}")

    path = run.builds.peer(RAW).path
    return [Target(FLOOR, running.enter_context(servers.floor(path, questions, run.analyzer.language)), ask)]


def _datasette(run: Run, running: ExitStack) -> list[Target]:
    path = run.builds.peer(FTS5).path

    def ask(facets: tuple[str, ...], question: Question, _: int) -> bytes | None:
        address = fts5.address(question, path.stem, facets)
        return address and client.get(servers.HOST, address)

    server = running.enter_context(servers.datasette(path))
    plain, faceted = functools.partial(ask, ()), functools.partial(ask, VALUE_FIELDS)
    return [Target(DATASETTE, server, plain), Target(f"{DATASETTE} facets", server, faceted)]


def _opensearch(run: Run, running: ExitStack) -> list[Target]:
    address, _ = opensearch.reachable()
    assert address
    index = running.enter_context(opensearch.filled(address, run.corpus.analysed))
    run.report.say(f"{OPENSEARCH}: filled in {index.seconds:.1f} s")
    server = Running(index.host, index.port)
    plain = functools.partial(_opensearch_request, index, {})
    faceted = functools.partial(_opensearch_request, index, opensearch.FACETS)
    return [Target(OPENSEARCH, server, plain), Target(f"{OPENSEARCH} facets", server, faceted)]


_PEERS = {RAW: _floor, "datasette": _datasette, "opensearch": _opensearch}


def _opensearch_request(index: opensearch.Filled, facets: dict, question: Question, _: int) -> bytes:
    return client.post(index.host, index.path, opensearch.body(question, facets))
