"""What a generation in the cluster holds: its words, values and totals, counted as articles come and go.

Words and values have numbers by which documents name them. These outlive the articles that brought them, for the
generations before still ask by them: a number is never another word's, and one that comes back has its own again.
"""

import base64
import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import orjson

from search.articles import Article
from search.engines.base import VALUE_FIELDS
from search.engines.opensearch_bulk import Document
from search.engines.opensearch_client import Json
from search.engines.opensearch_mapping import ARTICLE, PARAGRAPH, RECORD, TEXT, key
from search.engines.opensearch_preparing import PreparedArticle, PreparedUnit
from search.engines.opensearch_scripts import SHIFT
from search.engines.records import with_lead
from search.engines.vocabulary import Numbering, Vocabulary

# Of each live word, in order: its number, and how many titles hold it.
NUMBERS = "numbers.npy"
_TITLES = "titles.npy"
# Totals, the values of each field in the order of their numbers, and words that no live article has, with theirs.
TOTALS = "totals.json"
_NOTHING = {"articles": 0, "paragraphs": 0, "units": 0, "tokens": 0, "title_tokens": 0, "numbered": 0}


class Contents:
    """The words, values and totals of the live articles; `numbered` counts all there ever were."""

    def __init__(self) -> None:
        self._numbers = Numbering()
        self._in_units: Counter[str] = Counter()
        self._in_titles: Counter[str] = Counter()
        self._stems: dict[str, str] = {}
        self._values: dict[str, dict[str, int]] = {name: {} for name in VALUE_FIELDS}
        self._totals = dict(_NOTHING)

    @classmethod
    def load(cls, folder: Path) -> "Contents":
        """Return what the generation in a folder holds.

        Raises:
            OSError, ValueError, KeyError, EOFError: that cannot be read.
        """
        contents = cls()
        totals = orjson.loads((folder / TOTALS).read_bytes())
        numbers, titles = (np.load(folder / name, allow_pickle=False).tolist() for name in (NUMBERS, _TITLES))
        rows = zip(Vocabulary.load(folder).rows(), numbers, titles, strict=True)
        for (word, in_units, stems), number, in_titles in rows:
            contents._numbers[word] = number
            contents._in_units[word], contents._in_titles[word] = in_units, in_titles
            contents._stems[word] = stems
        contents._numbers.update(totals["words"])
        for name, known in contents._values.items():
            known.update((value, number) for number, value in enumerate(totals["values"][name]))
        contents._totals = {name: int(totals[name]) for name in _NOTHING}
        return contents

    def save(self, folder: Path, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Write them into the folder of a generation; `stems` as for a Builder."""
        words = sorted(word for word in self._numbers if self._in_units[word] or self._in_titles[word])
        fresh = [word for word in words if word not in self._stems]
        self._stems.update(zip(fresh, stems(fresh), strict=True))
        frequencies = [self._in_units[word] for word in words]
        Vocabulary.of(words, frequencies, [self._stems[word] for word in words]).save(folder)
        for name, of in ((NUMBERS, self._numbers), (_TITLES, self._in_titles)):
            np.save(folder / name, np.array([of[word] for word in words], np.int64), allow_pickle=False)
        gone = {word: self._numbers[word] for word in self._numbers.keys() - set(words)}
        values = {name: list(known) for name, known in self._values.items()}
        (folder / TOTALS).write_bytes(orjson.dumps({**self._totals, "values": values, "words": gone}))

    @property
    def numbered(self) -> int:
        """How many articles were numbered, deleted ones among them."""
        return self._totals["numbered"]

    @property
    def documents(self) -> int:
        """How many documents are live."""
        return self._totals["articles"] + self._totals["units"]

    def add(self, article: Article, prepared: PreparedArticle, *, since: int) -> Iterator[Document]:
        """Count an article that a generation of this number adds; yield its documents, all of which are to be taken."""
        number = self.numbered
        self._totals["numbered"] += 1
        self._in_titles.update(set(prepared.title.words))
        for unit in prepared.units:
            self._in_units.update(set(unit.words))
        self._count(article, prepared, 1)
        return self._documents(article, prepared, {"ordinal": number, "since": since})

    def delete(self, article: Article, prepared: PreparedArticle, lived: Mapping[str, object]) -> Iterator[Document]:
        """Count an article no longer; yield its documents with the fields that say when it `lived`."""
        self._in_titles.subtract(set(prepared.title.words))
        for unit in prepared.units:
            self._in_units.subtract(set(unit.words))
        self._count(article, prepared, -1)
        return self._documents(article, prepared, lived)

    def _count(self, article: Article, prepared: PreparedArticle, by: int) -> None:
        self._totals["articles"] += by
        self._totals["paragraphs"] += by * len(article.paragraphs)
        self._totals["units"] += by * len(prepared.units)
        self._totals["tokens"] += by * sum(len(unit.words) for unit in prepared.units)
        self._totals["title_tokens"] += by * len(prepared.title.words)

    def _documents(
        self, article: Article, prepared: PreparedArticle, lived: Mapping[str, object]
    ) -> Iterator[Document]:
        lengths = [len(unit.words) for unit in prepared.units]
        words_of = sum(lengths[-len(article.paragraphs) :])
        of_article = {**self._of_article(article, prepared.title), **lived, "words_of": words_of}
        record = with_lead(prepared.record.encode(), article).decode()
        # An article that was changed has the same id before and after.
        name = f"{lived['since']}-{lived['ordinal']}"
        yield Document(name, article.id, {**of_article, "kind": ARTICLE, RECORD: record})
        for paragraph, unit in zip(article.units, prepared.units, strict=True):
            fields = {
                **of_article,
                "kind": {"name": PARAGRAPH, "parent": name},
                "number": paragraph.number,
                "length": len(unit.words),
                "words": " ".join(map(key, unit.words)),
                "stems": unit.stems,
                "tokens": self._tokens(unit),
                TEXT: paragraph.text,
            }
            yield Document(f"{name}#{paragraph.number}", article.id, fields)

    def _of_article(self, article: Article, title: PreparedUnit) -> Json:
        fields: Json = {
            "article": article.id,
            "title_words": " ".join(map(key, title.words)),
            "title_stems": title.stems,
            "title_tokens": self._tokens(title),
            "title_length": len(title.words),
        }
        if article.date:
            fields |= day_fields(article.date)
        for name, known in self._values.items():
            value = getattr(article, name)
            if value is not None:
                fields[name] = known.setdefault(value, len(known))
        return fields

    def unit_of(self, tokens: str, stem: Callable[[str], str]) -> PreparedUnit:
        """Return the unit that has these tokens in the cluster, of words that were numbered before."""
        numbers, number, shift = [], 0, 0
        padding = "=" * (-len(tokens) % 4)  # which a cluster leaves out
        for part in base64.b64decode(tokens + padding, validate=True):
            number |= (part & 0x7F) << shift
            shift += 7
            if part <= 0x7F:
                numbers.append(number)
                number = shift = 0
        words = [self._words_before[each >> SHIFT] for each in numbers]
        marks = "".join(chr(each & (1 << SHIFT) - 1) for each in numbers)
        return PreparedUnit(words, " ".join(key(stem(word)) for word in words), marks)

    @cached_property
    def _words_before(self) -> list[str]:
        return sorted(self._numbers, key=self._numbers.__getitem__)

    def _tokens(self, unit: PreparedUnit) -> str:
        """Return the numbers of a unit's words with their marks, each in as few bytes as it needs."""
        # Seven bits a byte, the lowest first; the highest bit says that more follow.
        packed = bytearray()
        for word, mark in zip(unit.words, map(ord, unit.marks), strict=True):
            number = self._numbers[word] << SHIFT | mark
            while number > 0x7F:
                packed.append(number & 0x7F | 0x80)
                number >>= 7
            packed.append(number)
        return base64.b64encode(packed).decode()


def day_fields(day: datetime.date) -> Json:
    """Return a day as it is asked: as a number that grows, by its month, and by its place in any year."""
    return {
        "day": day.toordinal(),
        "month": day.year * 12 + day.month - 1,
        "annual_day": day.month * 100 + day.day,
    }
