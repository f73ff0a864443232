"""Delete articles of a segment: note which, and how many documents of each term they take with them.

What few articles hold is learned by analyzing their texts once more, so that the cost does not grow with the segment;
what many hold by counting the postings of all.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from search.articles import Article
from search.engines.kinds import Preparer
from search.engines.records import article_texts, read_article
from search.engines.sorted_arrays import Ints
from search.engines.whoosh.batches import PreparedBatch
from search.engines.whoosh.building import doc_freqs
from search.engines.whoosh.live import COUNTED, Deletions, LiveSegment, TermCounts
from search.engines.whoosh.merging import live_doc_freqs
from search.engines.whoosh.segment import Segment
from search.errors import IndexDamaged

# Articles that are read at a time. To analyze more takes longer than to count all of half a million paragraphs.
_AT_A_TIME = 500


def with_deleted(segment: LiveSegment, articles: Ints, prepare: Preparer) -> LiveSegment:
    """Return a segment with these live articles deleted too, given by their numbers within it, ascending.

    Raises:
        IndexDamaged: the segment has no words that their texts have.
    """
    opened, before = segment.segment, segment.deletions
    deleted = np.union1d(before.articles, articles)
    if len(articles) > _AT_A_TIME:
        counts = _counted_together(LiveSegment(segment.name, opened, Deletions(deleted, {})))
    else:
        texts = [article_texts(article_of(opened, article)) for article in articles.tolist()]
        more = _counted(opened, PreparedBatch.of(prepare(texts)))
        counts = {name: _dense(opened, name, before.counts[name]) + more[name] for name in COUNTED}
    return LiveSegment(segment.name, opened, Deletions(deleted, {name: _sparse(docs) for name, docs in counts.items()}))


def article_of(segment: Segment, article: int) -> Article:
    """Return an article of a segment, given by its number within it."""
    at = int(segment.values["first_doc"][article]) + article
    return read_article(segment.stored(at), _unit_texts(segment, article))


def _unit_texts(segment: Segment, article: int) -> list[str]:
    at = int(segment.values["first_doc"][article]) + article + 1
    return [segment.stored(at + unit).decode() for unit in range(int(segment.units_of[article]))]


def articles_with_text(segment: LiveSegment, fits: Callable[[str], bool]) -> Ints:
    """Return the live articles of a segment of which the text of a unit fits."""
    live = segment.live_articles.nonzero()[0]
    found: list[int] = []
    for start in range(0, len(live), _AT_A_TIME):
        some = live[start : start + _AT_A_TIME]
        of_articles = zip(some.tolist(), _texts_together(segment.segment, some), strict=True)
        found += [article for article, texts in of_articles if any(map(fits, texts))]
    return np.array(found, np.int64)


def _texts_together(segment: Segment, articles: Ints) -> Iterator[list[str]]:
    """Yield the texts of the units of each of some articles, which are read together: in a tenth of the time."""
    chosen = np.zeros(segment.articles, np.bool_)
    chosen[articles] = True
    lengths, pieces = segment.stored_of(chosen)
    data, ends = b"".join(map(bytes, pieces)), lengths.cumsum().tolist()
    at = 0
    for units in segment.units_of[articles].tolist():
        bounds = ends[at : at + units + 1]  # first that of its record
        yield [data[start:end].decode() for start, end in pairwise(bounds)]
        at += units + 1


def _counted(segment: Segment, batch: PreparedBatch) -> dict[str, Ints]:
    """Return how many documents of a batch hold each stem and word of each field."""
    numbers = np.array(segment.words.find_all(batch.words), np.int64)
    if len(numbers) != len(batch.words):
        raise IndexDamaged("A segment lacks words of its own texts; run: dateline rebuild")
    counts: dict[str, Ints] = {}
    for name, field in (("text", batch.text), ("title", batch.title)):
        words = numbers[field.tokens >> np.uint32(1)]
        units = np.repeat(np.arange(len(field.lengths), dtype=np.uint32), field.lengths)
        counts[f"{name}_words"] = doc_freqs(words, units, len(segment.words))
        counts[f"{name}_stems"] = doc_freqs(segment.word_stems[words], units, len(segment.stems))
    return counts


def _counted_together(segment: LiveSegment) -> dict[str, Ints]:
    """Return how many documents of all deleted articles hold each stem and word of each field."""
    live, whole = live_doc_freqs(segment), LiveSegment(segment.name, segment.segment, Deletions.none())
    return {name: whole.doc_freqs(name) - live[name] for name in COUNTED}


def _dense(segment: Segment, name: str, counts: TermCounts) -> Ints:
    docs = np.zeros(len(segment.stems if name.endswith("stems") else segment.words), np.int64)
    docs[counts.terms] = counts.docs
    return docs


def _sparse(docs: Ints) -> TermCounts:
    terms = docs.nonzero()[0]
    return TermCounts(terms, docs[terms])
