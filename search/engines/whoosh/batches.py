"""Batches of articles, analyzed in any process: a handful of arrays each, that cross to the builder as bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import orjson

from search.engines.base import ArticleTexts
from search.engines.sorted_arrays import Ints
from search.engines.whoosh.arrays import Array
from search.language import Analyzer, SentenceModel

# Bytes of the size of the words.
_SIZE = 8


class FieldTokens(NamedTuple):
    """The tokens of one field of a batch, unit by unit.

    `lengths` counts the tokens of each unit; a token is the index of its word in the batch's words, times two, plus
    one where it is written in capitals.
    """

    lengths: Array
    tokens: Array


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """An analyzed batch of articles: distinct words, tokens of both fields, sentences, stored texts and records."""

    words: list[str]
    text: FieldTokens
    title: FieldTokens
    sentences: Array
    sentence_starts: Array
    stored_lengths: Array
    stored: bytes

    def to_bytes(self) -> bytes:
        """Return it as it crosses from one process to another: its words, then its arrays, one after the other."""
        arrays = (*self.text, *self.title, self.sentences, self.sentence_starts, self.stored_lengths)
        head = orjson.dumps([self.words, [len(each) for each in arrays]])
        return b"".join([len(head).to_bytes(_SIZE, "little"), head, *(each.tobytes() for each in arrays), self.stored])

    @classmethod
    def of(cls, data: bytes) -> "PreparedBatch":
        """Return what became these bytes."""
        end = _SIZE + int.from_bytes(data[:_SIZE], "little")
        words, lengths = orjson.loads(data[_SIZE:end])
        numbers = np.frombuffer(data, np.uint32, sum(lengths), end)
        text, tokens, title, title_tokens, sentences, starts, pieces = np.split(numbers, np.cumsum(lengths)[:-1])
        fields = FieldTokens(text, tokens), FieldTokens(title, title_tokens)
        return cls(words, *fields, sentences, starts, pieces, data[end + numbers.nbytes :])


class Preparer:
    """Analyzes batches of articles; remembers the vocabulary it met."""

    def __init__(self, analyzer: Analyzer, sentences: SentenceModel) -> None:
        self._indexer = analyzer.indexer(sentences)
        self._index_of = np.empty(0, np.int64)

    def __call__(self, articles: Sequence[ArticleTexts]) -> bytes:
        """Analyze a batch."""
        units = [text for article in articles for text in article.units]
        found = self._indexer.indexed([*units, *(article.title for article in articles)])
        distinct, indexes = self._distinct(found.words)
        tokens = indexes.astype(np.uint32) << np.uint32(1)
        tokens[found.capitals] |= np.uint32(1)
        in_text = int(found.lengths[: len(units)].sum())
        sentences_in_text = int(found.sentences[: len(units)].sum())
        pieces = [piece for article in articles for piece in (article.record, *map(str.encode, article.units))]
        return PreparedBatch(
            [self._indexer.vocabulary[number] for number in distinct.tolist()],
            FieldTokens(found.lengths[: len(units)].astype(np.uint32), tokens[:in_text]),
            FieldTokens(found.lengths[len(units) :].astype(np.uint32), tokens[in_text:]),
            found.sentences[: len(units)].astype(np.uint32),
            found.sentence_starts[:sentences_in_text].astype(np.uint32),
            np.fromiter(map(len, pieces), np.uint32, len(pieces)),
            b"".join(pieces),
        ).to_bytes()

    def _distinct(self, words: Ints) -> tuple[Ints, Ints]:
        """Return the distinct numbers among `words`, and the index of each word among them."""
        if len(self._indexer.vocabulary) > len(self._index_of):
            self._index_of = np.empty(2 * len(self._indexer.vocabulary), np.int64)
        order = np.arange(len(words))
        # Of several values for one index numpy keeps the last: here, that of a word's first occurrence.
        self._index_of[words[::-1]] = order[::-1]
        distinct = words[self._index_of[words] == order]
        self._index_of[distinct] = order[: len(distinct)]
        return distinct, self._index_of[words]
