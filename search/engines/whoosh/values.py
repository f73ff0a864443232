"""What is known of each article and unit of a segment beside its postings: gathered while articles are added.

Numbers, lengths, days, the values of fields that have few, ids: written as arrays, which `DocValues` joins.
"""

from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
import orjson

from search.articles import Article
from search.engines.base import VALUE_FIELDS
from search.engines.sorted_arrays import Ints, smallest
from search.engines.whoosh.arrays import Array
from search.engines.whoosh.strings import dictionary_arrays

Column = Sequence[int] | Ints

NUMBERS = ("length", "sentences", "sentence_start", "first_doc", "first_number", "title_length", "day")


class DocValuesBuilder:
    """Gathers the values while articles are added."""

    def __init__(self) -> None:
        self._numbers = {name: array("q") for name in (*NUMBERS, *VALUE_FIELDS)}
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

    def arrays(self, articles: slice, units: slice) -> dict[str, Array]:
        """Return the values of a segment that holds some of the articles and all their units."""
        numbers = {name: np.frombuffer(each, np.int64) for name, each in self._numbers.items()}
        before, inside = (int(numbers["sentences"][each].sum()) for each in (slice(0, units.start), units))
        whose = {"sentence_start": slice(before, before + inside), "length": units, "sentences": units}
        found = {name: each[whose.get(name, articles)] for name, each in numbers.items()}
        found["first_doc"] = found["first_doc"] - units.start
        known = {name: list(each) for name, each in self._values.items()}
        return value_arrays(found, self._ids[articles], known)


def value_arrays(
    numbers: Mapping[str, Ints], ids: Sequence[str], values: Mapping[str, Sequence[str]]
) -> dict[str, Array]:
    """Return the doc values of a segment as they are written: ids, and the values that articles have, in order.

    A field of `VALUE_FIELDS` has in `numbers` the place of each article's value among `values`, or -1.
    """
    arrays = dict(numbers)
    present: dict[str, list[str]] = {}
    for name in VALUE_FIELDS:
        listed, places = values[name], np.unique(numbers[name])
        found = sorted((listed[place], place) for place in places[places >= 0].tolist())
        rank = np.full(len(listed) + 1, -1)  # the last stands for no value
        rank[[place for _, place in found]] = np.arange(len(found))
        arrays[name], present[name] = rank[numbers[name]], [value for value, _ in found]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    arrays["by_id"] = np.array(order, np.int64)
    written = {name: smallest(each) for name, each in arrays.items()}
    written |= {f"id_{name}": each for name, each in dictionary_arrays([ids[place] for place in order]).items()}
    written["values"] = np.frombuffer(orjson.dumps(present), np.uint8)
    return written
