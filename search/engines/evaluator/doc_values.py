"""What every paragraph and article of an index has, as arrays: numbers, lengths, days, facet values.

Gathered while an index is built, saved beside it as a file of arrays, mapped on opening. The units of articles (the
headline, where there is one, and the paragraphs) are numbered in the order they were added ("docs"), those of one
article side by side; so are articles. Here a paragraph is any unit.
"""

import datetime
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import orjson

from search.articles import Article
from search.engines.base import FACETS, VALUE_FIELDS
from search.engines.sorted_arrays import Bools, Ints, ranges, smallest
from search.engines.whoosh.arrays import Array, read_arrays, write_arrays
from search.engines.whoosh.strings import Dictionary, dictionary_arrays
from search.seen import read_seen

Column = Sequence[int] | Ints

FILE = "doc_values.arrays"
# A day fits below the place of the moment an article came at, and both into a floating-point number.
DAY_BITS = 22
# Paragraph numbers fit below the article's rank in one integer, so that ties are broken by comparing one number.
PARAGRAPH_BITS = 24
# 1970-01-01, as days are counted here.
_UNIX_DAY = datetime.date(1970, 1, 1).toordinal()
_NUMBERS = ("length", "sentences", "sentence_start", "first_doc", "first_number", "title_length", "day")


class DocValuesBuilder:
    """Gathers the values while articles are added."""

    def __init__(self) -> None:
        self._numbers = {name: array("q") for name in (*_NUMBERS, *VALUE_FIELDS)}
        self._ids: list[str] = []
        self._values: dict[str, dict[str, int]] = {name: {} for name in VALUE_FIELDS}

    def add(
        self, articles: Sequence[Article], lengths: Column, sentences: Column, starts: Column, title_lengths: Column
    ) -> None:
        """Add articles: the lengths of their units in tokens, how many sentences each unit has, and the token of its
        unit that each of these begins at; the lengths of the titles.
        """
        counts = (len(article.paragraphs) + (article.headline is not None) for article in articles)
        first = accumulate(counts, initial=len(self._numbers["length"]))
        columns = {
            "first_doc": list(first)[:-1],
            "first_number": [0 if article.headline is not None else 1 for article in articles],
            "length": lengths,
            "sentences": sentences,
            "sentence_start": starts,
            "title_length": title_lengths,
            "day": [article.date.toordinal() if article.date else 0 for article in articles],
        }
        for name, numbers in columns.items():
            self._numbers[name].frombytes(np.asarray(numbers, np.int64).tobytes())
        self._ids += [article.id for article in articles]
        for name, known in self._values.items():
            values = (getattr(article, name) for article in articles)
            self._numbers[name].extend(-1 if value is None else known.setdefault(value, len(known)) for value in values)

    def save(self, folder: Path) -> None:
        """Write the values into a folder: distinct values and ids in order."""
        arrays: dict[str, Array] = {name: np.frombuffer(self._numbers[name], np.int64) for name in _NUMBERS}
        values = {name: sorted(known) for name, known in self._values.items()}
        for name, known in self._values.items():
            rank = np.empty(len(known) + 1, np.int64)
            rank[[known[value] for value in values[name]]] = np.arange(len(known))
            rank[-1] = -1  # where an article has no value
            arrays[name] = rank[np.frombuffer(self._numbers[name], np.int64)]
        arrays["by_id"] = np.array(sorted(range(len(self._ids)), key=self._ids.__getitem__), np.int64)
        arrays = {name: smallest(numbers) for name, numbers in arrays.items()}
        ids = dictionary_arrays(sorted(self._ids))
        arrays |= {f"id_{name}": numbers for name, numbers in ids.items()}
        arrays["values"] = np.frombuffer(orjson.dumps(values), np.uint8)
        write_arrays(folder / FILE, arrays)


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
    `added` is when each article came into the archive, in seconds since 1970. `ids` are in order, `by_id` has the
    article of each.
    """

    ids: Dictionary
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
    def load(cls, folder: Path) -> "DocValues":
        """Open the values that were saved into a folder."""
        arrays = read_arrays(folder / FILE)
        ids = Dictionary({name: arrays.pop(f"id_{name}") for name in ("bytes", "ends", "keys")})
        values = orjson.loads(arrays.pop("values").tobytes())
        sentences = {name: arrays.pop(name) for name in ("sentences", "sentence_start")}
        numbers: dict[str, Ints] = {name: each.astype(np.int64) for name, each in arrays.items()}
        value_of = {name: numbers.pop(name) for name in VALUE_FIELDS}
        return cls(
            ids=ids, values=values, value_of=value_of, added=read_seen(folder).added(len(ids)), **sentences, **numbers
        )

    @property
    def paragraphs(self) -> int:
        """The number of paragraphs, headlines among them."""
        return len(self.length)

    @property
    def articles(self) -> int:
        """The number of articles."""
        return len(self.ids)

    @cached_property
    def headlines(self) -> int:
        """The number of headlines."""
        return int(np.count_nonzero(self.first_number == 0))

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
        is_dated = self.day > 0
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
        return self.ids[int(self.id_rank[article])]

    def ties(self, docs: Ints) -> Ints:
        """Return a number for each of some paragraphs that grows with (article_id, paragraph)."""
        articles = self.article_of[docs]
        numbers = docs - self.first_doc[articles] + self.first_number[articles] + 1
        return np.asarray((self.id_rank[articles] << PARAGRAPH_BITS) + numbers)

    def tie_of(self, article_id: str, paragraph: int) -> int:
        """Return the tie-breaker of a paragraph; of one that is not here, a number just before what follows it."""
        rank, is_here = self.ids.rank(article_id)
        return (rank << PARAGRAPH_BITS) + (paragraph + 1 if is_here else 0)

    def article_number(self, article_id: str) -> int | None:
        """Return the number of the article of an id."""
        rank, is_here = self.ids.rank(article_id)
        return int(self.by_id[rank]) if is_here else None

    def docs_of(self, articles: Bools) -> Ints:
        """Return the paragraphs of the articles of a mask, in order."""
        chosen = np.flatnonzero(articles)
        if len(chosen) * 2 > self.articles:
            return np.flatnonzero(articles[self.article_of])
        firsts = self.first_doc[chosen]
        return ranges(firsts, firsts + self.paragraphs_of[chosen])
