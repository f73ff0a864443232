"""The analysis of an archive's language: words and stems of a text, remembered chunk by chunk.

Indexing asks for an `indexer` (words in order, the places of capitals and of sentences, many texts at once); answering
asks for `tokens` (with spans). A word's stem depends on the word alone, so stems are asked for once a word, not once a
place.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import regex
from nltk.stem.snowball import SnowballStemmer

from search.errors import SettingsError
from search.language.folding import fold
from search.language.initials import bound
from search.language.names import is_otherwise_written, names_of, spellings
from search.language.sentences import SentenceModel
from search.language.stopwords import stop_words
from search.language.text_indexer import TextIndexer
from search.language.tokens import UNDECIDED_HYPHEN, NewsTokenizer, Token, is_all_capitals

# Raised whenever the same text may yield other tokens or stems than before.
_ANALYSIS_VERSION = 4
# Some 200 bytes each.
_CHUNKS_REMEMBERED = 1_000_000
# Longer ones are addresses and worse, which do not come again.
_LONGEST_REMEMBERED = 64
_UNSTEMMED_LENGTH = 3
_HAS_NO_STEM = regex.compile(r"[\p{N}&]|\p{Lu}")

Words = tuple[str, ...]


class _WordsByChunk(dict[str, Words]):
    """chunk -> its words; computed once, forgotten all at once when there are too many."""

    def __init__(self, tokenizer: NewsTokenizer, *, shouted: bool) -> None:
        super().__init__()
        self._tokenizer = tokenizer
        self._shouted = shouted

    def __missing__(self, chunk: str) -> Words:
        if len(self) >= _CHUNKS_REMEMBERED:
            self.clear()
        words = tuple([token.word for token in self._tokenizer.chunk_tokens(chunk, shouted=self._shouted)])
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
        lines = ((self._by_chunk(line), line.split()) for line in bound(text).splitlines())
        return [word for by_chunk, chunks in lines for chunk in chunks for word in by_chunk[chunk]]

    def indexer(self, sentences: SentenceModel) -> TextIndexer:
        """Return what indexes texts whose sentences a model finds; not to be shared between threads."""
        return TextIndexer(self._tokenizer, sentences)

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text with their spans in it; their words are those of `words(text)`."""
        return self._tokenizer.tokens(text)

    def chunk_tokens(self, chunk: str) -> Sequence[Token]:
        """Return the tokens of a piece of text without white space, in a line that is not all capitals."""
        return self._tokenizer.remembered_tokens(chunk, False)  # noqa: FBT003 - called for every chunk

    def query_words(self, text: str) -> list[str]:
        """Return the words of something typed: capitals always keep their meaning, for nobody shouts one word.

        One that follows an elided word is itself alone; where it is part of a name it is found so too.
        """
        written = bound(text.replace(UNDECIDED_HYPHEN, UNDECIDED_HYPHEN[0]))
        words = [word for chunk in written.split() for word in self._mixed[chunk]]
        return [word.rpartition("'")[2] for word in words]

    def forms_of(self, word: str) -> tuple[str, ...]:
        """Return the names that a typed word stands for: us is us and US, US is only US, müller is muller and mueller.

        A word of a text is found by a name where that is one of its `names_of`.
        """
        capitals = word.upper()
        return (word, capitals) if word in self.stop_words and len(word) > 1 else spellings(word)

    def stems_of(self, word: str) -> tuple[str, ...]:
        """Return the stems that a word of a text is found by: of each of its names."""
        return tuple(dict.fromkeys(map(self.stem, names_of(word))))

    def _by_chunk(self, line: str) -> _WordsByChunk:
        return self._shouted if is_all_capitals(line) else self._mixed

    def _stem(self, word: str) -> str:
        if len(word) <= _UNSTEMMED_LENGTH or _HAS_NO_STEM.search(word) or is_otherwise_written(word):
            return word
        return str(self._stemmer.stem(word))
