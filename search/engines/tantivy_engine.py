"""The engine for big archives on one machine: tantivy finds which units hold a word, we evaluate the tree.

Which paragraphs hold a word tantivy answers from its inverted index; where it stands in them, the token file beside it
does, for as few paragraphs as are asked. Rankings and facets are made over arrays, as for Whoosh: tantivy can neither
weigh nearness nor count distinct articles exactly. An article's record and texts are one compressed piece, for which
the archive's first articles serve as dictionary.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson

from search.articles import Article
from search.engines import tantivy_store
from search.engines.base import ArticleTexts, Builder, Engine
from search.engines.cache import ArrayCache
from search.engines.columns import Bools, Columns, ColumnsBuilder, Ints, run_starts
from search.engines.compression import Packer, learned_dictionary
from search.engines.evaluated import EvaluatedEngine
from search.engines.evaluation import Spaces
from search.engines.postings import UNIT_GAP
from search.engines.records import article_record
from search.engines.spaces import Layout, Space
from search.engines.tantivy_store import LONGEST_WORD, StoreReader, StoreWriter
from search.engines.token_file import RARE, TokenFile, TokenWriter, merged
from search.engines.vocabulary import Vocabulary
from search.errors import IndexDamaged
from search.language import Analyzer, IndexedText, SentenceModel

STORE = "tantivy"
DICTIONARY = "texts.dictionary"
NUMBERS = "numbers.npy"
_ARTICLES_REMEMBERED = 2_000
# Looking at all tokens of a field for one word, or for several, is so many times faster for each token than asking
# tantivy for the units and looking at theirs.
_SCANNING_ONE, _SCANNING_SEVERAL = 25, 8


class _Field(NamedTuple):
    """The tokens of a field of some articles, unit by unit, as numbers into a list of the words among them.

    `capitals` are the places of those in capitals; `joined` are the words of each unit that tantivy takes, and
    `postings` counts the distinct ones of these.
    """

    lengths: list[int]
    numbers: Ints
    capitals: Ints
    joined: list[str]
    postings: int


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Some articles, analysed: the distinct words among them, how often each stands in the texts, and both fields."""

    words: list[str]
    text: _Field
    title: _Field
    sentences: list[list[int]]


class TantivyKind:
    """How to build a tantivy index and how to open one."""

    name = "tantivy"

    @property
    def version(self) -> str:
        """The version of the library; an index is opened only with the one that built it."""
        return tantivy_store.version()

    def learn(self, articles: Sequence[Article]) -> bytes:
        """Return a dictionary for compressing such articles."""
        return learned_dictionary([_piece(article) for article in articles])

    def prepare(
        self,
        texts: Sequence[ArticleTexts],
        analyzer: Analyzer,
        sentences: SentenceModel,
        learned: bytes,  # noqa: ARG002 - texts are compressed where their records are known
    ) -> _Prepared:
        """Analyse some articles."""
        paragraphs = [analyzer.indexed(text, sentences) for _, of_article in texts for text in of_article]
        titles = [analyzer.indexed(title, sentences) for title, _ in texts]
        known = _Numbering()
        return _Prepared(
            text=_field(paragraphs, known),
            title=_field(titles, known),
            words=list(known),  # after both were numbered
            sentences=[each.sentences for each in paragraphs],
        )

    def builder(self, folder: Path, analyzer: Analyzer, learned: bytes) -> Builder:  # noqa: ARG002 - others need it
        """Begin an index in an empty folder."""
        return TantivyBuilder(folder, learned)

    def open(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> Engine:
        """Open an index that was finished."""
        try:
            columns = Columns.load(folder)
            vocabulary = Vocabulary.load(folder)
            numbers = np.load(folder / NUMBERS, allow_pickle=False).astype(np.int64)
            store = _Texts(StoreReader(folder / STORE), Packer((folder / DICTIONARY).read_bytes()))
            text = TokenFile(folder, "text", columns.length)
            title = TokenFile(folder, "title", columns.title_length)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild") from error
        cache = ArrayCache(cache_bytes)
        words = _Words(vocabulary, numbers)
        in_text = _Positions("words", store.index, text, words)
        in_title = _Positions("title", store.index, title, words, unit_of=columns.article_of)
        spaces = Spaces(
            Space("text", Layout.of_text(columns), reader=in_text, vocabulary=vocabulary, cache=cache),
            Space("title", Layout.of_titles(columns), reader=in_title, vocabulary=vocabulary, cache=cache),
            columns,
            analyzer,
            cache,
        )
        return EvaluatedEngine(self.name, store, spaces, vocabulary=vocabulary, seconds=seconds)


class _Numbering(dict[str, int]):
    """word -> its number, in the order in which words were first asked for."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def _field(units: Sequence[IndexedText], known: _Numbering) -> _Field:
    lengths = [len(unit.words) for unit in units]
    tokens = sum(lengths)
    capitals = [start + place for start, unit in zip(_starts(lengths), units, strict=True) for place in unit.capitals]
    numbers = map(known.__getitem__, chain.from_iterable(unit.words for unit in units))
    taken = [_taken(unit.words) for unit in units]
    return _Field(
        lengths=lengths,
        numbers=np.fromiter(numbers, np.uint32, tokens),
        capitals=np.array(capitals, np.uint32),
        joined=[" ".join(words) for words in taken],
        postings=sum(len(set(words)) for words in taken),
    )


def _taken(words: list[str]) -> list[str]:
    """Return the words but for those that are too long for tantivy."""
    if max(map(len, words), default=0) <= LONGEST_WORD:
        return words
    return [word for word in words if len(word) <= LONGEST_WORD]


def _starts(lengths: Sequence[int]) -> Iterator[int]:
    return accumulate(lengths[:-1], initial=0)


def _piece(article: Article) -> bytes:
    """Return what is stored of an article: its record, and on another line its paragraphs' texts."""
    return article_record(article) + b"\n" + orjson.dumps([paragraph.text for paragraph in article.paragraphs])


class TantivyBuilder:
    """Makes an index in one go: one writer and one commit, the tokens, columns and vocabulary beside it."""

    def __init__(self, folder: Path, dictionary: bytes) -> None:
        self._folder = folder
        (folder / STORE).mkdir()
        (folder / DICTIONARY).write_bytes(dictionary)
        self._packer = Packer(dictionary)
        self._store = StoreWriter(folder / STORE)
        self._text, self._title = TokenWriter(folder, "text"), TokenWriter(folder, "title")
        self._columns = ColumnsBuilder()
        self._numbers = _Numbering()
        self._frequencies = np.zeros(0, np.int64)
        self._postings = dict.fromkeys(tantivy_store.FIELDS, 0)

    def add(self, articles: Sequence[Article], prepared: object) -> None:
        """Add articles with what was prepared of them."""
        assert isinstance(prepared, _Prepared)
        self._add_tokens(prepared)
        lengths, sentences = iter(prepared.text.lengths), iter(prepared.sentences)
        words = iter(prepared.text.joined)
        for article, title, title_length in zip(articles, prepared.title.joined, prepared.title.lengths, strict=True):
            count = len(article.paragraphs)
            self._columns.add(article, list(islice(lengths, count)), list(islice(sentences, count)), title_length)
            self._store.add({"words": next(words), "title": title}, self._packer.pack(_piece(article)))
            for joined in islice(words, count - 1):
                self._store.add({"words": joined}, None)

    def _add_tokens(self, prepared: _Prepared) -> None:
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
        ranks = _ranks(words, self._frequencies[: len(words)])
        for writer in (self._text, self._title):
            writer.finish(ranks)
        in_order = sorted(range(len(words)), key=words.__getitem__)
        np.save(self._folder / NUMBERS, ranks[in_order].astype(np.uint32), allow_pickle=False)
        words = [words[number] for number in in_order]
        held = self._held()
        held |= self._held_beside([word for word in words if len(word) > LONGEST_WORD])
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
        places = (tokens.rare_places(np.array([numbers[word]])) for word in words)
        return {word: len(run_starts(tokens.units_of(each))) for word, each in zip(words, places, strict=True)}

    def cancel(self) -> None:
        """Drop everything that was added."""
        self._store.cancel()
        self._text.cancel()
        self._title.cancel()


def _ranks(words: Sequence[str], frequencies: Ints) -> Ints:
    """Return the number each word is to have: the most frequent ones come first, and those tantivy lacks are rare."""
    too_long = np.array([len(word) > LONGEST_WORD for word in words], np.bool_)
    ranks = np.empty(len(words), np.int64)
    ranks[np.lexsort((-frequencies, too_long))] = np.arange(len(words))
    ranks[too_long] += RARE
    return ranks


class _Texts:
    """The articles' records and texts, as tantivy stores them."""

    def __init__(self, index: StoreReader, packer: Packer) -> None:
        self.index = index
        self.documents = index.documents
        self._packer = packer
        # The hits of one article, and the pages after this one, ask for the same texts again.
        self._article = lru_cache(maxsize=_ARTICLES_REMEMBERED)(self._read)

    def record(self, first: int) -> bytes:
        """Return the record of an article."""
        return self._article(first)[0]

    def text(self, first: int, paragraph: int) -> str:
        """Return the text of an article's paragraph, counted from 1."""
        return self._article(first)[1][paragraph - 1]

    def texts(self, first: int, paragraphs: int) -> Sequence[str]:  # noqa: ARG002 - they are stored together
        """Return the texts of all the paragraphs of an article."""
        return self._article(first)[1]

    def close(self) -> None:
        """Let go of what was read; the files are closed with the last reference."""
        self._article.cache_clear()

    def _read(self, first: int) -> tuple[bytes, list[str]]:
        record, _, texts = self._packer.unpack(self.index.article(first)).partition(b"\n")
        return record, orjson.loads(texts)


class _Words:
    """The numbers under which words stand in the token files, and about how many paragraphs hold them."""

    def __init__(self, vocabulary: Vocabulary, numbers: Ints) -> None:
        self._vocabulary = vocabulary
        self._numbers = numbers

    def numbers(self, words: Sequence[str]) -> Ints:
        """Return the numbers of those of the words that the archive has."""
        return self._numbers[self._vocabulary.places(words)]

    def common(self, words: Sequence[str]) -> list[str]:
        """Return those of the words that have a number of their own in the token files."""
        return [word for word in words if len(numbers := self.numbers([word])) and numbers[0] < RARE]

    def frequency(self, words: Sequence[str]) -> int:
        """Return at most how many paragraphs hold one of these words."""
        return sum(self._vocabulary.frequencies(words))


class _Positions:
    """The positions of words in one field: tantivy says in which units, the token file where in them.

    Titles are indexed with the first paragraph and belong to the article, which `unit_of` gives for each document.
    """

    def __init__(
        self, field: str, index: StoreReader, tokens: TokenFile, words: _Words, *, unit_of: Ints | None = None
    ) -> None:
        self._field = field
        self._index = index
        self._tokens = tokens
        self._words = words
        self._unit_of = unit_of

    def positions(self, words: Sequence[str], *, capitals: bool) -> Ints:
        """Return all positions of these words, in any case those in capitals where only these are asked."""
        return self._placed(self._places(self._asked(words, capitals=capitals)), capitals=capitals)

    def positions_in(self, words: Sequence[str], units: Ints, *, capitals: bool) -> Ints:
        """Return their positions in these units."""
        numbers = self._words.numbers(self._asked(words, capitals=capitals))
        return self._placed(self._tokens.in_units(numbers, units), capitals=capitals)

    def stand_at(self, positions: Ints, units: Ints, words: Sequence[str], *, capitals: bool) -> Bools:
        """Whether one of the words stands at each position, in the unit given for it."""
        places = positions - UNIT_GAP * units
        inside = np.flatnonzero(self._tokens.are_in(places, units))
        numbers = self._words.numbers(self._asked(words, capitals=capitals))
        stands = np.zeros(len(positions), np.bool_)
        stands[inside] = self._tokens.are_at(places[inside], numbers)
        if capitals:
            stands[inside] &= self._tokens.capitals(places[inside])
        return stands

    def count(self, words: Sequence[str], *, capitals: bool) -> int | None:
        """Return how many units hold one of these words."""
        if capitals or max(map(len, words), default=0) > LONGEST_WORD:
            return None
        return self._index.count(self._field, words) if words else 0

    @staticmethod
    def _asked(words: Sequence[str], *, capitals: bool) -> Sequence[str]:
        # What was written in capitals may be kept so.
        return [*words, *(word.upper() for word in words)] if capitals else words

    def _places(self, words: Sequence[str]) -> Ints:
        numbers = self._words.numbers(words)
        gain = _SCANNING_ONE if len(words) == 1 else _SCANNING_SEVERAL
        if self._words.frequency(words) * gain > self._tokens.units:
            return self._tokens.everywhere(numbers)
        common = self._words.common(words)
        if not common:
            return self._tokens.rare_places(numbers)
        docs = self._index.holding(self._field, common)
        units = docs if self._unit_of is None else self._unit_of[docs]
        return merged([self._tokens.in_units(numbers[numbers < RARE], units), self._tokens.rare_places(numbers)])

    def _placed(self, places: Ints, *, capitals: bool) -> Ints:
        if capitals:
            places = places[self._tokens.capitals(places)]
        return places + UNIT_GAP * self._tokens.units_of(places)
