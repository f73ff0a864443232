"""Find the stored records and texts of articles, whichever of several segments holds them."""

from collections.abc import Sequence

import numpy as np

from search.engines.columns import Columns
from search.engines.whoosh.segment import Segment


class Texts:
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
