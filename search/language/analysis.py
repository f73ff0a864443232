"""The analysis of an archive's language: words and stems of a text, remembered chunk by chunk.

Indexing asks for `analyse` (three space-joined strings, same positions); answering asks for `tokens` (with spans).
"""

import hashlib
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import regex
from nltk.stem.snowball import SnowballStemmer

from search.errors import SettingsError
from search.language.chunks import ChunkFinder, Names
from search.language.sentences import SentenceModel
from search.language.stopwords import stop_words
from search.language.tokens import NewsTokenizer, Token, fold, is_all_capitals

# Raised whenever the same text may yield other tokens or stems than before.
_ANALYSIS_VERSION = 2
# Stands for a word that was not written in capitals.
NO_CAPITALS = "-"
_CHUNKS_REMEMBERED = 400_000
# Longer ones are addresses and worse, which do not come again.
_LONGEST_REMEMBERED = 64
_UNSTEMMED_LENGTH = 3
_HAS_NO_STEM = regex.compile(r"[\p{N}&]|\p{Lu}")


@dataclass(frozen=True, slots=True)
class AnalysedText:
    """What is indexed of a text: its words and their stems, each joined by single spaces, position by position.

    `capitals` holds, position by position too, the folded words that were written in capitals; others are NO_CAPITALS.
    """

    words: str
    stems: str
    capitals: str


class IndexedText(NamedTuple):
    """What is indexed of a text: its words in order; the places of those written in capitals, and of sentences."""

    words: list[str]
    capitals: list[int]
    sentences: list[int]


class _Remembered(dict[str, AnalysedText]):
    """chunk -> what it analyses to; computed once, forgotten all at once when there are too many."""

    def __init__(self, tokenizer: NewsTokenizer, stem: Callable[[str], str], *, shouted: bool) -> None:
        super().__init__()
        self._tokenizer = tokenizer
        self._stem = stem
        self._shouted = shouted

    def __missing__(self, chunk: str) -> AnalysedText:
        tokens = self._tokenizer.chunk_tokens(chunk, shouted=self._shouted)
        words = [token.word for token in tokens]
        capitals = [token.word.lower() if token.capitals else NO_CAPITALS for token in tokens]
        analysed = AnalysedText(" ".join(words), " ".join(map(self._stem, words)), " ".join(capitals))
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self) >= _CHUNKS_REMEMBERED:
                self.clear()
            self[chunk] = analysed
        return analysed


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
        self._mixed = _Remembered(self._tokenizer, self.stem, shouted=False)
        self._shouted = _Remembered(self._tokenizer, self.stem, shouted=True)
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
        return self.analyse(text).words.split()

    def analyse(self, text: str) -> AnalysedText:
        """Return the words of a text, the stem of each, and which were written in capitals."""
        chunks = [chunk for line in text.splitlines() for chunk in self._line_chunks(line)]
        return AnalysedText(
            " ".join([chunk.words for chunk in chunks if chunk.words]),
            " ".join([chunk.stems for chunk in chunks if chunk.stems]),
            " ".join([chunk.capitals for chunk in chunks if chunk.capitals]),
        )

    def positions_of(self, text: str, offsets: Iterable[int]) -> list[int]:
        """Return how many words of a text stand before each of these offsets, which begin chunks and are in order."""
        waiting = deque(offsets)
        found: list[int] = []
        words = start = 0
        for line in text.splitlines(keepends=True):
            chunks = iter(self._line_chunks(line))
            done = 0
            while waiting and waiting[0] < start + len(line):
                cut = waiting.popleft() - start
                before = islice(chunks, len(line[done:cut].split()))
                words += sum(chunk.words.count(" ") + 1 for chunk in before if chunk.words)
                found.append(words)
                done = cut
            words += sum(chunk.words.count(" ") + 1 for chunk in chunks if chunk.words)
            start += len(line)
        return found

    def indexed(self, text: str, sentences: SentenceModel) -> IndexedText:
        """Return what is indexed of a text."""
        analysed = self.analyse(text)
        capitals = [place for place, word in enumerate(analysed.capitals.split()) if word != NO_CAPITALS]
        return IndexedText(analysed.words.split(), capitals, self.positions_of(text, sentences.starts(text)))

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
        return [word for chunk in text.split() for word in self._mixed[chunk].words.split()]

    def forms_of(self, word: str) -> tuple[str, ...]:
        """Return the words a typed word stands for: us is us and US, US is only US."""
        capitals = word.upper()
        return (word, capitals) if word in self.stop_words and len(word) > 1 else (word,)

    def _line_chunks(self, line: str) -> list[AnalysedText]:
        remembered = self._shouted if is_all_capitals(line) else self._mixed
        return [remembered[chunk] for chunk in line.split()]

    def _stem(self, word: str) -> str:
        if len(word) <= _UNSTEMMED_LENGTH or _HAS_NO_STEM.search(word):
            return word
        return str(self._stemmer.stem(word))
