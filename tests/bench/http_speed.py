"""Part 2: end to end over HTTP, 20 hits a question: our server, the floor, and what others would install instead."""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import client
import targets
from bench_run import Run
from client import Outcome
from questions import KINDS, Question
from tables import median, p99, ratio
from targets import DATASETTE, FLOOR, OPENSEARCH, Target

FLOOR_GOAL, DATASETTE_GOAL, OPENSEARCH_GOAL, MEDIAN_GOAL, P99_GOAL = 2.5, 10, 2, 5, 40
# Each kind is asked of the servers by turns, in so many slices.
_SLICES = 4
# No answer is given up: what a server still did for it would slow the next one that is asked.
_PATIENCE_SECONDS = 120.0


@dataclass(slots=True)
class Measured:
    """What was measured: outcomes by label of the server, connections and kind."""

    connections: tuple[int, ...]
    outcomes: dict[str, dict[int, dict[str, Outcome]]] = field(default_factory=dict)

    def add(self, label: str, connections: int, kind: str, outcome: Outcome) -> None:
        """Add what was measured."""
        kinds = self.outcomes.setdefault(label, {}).setdefault(connections, {})
        kinds.setdefault(kind, Outcome()).add(outcome)

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
    """Start all servers, ask them by turns, and print tables, ratios and goals."""
    run.report.heading("2. End to end over HTTP")
    measured = Measured(run.options.connections)
    with ExitStack() as running:
        engines, started = targets.start(run, running)
        for connections in measured.connections:
            for kind in KINDS:
                _ask_kind(run, measured, started, kind, connections=connections)
    if run.options.workers > 1 and max(measured.connections) > 1:
        run.report.say(f"several connections are answered by {run.options.workers} processes of ours")
    for connections in measured.connections:
        _tables(run, measured, connections)
    for engine in engines:
        _ratios(run, measured, engine)
        _goals(run, measured, engine)


def _ask_kind(run: Run, measured: Measured, started: Sequence[Target], kind: str, *, connections: int) -> None:
    """Ask every server what is not counted, then by turns, so that a slow minute is slow for all of them."""
    questions = [question for question in run.questions if question.kind == kind]
    # As many for each connection: what begins and ends while others still run is little of it.
    counted = run.options.requests * connections
    requests = {target.label: _requests(target, questions, counted, connections) for target in started}
    slices = min(_SLICES, run.options.requests)
    limits = {"connections": connections, "seconds": run.options.seconds / slices, "patience": _PATIENCE_SECONDS}
    for number in range(-1, slices):
        for target in started:
            warm_up, asked = requests[target.label]
            mine = warm_up if number < 0 else asked[number::slices]
            if mine:
                host, port = target.reached_by(connections)
                outcome = client.run(host, port, mine, **limits)
                measured.add(target.label, connections, kind, Outcome() if number < 0 else outcome)
    for target in started:
        if failed := measured.of(target.label, connections, kind).failed:
            run.report.say(f"{target.label}, {kind}, {connections} connections: {failed} requests failed, not counted")


def _requests(
    target: Target, questions: Sequence[Question], counted: int, connections: int
) -> tuple[list[bytes], list[bytes]]:
    """Return a turn a connection for warming up and then so many requests, question by question, turn by turn."""
    known = [question for question in questions if target.ask(question, 0) is not None]
    turns = -(-counted // len(known)) if known else 0
    first = (turns + connections) * (connections - 1) // 2  # turns that no smaller number of connections had
    asked = [target.ask(question, first + turn) for turn in range(turns + connections) for question in known]
    sent = [request for request in asked if request is not None]
    warm_up = len(known) * connections
    return sent[:warm_up], sent[warm_up : warm_up + counted]


def _tables(run: Run, measured: Measured, connections: int) -> None:
    labels = list(measured.outcomes)
    plural = "connection" if connections == 1 else "connections"
    for figure, of in (
        ("median ms", lambda *asked: median(measured.of(*asked).times)),
        ("p99 ms", lambda *asked: p99(measured.of(*asked).times)),
        ("requests a second", lambda *asked: _rate(measured, *asked)),
    ):
        rows = [[kind, *(of(label, connections, kind) for label in labels)] for kind in (*KINDS, "all")]
        run.report.table(f"{figure}, {connections} {plural}", ["kind", *labels], rows)


def _ratios(run: Run, measured: Measured, engine: str) -> None:
    few, many = min(measured.connections), max(measured.connections)
    rows = [
        [
            kind,
            _to_floor(measured, f"{engine} new", few, kind),
            _to_floor(measured, f"{engine} facets", few, kind),
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
    floor = _to_floor(measured, f"{engine} new", few, "all")
    goal(f"{engine} within {FLOOR_GOAL} times of the floor", floor and floor <= FLOOR_GOAL, _figure(floor))
    for peer, least in ((DATASETTE, DATASETTE_GOAL), (OPENSEARCH, OPENSEARCH_GOAL)):
        times = ratio(_rate(measured, f"{engine} facets", many, "all"), _rate(measured, f"{peer} facets", many, "all"))
        goal(f"{engine} answers {least} times as many a second as {peer}", times and times >= least, _figure(times))
    times = measured.of(f"{engine} facets", few, "all").times
    for name, found, most in (("median", median(times), MEDIAN_GOAL), ("p99", p99(times), P99_GOAL)):
        goal(f"{engine} {name} below {most} ms with facets and snippets", found and found < most, _figure(found))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _to_floor(measured: Measured, label: str, connections: int, kind: str) -> float | None:
    """Return how many times the floor's median ours is; of all kinds the geometric mean.

    One median over all kinds would compare a kind of a quiet minute with one of a loud minute.
    """
    if kind == "all":
        known = [found for each in KINDS if (found := _to_floor(measured, label, connections, each))]
        return statistics.geometric_mean(known) if known else None
    ours, floor = (median(measured.of(name, connections, kind).times) for name in (label, FLOOR))
    return ratio(ours, floor)


def _rate(measured: Measured, label: str, connections: int, kind: str) -> float | None:
    """Return answers a second; of all kinds, as if each were asked as often: of a slow one fewer fit into the time."""
    if kind == "all":
        known = [found for each in KINDS if (found := _rate(measured, label, connections, each))]
        return statistics.harmonic_mean(known) if known else None
    return measured.of(label, connections, kind).rate or None
