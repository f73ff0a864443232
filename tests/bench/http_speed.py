"""Part 2: end to end over HTTP, 20 hits a question: our server, the floor, and what others would install instead."""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import client
import servers
from bench_run import Run
from builds import FTS5, RAW, BuildFailedError
from client import Outcome
from corpus import VALUE_FIELDS
from peers import fts5, opensearch
from questions import KINDS, Question, save
from servers import Running
from tables import median, p99, ratio

FLOOR, DATASETTE, OPENSEARCH = "floor", "Datasette", "OpenSearch"
FLOOR_GOAL, DATASETTE_GOAL, OPENSEARCH_GOAL, MEDIAN_GOAL, P99_GOAL = 2.5, 10, 2, 5, 40
# Every turn asks with other weights; there are so many before they come again.
_TURNS = 999

# The request for a question in a turn, or None where the server has nothing like it.
Ask = Callable[[Question, int], bytes | None]


@dataclass(slots=True)
class Measured:
    """What was measured: outcomes by label of the server, connections and kind."""

    connections: tuple[int, ...]
    outcomes: dict[str, dict[int, dict[str, Outcome]]] = field(default_factory=dict)

    def of(self, label: str, connections: int, kind: str) -> Outcome:
        """Return one outcome, or that of all kinds; an empty one where nothing was measured."""
        found = self.outcomes.get(label, {}).get(connections, {})
        if kind != "all":
            return found.get(kind, Outcome())
        merged = Outcome()
        for outcome in found.values():
            merged.add(outcome)
        return merged


def measure(run: Run) -> None:
    """Ask all servers, one after the other, and print tables, ratios and goals."""
    run.report.heading("2. End to end over HTTP")
    measured = Measured(run.options.connections)
    engines = [engine for engine in run.engines_for(run.corpus.paragraphs) if _measured(run, measured, engine)]
    for peer, ask in ((RAW, _floor), ("datasette", _datasette), ("opensearch", _opensearch)):
        if peer in run.peers:
            _measured(run, measured, peer, ask)
    for connections in measured.connections:
        _tables(run, measured, connections)
    for engine in engines:
        _ratios(run, measured, engine)
        _goals(run, measured, engine)


def _measured(run: Run, measured: Measured, name: str, ask: Callable[[Run, Measured], None] | None = None) -> bool:
    try:
        ask(run, measured) if ask else _dateline(run, measured, name)
    except BuildFailedError as error:
        run.report.say(str(error))
        return False
    return True


def _dateline(run: Run, measured: Measured, engine: str) -> None:
    """Ask for answers that were never given before, without and with facets, and for one that was, with facets."""
    # Each measurement begins with turns of its own.
    begin = itertools.count(0, 1 + run.options.requests // min(10, len(run.questions)))

    def request(facets: str, first: int, question: Question, turn: int) -> bytes:
        text = question.text(1 + (first + turn) % _TURNS)
        return client.get(servers.HOST, f"/api/v1/search?{urlencode({'q': text, 'size': 20, 'facets': facets})}")

    def again(question: Question, _: int) -> bytes:
        return client.get(servers.HOST, f"/api/v1/search?{urlencode({'q': question.text(), 'size': 20})}")

    with servers.dateline(run.builds.ours(engine).path, run.options.workers) as server:
        for connections in measured.connections:
            new = functools.partial(request, "none", next(begin))
            faceted = functools.partial(request, "all", next(begin))
            for label, ask in (("new", new), ("facets", faceted), ("again", again)):
                _ask_mix(run, measured, server, f"{engine} {label}", ask, connections=connections)


def _floor(run: Run, measured: Measured) -> None:
    questions = save(run.questions, run.folder / "questions.json")
    numbers = {question: number for number, question in enumerate(run.questions)}

    def request(question: Question, _: int) -> bytes:
        return client.get(servers.HOST, f"/{numbers[question]}")

    with servers.floor(run.builds.peer(RAW).path, questions, run.analyzer.language) as server:
        for connections in measured.connections:
            _ask_mix(run, measured, server, FLOOR, request, connections=connections)


def _datasette(run: Run, measured: Measured) -> None:
    path = run.builds.peer(FTS5).path

    def request(facets: tuple[str, ...], question: Question, _: int) -> bytes | None:
        address = fts5.address(question, path.stem, facets)
        return address and client.get(servers.HOST, address)

    with servers.datasette(path) as server:
        for connections in measured.connections:
            for label, facets in ((DATASETTE, ()), (f"{DATASETTE} facets", VALUE_FIELDS)):
                ask = functools.partial(request, facets)
                _ask_mix(run, measured, server, label, ask, connections=connections)


def _opensearch(run: Run, measured: Measured) -> None:
    address, _ = opensearch.reachable()
    assert address
    with opensearch.filled(address, run.corpus.analysed) as index:
        run.report.say(f"{OPENSEARCH}: filled in {index.seconds:.1f} s")
        server = Running(index.host, index.port)
        for connections in measured.connections:
            for label, facets in ((OPENSEARCH, {}), (f"{OPENSEARCH} facets", opensearch.FACETS)):
                ask = functools.partial(_opensearch_request, index, facets)
                _ask_mix(run, measured, server, label, ask, connections=connections)


def _opensearch_request(index: opensearch.Filled, facets: dict, question: Question, _: int) -> bytes:
    return client.post(index.host, index.path, opensearch.body(question, facets))


def _ask_mix(run: Run, measured: Measured, server: Running, label: str, ask: Ask, *, connections: int) -> None:
    """Ask each kind after a turn that is not counted."""
    kinds = measured.outcomes.setdefault(label, {}).setdefault(connections, {})
    for kind in KINDS:
        questions = [question for question in run.questions if question.kind == kind]
        requests = list(_requests(questions, ask, run.options.requests))
        if not requests:
            continue
        warm_up, counted = requests[: len(questions)], requests[len(questions) :]
        send = {"connections": connections, "seconds": run.options.seconds}
        client.run(server.host, server.port, warm_up, **send)
        kinds[kind] = client.run(server.host, server.port, counted, **send)
    if failed := sum(outcome.failed for outcome in kinds.values()):
        run.report.say(f"{label}, {connections} connections: {failed} requests failed and are not counted")


def _requests(questions: Sequence[Question], ask: Ask, counted: int) -> Iterator[bytes]:
    """Yield one turn for warming up and then so many requests, question by question, turn by turn."""
    known = [question for question in questions if ask(question, 0) is not None]
    numbers = itertools.count()
    while known and (turn := next(numbers)) * len(known) < counted + len(questions):
        yield from (request for question in known if (request := ask(question, turn)))


def _tables(run: Run, measured: Measured, connections: int) -> None:
    labels = list(measured.outcomes)
    plural = "connection" if connections == 1 else "connections"
    for figure, of in (
        ("median ms", lambda outcome: median(outcome.times)),
        ("p99 ms", lambda outcome: p99(outcome.times)),
        ("requests a second", lambda outcome: outcome.rate or None),
    ):
        rows = [[kind, *(of(measured.of(label, connections, kind)) for label in labels)] for kind in (*KINDS, "all")]
        run.report.table(f"{figure}, {connections} {plural}", ["kind", *labels], rows)


def _ratios(run: Run, measured: Measured, engine: str) -> None:
    few, many = min(measured.connections), max(measured.connections)
    rows = [
        [
            kind,
            ratio(_median(measured, f"{engine} new", few, kind), _median(measured, FLOOR, few, kind)),
            ratio(_median(measured, f"{engine} facets", few, kind), _median(measured, FLOOR, few, kind)),
            *(
                ratio(_rate(measured, f"{engine} facets", many, kind), _rate(measured, f"{peer} facets", many, kind))
                for peer in (DATASETTE, OPENSEARCH)
            ),
        ]
        for kind in (*KINDS, "all")
    ]
    header = ["kind", "median/floor", "facets/floor", "rate/Datasette", "rate/OpenSearch"]
    run.report.table(f"{engine}: times the floor's median, times the peers' requests a second", header, rows)


def _goals(run: Run, measured: Measured, engine: str) -> None:
    few, many = min(measured.connections), max(measured.connections)
    goal = run.report.goal
    floor = ratio(_median(measured, f"{engine} new", few, "all"), _median(measured, FLOOR, few, "all"))
    goal(f"{engine} within {FLOOR_GOAL} times of the floor", floor and floor <= FLOOR_GOAL, _figure(floor))
    for peer, least in ((DATASETTE, DATASETTE_GOAL), (OPENSEARCH, OPENSEARCH_GOAL)):
        times = ratio(_rate(measured, f"{engine} facets", many, "all"), _rate(measured, f"{peer} facets", many, "all"))
        goal(f"{engine} answers {least} times as many a second as {peer}", times and times >= least, _figure(times))
    times = measured.of(f"{engine} facets", few, "all").times
    for name, found, most in (("median", median(times), MEDIAN_GOAL), ("p99", p99(times), P99_GOAL)):
        goal(f"{engine} {name} below {most} ms with facets and snippets", found and found < most, _figure(found))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _median(measured: Measured, label: str, connections: int, kind: str) -> float | None:
    return median(measured.of(label, connections, kind).times)


def _rate(measured: Measured, label: str, connections: int, kind: str) -> float | None:
    return measured.of(label, connections, kind).rate or None
