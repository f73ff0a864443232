"""What matched, as arrays -> one page of it, grouped and sorted, and the facets of all of it.

Only what is shown is ever put in order: the best few are found by one pass over the scores, and where they are
paragraphs of too few articles, more of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from search.engines.base import FACETS, Ask, Facets, FacetValue, Group, Month, Position, Sort, UndatedArticles
from search.engines.evaluator.doc_values import PARAGRAPH_BITS, DocValues
from search.engines.evaluator.match_set import MatchSet
from search.engines.sorted_arrays import Floats, Ints

# So many paragraphs for each article that is to be shown are put in order at first; twice as many the next time.
_PARAGRAPHS_EACH = 3
# Rows made at a time where all are read one after the other.
_ROWS_AT_A_TIME = 1_000
# To find the best few of many, blocks of these are looked at; fewer of them let too much through.
_BLOCKS_EACH = 8
_SHORTEST_BLOCK = 4
# Articles are counted below paragraphs in one number, which as a floating-point number holds 2 ** 53 exactly.
_ARTICLE_BITS = 26
_ONE_PARAGRAPH = 1 << _ARTICLE_BITS


class Selected(NamedTuple):
    """One row of a page: a paragraph, and how many more of its article match, where articles are shown."""

    doc: int
    article: int
    position: Position
    score: float
    more: int


def page(ranked: MatchSet, ask: Ask, doc_values: DocValues) -> tuple[list[Selected], bool]:
    """Return the rows of one page in order, and whether more come after it."""
    if ask.sort is Sort.RELEVANCE and ask.after is None and ask.size > 0:  # most need not be looked at
        leading = ranked.leading(ask.size)
        best, _ = _page(leading, ask, doc_values)
        total = ranked.number_of_articles if ask.group is Group.ARTICLE else ranked.paragraphs
        return _selected(best, leading, ask, doc_values, ranked), total > ask.size
    best, has_more = _page(ranked, ask, doc_values)
    return _selected(best, ranked, ask, doc_values, ranked), has_more


def every(matched: MatchSet, ask: Ask, doc_values: DocValues) -> Iterator[list[Selected]]:
    """Return all rows in order, some at a time: put in order at once, as numbers, and made into rows when taken."""
    whole = replace(ask, size=max(1, len(matched.docs)), after=None)
    rows, _ = _page(matched, whole, doc_values)
    starts = range(0, len(rows), _ROWS_AT_A_TIME)
    return (_selected(rows[start : start + _ROWS_AT_A_TIME], matched, whole, doc_values, matched) for start in starts)


def _page(matched: MatchSet, ask: Ask, doc_values: DocValues) -> tuple[Ints, bool]:
    if ask.group is Group.NONE:
        keys = _keys(matched, ask.sort, doc_values)
        chosen = _after(matched, keys, ask, doc_values)
        return _first(chosen, keys, matched, ask.size, doc_values), _number(chosen, matched) > ask.size
    if ask.sort is Sort.RELEVANCE:
        return _best_of_articles(matched, ask, doc_values)
    return _articles_by_day(matched, ask, doc_values)


def _best_of_articles(matched: MatchSet, ask: Ask, doc_values: DocValues) -> tuple[Ints, bool]:
    """Return the best paragraph of each of the first articles: an article's first one in the order of all."""
    chosen = _after(matched, matched.scores, ask, doc_values)
    total = len(matched.articles)
    if chosen is not None:
        # What has a paragraph on an earlier page was shown by it.
        is_shown = np.ones(len(matched.docs), np.bool_)
        is_shown[chosen] = False
        shown = np.zeros(doc_values.articles, np.bool_)
        shown[doc_values.article_of[matched.docs[is_shown]]] = True
        chosen = chosen[~shown[doc_values.article_of[matched.docs[chosen]]]]
        total -= int(np.count_nonzero(shown))
    wanted = ask.size * _PARAGRAPHS_EACH
    while True:
        top = _first(chosen, matched.scores, matched, wanted, doc_values)
        first: dict[int, int] = {}
        for row, article in enumerate(doc_values.article_of[matched.docs[top]].tolist()):
            first.setdefault(article, row)
        if len(first) >= ask.size or len(top) == _number(chosen, matched):
            return top[list(first.values())[: ask.size]], total > ask.size
        wanted *= 2


def _articles_by_day(matched: MatchSet, ask: Ask, doc_values: DocValues) -> tuple[Ints, bool]:
    """Return the best paragraph of each of the first articles by their day."""
    keys = _article_keys(matched.articles, ask.sort, doc_values)
    ranks = doc_values.id_rank[matched.articles]
    chosen = np.arange(len(keys))
    if ask.after is not None:
        key, tie = _key_of(ask.after, ask.sort), doc_values.tie_of(ask.after.article_id, ask.after.paragraph)
        rank = tie >> PARAGRAPH_BITS
        later = (keys < key) | ((keys == key) & (ranks > rank))
        for same in np.flatnonzero((keys == key) & (ranks == rank)).tolist():
            later[same] = doc_values.ties(matched.docs[[_best_of_run(matched, same)]])[0] > tie
        chosen = np.flatnonzero(later)
    best = chosen[_not_below(keys[chosen], ask.size)]
    runs = best[np.lexsort((ranks[best], -keys[best]))][: ask.size]
    return np.array([_best_of_run(matched, run) for run in runs.tolist()], np.int64), len(chosen) > ask.size


def _best_of_run(matched: MatchSet, run: int) -> int:
    """Return the row of the best paragraph of an article, given by its place among those that match."""
    start, end = matched.run(run)
    return start + int(np.argmax(matched.scores[start:end]))


def _keys(matched: MatchSet, sort: Sort, doc_values: DocValues) -> Floats:
    if sort is Sort.RELEVANCE:
        return matched.scores
    return _article_keys(doc_values.article_of[matched.docs], sort, doc_values)


def _article_keys(articles: Ints, sort: Sort, doc_values: DocValues) -> Floats:
    """Return a key for each article, larger comes first; undated ones come last."""
    if sort is Sort.RECENT:
        return doc_values.arrival[articles].astype(np.float64)
    days = doc_values.day[articles]
    if sort is Sort.NEWEST:
        return days.astype(np.float64)
    return np.where(days > 0, -days, -np.inf)


def _key_of(position: Position, sort: Sort) -> float:
    if sort is Sort.OLDEST:
        return -position.key if position.key > 0 else -np.inf
    return position.key


def _after(matched: MatchSet, keys: Floats, ask: Ask, doc_values: DocValues) -> Ints | None:
    """Return the rows that come after the page before; None for all of them."""
    if ask.after is None:
        return None
    key = _key_of(ask.after, ask.sort)
    later = keys < key
    equal = np.flatnonzero(keys == key)
    later[equal] = doc_values.ties(matched.docs[equal]) > doc_values.tie_of(ask.after.article_id, ask.after.paragraph)
    return np.flatnonzero(later)


def _number(chosen: Ints | None, matched: MatchSet) -> int:
    return len(matched.docs) if chosen is None else len(chosen)


def _first(chosen: Ints | None, keys: Floats, matched: MatchSet, size: int, doc_values: DocValues) -> Ints:
    """Return the first `size` of some rows (None: of all) by key, then tie; without sorting what is not shown."""
    chosen_keys = keys if chosen is None else keys[chosen]
    best = _not_below(chosen_keys, size)
    rows = best if chosen is None else chosen[best]
    if 0 < size < len(rows):
        row_keys = keys[rows]
        border = np.partition(row_keys, len(rows) - size)[len(rows) - size]
        above = rows[row_keys > border]
        equal = rows[row_keys == border]
        needed = size - len(above)
        if needed < len(equal):
            ties = doc_values.ties(matched.docs[equal])
            equal = equal[np.argpartition(ties, needed - 1)[:needed]]
        rows = np.concatenate([above, equal])
    rows = rows[:0] if not size else rows
    return rows[np.lexsort((doc_values.ties(matched.docs[rows]), -keys[rows]))]


def _not_below(keys: Floats, size: int) -> Ints:
    """Return where the `size` largest keys are, and few others, by two quick passes over all of them.

    Of so many blocks that have the largest maxima, each has a key that is not below the least of these maxima.
    """
    blocks = size * _BLOCKS_EACH
    length = len(keys) // blocks if blocks else 0
    if length < _SHORTEST_BLOCK:
        return np.arange(len(keys))
    maxima = keys[: blocks * length].reshape(blocks, length).max(axis=1)
    return np.flatnonzero(keys >= np.partition(maxima, blocks - size)[blocks - size])


def _selected(rows: Ints, matched: MatchSet, ask: Ask, doc_values: DocValues, ranked: MatchSet) -> list[Selected]:
    docs = matched.docs[rows]
    articles = doc_values.article_of[docs]
    scores = matched.scores[rows].tolist()
    of_articles = doc_values.arrival if ask.sort is Sort.RECENT else doc_values.day
    keys = scores if ask.sort is Sort.RELEVANCE else of_articles[articles].astype(np.float64).tolist()
    numbers = (docs - doc_values.first_doc[articles] + doc_values.first_number[articles]).tolist()
    more = (ranked.counts_of(articles) - 1).tolist() if ask.group is Group.ARTICLE else [0] * len(rows)
    return [
        Selected(doc, article, Position(key, doc_values.id_of(article), number), score, others)
        for doc, article, key, number, score, others in zip(
            docs.tolist(), articles.tolist(), keys, numbers, scores, more, strict=True
        )
    ]


def facets(ranked: MatchSet, names: Sequence[str], doc_values: DocValues) -> Facets:
    """Count the values of each facet over all that was found."""
    counted = _by_kind(ranked, doc_values)
    values = {name: _facet_values(name, counted, doc_values) for name in FACETS if name in names}
    if "date" not in names:
        return Facets(values)
    return Facets(values, _months(counted, doc_values), _undated(counted, doc_values))


def months_held(doc_values: DocValues) -> tuple[Month, ...]:
    """Return every month that has articles."""
    held = doc_values.months.held.tolist()
    return tuple(map(Month, doc_values.months.names, held, held))


class _Counted(NamedTuple):
    """Kinds of articles, perhaps several times, and how many articles and paragraphs are of each, in one number."""

    kinds: Ints
    counts: Floats


def _by_kind(ranked: MatchSet, doc_values: DocValues) -> _Counted:
    articles, sizes = ranked.by_article()
    kinds, counts = doc_values.kinds.of_article[articles], sizes.astype(np.float64) * _ONE_PARAGRAPH + 1
    number = doc_values.kinds.number
    if len(articles) <= number:
        return _Counted(kinds, counts)
    # Articles are gone through once, not once for each facet.
    return _Counted(np.arange(number), np.bincount(kinds, counts, minlength=number).astype(np.float64, copy=False))


def _by_value(name: str, number: int, counted: _Counted, doc_values: DocValues) -> tuple[Ints, Ints]:
    """Return how many articles and how many paragraphs have each of so many values of a facet."""
    # Those without a value are at 0, and left out.
    summed = np.bincount(doc_values.kinds.values[name][counted.kinds], counted.counts, minlength=number + 1)[1:]
    both = summed.astype(np.int64)
    return both & (_ONE_PARAGRAPH - 1), both >> _ARTICLE_BITS


def _facet_values(name: str, counted: _Counted, doc_values: DocValues) -> tuple[FacetValue, ...]:
    values = doc_values.values[name]
    by_article, by_paragraph = _by_value(name, len(values), counted, doc_values)
    found = by_article.nonzero()[0]
    found = found[(-by_article[found]).argsort(kind="stable")]
    names = map(values.__getitem__, found.tolist())
    return tuple(map(FacetValue, names, by_article[found].tolist(), by_paragraph[found].tolist()))


def _months(counted: _Counted, doc_values: DocValues) -> tuple[Month, ...]:
    """Return the months from the first to the last with a match; those that hold nothing are left out."""
    names, held, _ = doc_values.months
    matching, _ = _by_value("date", len(names), counted, doc_values)
    found = matching.nonzero()[0]
    span = slice(found[0], found[-1] + 1) if len(found) else slice(0)
    return tuple(map(Month, names[span], matching[span].tolist(), held[span].tolist()))


def _undated(counted: _Counted, doc_values: DocValues) -> UndatedArticles:
    """Return how many articles without a day match, and how many there are."""
    of_no_month = doc_values.kinds.values["date"][counted.kinds] == 0
    matching = int(counted.counts[of_no_month].sum()) & (_ONE_PARAGRAPH - 1)
    return UndatedArticles(matching, doc_values.live_articles - int(doc_values.months.held.sum()))
