"""The local engine: how to build an index of segments and how to open one."""

from pathlib import Path

from whoosh.reading import IndexReader

from search.engines.base import Engine
from search.engines.evaluator.article_filters import Index
from search.engines.evaluator.cache import ArrayCache
from search.engines.evaluator.doc_values import DocValues
from search.engines.evaluator.field_index import FieldIndex
from search.engines.evaluator.field_segment import FieldSegment
from search.engines.evaluator.leaves import LeafSelector
from search.engines.evaluator.local_engine import LocalEngine
from search.engines.kinds import Builder, Preparer, Updater
from search.engines.sorted_arrays import Ints
from search.engines.whoosh import batches
from search.engines.whoosh.building import SEGMENT_TOKENS
from search.engines.whoosh.codec import open_reader
from search.engines.whoosh.commit import Commit, read_commit
from search.engines.whoosh.committing import IndexBuilder, IndexUpdater
from search.engines.whoosh.layout import FIELDS
from search.engines.whoosh.live import LiveSegment
from search.engines.whoosh.texts import Texts
from search.engines.whoosh.words import vocabulary_of
from search.errors import IndexDamaged
from search.language import Analyzer, SentenceModel
from search.seen import read_seen

_FORMAT = "4"
_UNREADABLE = (OSError, ValueError, KeyError, EOFError)


class WhooshKind:
    """How to build an index of segments and how to open one."""

    name = "whoosh"
    version = _FORMAT

    def __init__(self, *, segment_tokens: int = SEGMENT_TOKENS) -> None:
        self._segment_tokens = segment_tokens

    def preparer(self, analyzer: Analyzer, sentences: SentenceModel) -> Preparer:
        """Return what analyzes articles."""
        return batches.Preparer(analyzer, sentences)

    def builder(self, folder: Path) -> Builder:
        """Begin an index in an empty folder."""
        return IndexBuilder(folder, segment_tokens=self._segment_tokens)

    def updater(
        self, folder: Path, before: Path, analyzer: Analyzer, sentences: SentenceModel, *, compact: bool = False
    ) -> Updater:
        """Begin, in an empty folder, an index that differs from the one in the folder `before`.

        Raises:
            IndexDamaged: what is needed of the index before cannot be read.
        """
        prepare, most = self.preparer(analyzer, sentences), self._segment_tokens
        try:
            return IndexUpdater(folder, before, prepare, compact=compact, segment_tokens=most)
        except _UNREADABLE as error:
            raise _damaged(before, error) from error

    def open(
        self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float, before: Engine | None = None
    ) -> Engine:
        """Open an index that was finished; segments that an open engine has, too, stay open.

        Raises:
            IndexDamaged: files are missing or cannot be read.
        """
        segments = before.segments if isinstance(before, LocalEngine) else ()
        try:
            commit = read_commit(folder, {each.name: each.segment for each in segments})
            added = read_seen(folder).added(len(commit.by_id))
        except _UNREADABLE as error:
            raise _damaged(folder, error) from error
        return engine_of(self.name, commit, added, analyzer, cache_bytes=cache_bytes, seconds=seconds)


def engine_of(
    name: str, commit: Commit, added: Ints, analyzer: Analyzer, *, cache_bytes: int, seconds: float
) -> LocalEngine:
    """Return the engine over a commit, of whose articles is known when each was added."""
    segments = commit.segments
    doc_values = DocValues.of(segments, commit.by_id, added)
    vocabulary = vocabulary_of(segments)
    selector = LeafSelector(segments, vocabulary)
    text, title = ([_field(each, name) for each in segments] for name in FIELDS)
    live = None if doc_values.live_docs is None else doc_values.live
    index = Index(
        FieldIndex(doc_values.length, doc_values.live_docs, doc_values.sentences_of, text, selector),
        FieldIndex(doc_values.title_length, live, doc_values.titles_as_sentences, title, selector),
        selector,
        doc_values,
        analyzer,
        ArrayCache(cache_bytes),
    )
    return LocalEngine(name, Texts(segments), index, vocabulary=vocabulary, seconds=seconds)


def _field(segment: LiveSegment, name: str) -> FieldSegment:
    opened = segment.segment
    stem_docs, word_docs = (segment.doc_freqs(f"{name}_{terms}") for terms in ("stems", "words"))
    if name == "text":
        return FieldSegment(opened.text, segment.live_units, stem_docs, word_docs)
    live = segment.live_articles if len(segment.deletions.articles) else None
    return FieldSegment(opened.title, live, stem_docs, word_docs)


def open_whoosh(folder: Path) -> IndexReader:
    """Return Whoosh's reader of the index in a generation's folder.

    Raises:
        IndexDamaged: files are missing or cannot be read.
    """
    try:
        return open_reader(read_commit(folder))
    except _UNREADABLE as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> IndexDamaged:
    return IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild")
