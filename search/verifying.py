"""An index that was built -> whether it holds what was read: as many articles and paragraphs, found by their words."""

from search.engines.base import Counts, Engine
from search.errors import IndexDamaged
from search.language import Analyzer
from search.query.nodes import Phrase, Term
from search.tally import Tally

_PROBE_WORDS = 6


def verify(engine: Engine, tally: Tally, analyzer: Analyzer) -> Counts:
    """Return what an index holds, which is what was read.

    Raises:
        IndexDamaged: it is not.
    """
    counts = engine.counts()
    if (counts.articles, counts.paragraphs) != (tally.articles, tally.paragraphs):
        raise IndexDamaged(
            f"The index holds {counts.articles:,} articles and {counts.paragraphs:,} paragraphs of "
            f"{tally.articles:,} and {tally.paragraphs:,}; run the rebuild again."
        )
    for article_id, number, text in tally.probes:
        words = analyzer.words(text)[:_PROBE_WORDS]
        phrase = Phrase(tuple(Term((word,), stemmed=False) for word in words))
        if words and not engine.count(phrase):
            raise IndexDamaged(f"{article_id}#p{number} is not found by its own words; run the rebuild again.")
    return counts
