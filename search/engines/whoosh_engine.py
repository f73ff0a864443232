"""The embedded engine: Whoosh keeps postings and texts, we evaluate the tree over arrays read from it.

Words are indexed, and those in capitals once more, but no stems: a stem's postings are the union of its forms', made
once and cached, so that its document frequencies, positions and totals are exact and one field serves both.
"""

import gc
import marshal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import metadata
from pathlib import Path

from search.articles import Article
from search.engines import selection
from search.engines.base import Ask, Builder, Card, Counts, Engine, Form, Found, Hit, Month, Scope
from search.engines.cache import ArrayCache
from search.engines.columns import Columns, ColumnsBuilder, Ints, run_starts
from search.engines.evaluation import Evaluator, Spaces
from search.engines.postings import Scored
from search.engines.records import article_record, read_article, read_card
from search.engines.spaces import Layout, Space
from search.engines.vocabulary import Vocabulary
from search.engines.whoosh_store import POSTINGS_FIELDS, StoreReader, StoreWriter, pack_postings
from search.errors import ArticleNotFound, IndexDamaged
from search.language import NO_CAPITALS, Analyzer, SentenceModel
from search.query.nodes import Fuzzy, Node, Wildcard
from search.query.syntax import FIELDS

STORE = "whoosh"
# The last one that does not look for equal objects, which costs more than it saves here.
_MARSHAL_VERSION = 2
_CARDS_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An article with its postings: for each paragraph, then for the title, those of its words and of its capitals.

    They cross between processes marshalled, in one piece: pickling millions of tuples took longer than making them.
    """

    article: Article
    lengths: list[int]
    sentences: list[list[int]]
    title_length: int
    postings: bytes


class WhooshKind:
    """How to build a Whoosh index and how to open one."""

    name = "whoosh"

    @property
    def version(self) -> str:
        """The version of the library; an index is opened only with the one that built it."""
        return metadata.version("whoosh3")

    def prepare(self, article: Article, analyzer: Analyzer, sentences: SentenceModel) -> _Prepared:
        """Analyse one article."""
        texts = [paragraph.text for paragraph in article.paragraphs]
        analysed = [analyzer.analyse(text) for text in (*texts, article.title)]
        words = [each.words.split() for each in analysed]
        capitals = (pack_postings(each.capitals.split(), leave_out=NO_CAPITALS) for each in analysed)
        postings = marshal.dumps(list(zip(map(pack_postings, words), capitals, strict=True)), _MARSHAL_VERSION)
        *lengths, title_length = map(len, words)
        starts = [analyzer.positions_of(text, sentences.starts(text)) for text in texts]
        return _Prepared(article, lengths, starts, title_length, postings)

    def builder(self, folder: Path, analyzer: Analyzer) -> Builder:
        """Begin an index in an empty folder."""
        return WhooshBuilder(folder, analyzer)

    def open(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> Engine:
        """Open an index that was finished."""
        return WhooshEngine(folder, analyzer, cache_bytes=cache_bytes, seconds=seconds)


class WhooshBuilder:
    """Makes an index in one go: one writer, one commit, then the columns and the vocabulary beside it."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer
        (folder / STORE).mkdir()
        self._writer = StoreWriter(folder / STORE)
        self._columns = ColumnsBuilder()
        # Millions of small tuples are made here and none of them is cyclic.
        self._collects = gc.isenabled()
        gc.disable()

    def add(self, prepared: object) -> None:
        """Add a prepared article."""
        assert isinstance(prepared, _Prepared)
        article = prepared.article
        *texts, title = marshal.loads(prepared.postings)  # noqa: S302 - made by `prepare` a moment ago
        record: bytes | None = article_record(article)
        for paragraph, text in zip(article.paragraphs, texts, strict=True):
            in_fields = text if record is None else (*text, *title)
            named = zip(POSTINGS_FIELDS, in_fields, strict=False)
            self._writer.add({name: postings for name, postings in named if postings}, paragraph.text, record)
            record = None
        self._columns.add(article, prepared.lengths, prepared.sentences, prepared.title_length)

    def finish(self) -> None:
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
        stem, frequencies = self._analyzer.stem, fields["words"]
        words = frequencies.keys() | fields["title"].keys()
        Vocabulary.save(self._folder, ((word, frequencies.get(word, 0), stem(word)) for word in words))

    def cancel(self) -> None:
        """Drop everything that was added."""
        try:
            self._writer.cancel()
        finally:
            self._restore()

    def _restore(self) -> None:
        if self._collects:
            gc.enable()


class WhooshEngine:
    """An open index."""

    name = "whoosh"
    fields = FIELDS

    def __init__(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> None:
        try:
            self._columns = Columns.load(folder)
            self._vocabulary = Vocabulary.load(folder)
            self._store = StoreReader(folder / STORE)  # last, for it keeps files open
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild") from error
        self._analyzer = analyzer
        self._seconds = seconds
        self._cache = ArrayCache(cache_bytes)
        self._card = lru_cache(maxsize=_CARDS_REMEMBERED)(self._read_card)

    def search(self, ask: Ask) -> Found:
        """Return one page of what the node matches."""
        found = self._evaluate(ask.node, ask.scope)
        rows = selection.candidates(found, ask, self._columns)
        selected, has_more = selection.page(rows, ask, self._columns)
        hits = tuple(
            Hit(
                each.position,
                each.score,
                each.more,
                self._card(each.position.article_id),
                self._text(each.doc),
            )
            for each in selected
        )
        facets = selection.facets(found.units, ask.facets, self._columns)
        return Found(len(found.units), self._count_articles(found.units), hits, facets, has_more)

    def count(self, node: Node, scope: Scope = Scope.PARAGRAPH) -> int:
        """Return how many paragraphs a node matches."""
        return len(self._evaluate(node, scope).units)

    def article(self, article_id: str) -> Article:
        """Return a whole article."""
        first, count = self._place_of(article_id)
        stored = [self._store.stored(doc) for doc in range(first, first + count)]
        return read_article(stored[0]["article"], [each["text"] for each in stored])

    def forms(self, node: Wildcard | Fuzzy) -> Sequence[str]:
        """Return the words that a wildcard or an edit distance stands for."""
        return self._vocabulary.expand(node)

    def similar_forms(self, word: str, *, limit: int) -> Sequence[Form]:
        """Return words that a word may be a misspelling of."""
        return self._vocabulary.similar(word, limit=limit)

    def completions(self, prefix: str, *, limit: int) -> Sequence[Form]:
        """Return the most frequent words that begin with these letters."""
        return self._vocabulary.starting_with(prefix, limit=limit)

    def months_held(self) -> Sequence[Month]:
        """Return every month that has articles."""
        return selection.months_held(self._columns)

    def counts(self) -> Counts:
        """Return what the index holds."""
        return Counts(self._columns.articles, self._store.documents, int(self._columns.length.sum()))

    def close(self) -> None:
        """Close the files."""
        self._store.close()

    def _evaluate(self, node: Node, scope: Scope) -> Scored:
        evaluator = Evaluator(self._spaces, seconds=self._seconds)
        return self._cache.get(("found", node, scope), lambda: evaluator.evaluate(node, scope))

    @cached_property
    def _spaces(self) -> Spaces:
        columns = self._columns
        text = Space(
            Layout.of_sentences(
                "words", "capitals", columns.length, counts=columns.sentences, starts=columns.sentence_start
            ),
            read=self._read,
            vocabulary=self._vocabulary,
            cache=self._cache,
        )
        title = Space(
            Layout.of_one_sentence("title", "title_capitals", columns.title_length),
            read=self._read,
            vocabulary=self._vocabulary,
            cache=self._cache,
        )
        return Spaces(text, title, columns, self._analyzer, self._cache)

    def _read(self, field: str, word: str) -> tuple[Ints, Ints, Ints]:
        docs, frequencies, positions = self._store.positions(field, word)
        # Titles are stored with the first paragraph and belong to the article.
        units = self._columns.article_of[docs] if field.startswith("title") else docs
        return units, frequencies, positions

    def _count_articles(self, docs: Ints) -> int:
        return len(run_starts(self._columns.article_of[docs]))

    def _text(self, doc: int) -> str:
        return str(self._store.stored(doc)["text"])

    def _place_of(self, article_id: str) -> tuple[int, int]:
        number = self._columns.article_number(article_id)
        if number is None:
            raise ArticleNotFound(article_id)
        return int(self._columns.first_doc[number]), int(self._columns.paragraphs_of[number])

    def _read_card(self, article_id: str) -> Card:
        first, _ = self._place_of(article_id)
        return read_card(self._store.stored(first)["article"])
