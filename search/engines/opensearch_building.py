"""Articles -> an index in the cluster, and beside it in the folder its words, values and totals.

The order of a build: a new index without copies -> documents -> refresh -> counted -> copies -> green. Only then may
the generation serve. The folder names the index before there is one, so that whatever a broken build left is found.
"""

import base64
import datetime
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson

from search.articles import Article
from search.engines.base import ELSEWHERE, VALUE_FIELDS, ArticleTexts
from search.engines.opensearch_bulk import BulkWriter, Document
from search.engines.opensearch_client import Cluster, Json
from search.engines.opensearch_mapping import ARTICLE, PARAGRAPH, RECORD, TEXT, key, new_index
from search.engines.opensearch_scripts import CAPITALS, SENTENCE, SHIFT
from search.engines.records import with_lead
from search.engines.vocabulary import Numbering, Vocabulary
from search.errors import EngineError, EngineUnavailable, IndexDamaged
from search.language import IndexedText, TextIndexer
from search.settings import Settings

TOTALS = "totals.json"
NUMBERS = "numbers.npy"
# How long nothing may move before copies are given up, in seconds.
_STALLED = 60.0
_ASK_EVERY = 0.5


class PreparedUnit(NamedTuple):
    """A paragraph, a headline or a title, analysed: its words, its stems joined by blanks, a mark for each word.

    A mark is CAPITALS, SENTENCE (it begins one), both or 0; they are characters of these numbers.
    """

    words: list[str]
    stems: str
    marks: str


class PreparedArticle(NamedTuple):
    """An article's record, its title and its units, analysed."""

    record: str
    title: PreparedUnit
    units: list[PreparedUnit]


def prepared(articles: Sequence[ArticleTexts], indexer: TextIndexer, stem: Callable[[str], str]) -> bytes:
    """Analyse some articles; return them as JSON."""
    found = indexer.each([text for article in articles for text in (article.title, *article.units)])
    analysed = [
        PreparedArticle(
            article.record.decode(),
            # A title is one sentence.
            _unit(next(found)._replace(sentences=[]), stem),
            [_unit(text, stem) for text in islice(found, len(article.units))],
        )
        for article in articles
    ]
    # As lists, for tuples with names would be objects.
    return orjson.dumps([[record, [*title], [[*unit] for unit in units]] for record, title, units in analysed])


def _unit(text: IndexedText, stem: Callable[[str], str]) -> PreparedUnit:
    marks = bytearray(len(text.words))
    for places, mark in ((text.capitals, CAPITALS), (text.sentences, SENTENCE)):
        for place in places:
            if place < len(marks):
                marks[place] |= mark
    return PreparedUnit(text.words, " ".join(key(stem(word)) for word in text.words), marks.decode("latin-1"))


class OpenSearchBuilder:
    """Makes an index in one go, under a name of its own."""

    def __init__(self, folder: Path, cluster: Cluster, settings: Settings) -> None:
        self._folder = folder
        self._cluster = cluster
        self._replicas = settings.opensearch_replicas
        self._numbers = Numbering()
        self._frequencies: list[int] = []
        self._values: dict[str, dict[str, int]] = {name: {} for name in VALUE_FIELDS}
        self._totals = {"articles": 0, "paragraphs": 0, "units": 0, "tokens": 0, "title_tokens": 0}
        self.index = f"{settings.opensearch_prefix}-{folder.name.lower()}-{secrets.token_hex(4)}"
        (folder / ELSEWHERE).write_bytes(orjson.dumps({"index": self.index}))
        cluster.write("PUT", f"/{self.index}", new_index(settings.opensearch_shards))
        self._writer = BulkWriter(cluster, self.index)

    def add(self, articles: Sequence[Article], prepared: bytes) -> None:
        """Add articles with what was prepared of them."""
        for article, (record, title, units) in zip(articles, orjson.loads(prepared), strict=True):
            of_article = PreparedArticle(record, PreparedUnit(*title), [PreparedUnit(*unit) for unit in units])
            for document in self._documents(article, of_article):
                self._writer.add(document)

    def _documents(self, article: Article, prepared: PreparedArticle) -> Iterator[Document]:
        lengths = [len(unit.words) for unit in prepared.units]
        words_of = sum(lengths[-len(article.paragraphs) :])
        of_article = {**self._of_article(article, prepared.title), "words_of": words_of}
        self._totals["articles"] += 1
        self._totals["paragraphs"] += len(article.paragraphs)
        self._totals["units"] += len(lengths)
        self._totals["tokens"] += sum(lengths)
        self._totals["title_tokens"] += len(prepared.title.words)
        record = with_lead(prepared.record.encode(), article).decode()
        yield Document(article.id, article.id, {**of_article, "kind": ARTICLE, RECORD: record})
        for paragraph, unit in zip(article.units, prepared.units, strict=True):
            for word in set(unit.words):
                self._count(word)
            fields = {
                **of_article,
                "kind": {"name": PARAGRAPH, "parent": article.id},
                "number": paragraph.number,
                "length": len(unit.words),
                "words": " ".join(map(key, unit.words)),
                "stems": unit.stems,
                "tokens": self._tokens(unit),
                TEXT: paragraph.text,
            }
            yield Document(f"{article.id}#{paragraph.number}", article.id, fields)

    def _of_article(self, article: Article, title: PreparedUnit) -> Json:
        fields: Json = {
            "article": article.id,
            "ordinal": self._totals["articles"],
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

    def _count(self, word: str) -> None:
        number = self._numbers[word]
        if number >= len(self._frequencies):
            self._frequencies.extend([0] * (number + 1 - len(self._frequencies)))
        self._frequencies[number] += 1

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

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Send the rest, have everything counted by the cluster, copied, and write what lies in the folder."""
        self._writer.flush()
        self._cluster.write("POST", f"/{self.index}/_refresh", seconds=600.0)
        self._check_counts()
        self._copy()
        words = sorted(self._numbers)
        numbers = [self._numbers[word] for word in words]
        np.save(self._folder / NUMBERS, np.array(numbers, np.int64), allow_pickle=False)
        self._frequencies.extend([0] * (len(words) - len(self._frequencies)))
        Vocabulary.of(words, [self._frequencies[number] for number in numbers], stems(words)).save(
            self._folder, with_stems=True
        )
        values = {name: list(known) for name, known in self._values.items()}
        (self._folder / TOTALS).write_bytes(orjson.dumps({**self._totals, "values": values}))

    def _check_counts(self) -> None:
        held = int(self._cluster.read(f"/{self.index}/_count")["count"])
        if held != self._writer.sent:
            raise IndexDamaged(f"OpenSearch holds {held:,} of {self._writer.sent:,} documents; run the rebuild again.")

    def _copy(self) -> None:
        """Have the copies made, and wait until all are there.

        Raises:
            EngineUnavailable: there are not enough nodes for them, or they cannot hold them.
        """
        if self._replicas:
            self._cluster.write("PUT", f"/{self.index}/_settings", {"index": {"number_of_replicas": self._replicas}})
        moved, seen = time.monotonic(), None
        while True:
            health = self._cluster.read(f"/_cluster/health/{self.index}")
            if health["status"] == "green":
                return
            progress = (health["active_shards"], health["initializing_shards"])
            if progress != seen or health["initializing_shards"]:
                moved, seen = time.monotonic(), progress
            if time.monotonic() - moved > _STALLED:
                raise EngineUnavailable(
                    f"OpenSearch has no place for {health['unassigned_shards']} copies of the new index; add nodes or "
                    f"disk, or set DATELINE_OPENSEARCH_REPLICAS below {self._replicas}."
                )
            time.sleep(_ASK_EVERY)

    def cancel(self) -> None:
        """Remove the index; where the cluster is away, whoever clears the folder up does."""
        try:
            remove_index(self._cluster, self.index)
        except EngineError:
            return


def day_fields(day: datetime.date) -> Json:
    """Return a day as it is asked: as a number that grows, by its month, and by its place in any year."""
    return {
        "day": day.toordinal(),
        "month": day.year * 12 + day.month - 1,
        "annual_day": day.month * 100 + day.day,
    }


def remove_index(cluster: Cluster, index: str) -> None:
    """Remove an index, if it is there."""
    cluster.write("DELETE", f"/{index}", ignore_unavailable="true")
