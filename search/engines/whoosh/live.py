"""A segment and which of its articles are live: an update deletes articles, the segment stays as it is.

What is counted of terms is counted of live documents, so that weights are those of an index that never held the others.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from search.engines.sorted_arrays import Bools, Ints
from search.engines.whoosh.arrays import Array
from search.engines.whoosh.segment import Segment

# What is counted of deleted documents: for each field by stem and by word.
COUNTED = ("text_stems", "text_words", "title_stems", "title_words")


class TermCounts(NamedTuple):
    """Terms, ascending, and in how many documents each is."""

    terms: Array
    docs: Array


class Deletions(NamedTuple):
    """The articles of a segment that were deleted, ascending, and how many documents of each term they took along."""

    articles: Array
    counts: Mapping[str, TermCounts]

    @classmethod
    def none(cls) -> "Deletions":
        """Return those of a segment of which nothing was deleted."""
        nothing: Ints = np.empty(0, np.int64)
        return cls(nothing, dict.fromkeys(COUNTED, TermCounts(nothing, nothing)))


class LiveSegment:
    """A segment with its deletions. Safe for threads."""

    def __init__(self, name: str, segment: Segment, deletions: Deletions) -> None:
        self.name = name
        self.segment = segment
        self.deletions = deletions

    @cached_property
    def live_articles(self) -> Bools:
        """Which articles are live."""
        live = np.ones(self.segment.articles, np.bool_)
        live[self.deletions.articles] = False
        return live

    @cached_property
    def live_units(self) -> Bools | None:
        """Which units are of live articles; None where all are."""
        return self.live_articles.repeat(self.segment.units_of) if len(self.deletions.articles) else None

    def live_article(self, article_id: str) -> int | None:
        """Return the number of the live article of an id within the segment."""
        number = self.segment.article_number(article_id)
        return number if number is not None and self.live_articles[number] else None

    def doc_freqs(self, counted: str) -> Ints:
        """Return how many live documents hold each stem or word of a field: a key of COUNTED."""
        field, _, terms = counted.partition("_")
        postings = self.segment.text if field == "text" else self.segment.title
        found = postings.stem_docs if terms == "stems" else postings.word_docs.astype(np.int64)
        deleted = self.deletions.counts[counted]
        if len(deleted.terms):
            found = found.copy()
            found[deleted.terms] -= deleted.docs
        return found

    @cached_property
    def live_words(self) -> Bools | None:
        """Which words live articles have, in text or title; None where all are had."""
        if not len(self.deletions.articles):
            return None
        return np.asarray((self.doc_freqs("text_words") + self.doc_freqs("title_words")) > 0)
