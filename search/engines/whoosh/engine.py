"""The local engine: how to build an index of segments and how to open one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
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
from search.errors import IndexDamaged
from search.language import Analyzer, SentenceModel

_FORMAT = "2"


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
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild") from error
        text = [FieldSegment(each, each.text) for each in segments]
        title = [FieldSegment(each, each.title) for each in segments]
        index = Index(
            FieldIndex(UnitPositions.of_text(columns), text, vocabulary),
            FieldIndex(UnitPositions.of_titles(columns), title, vocabulary),
            columns,
            analyzer,
            ArrayCache(cache_bytes),
        )
        return EvaluatedEngine(self.name, _Texts(segments, columns), index, vocabulary=vocabulary, seconds=seconds)


def open_whoosh(folder: Path) -> IndexReader:
    """Return Whoosh's reader of the index in a generation's folder.

    Raises:
        IndexDamaged: files are missing or cannot be read.
    """
    return open_reader(open_segments(folder), Columns.load(folder))


def open_segments(folder: Path) -> list[Segment]:
    """Return the segments of an index, in order."""
    count = sum(1 for _ in folder.glob(SEGMENT.format("*")))
    return [Segment(folder / SEGMENT.format(number)) for number in range(count)]


class _Texts:
    """The stored records and texts; an article's first unit is known by its number over all segments."""

    def __init__(self, segments: Sequence[Segment], columns: Columns) -> None:
        self._segments = segments
        self._article_of = columns.article_of
        self.documents = sum(len(each.text.lengths) for each in segments)
        # The number of the first unit and of the first article of each segment.
        self._first_units = np.cumsum([0, *(len(each.text.lengths) for each in segments)])
        self._first_articles = np.cumsum([0, *(len(each.title.lengths) for each in segments)])

    def _stored(self, first: int, index: int) -> bytes:
        """Return a stored piece of an article: its record has the index 0, its units those from 1 on."""
        number = int(self._first_units.searchsorted(first, "right")) - 1
        unit = first - int(self._first_units[number])
        article = int(self._article_of[first]) - int(self._first_articles[number])
        return self._segments[number].stored(unit + article + index)

    def record(self, first: int) -> bytes:
        """Return the record of an article."""
        return self._stored(first, 0)

    def text(self, first: int, index: int) -> str:
        """Return the text of an article's unit; the index of its first one is 0."""
        return self._stored(first, index + 1).decode()

    def texts(self, first: int, units: int) -> list[str]:
        """Return the texts of all units of an article, which has that many."""
        return [self.text(first, index) for index in range(units)]

    def close(self) -> None:
        """Let go of the segments, whose files are mapped as long as any array over them is left."""
        self.__dict__.clear()
