"""What the parts of one run share: options, corpus, questions, builds, report; which engines and peers there are."""

from dataclasses import dataclass
from pathlib import Path

import servers
from builds import FTS5, RAW, Builds
from corpus import Corpus
from peers import opensearch
from questions import Question
from tables import Report

from search import engines
from search.errors import DatelineError
from search.language import Analyzer
from search.settings import ENGINES

PEERS = (RAW, FTS5, "datasette", "opensearch")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    parts: tuple[str, ...]
    peers: tuple[str, ...]
    sizes: tuple[int, ...]
    changes: tuple[int, ...]
    rounds: int
    requests: int
    connections: tuple[int, ...]
    seconds: float
    workers: int
    cold: int


@dataclass(slots=True)
class Run:
    """One run over one archive."""

    options: Options
    folder: Path
    corpus: Corpus
    analyzer: Analyzer
    questions: list[Question]
    builds: Builds
    report: Report
    engines: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()

    def look_around(self) -> None:
        """Find out what can be measured, and say in a line each what cannot."""
        self.engines = self._chosen_engines()
        self.peers = tuple(name for name in self.options.peers if self._has(name))
        self.report.say(f"engines: {', '.join(self.engines)}; peers: {', '.join(self.peers) or 'none'}")

    def _chosen_engines(self) -> tuple[str, ...]:
        found = []
        for name in ENGINES:
            if name in ("auto", "opensearch"):  # a cluster is a peer here: its own search, without ours
                continue
            try:
                version = engines.kind(name).version
            except (DatelineError, ImportError) as error:
                self.report.say(f"engine {name}: not measured, {error}")
            else:
                found.append(name)
                self.report.say(f"engine {name}: {version}")
        return tuple(found)

    def _has(self, name: str) -> bool:
        reason = ""
        if name == "datasette" and not servers.has_datasette():
            reason = "Datasette: not measured, it is not installed here"
        elif name == "opensearch":
            reason = opensearch.reachable()[1]
        if reason:
            self.report.say(reason)
        return not reason
