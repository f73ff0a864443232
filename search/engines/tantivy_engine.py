"""The engine for big archives on one machine: tantivy finds which units hold a word, we evaluate the tree.

Which paragraphs hold a word tantivy answers from its inverted index; where it stands in them, the token file beside it
does, for as few paragraphs as are asked. Rankings and facets are made over arrays, as for Whoosh: tantivy can neither
weigh nearness nor count distinct articles exactly. An article's record and texts are one compressed piece, for which
the archive's first articles serve as dictionary.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from search.articles import Article
from search.engines import tantivy_store
from search.engines.article_fields import Spaces
from search.engines.base import Builder, Engine
from search.engines.cache import ArrayCache
from search.engines.columns import Columns
from search.engines.compression import Unpacker
from search.engines.evaluated import EvaluatedEngine
from search.engines.limits import Limits
from search.engines.records import stored_parts
from search.engines.spaces import Layout, Shared, Space
from search.engines.tantivy_building import LEARNED, NUMBERS, STORE, TERMS, Preparer, TantivyBuilder
from search.engines.tantivy_learning import Learned
from search.engines.tantivy_positions import Numbers, Positions
from search.engines.tantivy_store import StoreReader
from search.engines.tantivy_terms import Terms
from search.engines.token_file import TokenFile
from search.engines.vocabulary import Vocabulary
from search.errors import IndexDamaged
from search.language import Analyzer, SentenceModel

_ARTICLES_REMEMBERED = 2_000


class TantivyKind:
    """How to build a tantivy index and how to open one."""

    name = "tantivy"

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    @property
    def version(self) -> str:
        """The version of the library; an index is opened only with the one that built it."""
        return tantivy_store.version()

    def learn(self, articles: Sequence[Article], analyzer: Analyzer) -> bytes:
        """Return the words that tantivy need not know, and a dictionary for compressing such articles."""
        return Learned.of(articles, analyzer, self._limits).to_bytes()

    def preparer(self, analyzer: Analyzer, sentences: SentenceModel, learned: bytes) -> Preparer:
        """Return what analyses articles."""
        return Preparer(analyzer, sentences, Learned.read(learned))

    def builder(self, folder: Path, learned: bytes) -> Builder:
        """Begin an index in an empty folder."""
        return TantivyBuilder(folder, Learned.read(learned), self._limits)

    def open(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> Engine:
        """Open an index that was finished."""
        try:
            columns = Columns.load(folder)
            vocabulary = Vocabulary.load(folder)
            numbers = np.load(folder / NUMBERS, allow_pickle=False).astype(np.int64)
            learned = Learned.read((folder / LEARNED).read_bytes())
            terms = Terms(vocabulary, np.load(folder / TERMS, allow_pickle=False).astype(np.int64))
            store = _Texts(StoreReader(folder / STORE, terms.of), Unpacker(learned.dictionary))
            text = TokenFile(folder, "text", columns.length)
            title = TokenFile(folder, "title", columns.title_length)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild") from error
        cache = ArrayCache(cache_bytes)
        words = Numbers(vocabulary, numbers, learned.everywhere)
        in_text = Positions("words", store.index, text, words, limits=self._limits)
        in_title = Positions("title", store.index, title, words, limits=self._limits, unit_of=columns.article_of)
        shared = Shared(vocabulary, cache, self._limits)
        spaces = Spaces(
            Space("text", Layout.of_text(columns), in_text, shared),
            Space("title", Layout.of_titles(columns), in_title, shared),
            columns,
            analyzer,
            cache,
        )
        return EvaluatedEngine(self.name, store, spaces, vocabulary=vocabulary, seconds=seconds)


class _Texts:
    """The articles' records and texts, as tantivy stores them."""

    def __init__(self, index: StoreReader, unpacker: Unpacker) -> None:
        self.index = index
        self.documents = index.documents
        self._unpacker = unpacker
        # The hits of one article, and the pages after this one, ask for the same texts again.
        self._article = lru_cache(maxsize=_ARTICLES_REMEMBERED)(self._read)

    def record(self, first: int) -> bytes:
        """Return the record of an article."""
        return self._article(first)[0]

    def text(self, first: int, index: int) -> str:
        """Return the text of an article's unit; the index of its first one is 0."""
        return self._article(first)[1][index]

    def texts(self, first: int, units: int) -> Sequence[str]:  # noqa: ARG002 - they are stored together
        """Return the texts of all units of an article."""
        return self._article(first)[1]

    def close(self) -> None:
        """Let go of what was read; the files are closed with the last reference."""
        self._article.cache_clear()

    def _read(self, first: int) -> tuple[bytes, list[str]]:
        return stored_parts(self._unpacker.unpack(self.index.article(first)))
