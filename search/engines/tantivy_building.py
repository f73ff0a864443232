"""Articles -> a tantivy index with its token files, columns and vocabulary: analysed anywhere, added in one place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search.articles import Article
from search.engines import tantivy_store
from search.engines.base import ArticleTexts
from search.engines.columns import Columns, ColumnsBuilder, Ints, run_starts
from search.engines.compression import Packer
from search.engines.limits import Limits
from search.engines.records import stored_piece
from search.engines.tantivy_learning import Learned
from search.engines.tantivy_store import LONGEST_WORD, StoreReader, StoreWriter
from search.engines.token_file import TokenFile, TokenWriter
from search.engines.vocabulary import Vocabulary
from search.errors import IndexDamaged
from search.language import Analyzer, IndexedText, SentenceModel

STORE = "tantivy"
LEARNED = "learned.bin"
NUMBERS = "numbers.npy"


class _Field(NamedTuple):
    """The tokens of a field of some articles, unit by unit, as numbers into a list of the words among them.

    `capitals` are the places of those in capitals; `joined` are the distinct words of each unit that tantivy takes, in
    any order, and `postings` counts them.
    """

    lengths: list[int]
    numbers: Ints
    capitals: Ints
    joined: list[str]
    postings: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """Some articles, analysed: the distinct words among them, how often each stands in the texts, and both fields."""

    words: list[str]
    text: _Field
    title: _Field
    sentences: list[list[int]]


def prepare(
    texts: Sequence[ArticleTexts], analyzer: Analyzer, sentences: SentenceModel, spared: frozenset[str]
) -> Prepared:
    """Analyse some articles; tantivy is spared some words."""
    paragraphs = [analyzer.indexed(text, sentences) for _, of_article in texts for text in of_article]
    titles = [analyzer.indexed(title, sentences) for title, _ in texts]
    known = _Numbering()
    return Prepared(
        text=_field(paragraphs, known, spared),
        title=_field(titles, known, spared),
        words=list(known),  # after both were numbered
        sentences=[each.sentences for each in paragraphs],
    )


class _Numbering(dict[str, int]):
    """word -> its number, in the order in which words were first asked for."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def _field(units: Sequence[IndexedText], known: _Numbering, spared: frozenset[str]) -> _Field:
    lengths = [len(unit.words) for unit in units]
    tokens = sum(lengths)
    capitals = [start + place for start, unit in zip(_starts(lengths), units, strict=True) for place in unit.capitals]
    numbers = map(known.__getitem__, chain.from_iterable(unit.words for unit in units))
    # Which units hold it is all that tantivy is asked, so once is enough.
    taken = [set(unit.words) - spared for unit in units]
    for words in taken:
        if sum(map(len, words)) > LONGEST_WORD:
            words -= {word for word in words if len(word) > LONGEST_WORD}
    return _Field(
        lengths=lengths,
        numbers=np.fromiter(numbers, np.uint32, tokens),
        capitals=np.array(capitals, np.uint32),
        joined=[" ".join(words) for words in taken],
        postings=sum(map(len, taken)),
    )


def _starts(lengths: Sequence[int]) -> Iterator[int]:
    return accumulate(lengths[:-1], initial=0)


class TantivyBuilder:
    """Makes an index in one go: one writer and one commit, the tokens, columns and vocabulary beside it."""

    def __init__(self, folder: Path, learned: Learned, limits: Limits) -> None:
        self._folder = folder
        self._own_numbers = limits.own_numbers
        (folder / STORE).mkdir()
        (folder / LEARNED).write_bytes(learned.to_bytes())
        self._spared = learned.everywhere
        self._packer = Packer(learned.dictionary)
        self._store = StoreWriter(folder / STORE)
        self._text, self._title = TokenWriter(folder, "text"), TokenWriter(folder, "title")
        self._columns = ColumnsBuilder()
        self._numbers = _Numbering()
        self._frequencies = np.zeros(0, np.int64)
        self._postings = dict.fromkeys(tantivy_store.FIELDS, 0)

    def add(self, articles: Sequence[Article], prepared: object) -> None:
        """Add articles with what was prepared of them."""
        assert isinstance(prepared, Prepared)
        self._add_tokens(prepared)
        lengths, sentences = iter(prepared.text.lengths), iter(prepared.sentences)
        words = iter(prepared.text.joined)
        for article, title, title_length in zip(articles, prepared.title.joined, prepared.title.lengths, strict=True):
            count = len(article.paragraphs)
            self._columns.add(article, list(islice(lengths, count)), list(islice(sentences, count)), title_length)
            self._store.add({"words": next(words), "title": title}, self._packer.pack(stored_piece(article)))
            for joined in islice(words, count - 1):
                self._store.add({"words": joined}, None)

    def _add_tokens(self, prepared: Prepared) -> None:
        numbers = np.fromiter(map(self._numbers.__getitem__, prepared.words), np.int64, len(prepared.words))
        grown = len(self._numbers) - len(self._frequencies)
        if grown > 0:
            # By half more, so that growing costs little in all.
            self._frequencies = np.pad(self._frequencies, (0, grown + len(self._numbers) // 2))
        self._frequencies[numbers] += np.bincount(prepared.text.numbers, minlength=len(numbers))
        fields = ((self._text, "words", prepared.text), (self._title, "title", prepared.title))
        for writer, name, field in fields:
            writer.add(numbers[field.numbers], field.capitals)
            self._postings[name] += field.postings

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Commit, number the words by frequency, and check that tantivy holds what it was given."""
        self._store.commit()
        self._columns.save(self._folder)
        words = list(self._numbers)
        ranks = _ranks(words, self._frequencies[: len(words)], self._own_numbers)
        for writer in (self._text, self._title):
            writer.finish(ranks, self._own_numbers)
        in_order = sorted(range(len(words)), key=words.__getitem__)
        np.save(self._folder / NUMBERS, ranks[in_order].astype(np.uint32), allow_pickle=False)
        words = [words[number] for number in in_order]
        held = self._held()
        held |= self._held_beside([word for word in words if len(word) > LONGEST_WORD or word in self._spared])
        Vocabulary.save(self._folder, words, [held.get(word, 0) for word in words], stems(words))

    def _held(self) -> dict[str, int]:
        """Return how many paragraphs hold each word, from tantivy itself.

        Raises:
            IndexDamaged: tantivy does not hold what it was given.
        """
        reader = StoreReader(self._folder / STORE)
        fields = {name: dict(reader.words(name)) for name in tantivy_store.FIELDS}
        held = (reader.documents, *(sum(fields[name].values()) for name in tantivy_store.FIELDS))
        given = (self._store.documents, *(self._postings[name] for name in tantivy_store.FIELDS))
        if held != given:
            raise IndexDamaged(f"Tantivy holds {held} documents and postings of {given}; run the rebuild again.")
        return fields["words"]

    def _held_beside(self, words: Sequence[str]) -> dict[str, int]:
        """Return how many paragraphs hold each of the words that tantivy does not take."""
        if not words:
            return {}
        tokens = TokenFile(self._folder, "text", Columns.load(self._folder).length)
        numbers = dict(zip(sorted(self._numbers), np.load(self._folder / NUMBERS).astype(np.int64), strict=True))
        places = (tokens.everywhere(np.array([numbers[word]])) for word in words)
        return {word: len(run_starts(tokens.units_of(each))) for word, each in zip(words, places, strict=True)}

    def cancel(self) -> None:
        """Drop everything that was added."""
        self._store.cancel()
        self._text.cancel()
        self._title.cancel()


def _ranks(words: Sequence[str], frequencies: Ints, own_numbers: int) -> Ints:
    """Return the number each word is to have: the most frequent ones come first, and those tantivy lacks are rare."""
    too_long = np.array([len(word) > LONGEST_WORD for word in words], np.bool_)
    ranks = np.empty(len(words), np.int64)
    ranks[np.lexsort((-frequencies, too_long))] = np.arange(len(words))
    ranks[too_long] += own_numbers
    return ranks
