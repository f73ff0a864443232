"""Query texts -> queries, those of the last searches remembered: who pages, filters or reloads asks the same again."""

import datetime
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from search.generation import Generation
from search.query import Dialect, Query, parse

_REMEMBERED = 256


class Understood:
    """Queries that were understood, by all that decides what they mean. Safe for threads, and so are queries."""

    def __init__(self) -> None:
        self._queries: OrderedDict[Hashable, Query] = OrderedDict()
        self._lock = Lock()

    def read(self, text: str, generation: Generation, dialect: Dialect, today: datetime.date) -> Query:
        """Return a query in a dialect, as asked of a generation on a day.

        Raises:
            QueryError: it cannot be understood; this is not remembered.
        """
        analysis, fields = generation.manifest.analysis, generation.engine.fields

        def understand() -> Query:
            return parse(text, generation.analyzer, dialect=dialect, today=today, fields=fields)

        return self._remembered((text, dialect, today, analysis, fields), understand)

    def _remembered(self, key: Hashable, understand: Callable[[], Query]) -> Query:
        with self._lock:
            if key in self._queries:
                self._queries.move_to_end(key)
                return self._queries[key]
        query = understand()
        with self._lock:
            self._queries[key] = query
            if len(self._queries) > _REMEMBERED:
                self._queries.popitem(last=False)
        return query
