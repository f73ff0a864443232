"""Texts of articles -> what the cluster is to know of them, analysed; as JSON, from whatever process it comes."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import orjson

from search.engines.base import ArticleTexts
from search.engines.opensearch_mapping import key
from search.engines.opensearch_scripts import CAPITALS, SENTENCE
from search.language import IndexedText, TextIndexer


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


def read_prepared(content: bytes) -> Iterator[PreparedArticle]:
    """Yield the articles that were analysed, in order."""
    for record, title, units in orjson.loads(content):
        yield PreparedArticle(record, PreparedUnit(*title), [PreparedUnit(*unit) for unit in units])


def _unit(text: IndexedText, stem: Callable[[str], str]) -> PreparedUnit:
    marks = bytearray(len(text.words))
    for places, mark in ((text.capitals, CAPITALS), (text.sentences, SENTENCE)):
        for place in places:
            if place < len(marks):
                marks[place] |= mark
    return PreparedUnit(text.words, " ".join(key(stem(word)) for word in text.words), marks.decode("latin-1"))
