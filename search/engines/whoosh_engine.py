"""The embedded engine: Whoosh keeps postings and texts, we evaluate the tree over arrays read from it.

Words are indexed, and those in capitals once more, but no stems: a stem's postings are the union of its forms', made
once and cached, so that its document frequencies, positions and totals are exact and one field serves both.
"""

import gc
import marshal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from itertools import chain, islice
from pathlib import Path

import numpy as np

from search.articles import Article
from search.engines import postings
from search.engines.article_fields import Spaces
from search.engines.base import ArticleTexts, Builder, Engine, Preparer
from search.engines.cache import ArrayCache
from search.engines.columns import Columns, ColumnsBuilder, Ints
from search.engines.evaluated import EvaluatedEngine
from search.engines.limits import Limits
from search.engines.spaces import Layout, Shared, Space
from search.engines.vocabulary import Vocabulary
from search.engines.whoosh_store import POSTINGS_FIELDS, Posting, StoreReader, StoreWriter, pack_capitals, pack_postings
from search.errors import IndexDamaged
from search.language import Analyzer, SentenceModel, TextIndexer

STORE = "whoosh"
# The last one that does not look for equal objects, which costs more than it saves here.
_MARSHAL_VERSION = 2


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An article's record and postings: for each unit, then for the title, those of its words and its capitals.

    They cross between processes marshalled, in one piece: pickling millions of tuples took longer than making them.
    """

    lengths: list[int]
    sentences: list[list[int]]
    title_length: int
    record: bytes
    postings: bytes


class WhooshKind:
    """How to build a Whoosh index and how to open one."""

    name = "whoosh"

    @property
    def version(self) -> str:
        """The version of the library; an index is opened only with the one that built it."""
        return metadata.version("whoosh3")

    def learn(self, articles: Sequence[Article], analyzer: Analyzer) -> bytes:  # noqa: ARG002 - only tantivy learns
        """Return nothing: it wants to know nothing before."""
        return b""

    def preparer(
        self,
        analyzer: Analyzer,
        sentences: SentenceModel,
        learned: bytes,  # noqa: ARG002 - nothing was learned
    ) -> Preparer:
        """Return what analyses articles."""
        indexer = analyzer.indexer(sentences)
        return lambda articles: list(_prepared(articles, indexer))

    def builder(self, folder: Path, learned: bytes) -> Builder:  # noqa: ARG002 - nothing was learned
        """Begin an index in an empty folder."""
        return WhooshBuilder(folder)

    def open(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> Engine:
        """Open an index that was finished."""
        try:
            columns = Columns.load(folder)
            vocabulary = Vocabulary.load(folder)
            store = StoreReader(folder / STORE)  # last, for it keeps files open
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild") from error
        text, title = Layout.of_text(columns), Layout.of_titles(columns)
        in_text = _Positions(store, "words", "capitals", text)
        in_title = _Positions(store, "title", "title_capitals", title, columns.article_of)
        cache = ArrayCache(cache_bytes)
        shared = Shared(vocabulary, cache, Limits())
        spaces = Spaces(
            Space("text", text, in_text, shared),
            Space("title", title, in_title, shared),
            columns,
            analyzer,
            cache,
        )
        return EvaluatedEngine(self.name, store, spaces, vocabulary=vocabulary, seconds=seconds)


def _prepared(articles: Sequence[ArticleTexts], indexer: TextIndexer) -> Iterator[_Prepared]:
    found = indexer.each([text for article in articles for text in (*article.units, article.title)])
    for article in articles:
        *texts, heading = islice(found, len(article.units) + 1)
        packed = [(pack_postings(each.words), pack_capitals(each.words, each.capitals)) for each in (*texts, heading)]
        yield _Prepared(
            [len(each.words) for each in texts],
            [each.sentences for each in texts],
            len(heading.words),
            article.record,
            marshal.dumps(packed, _MARSHAL_VERSION),
        )


class WhooshBuilder:
    """Makes an index in one go: one writer, one commit, then the columns and the vocabulary beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / STORE).mkdir()
        self._writer = StoreWriter(folder / STORE)
        self._columns = ColumnsBuilder()
        # Millions of small tuples are made here and none of them is cyclic.
        self._collects = gc.isenabled()
        gc.disable()

    def add(self, articles: Sequence[Article], prepared: object) -> None:
        """Add articles with what was prepared of them."""
        assert isinstance(prepared, list)
        for article, of_article in zip(articles, prepared, strict=True):
            assert isinstance(of_article, _Prepared)
            self._add(article, of_article)

    def _add(self, article: Article, prepared: _Prepared) -> None:
        *texts, title = marshal.loads(prepared.postings)  # noqa: S302 - made by `prepare` a moment ago
        record: bytes | None = prepared.record
        for unit, text in zip(article.units, texts, strict=True):
            in_fields: Sequence[list[Posting]] = text if record is None else (*text, *title)
            named = zip(POSTINGS_FIELDS, in_fields, strict=False)
            self._writer.add({name: postings for name, postings in named if postings}, unit.text, record)
            record = None
        sentences = list(map(len, prepared.sentences))
        starts = list(chain.from_iterable(prepared.sentences))
        self._columns.add([article], prepared.lengths, sentences, starts, [prepared.title_length])

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Commit, and check that Whoosh holds as many documents and postings as it was given."""
        try:
            self._writer.commit()
        finally:
            self._restore()
        self._columns.save(self._folder)
        store = StoreReader(self._folder / STORE)
        try:
            fields = {name: dict(store.words(name)) for name in POSTINGS_FIELDS}
            held = (store.documents, sum(sum(words.values()) for words in fields.values()))
        finally:
            store.close()
        if held != (self._writer.documents, self._writer.postings):
            given = (self._writer.documents, self._writer.postings)
            raise IndexDamaged(f"Whoosh holds {held} documents and postings of {given}; run the rebuild again.")
        frequencies = fields["words"]
        words = sorted(frequencies.keys() | fields["title"].keys())
        Vocabulary.save(self._folder, words, [frequencies.get(word, 0) for word in words], stems(words))

    def cancel(self) -> None:
        """Drop everything that was added."""
        try:
            self._writer.cancel()
        finally:
            self._restore()

    def _restore(self) -> None:
        if self._collects:
            gc.enable()


class _Positions:
    """The positions of words in one field: read one word after the other, always all of them.

    Titles are stored with the first paragraph and belong to the article, which `unit_of` gives for each document.
    """

    def __init__(
        self, store: StoreReader, words: str, capitals: str, layout: Layout, unit_of: Ints | None = None
    ) -> None:
        self._store = store
        self._fields = (words, capitals)
        self._offsets = layout.offsets
        self._unit_of = unit_of

    def positions(self, words: Sequence[str], *, capitals: bool) -> Ints:
        """Return all positions of these words."""
        found = [self._of_word(self._fields[capitals], word) for word in words]
        return postings.union([postings.single_positions(each) for each in found]).starts

    def _of_word(self, field: str, word: str) -> Ints:
        docs, frequencies, positions = self._store.positions(field, word)
        units = docs if self._unit_of is None else self._unit_of[docs]
        return np.asarray(np.repeat(self._offsets[units], frequencies) + positions)

    def positions_in(self, words: Sequence[str], units: Ints, *, capitals: bool) -> None:
        """Return None: a word is read whole."""

    def stand_at(self, positions: Ints, units: Ints, words: Sequence[str], *, capitals: bool) -> None:
        """Return None: there are no tokens to look at."""

    def count(self, words: Sequence[str], *, capitals: bool) -> None:
        """Return None: what holds one of several words is known by reading them."""
