"""Find the stored records and texts of articles, whichever of several segments holds them."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from search.engines.whoosh.live import LiveSegment


class Texts:
    """The stored records of articles and texts of units, both numbered over all segments.

    Of each article a segment stores the record, then the text of each of its units.
    """

    def __init__(self, segments: Sequence[LiveSegment]) -> None:
        self._segments = [each.segment for each in segments]
        # The number of the first unit and of the first article of each segment.
        self._first_units = list(accumulate((each.units for each in self._segments), initial=0))
        self._first_articles = list(accumulate((each.articles for each in self._segments), initial=0))

    def record(self, article: int, first: int) -> bytes:
        """Return the record of an article, given by its number and that of its first unit."""
        return self._stored(article, first, 0)

    def text(self, article: int, unit: int) -> str:
        """Return the text of an article's unit."""
        return self._stored(article, unit, 1).decode()

    def _stored(self, article: int, unit: int, after: int) -> bytes:
        segment = bisect_right(self._first_units, unit) - 1
        before = self._first_units[segment] + self._first_articles[segment]
        return self._segments[segment].stored(unit + article - before + after)

    def close(self) -> None:
        """Let go of the segments, whose files are mapped as long as any array over them is left."""
        self.__dict__.clear()
