"""What a tree asks of an article -> whether it holds, from the article's card: so that marks fall where it does."""

import datetime
from functools import cache
from typing import Protocol

from search.engines.base import VALUE_FIELDS
from search.language import Analyzer
from search.query.matching import value_matcher
from search.query.nodes import (
    AnnualDay,
    DateRange,
    Exactly,
    Field,
    InArticles,
    Node,
    Undated,
    children_of,
)

_ASKED_FIELDS = ("title", *VALUE_FIELDS)


class Described(Protocol):
    """What is known of an article: its card, or itself."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def place(self) -> str | None:
        """Its place."""

    @property
    def country(self) -> str | None:
        """Its country."""

    @property
    def agency(self) -> str | None:
        """Its agency."""

    @property
    def section(self) -> str | None:
        """Its section."""

    @property
    def byline(self) -> str | None:
        """Its byline."""

    @property
    def date(self) -> datetime.date | None:
        """Its day."""


def asks_of_article(node: Node) -> bool:
    """Whether a tree asks anything that `Known` can tell."""
    if isinstance(node, Field) and node.name in _ASKED_FIELDS:
        return True
    return isinstance(node, DateRange | AnnualDay | Undated | Exactly | InArticles) or any(
        map(asks_of_article, children_of(node))
    )


class Known:
    """Tells of articles what a tree asks of their fields and days. Made for one request, for one thread."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        # The hits of a page share places and agencies.
        self._matches = cache(lambda field: cache(value_matcher(field.child, analyzer)))

    def holds(self, article: Described, node: Node) -> bool | None:
        """Whether an article has what a node asks of it; None where that is not told by what describes it."""
        match node:
            case DateRange(start=start, end=end):
                day = article.date
                return day is not None and (start is None or start <= day) and (end is None or day <= end)
            case AnnualDay(month=month, day=annual):
                day = article.date
                return day is not None and day.month == month and annual in (None, day.day)
            case Undated():
                return article.date is None
            case Exactly(name=name, values=values):
                value = getattr(article, name)
                return value is not None and self._analyzer.fold(value) in values
            case InArticles(ids=ids):
                return article.id in ids
            case Field(name=name) if name in _ASKED_FIELDS:
                value = getattr(article, name)
                return value is not None and self._matches(node)(value)
        return None
