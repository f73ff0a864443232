"""The local engine: how to build an index of segments and how to open one."""

from pathlib import Path

from whoosh.reading import IndexReader

from search.engines.article_fields import Index
from search.engines.base import Builder, Engine, Preparer
from search.engines.cache import ArrayCache
from search.engines.columns import Columns
from search.engines.evaluated import EvaluatedEngine
from search.engines.evaluator.field_index import FieldIndex, UnitPositions
from search.engines.evaluator.field_segment import FieldSegment
from search.engines.vocabulary import Vocabulary
from search.engines.whoosh import building
from search.engines.whoosh.building import SEGMENT, SEGMENT_TOKENS, IndexBuilder
from search.engines.whoosh.codec import open_reader
from search.engines.whoosh.segment import Segment
from search.engines.whoosh.texts import Texts
from search.errors import IndexDamaged
from search.language import Analyzer, SentenceModel

_FORMAT = "2"
_UNREADABLE = (OSError, ValueError, KeyError, EOFError)


class WhooshKind:
    """How to build an index of segments and how to open one."""

    name = "whoosh"
    version = _FORMAT

    def __init__(self, *, segment_tokens: int = SEGMENT_TOKENS) -> None:
        self._segment_tokens = segment_tokens

    def preparer(self, analyzer: Analyzer, sentences: SentenceModel) -> Preparer:
        """Return what analyzes articles."""
        return building.Preparer(analyzer, sentences)

    def builder(self, folder: Path) -> Builder:
        """Begin an index in an empty folder."""
        return IndexBuilder(folder, segment_tokens=self._segment_tokens)

    def open(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> Engine:
        """Open an index that was finished.

        Raises:
            IndexDamaged: files are missing or cannot be read.
        """
        try:
            columns = Columns.load(folder)
            vocabulary = Vocabulary.load(folder)
            segments = open_segments(folder)
        except _UNREADABLE as error:
            raise _damaged(folder, error) from error
        text = [FieldSegment(each, each.text) for each in segments]
        title = [FieldSegment(each, each.title) for each in segments]
        index = Index(
            FieldIndex(UnitPositions.of_text(columns), text, vocabulary),
            FieldIndex(UnitPositions.of_titles(columns), title, vocabulary),
            columns,
            analyzer,
            ArrayCache(cache_bytes),
        )
        return EvaluatedEngine(self.name, Texts(segments, columns), index, vocabulary=vocabulary, seconds=seconds)


def open_whoosh(folder: Path) -> IndexReader:
    """Return Whoosh's reader of the index in a generation's folder.

    Raises:
        IndexDamaged: files are missing or cannot be read.
    """
    try:
        return open_reader(open_segments(folder), Columns.load(folder))
    except _UNREADABLE as error:
        raise _damaged(folder, error) from error


def open_segments(folder: Path) -> list[Segment]:
    """Return the segments of an index, in order."""
    count = sum(1 for _ in folder.glob(SEGMENT.format("*")))
    return [Segment(folder / SEGMENT.format(number)) for number in range(count)]


def _damaged(folder: Path, error: Exception) -> IndexDamaged:
    return IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild")
