"""One page of hits from the cluster, in the order all engines have, and what each hit shows of its article.

What a generation sees in the cluster never changes, so a page begins after the last hit of the one before, and needs
nothing of the cluster that could expire. Where articles are shown once, paragraphs are read in order, some at a time;
of each article that comes by, the best paragraph of all is asked for, and where that came before, it was shown.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from search.engines.base import Ask, Group, Hit, Position, Sort
from search.engines.opensearch_client import Json
from search.engines.opensearch_mapping import ARTICLE, PARAGRAPH, RECORD, TEXT
from search.engines.opensearch_search import Index
from search.engines.records import read_card, read_lead

# Later than any day, and than any id.
_UNDATED_LAST = 4_000_000
_LAST_ID = "\U0010ffff"
# What a cluster gives at once.
MOST_AT_ONCE = 10_000
# So many paragraphs for each article that is to be shown are read at a time.
_PARAGRAPHS_EACH = 3


@dataclass(frozen=True, slots=True)
class Queries:
    """What is asked: the paragraphs with their scores, the same unscored, and their articles."""

    scored: Json
    paragraphs: Json
    articles: Json


class _Best(NamedTuple):
    """The best paragraph of an article, and how many more match."""

    number: int
    score: float
    text: str
    more: int


def of_kind(kind: str, query: Json, *more: Json) -> Json:
    """Return a query for documents of a kind, with its scores."""
    return {"bool": {"must": [query], "filter": [{"term": {"kind": kind}}, *more]}}


class Pages:
    """Reads one page: `first` is what to search for at first, `hits` takes what that found, and searches for more."""

    def __init__(self, index: Index, queries: Queries, ask: Ask, arrival: Json) -> None:
        self._index = index
        self._arrival = arrival
        self._queries = queries
        self._ask = ask
        self._wanted = ask.size + 1
        self._by_day = ask.group is Group.ARTICLE and ask.sort is not Sort.RELEVANCE
        self._search = self._articles_in_order() if self._by_day else self._paragraphs_in_order()

    def first(self) -> Json:
        """Return the search for what comes first after the page before."""
        after = self._after()[: len(self._search["sort"])]
        return {**self._search, "search_after": after} if after else self._search

    def hits(self, first: Sequence[Json]) -> tuple[list[Hit], bool]:
        """Return the hits of the page, and whether more come after it."""
        if self._by_day:
            hits = self._articles_by_day(first)
        elif self._ask.group is Group.ARTICLE:
            hits = self._articles_by_score(first)
        else:
            hits = self._paragraphs(first)
        return hits[: self._ask.size], len(hits) == self._wanted

    def _paragraphs_in_order(self) -> Json:
        grouped = self._ask.group is Group.ARTICLE
        return {
            "query": of_kind(PARAGRAPH, self._queries.scored),
            "sort": [self._order(), {"article": "asc"}, {"number": "asc"}],
            "track_scores": self._ask.sort is not Sort.RELEVANCE,
            "_source": False if grouped else [TEXT],
            "size": min(self._wanted * (_PARAGRAPHS_EACH if grouped else 1), MOST_AT_ONCE),
        }

    def _articles_in_order(self) -> Json:
        return {
            "query": of_kind(ARTICLE, self._queries.articles),
            "sort": [self._order(), {"article": "asc"}],
            "_source": False,
            "size": min(self._wanted, MOST_AT_ONCE),
        }

    def _windows(self, first: Sequence[Json]) -> Iterator[Sequence[Json]]:
        """Yield all that comes after the page before, so much at a time."""
        window = first
        while True:
            yield window
            if len(window) < self._search["size"]:
                return
            window = self._index.hits({**self._search, "search_after": window[-1]["sort"]})

    def _at_least(self, first: Sequence[Json]) -> list[Json]:
        """Return as much of what comes after the page before as is wanted."""
        found: list[Json] = []
        for window in self._windows(first):
            found += window
            if len(found) >= self._wanted:
                break
        return found[: self._wanted]

    def _paragraphs(self, first: Sequence[Json]) -> list[Hit]:
        found = self._at_least(first)
        records = self._records([_article(hit) for hit in found])
        shown = (_Best(_number(hit), hit["_score"], hit["_source"][TEXT], 0) for hit in found)
        return [self._hit(hit, best, records[_article(hit)]) for hit, best in zip(found, shown, strict=True)]

    def _articles_by_day(self, first: Sequence[Json]) -> list[Hit]:
        found = self._at_least(first)
        best, records = self._best([_article(hit) for hit in found])
        return [
            self._hit(hit, each, records[_article(hit)])
            for hit in found
            if (each := best.get(_article(hit)))  # whose paragraphs are away has none
        ]

    def _articles_by_score(self, first: Sequence[Json]) -> list[Hit]:
        seen: set[str] = set()
        hits: list[Hit] = []
        for window in self._windows(first):
            fresh: dict[str, Json] = {}
            for hit in window:
                if _article(hit) not in seen:
                    fresh.setdefault(_article(hit), hit)
            seen |= fresh.keys()
            best, records = self._best(list(fresh))
            for article, hit in fresh.items():
                # One whose best paragraph came before was shown on another page.
                if (of_article := best.get(article)) and of_article.number == _number(hit):
                    hits.append(self._hit(hit, of_article, records[article]))
            if len(hits) >= self._wanted:
                break
        return hits[: self._wanted]

    def _order(self) -> Json:
        if self._ask.sort is Sort.RELEVANCE:
            return {"_score": "desc"}
        if self._ask.sort is Sort.RECENT:
            return {"_script": {"type": "number", "order": "desc", "script": self._arrival}}
        if self._ask.sort is Sort.NEWEST:
            return {"day": {"order": "desc", "missing": 0}}
        return {"day": {"order": "asc", "missing": _UNDATED_LAST}}

    def _after(self) -> list[object]:
        """Return where the page begins, as the values that hits are ordered by."""
        after = self._ask.after
        if after is None:
            return []
        if self._ask.sort in (Sort.RELEVANCE, Sort.RECENT):
            return [after.key, after.article_id, after.paragraph]
        key = _UNDATED_LAST if self._ask.sort is Sort.OLDEST and after.key <= 0 else after.key
        if key == math.floor(key):
            return [int(key), after.article_id, after.paragraph]
        # Between two days: after all of the one before.
        return [math.ceil(key) if self._ask.sort is Sort.NEWEST else math.floor(key), _LAST_ID, 0]

    def _best(self, articles: Sequence[str]) -> tuple[dict[str, _Best], dict[str, bytes]]:
        """Return the best paragraph of each of these articles, and their records."""
        best: dict[str, _Best] = {}
        records: dict[str, bytes] = {}
        for start in range(0, len(articles), MOST_AT_ONCE):
            some = articles[start : start + MOST_AT_ONCE]
            search = {
                "query": of_kind(PARAGRAPH, self._queries.scored, {"terms": {"article": some}}),
                "collapse": {"field": "article"},
                "sort": [{"_score": "desc"}, {"article": "asc"}, {"number": "asc"}],
                "aggs": {"of": {"terms": {"field": "article", "size": len(some)}}},
                "_source": [TEXT],
                "size": len(some),
            }
            found, cards = self._index.search_all([search, _records_of(some)])
            counts = {bucket["key"]: bucket["doc_count"] for bucket in found["aggregations"]["of"]["buckets"]}
            for hit in found["hits"]["hits"]:
                article = hit["sort"][1]
                best[article] = _Best(hit["sort"][2], hit["sort"][0], hit["_source"][TEXT], counts[article] - 1)
            records |= _records_in(cards)
        return best, records

    def _records(self, articles: Sequence[str]) -> dict[str, bytes]:
        records: dict[str, bytes] = {}
        ids = list(dict.fromkeys(articles))
        for start in range(0, len(ids), MOST_AT_ONCE):
            (found,) = self._index.search_all([_records_of(ids[start : start + MOST_AT_ONCE])])
            records |= _records_in(found)
        return records

    def _hit(self, hit: Json, best: _Best, record: bytes) -> Hit:
        card = read_card(record)
        if self._ask.sort is Sort.RECENT:
            key = float(hit["sort"][0])
        elif self._ask.sort is Sort.RELEVANCE:
            key = best.score
        else:
            key = float(card.date.toordinal()) if card.date else 0.0
        lead = None if best.number else read_lead(record)
        return Hit(Position(key, card.id, best.number), best.score, best.more, card, best.text, lead)


def _article(hit: Json) -> str:
    return str(hit["sort"][1])


def _number(hit: Json) -> int:
    return int(hit["sort"][2])


def _records_of(articles: Sequence[str]) -> Json:
    return {
        "query": {"bool": {"filter": [{"term": {"kind": ARTICLE}}, {"terms": {"article": articles}}]}},
        "sort": [{"article": "asc"}],
        "size": len(articles),
        "_source": [RECORD],
    }


def _records_in(found: Json) -> dict[str, bytes]:
    return {hit["sort"][0]: hit["_source"][RECORD].encode() for hit in found["hits"]["hits"]}
