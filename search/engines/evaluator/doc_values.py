"""What every paragraph and article of an index has, as arrays: numbers, lengths, days, facet values.

Gathered while segments are built, a file of arrays each, joined on opening. The units of articles (the headline, where
there is one, and the paragraphs) are numbered over all segments in their order ("docs"), those of one article side by
side; so are articles. Here a paragraph is any unit. Deleted articles keep their numbers until segments are merged.
"""

import datetime
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from search.engines.base import FACETS, VALUE_FIELDS
from search.engines.sorted_arrays import Bools, Ints, ranges
from search.engines.whoosh.arrays import Array
from search.engines.whoosh.live import LiveSegment
from search.engines.whoosh.values import NUMBERS

# A day fits below the place of the moment an article came at, and both into a floating-point number.
DAY_BITS = 22
# Paragraph numbers fit below the article's rank in one integer, so that ties are broken by comparing one number.
PARAGRAPH_BITS = 24
# 1970-01-01, as days are counted here.
_UNIX_DAY = datetime.date(1970, 1, 1).toordinal()


class Months(NamedTuple):
    """The months that have articles, in order and as they are written, how many, and each article's place, or -1."""

    names: list[str]
    held: Ints
    of_article: Ints


class Kinds(NamedTuple):
    """What facets are counted by: articles of one place, agency, section and month are of one kind.

    `of_article` is the kind of each article; `values[name]` that of each kind in a facet, counted from 1, 0 for none.
    """

    of_article: Ints
    values: dict[str, Ints]

    @property
    def number(self) -> int:
        """How many kinds there are."""
        return len(self.values["date"])


@dataclass(frozen=True)
class DocValues:
    """The opened values.

    `values[name]` lists a field's distinct values in order, `value_of[name]` has that of each article, or -1.
    `sentences` counts those of each paragraph, `sentence_start` holds the token each begins at, one after the other.
    `first_number` is the number of each article's first unit: 0 for a headline, 1 for a paragraph.
    `added` is when each article came into the archive, in seconds since 1970. `by_id` has the articles in the order of
    their ids. Of articles that are not `live` nothing is found or counted.
    """

    segments: Sequence[LiveSegment]
    live: Bools
    by_id: Ints
    values: Mapping[str, list[str]]
    value_of: Mapping[str, Ints]
    length: Ints
    sentences: Array
    sentence_start: Array
    first_doc: Ints
    first_number: Ints
    title_length: Ints
    day: Ints
    added: Ints

    @classmethod
    def of(cls, segments: Sequence[LiveSegment], by_id: Ints, added: Ints) -> "DocValues":
        """Join the values of segments; `by_id` and `added` are of the articles of all."""
        joined = {name: _concatenated([each.segment.values[name] for each in segments]) for name in NUMBERS}
        sentences = {name: joined.pop(name) for name in ("sentences", "sentence_start")}
        numbers: dict[str, Ints] = {name: each.astype(np.int64) for name, each in joined.items()}
        first_article, first_unit = 0, 0
        for each in segments:
            numbers["first_doc"][first_article : first_article + each.segment.articles] += first_unit
            first_article, first_unit = first_article + each.segment.articles, first_unit + each.segment.units
        live = _concatenated([each.live_articles for each in segments]).astype(np.bool_)
        joined_values = {name: _joined_values(name, segments) for name in VALUE_FIELDS}
        return cls(
            segments=segments,
            live=live,
            by_id=by_id,
            added=added,
            values={name: values for name, (values, _) in joined_values.items()},
            value_of={name: value_of for name, (_, value_of) in joined_values.items()},
            **sentences,
            **numbers,
        )

    @property
    def paragraphs(self) -> int:
        """The number of paragraphs, headlines and those of deleted articles among them."""
        return len(self.length)

    @property
    def articles(self) -> int:
        """The number of articles, deleted ones among them."""
        return len(self.live)

    @cached_property
    def live_articles(self) -> int:
        """The number of live articles."""
        return int(np.count_nonzero(self.live))

    @cached_property
    def live_docs(self) -> Bools | None:
        """Which paragraphs are of live articles; None where all are."""
        return None if self.live_articles == self.articles else self.live[self.article_of]

    @cached_property
    def headlines(self) -> int:
        """The number of headlines of live articles."""
        return int(np.count_nonzero((self.first_number == 0) & self.live))

    @cached_property
    def first_paragraph(self) -> Ints:
        """The first paragraph of each article that is no headline."""
        return self.first_doc + (1 - self.first_number)

    def sentences_of(self) -> tuple[Ints, Array]:
        """Return the paragraph of each sentence, and the token of it that the sentence begins at."""
        return np.arange(self.paragraphs).repeat(self.sentences), self.sentence_start

    def titles_as_sentences(self) -> tuple[Ints, Array]:
        """Return the same of the titles, of one sentence each."""
        return np.arange(self.articles), np.zeros(self.articles, np.int64)

    @cached_property
    def article_of(self) -> Ints:
        """The article of each paragraph; in four bytes, for it is looked up for all that is found."""
        return cast(Ints, np.arange(self.articles, dtype=np.int32).repeat(self.paragraphs_of))

    @cached_property
    def paragraphs_of(self) -> Ints:
        """The number of paragraphs of each article."""
        return np.diff(self.first_doc, append=self.paragraphs)

    @cached_property
    def words_of(self) -> Ints:
        """The number of words of each article's paragraphs, without its headline."""
        if not self.articles:
            return self.length
        headlines = np.where(self.first_number == 0, self.length[self.first_doc], 0)
        return np.asarray(np.add.reduceat(self.length, self.first_doc) - headlines)

    @cached_property
    def _dates(self) -> npt.NDArray[np.datetime64]:
        """The day of each article; of those without one, some day."""
        return (self.day - _UNIX_DAY).astype("datetime64[D]")

    @cached_property
    def annual_day(self) -> Ints:
        """The day of each article in any year, as month * 100 + day; 0 where it has none."""
        months = self._dates.astype("datetime64[M]")
        days = (self._dates - months).astype(np.int64) + 1
        return np.asarray(np.where(self.day > 0, (months.astype(np.int64) % 12 + 1) * 100 + days, 0))

    @cached_property
    def id_rank(self) -> Ints:
        """The place of each article in the order of ids."""
        rank = np.empty(self.articles, np.int64)
        rank[self.by_id] = np.arange(self.articles)
        return rank

    @cached_property
    def arrival(self) -> Ints:
        """A number for each article that grows with when it came into the archive, then with its day."""
        moments = np.unique(self.added, return_inverse=True)[1].astype(np.int64)
        return np.asarray((moments << DAY_BITS) + self.day)

    @cached_property
    def months(self) -> Months:
        """The months of the articles."""
        is_dated = (self.day > 0) & self.live
        months = self._dates.astype("datetime64[M]").astype(np.int64)
        first = int(months[is_dated].min(initial=months.max(initial=0)))
        counts = np.bincount(months[is_dated] - first)
        found = counts.nonzero()[0]
        place = np.full(len(counts) + 1, -1)
        place[found] = np.arange(len(found))
        of_article = place[np.where(is_dated, months - first, -1)]
        names = np.datetime_as_string((found + first).astype("datetime64[M]")).tolist()
        return Months(names, counts[found], of_article)

    @cached_property
    def kinds(self) -> Kinds:
        """The kinds of the articles."""
        places = {name: self.value_of[name] for name in FACETS} | {"date": self.months.of_article}
        of_article = np.zeros(self.articles, np.int64)
        for each in places.values():
            of_article = np.unique(of_article * (each.max(initial=0) + 2) + each, return_inverse=True)[1]
        first = np.unique(of_article, return_index=True)[1]
        return Kinds(of_article, {name: each[first] + 1 for name, each in places.items()})

    def id_of(self, article: int) -> str:
        """Return the id of an article."""
        place = bisect_right(self._first_articles, article) - 1
        return self.segments[place].segment.id_of(article - self._first_articles[place])

    @cached_property
    def _first_articles(self) -> list[int]:
        return list(accumulate((each.segment.articles for each in self.segments), initial=0))[:-1]

    def ties(self, docs: Ints) -> Ints:
        """Return a number for each of some paragraphs that grows with (article_id, paragraph)."""
        articles = self.article_of[docs]
        numbers = docs - self.first_doc[articles] + self.first_number[articles] + 1
        return np.asarray((self.id_rank[articles] << PARAGRAPH_BITS) + numbers)

    def tie_of(self, article_id: str, paragraph: int) -> int:
        """Return the tie-breaker of a paragraph; of one that is not here, a number just before what follows it."""
        number = self.article_number(article_id)
        if number is None:
            return sum(each.segment.ids.rank(article_id)[0] for each in self.segments) << PARAGRAPH_BITS
        return (int(self.id_rank[number]) << PARAGRAPH_BITS) + paragraph + 1

    def article_number(self, article_id: str) -> int | None:
        """Return the number of the live article of an id; None where there is none."""
        for each, first in zip(self.segments, self._first_articles, strict=True):
            number = each.live_article(article_id)
            if number is not None:
                return first + number
        return None

    def docs_of(self, articles: Bools) -> Ints:
        """Return the paragraphs of the articles of a mask, in order."""
        chosen = np.flatnonzero(articles)
        if len(chosen) * 2 > self.articles:
            return np.flatnonzero(articles[self.article_of])
        firsts = self.first_doc[chosen]
        return ranges(firsts, firsts + self.paragraphs_of[chosen])


def _joined_values(name: str, segments: Sequence[LiveSegment]) -> tuple[list[str], Ints]:
    """Return the values of a field that live articles have, in order, and the place of each article's among them."""
    own = [each.segment.listed_values[name] for each in segments]
    # In eight bytes, for -1 is none of the numbers of a field that every article has.
    places = [np.where(each.live_articles, each.segment.values[name].astype(np.int64), -1) for each in segments]
    held = zip(own, places, strict=True)
    values = sorted({listed[place] for listed, at in held for place in np.unique(at).tolist() if place >= 0})
    rank = {value: place for place, value in enumerate(values)}
    # The last of a table stands for no value.
    tables = [np.array([*(rank.get(value, -1) for value in listed), -1]) for listed in own]
    return values, _concatenated([table[at] for table, at in zip(tables, places, strict=True)]).astype(np.int64)


def _concatenated(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
