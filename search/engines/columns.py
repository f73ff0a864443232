"""What every paragraph and article of an index has, as arrays: numbers, lengths, days, facet values.

Built while an index is built, saved beside it as plain .npz and .json (nothing is unpickled), loaded whole on opening.
The units of articles (the headline, where there is one, and the paragraphs) are numbered in the order they were added
("docs"), those of one article side by side; so are articles. Here a paragraph is any unit.
"""

import datetime
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from search.articles import Article
from search.engines.base import FACETS, VALUE_FIELDS
from search.seen import read_seen

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Column = Sequence[int] | Ints

NUMBERS_FILE = "columns.npz"
STRINGS_FILE = "columns.json"
# 1970-01-01, as days are counted here.
_UNIX_DAY = datetime.date(1970, 1, 1).toordinal()
_NUMBERS = ("length", "sentences", "sentence_start", "first_doc", "first_number", "title_length", "day")


def run_starts(ordered: npt.NDArray[np.integer]) -> Ints:
    """Return where each run of equal numbers begins."""
    if not len(ordered):
        return np.empty(0, np.int64)
    begins = np.empty(len(ordered), np.bool_)
    begins[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins.nonzero()[0]


def ranges(starts: Ints, ends: Ints) -> Ints:
    """Return the numbers of half-open ranges, one range after the other."""
    sizes = ends - starts
    before = sizes.cumsum()
    total = int(before[-1]) if len(before) else 0
    return np.asarray(np.arange(total) + (starts - before + sizes).repeat(sizes))


def smallest(numbers: npt.NDArray[np.integer]) -> np.ndarray[tuple[int], np.dtype[Any]]:
    """Return numbers in as few bytes each as hold the largest and the smallest."""
    kinds = (np.min_scalar_type(int(bound)) for bound in (numbers.min(initial=0), numbers.max(initial=0)))
    return numbers.astype(np.result_type(*kinds))


class ColumnsBuilder:
    """Gathers the columns while articles are added."""

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
        """Write the columns into a folder."""
        arrays = {name: smallest(np.frombuffer(numbers, np.int64)) for name, numbers in self._numbers.items()}
        with (folder / NUMBERS_FILE).open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        strings = {"ids": self._ids, "values": {name: list(known) for name, known in self._values.items()}}
        (folder / STRINGS_FILE).write_bytes(orjson.dumps(strings))


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
class Columns:
    """The loaded columns. `values[name]` lists a field's distinct values, `value_of[name]` each article's, or -1.

    `sentences` counts those of each paragraph, `sentence_start` holds the token each begins at, one after the other.
    `first_number` is the number of each article's first unit: 0 for a headline, 1 for a paragraph.
    `added` is when each article came into the archive, in seconds since 1970.
    """

    # Paragraph numbers fit below the article's rank in one integer, so that ties are broken by comparing one number.
    PARAGRAPH_BITS: ClassVar[int] = 24
    # A day fits below the place of the moment an article came at, and both into a floating-point number.
    DAY_BITS: ClassVar[int] = 22

    ids: list[str]
    values: dict[str, list[str]]
    value_of: dict[str, Ints]
    length: Ints
    sentences: Ints
    sentence_start: Ints
    first_doc: Ints
    first_number: Ints
    title_length: Ints
    day: Ints
    added: Ints

    @classmethod
    def load(cls, folder: Path) -> "Columns":
        """Read the columns that were saved into a folder."""
        strings = orjson.loads((folder / STRINGS_FILE).read_bytes())
        with np.load(folder / NUMBERS_FILE, allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.int64) for name in file.files}
        value_of = {name: arrays.pop(name) for name in VALUE_FIELDS}
        added = read_seen(folder).added(len(strings["ids"]))
        return cls(ids=strings["ids"], values=strings["values"], value_of=value_of, added=added, **arrays)

    @property
    def paragraphs(self) -> int:
        """The number of paragraphs, headlines among them."""
        return len(self.length)

    @cached_property
    def headlines(self) -> int:
        """The number of headlines."""
        return int(np.count_nonzero(self.first_number == 0))

    @cached_property
    def first_paragraph(self) -> Ints:
        """The first paragraph of each article that is no headline."""
        return self.first_doc + (1 - self.first_number)

    @property
    def articles(self) -> int:
        """The number of articles."""
        return len(self.ids)

    @cached_property
    def article_of(self) -> Ints:
        """The article of each paragraph."""
        return np.repeat(np.arange(self.articles), self.paragraphs_of)

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
    def annual_day(self) -> Ints:
        """The day of each article in any year, as month * 100 + day; 0 where it has none."""
        days = (datetime.date.fromordinal(day) if day else None for day in self.day.tolist())
        return np.array([day.month * 100 + day.day if day else 0 for day in days], dtype=np.int64)

    @cached_property
    def by_id(self) -> Ints:
        """The articles in the order of their ids."""
        return np.array(sorted(range(self.articles), key=self.ids.__getitem__), dtype=np.int64)

    @cached_property
    def value_rank(self) -> dict[str, Ints]:
        """The place of each distinct value of a field in their order."""
        return {name: np.argsort(np.argsort(np.array(values, dtype=object))) for name, values in self.values.items()}

    @cached_property
    def sorted_ids(self) -> list[str]:
        """The ids in order."""
        return [self.ids[number] for number in self.by_id.tolist()]

    @cached_property
    def id_rank(self) -> Ints:
        """The place of each article in the order of ids."""
        rank = np.empty(self.articles, np.int64)
        rank[self.by_id] = np.arange(self.articles)
        return rank

    @cached_property
    def tie(self) -> Ints:
        """A number for each paragraph that grows with (article_id, paragraph)."""
        place = np.arange(self.paragraphs) + (self.first_number - self.first_doc)[self.article_of] + 1
        return np.asarray((self.id_rank[self.article_of] << self.PARAGRAPH_BITS) + place)

    @cached_property
    def arrival(self) -> Ints:
        """A number for each article that grows with when it came into the archive, then with its day."""
        moments = np.unique(self.added, return_inverse=True)[1].astype(np.int64)
        return np.asarray((moments << self.DAY_BITS) + self.day)

    @cached_property
    def months(self) -> Months:
        """The months of the articles."""
        is_dated = self.day > 0
        days = (self.day[is_dated] - _UNIX_DAY).astype("datetime64[D]")
        months, places, held = np.unique(days.astype("datetime64[M]"), return_inverse=True, return_counts=True)
        of_article = np.full(self.articles, -1)
        of_article[is_dated] = places
        return Months(np.datetime_as_string(months).tolist(), held, of_article)

    @cached_property
    def kinds(self) -> Kinds:
        """The kinds of the articles."""
        places = {name: self.value_of[name] for name in FACETS} | {"date": self.months.of_article}
        of_article = np.zeros(self.articles, np.int64)
        for each in places.values():
            of_article = np.unique(of_article * (each.max(initial=0) + 2) + each, return_inverse=True)[1]
        first = np.unique(of_article, return_index=True)[1]
        return Kinds(of_article, {name: each[first] + 1 for name, each in places.items()})

    def tie_of(self, article_id: str, paragraph: int) -> int:
        """Return the tie-breaker of a paragraph; of one that is not here, a number just before what follows it."""
        rank = bisect_left(self.sorted_ids, article_id)
        is_here = self.sorted_ids[rank : rank + 1] == [article_id]
        return (rank << self.PARAGRAPH_BITS) + (paragraph + 1 if is_here else 0)

    def article_number(self, article_id: str) -> int | None:
        """Return the number of the article of an id."""
        rank = bisect_left(self.sorted_ids, article_id)
        if rank == self.articles or self.sorted_ids[rank] != article_id:
            return None
        return int(self.by_id[rank])

    def docs_of(self, articles: Bools) -> Ints:
        """Return the paragraphs of the articles of a mask, in order."""
        chosen = np.flatnonzero(articles)
        if len(chosen) * 2 > self.articles:
            return np.flatnonzero(articles[self.article_of])
        firsts = self.first_doc[chosen]
        return ranges(firsts, firsts + self.paragraphs_of[chosen])
