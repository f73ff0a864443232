"""What matched, as arrays -> one page of it, grouped and sorted, and the facets of all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.engines.base import FACETS, Ask, Facets, FacetValue, Group, Month, Position, Sort
from search.engines.columns import Columns, Floats, Ints, run_starts
from search.engines.postings import Scored


@dataclass(frozen=True, slots=True)
class Candidates:
    """What can be shown, one row a hit, in the order of the index: its key (larger comes first), how many more.

    `articles` counts the distinct ones.
    """

    docs: Ints
    keys: Floats
    scores: Floats
    more: Ints
    articles: int


@dataclass(frozen=True, slots=True)
class Selected:
    """One row of a page."""

    article: int
    position: Position
    score: float
    more: int


def candidates(found: Scored, ask: Ask, columns: Columns) -> Candidates:
    """Return the rows that can be shown: every paragraph, or the best of each article."""
    docs, scores = found.units, found.scores
    # Paragraphs of an article stand side by side, so each article is one run.
    first = run_starts(columns.article_of[docs])
    more = np.zeros(len(docs), np.int64)
    if ask.group is Group.ARTICLE and len(docs):
        sizes = np.diff(first, append=len(docs))
        best_score = np.maximum.reduceat(scores, first)
        rows = np.where(scores == np.repeat(best_score, sizes), np.arange(len(docs)), len(docs))
        best = np.minimum.reduceat(rows, first)
        docs, scores, more = docs[best], scores[best], sizes - 1
    return Candidates(docs, _keys(docs, scores, ask.sort, columns), scores, more, len(first))


def page(rows: Candidates, ask: Ask, columns: Columns) -> tuple[list[Selected], bool]:
    """Return the rows of one page in order, and whether more come after it."""
    ties = columns.tie[rows.docs]
    chosen = np.arange(len(rows.docs))
    if ask.after is not None:
        key = _key_of(ask.after, ask.sort)
        tie = columns.tie_of(ask.after.article_id, ask.after.paragraph)
        chosen = np.flatnonzero((rows.keys < key) | ((rows.keys == key) & (ties > tie)))
    chosen, has_more = _first(chosen, rows.keys, ties, ask.size)
    return [_selected(row, rows, ask.sort, columns) for row in chosen.tolist()], has_more


def _keys(docs: Ints, scores: Floats, sort: Sort, columns: Columns) -> Floats:
    if sort is Sort.RELEVANCE:
        return scores
    days = columns.day[columns.article_of[docs]].astype(np.float64)
    if sort is Sort.NEWEST:
        return days
    return np.where(days > 0, -days, -np.inf)


def _key_of(position: Position, sort: Sort) -> float:
    if sort is Sort.OLDEST:
        return -position.key if position.key > 0 else -np.inf
    return position.key


def _first(chosen: Ints, keys: Floats, ties: Ints, size: int) -> tuple[Ints, bool]:
    """Return the first `size` rows by key, then tie; without sorting what is not shown."""
    has_more = len(chosen) > size
    if has_more and size:
        border = np.partition(keys[chosen], len(chosen) - size)[len(chosen) - size]
        above = chosen[keys[chosen] > border]
        equal = chosen[keys[chosen] == border]
        needed = size - len(above)
        if needed < len(equal):
            equal = equal[np.argpartition(ties[equal], needed - 1)[:needed]]
        chosen = np.concatenate([above, equal])
    chosen = chosen[:0] if not size else chosen
    return chosen[np.lexsort((ties[chosen], -keys[chosen]))], has_more


def _selected(row: int, rows: Candidates, sort: Sort, columns: Columns) -> Selected:
    doc = int(rows.docs[row])
    article = int(columns.article_of[doc])
    score = float(rows.scores[row])
    key = score if sort is Sort.RELEVANCE else float(columns.day[article])
    position = Position(key, columns.ids[article], doc - int(columns.first_doc[article]) + 1)
    return Selected(article, position, score, int(rows.more[row]))


def facets(docs: Ints, names: Sequence[str], columns: Columns) -> Facets:
    """Count the values of each facet over all that was found."""
    articles_of_docs = columns.article_of[docs]
    articles = articles_of_docs[run_starts(articles_of_docs)]
    values = {name: _facet_values(name, articles, articles_of_docs, columns) for name in FACETS if name in names}
    return Facets(values, _months(articles, columns) if "date" in names else None)


def months_held(columns: Columns) -> tuple[Month, ...]:
    """Return every month that has articles."""
    months, held = np.unique(columns.month[columns.month >= 0], return_counts=True)
    return tuple(
        Month(_month_name(month), count, count) for month, count in zip(months.tolist(), held.tolist(), strict=True)
    )


def _facet_values(name: str, articles: Ints, articles_of_docs: Ints, columns: Columns) -> tuple[FacetValue, ...]:
    values, value_of = columns.values[name], columns.value_of[name]
    # Shifted by one, so that articles without a value are counted at 0 and left out.
    by_article = np.bincount(value_of[articles] + 1, minlength=len(values) + 1)[1:]
    by_paragraph = np.bincount(value_of[articles_of_docs] + 1, minlength=len(values) + 1)[1:]
    found = np.flatnonzero(by_article)
    found = found[np.lexsort((columns.value_rank[name][found], -by_article[found]))]
    columns_of_rows = (found.tolist(), by_article[found].tolist(), by_paragraph[found].tolist())
    return tuple(
        FacetValue(values[index], number, paragraphs)
        for index, number, paragraphs in zip(*columns_of_rows, strict=True)
    )


def _months(articles: Ints, columns: Columns) -> tuple[Month, ...]:
    """Return the months from the first to the last with a match; those that hold nothing are left out."""
    found = columns.month[articles]
    found = found[found >= 0]
    if not len(found):
        return ()
    first, last = int(found.min()), int(found.max())
    matching = np.bincount(found - first, minlength=last - first + 1).tolist()
    inside = columns.month[(columns.month >= first) & (columns.month <= last)]
    held = np.bincount(inside - first, minlength=last - first + 1).tolist()
    return tuple(
        Month(_month_name(first + index), number, total)
        for index, (number, total) in enumerate(zip(matching, held, strict=True))
        if total
    )


def _month_name(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"
