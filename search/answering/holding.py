"""What a tree asks of an article -> whether it holds, from the article's card: so that marks fall where it does."""

import datetime
from functools import partial
from typing import Protocol

from search.engines.base import VALUE_FIELDS
from search.language import Analyzer
from search.query.matching import matches, token_texts
from search.query.nodes import (
    AnnualDay,
    DateRange,
    Everything,
    Exactly,
    Field,
    InArticles,
    Node,
    Not,
    Prefer,
    children_of,
    mapped,
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
    """Whether a tree asks anything that `with_article_known` can tell."""
    if isinstance(node, Field) and node.name in _ASKED_FIELDS:
        return True
    return isinstance(node, DateRange | AnnualDay | Exactly | InArticles) or any(
        map(asks_of_article, children_of(node))
    )


def with_article_known(node: Node, article: Described, analyzer: Analyzer) -> Node:
    """Return the tree with what it asks of the article's fields and day replaced by everything, or by nothing."""
    match node:
        case Prefer(must=must):  # the rest is never marked
            return with_article_known(must, article, analyzer)
        case DateRange(start=start, end=end):
            day = article.date
            return _known(day is not None and (start is None or start <= day) and (end is None or day <= end))
        case AnnualDay(month=month, day=annual):
            day = article.date
            return _known(day is not None and day.month == month and annual in (None, day.day))
        case Exactly(name=name, values=values):
            value = getattr(article, name)
            return _known(value is not None and analyzer.fold(value) in values)
        case InArticles(ids=ids):
            return _known(article.id in ids)
        case Field(name=name, child=child) if name in _ASKED_FIELDS:
            value = getattr(article, name)
            return _known(value is not None and matches(child, token_texts(analyzer.tokens(value), analyzer)))
    return mapped(node, partial(with_article_known, article=article, analyzer=analyzer))


def _known(holds: bool) -> Node:  # noqa: FBT001 - its one parameter
    return Everything() if holds else Not(Everything())
