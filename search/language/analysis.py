"""The analysis of an archive's language: words and stems of a text, remembered chunk by chunk.

Indexing asks for `indexed` (words in order, the places of capitals and of sentences); answering asks for `tokens`
(with spans). A word's stem depends on the word alone, so stems are asked for once a word, not once a place.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import regex
from nltk.stem.snowball import SnowballStemmer

from search.errors import SettingsError
from search.language.chunks import ChunkFinder, Names
from search.language.sentences import SentenceModel
from search.language.stopwords import stop_words
from search.language.tokens import NewsTokenizer, Token, fold, is_all_capitals

# Raised whenever the same text may yield other tokens or stems than before.
_ANALYSIS_VERSION = 3
# Some 200 bytes each.
_CHUNKS_REMEMBERED = 1_000_000
# Longer ones are addresses and worse, which do not come again.
_LONGEST_REMEMBERED = 64
_UNSTEMMED_LENGTH = 3
_HAS_NO_STEM = regex.compile(r"[\p{N}&]|\p{Lu}")

Words = tuple[str, ...]


class IndexedText(NamedTuple):
    """What is indexed of a text.

    Its words in order; the places among them of those that were written in capitals, and of those that begin a
    sentence.
    """

    words: list[str]
    capitals: list[int]
    sentences: list[int]


class _WordsByChunk(dict[str, Words]):
    """chunk -> its words; computed once, forgotten all at once when there are too many.

    `capitals` holds the places of the words in capitals, for chunks that have any.
    """

    def __init__(self, tokenizer: NewsTokenizer, *, shouted: bool) -> None:
        super().__init__()
        self.capitals: dict[str, list[int]] = {}
        self._tokenizer = tokenizer
        self._shouted = shouted

    def __missing__(self, chunk: str) -> Words:
        if len(self) >= _CHUNKS_REMEMBERED:
            self.clear()
            self.capitals.clear()
        tokens = self._tokenizer.chunk_tokens(chunk, shouted=self._shouted)
        words = tuple([token.word for token in tokens])
        capitals = [place for place, token in enumerate(tokens) if token.capitals]
        if capitals:
            self.capitals[chunk] = capitals
        if len(chunk) <= _LONGEST_REMEMBERED:
            self[chunk] = words
        return words


class Analyzer:
    """The words and stems of one language. Safe to share between threads; a process of its own makes its own.

    Raises:
        SettingsError: NLTK has no Snowball stemmer of that language.
    """

    def __init__(self, language: str = "english") -> None:
        if language not in SnowballStemmer.languages:
            known = ", ".join(SnowballStemmer.languages)
            raise SettingsError(f"{language!r} has no stemmer; the languages are {known}.")
        self.language = language
        self.stop_words = stop_words(language)
        self._tokenizer = NewsTokenizer(self.stop_words)
        self._stemmer = SnowballStemmer(language)
        self.stem = lru_cache(maxsize=200_000)(self._stem)
        self._mixed = _WordsByChunk(self._tokenizer, shouted=False)
        self._shouted = _WordsByChunk(self._tokenizer, shouted=True)
        self._finder = ChunkFinder(self._tokenizer.remembered_tokens, self.stem)

    @property
    def fingerprint(self) -> str:
        """A name of everything that decides which tokens a text has; an index is asked with the one it was built by."""
        stops = hashlib.sha256(" ".join(sorted(self.stop_words)).encode()).hexdigest()[:8]
        return f"{self.language}-{_ANALYSIS_VERSION}-{stops}"

    @staticmethod
    def fold(text: str) -> str:
        """Return a value as values are compared: without accents, capitals and extra white space."""
        return " ".join(fold(unicodedata.normalize("NFKC", text)).split())

    def words(self, text: str) -> list[str]:
        """Return the words of a text in order, in normal form."""
        lines = ((self._by_chunk(line), line.split()) for line in text.splitlines())
        return [word for by_chunk, chunks in lines for chunk in chunks for word in by_chunk[chunk]]

    def indexed(self, text: str, sentences: SentenceModel) -> IndexedText:
        """Return what is indexed of a text, whose sentences the model finds; an empty one has no sentence."""
        starts = sentences.starts(text) if text else []
        if len(text.splitlines()) > 1:
            return self._indexed_lines(text, starts)
        by_chunk, chunks = self._by_chunk(text), text.split()
        of_chunks = [by_chunk[chunk] for chunk in chunks]
        words = list(chain.from_iterable(of_chunks))
        borders = list(_words_before(_chunks_before(text, starts), of_chunks))
        return IndexedText(words, list(_capitals(chunks, of_chunks, by_chunk)), borders)

    def _indexed_lines(self, text: str, starts: Sequence[int]) -> IndexedText:
        """Return what is indexed of a text of several lines, of which each may be in capitals or not."""
        words: list[str] = []
        capitals: list[int] = []
        of_chunks: list[Words] = []
        for line in text.splitlines():
            by_chunk, chunks = self._by_chunk(line), line.split()
            of_line = [by_chunk[chunk] for chunk in chunks]
            capitals += [len(words) + place for place in _capitals(chunks, of_line, by_chunk)]
            words += chain.from_iterable(of_line)
            of_chunks += of_line
        return IndexedText(words, capitals, list(_words_before(_chunks_before(text, starts), of_chunks)))

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text with their spans in it; their words are those of `words(text)`."""
        return self._tokenizer.tokens(text)

    def tokens_asked(self, text: str, is_unasked: Callable[[Names], bool]) -> dict[int, Token]:
        """Return some of the tokens of a text by their place among all: those that may be asked for, and few others.

        `is_unasked` says that none of the names of a chunk (words, those in lower case, stems) is asked for.
        """
        found = self._finder.find(text, is_unasked)
        return dict(enumerate(self.tokens(text))) if found is None else found

    def query_words(self, text: str) -> list[str]:
        """Return the words of something typed: capitals always keep their meaning, for nobody shouts one word."""
        return [word for chunk in text.split() for word in self._mixed[chunk]]

    def forms_of(self, word: str) -> tuple[str, ...]:
        """Return the words a typed word stands for: us is us and US, US is only US."""
        capitals = word.upper()
        return (word, capitals) if word in self.stop_words and len(word) > 1 else (word,)

    def _by_chunk(self, line: str) -> _WordsByChunk:
        return self._shouted if is_all_capitals(line) else self._mixed

    def _stem(self, word: str) -> str:
        if len(word) <= _UNSTEMMED_LENGTH or _HAS_NO_STEM.search(word):
            return word
        return str(self._stemmer.stem(word))


def _capitals(chunks: Sequence[str], of_chunks: Sequence[Words], by_chunk: _WordsByChunk) -> Iterator[int]:
    """Yield the places of the words in capitals among all words of some chunks."""
    known = by_chunk.capitals
    indexes = [index for index, chunk in enumerate(chunks) if chunk in known]
    for index, before in zip(indexes, _words_before(indexes, of_chunks), strict=True):
        for place in known[chunks[index]]:
            yield before + place


def _words_before(indexes: Iterable[int], of_chunks: Sequence[Words]) -> Iterator[int]:
    """Yield how many words stand before the chunks at these indexes, which are in order."""
    words = done = 0
    for index in indexes:
        words += sum(map(len, of_chunks[done:index]))
        done = index
        yield words


def _chunks_before(text: str, starts: Iterable[int]) -> Iterator[int]:
    """Yield how many chunks of a text stand before each of these offsets, which begin chunks and are in order."""
    chunks = done = 0
    for start in starts:
        chunks += len(text[done:start].split())
        done = start
        yield chunks
