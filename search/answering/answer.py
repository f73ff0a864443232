"""The answer to one search, and its JSON: the same for the page, the endpoint and the terminal."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from search.articles import Article, Origins
from search.currency import Currency
from search.engines.base import Card, Facets, Month, UndatedArticles
from search.errors import Diagnostic
from search.manifest import Counted
from search.seen import Instants

# These are made by the hundred for a page: named tuples in a third of the time of frozen dataclasses.


class Mark(NamedTuple):
    """A half-open span of code points of the text it belongs to."""

    start: int
    end: int


class Snippet(NamedTuple):
    """An excerpt of a paragraph that begins at its code point `start`; marks are sorted and do not overlap."""

    text: str
    start: int
    marks: tuple[Mark, ...]


class ShownHit(NamedTuple):
    """One hit as it is shown: rank counts from 1 over all pages.

    `paragraph` is 0 where the headline was found; `context` then is how the first paragraph begins. `title_marks` are
    those of the title.
    """

    card: Card
    paragraph: int
    rank: int
    score: float
    snippet: Snippet
    more: int
    title_marks: tuple[Mark, ...] = ()
    context: str | None = None

    @property
    def id(self) -> str:
        """The id of the paragraph."""
        return f"{self.card.id}#p{self.paragraph}"


@dataclass(frozen=True, slots=True)
class WholeHit:
    """One hit with the whole text of its paragraph; the excerpt is made when it is asked for."""

    card: Card
    paragraph: int
    rank: int
    score: float
    text: str
    more: int
    show: Callable[[], ShownHit]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another query, and how many paragraphs it was seen to find; never 0."""

    q: str
    total: int
    reason: str


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """Which index answered."""

    id: str
    built_at: str
    engine: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one search. `match` is what was applied: all or any; `next` the cursor of the next page."""

    input: str
    dialect: str
    canonical: str
    match: str
    scope: str
    diagnostics: tuple[Diagnostic, ...]
    generation: GenerationInfo
    paragraphs: int
    articles: int
    hits: tuple[ShownHit, ...]
    facets: Facets
    suggestions: tuple[Suggestion, ...]
    size: int
    next: str | None
    took_ms: float


@dataclass(frozen=True, slots=True)
class Whole:
    """The answer to one search with all hits of all its pages, each made when it is taken.

    `answer` has none of them itself; its `size` is how many there are. The index that answered is held open until
    `close` is called, whatever becomes of it meanwhile.
    """

    answer: Answer
    hits: Iterator[WholeHit]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class News:
    """The answer to one search in the order in which articles came, and of each of them when it came and changed."""

    answer: Answer
    instants: dict[str, Instants]


@dataclass(frozen=True, slots=True)
class ArticleAnswer:
    """A whole article; `marks` of each unit, in order, and remarks on them."""

    article: Article
    generation: GenerationInfo
    query: str
    marks: tuple[tuple[Mark, ...], ...]
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """What is being served: counts and the days covered, for `dateline status` and the page's foot."""

    generation: GenerationInfo
    articles: int
    paragraphs: int
    first: datetime.date | None
    last: datetime.date | None
    months: tuple[Month, ...]
    counted: Counted
    currency: Currency


# A page names each article several times, and the next page of an answer in JSON many of them again.
_quoted = lru_cache(maxsize=2_000)(quote)
# A headline has no span of its own in the source.
_OF_HEADLINE = ("id", "paragraph", "text", "marks")


def article_path(article_id: str, paragraph: int | None = None) -> str:
    """Return the page of an article, at a paragraph or, for 0, at its headline."""
    return f"/articles/{_quoted(article_id)}{'' if paragraph is None else f'#p{paragraph}'}"


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as it stands in an answer or in a problem."""
    shown: dict[str, Any] = {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "start": diagnostic.start,
        "end": diagnostic.end,
        "message": diagnostic.message,
        "fix": diagnostic.fix,
        "total": diagnostic.total,
    }
    if diagnostic.without:
        shown["without"] = list(diagnostic.without)
    return shown if diagnostic.parameter == "q" else {**shown, "parameter": diagnostic.parameter}


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the JSON of the search endpoint."""
    return {
        "query": {
            "input": answer.input,
            "dialect": answer.dialect,
            "canonical": answer.canonical,
            "match": answer.match,
            "scope": answer.scope,
            "diagnostics": [diagnostic_json(diagnostic) for diagnostic in answer.diagnostics],
        },
        "generation": generation_json(answer.generation),
        "total": {"paragraphs": answer.paragraphs, "articles": answer.articles},
        "hits": [hit_json(hit) for hit in answer.hits],
        "facets": _facets_json(answer.facets),
        "suggestions": [
            {"q": suggestion.q, "total": suggestion.total, "reason": suggestion.reason}
            for suggestion in answer.suggestions
        ],
        "page": {"size": answer.size, "next": answer.next},
        "took_ms": answer.took_ms,
    }


def generation_json(generation: GenerationInfo) -> dict[str, Any]:
    """Return which index answered."""
    return {"id": generation.id, "built_at": generation.built_at, "engine": generation.engine}


def article_json(answer: ArticleAnswer) -> dict[str, Any]:
    """Return an article as the JSON of the article endpoint."""
    article = answer.article
    units = [
        {
            "id": f"{article.id}#p{unit.number}",
            "paragraph": unit.number,
            "text": unit.text,
            "start": unit.start,
            "end": unit.end,
            "marks": _marks_json(marked),
        }
        for unit, marked in zip(article.units, answer.marks, strict=True)
    ]
    headline = None if article.headline is None else {name: units[0][name] for name in _OF_HEADLINE}
    return {
        "id": article.id,
        "title": article.title,
        "title_derived": article.title_derived,
        "kicker": article.kicker,
        "date": _day(article.date),
        "place": article.place,
        "place_written": article.place_written,
        "country": article.country,
        "agency": article.agency,
        "byline": article.byline,
        "section": article.section,
        "topics": list(article.topics),
        "dateline": article.dateline
        and {"text": article.dateline.text, "start": article.dateline.start, "end": article.dateline.end},
        "source": {
            "path": article.source.path,
            "sha256": article.source.sha256,
            "start": article.source.start,
            "end": article.source.end,
        },
        "origins": {
            field.name: origin for field in fields(Origins) if (origin := getattr(article.origins, field.name))
        },
        "of": len(article.paragraphs),
        "headline": headline,
        "paragraphs": units[len(units) - len(article.paragraphs) :],
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in answer.diagnostics],
        "generation": generation_json(answer.generation),
        "links": {"html": article_path(article.id), "self": f"/api/v1{article_path(article.id)}"},
    }


def status_json(status: Status) -> dict[str, Any]:
    """Return what is being served."""
    return {
        "generation": generation_json(status.generation),
        "updated_at": status.generation.built_at,
        "watched": status.currency.watched,
        "waiting": status.currency.waiting,
        "articles": status.articles,
        "paragraphs": status.paragraphs,
        "dates": {"first": _day(status.first), "last": _day(status.last)},
        "undated": status.counted.undated,
        "without_place": status.counted.without_place,
        "rejected": status.counted.rejected,
        "left_out": status.counted.left_out,
        "notes": dict(status.counted.notes),
    }


def hit_json(hit: ShownHit) -> dict[str, Any]:
    """Return a hit as it stands in an answer."""
    card = hit.card
    path = article_path(card.id)
    return {
        "id": hit.id,
        "article_id": card.id,
        "paragraph": hit.paragraph,
        "of": card.of,
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "title": card.title,
        "title_derived": card.title_derived,
        "date": _day(card.date),
        "place": card.place,
        "country": card.country,
        "agency": card.agency,
        "byline": card.byline,
        "section": card.section,
        "snippet": {
            "text": hit.snippet.text,
            "start": hit.snippet.start,
            "marks": _marks_json(hit.snippet.marks),
        },
        "title_marks": _marks_json(hit.title_marks),
        "context": hit.context,
        "more": hit.more,
        "links": {"html": f"{path}#p{hit.paragraph}", "article": f"/api/v1{path}"},
    }


def _marks_json(marks: Sequence[Mark]) -> list[dict[str, int]]:
    return [{"start": mark.start, "end": mark.end} for mark in marks]


def _facets_json(facets: Facets) -> dict[str, Any]:
    shown: dict[str, Any] = {
        name: [{"value": value.value, "articles": value.articles, "paragraphs": value.paragraphs} for value in values]
        for name, values in facets.values.items()
    }
    if facets.months is not None:
        buckets = [{"value": month.value, "articles": month.articles, "held": month.held} for month in facets.months]
        undated = facets.undated or UndatedArticles(0, 0)
        shown["date"] = {
            "interval": "month",
            "buckets": buckets,
            "undated": {"articles": undated.articles, "indexed": undated.held},
        }
    return shown


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
