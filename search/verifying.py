"""An index that was built -> whether it holds what was read: as many articles and paragraphs, found by their words."""

from collections.abc import Sequence

from search.engines.base import Counts, Engine
from search.errors import IndexDamaged
from search.language import Analyzer
from search.query.nodes import Phrase, Term

_PROBE_WORDS = 6


def verify(engine: Engine, held: tuple[int, int], probes: Sequence[tuple[str, int, str]], analyzer: Analyzer) -> Counts:
    """Return what an index holds, which is so many articles and paragraphs, those of the probes among them.

    Raises:
        IndexDamaged: it is not.
    """
    counts = engine.counts()
    if (counts.articles, counts.paragraphs) != held:
        raise IndexDamaged(
            f"The index holds {counts.articles:,} articles and {counts.paragraphs:,} paragraphs of "
            f"{held[0]:,} and {held[1]:,}; run the rebuild again."
        )
    for article_id, number, text in probes:
        words = analyzer.words(text)[:_PROBE_WORDS]
        phrase = Phrase(tuple(Term((word,), stemmed=False) for word in words))
        if words and not engine.count(phrase):
            raise IndexDamaged(f"{article_id}#p{number} is not found by its own words; run the rebuild again.")
    return counts
