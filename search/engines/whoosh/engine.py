"""The local engine: how to build an index of segments and how to open one."""

from pathlib import Path

from whoosh.reading import IndexReader

from search.engines.base import Builder, Engine, Preparer
from search.engines.evaluator.article_filters import Index
from search.engines.evaluator.cache import ArrayCache
from search.engines.evaluator.doc_values import DocValues
from search.engines.evaluator.field_index import FieldIndex
from search.engines.evaluator.field_segment import FieldSegment
from search.engines.evaluator.leaves import LeafSelector
from search.engines.evaluator.local_engine import LocalEngine
from search.engines.vocabulary import Vocabulary
from search.engines.whoosh import batches
from search.engines.whoosh.building import SEGMENT, SEGMENT_TOKENS, IndexBuilder
from search.engines.whoosh.codec import open_reader
from search.engines.whoosh.segment import Segment
from search.engines.whoosh.texts import Texts
from search.errors import IndexDamaged
from search.language import Analyzer, SentenceModel

_FORMAT = "3"
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

    def open(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> Engine:
        """Open an index that was finished.

        Raises:
            IndexDamaged: files are missing or cannot be read.
        """
        try:
            doc_values = DocValues.load(folder)
            vocabulary = Vocabulary.load(folder)
            segments = open_segments(folder)
        except _UNREADABLE as error:
            raise _damaged(folder, error) from error
        selector = LeafSelector(segments, vocabulary)
        text, title = [FieldSegment(each.text) for each in segments], [FieldSegment(each.title) for each in segments]
        index = Index(
            FieldIndex(doc_values.length, doc_values.sentences_of, text, selector),
            FieldIndex(doc_values.title_length, doc_values.titles_as_sentences, title, selector),
            selector,
            doc_values,
            analyzer,
            ArrayCache(cache_bytes),
        )
        return LocalEngine(self.name, Texts(segments), index, vocabulary=vocabulary, seconds=seconds)


def open_whoosh(folder: Path) -> IndexReader:
    """Return Whoosh's reader of the index in a generation's folder.

    Raises:
        IndexDamaged: files are missing or cannot be read.
    """
    try:
        return open_reader(open_segments(folder), DocValues.load(folder))
    except _UNREADABLE as error:
        raise _damaged(folder, error) from error


def open_segments(folder: Path) -> list[Segment]:
    """Return the segments of an index, in order."""
    count = sum(1 for _ in folder.glob(SEGMENT.format("*")))
    return [Segment(folder / SEGMENT.format(number)) for number in range(count)]


def _damaged(folder: Path, error: Exception) -> IndexDamaged:
    return IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild")
