"""What one search asks -> the engine's answer: read, planned, filtered, asked; and counts of what else may be asked."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from search.answering.cursor import Cursor
from search.answering.parameters import SearchParameters
from search.answering.understanding import Understood
from search.engines.base import FACETS, Ask, Found
from search.errors import Diagnostic, EngineUnavailable, QueryError
from search.generation import Generation
from search.query import Match, Query, can_relax, plan
from search.query.dates import parse_days
from search.query.nodes import And, DateRange, Exactly, InArticles, Node, Not, Prefer

# Who made more mistakes mends these first.
_FIXES_RUN = 6


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one generation what one search's parameters say. `today` is what the last days are counted back from."""

    parameters: SearchParameters
    generation: Generation
    today: datetime.date
    understood: Understood = field(default_factory=Understood)
    # Different mistakes often have one fix.
    _totals: dict[str, int] = field(default_factory=dict)

    def query(self) -> Query:
        """Return what was typed, understood.

        Raises:
            QueryError: it cannot be; fixes were run, and those that find nothing left out.
        """
        try:
            return self.read(self.parameters.q)
        except QueryError as error:
            raise QueryError([self.with_fix_run(diagnostic) for diagnostic in error.diagnostics]) from error

    def read(self, text: str) -> Query:
        """Return a query in the search's dialect, understood."""
        return self.understood.read(text, self.generation, self.parameters.dialect, self.today)

    def ask(self, query: Query, cursor: Cursor | None) -> tuple[Match, Node, Found]:
        """Ask for all words, and where that finds nothing and may be relaxed, for any; return what was asked too."""
        answers = (
            (match, tree, self.generation.engine.search(self._ask(tree, cursor)))
            for match in self._attempts(query, cursor.match if cursor else self.parameters.match)
            for tree in (self.tree(query, match),)
        )
        first = next(answers)
        return first if first[2].paragraphs else next((each for each in answers if each[2].paragraphs), first)

    def count(self, query: Query) -> int:
        """Return how many paragraphs a query finds when it is followed."""
        for attempt in self._attempts(query, self.parameters.match):
            total = self.generation.engine.count(self.tree(query, attempt), self.parameters.scope)
            if total:
                return total
        return 0

    def with_fix_run(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return a diagnostic of the query with its fix's total; without the fix where that finds nothing."""
        if diagnostic.fix is None or diagnostic.parameter != "q":
            return diagnostic
        total = self._totals.get(diagnostic.fix, 0)
        if diagnostic.fix not in self._totals and len(self._totals) < _FIXES_RUN:
            total = self._totals[diagnostic.fix] = self._total(diagnostic.fix)
        return replace(diagnostic, total=total) if total else replace(diagnostic, fix=None)

    def _total(self, fix: str) -> int:
        try:
            return self.count(self.read(fix))
        except (QueryError, EngineUnavailable):
            return 0  # too wide or too slow to be offered

    def tree(self, query: Query, match: Match) -> Node:
        """Return the engine's tree, with the parameters' filters: they change what is found, never its order."""
        tree, filters = plan(query.node, match), tuple(self._filters())
        if not filters:
            return tree
        if isinstance(tree, Prefer):
            return Prefer(And((tree.must, *filters)), tree.should)
        return And((tree, *filters))

    @staticmethod
    def _attempts(query: Query, match: Match) -> tuple[Match, ...]:
        if match is not Match.AUTO:
            return (match,)
        return (Match.ALL, Match.ANY) if can_relax(query.node) else (Match.ALL,)

    def _ask(self, tree: Node, cursor: Cursor | None) -> Ask:
        parameters = self.parameters
        return Ask(
            tree,
            scope=parameters.scope,
            group=parameters.group,
            sort=parameters.sort,
            size=parameters.size,
            after=cursor.position if cursor else None,
            facets=parameters.facet_names,
            partial=parameters.partial,
        )

    def _filters(self) -> Iterator[Node]:
        parameters = self.parameters
        for name in FACETS:
            if wanted := getattr(parameters, name):
                yield self._with_value(name, wanted)
            if unwanted := getattr(parameters, f"not_{name}"):
                yield Not(self._with_value(name, unwanted))
        if parameters.article:
            yield InArticles(parameters.article)
        if parameters.from_ or parameters.to:
            first = parse_days(parameters.from_)[0] if parameters.from_ else None
            last = parse_days(parameters.to)[1] if parameters.to else None
            yield DateRange(first, last)

    def _with_value(self, name: str, values: tuple[str, ...]) -> Exactly:
        return Exactly(name, tuple(map(self.generation.analyzer.fold, values)))
