"""What a tantivy index wants to know of an archive from its first articles, before any is prepared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from search.articles import Article
from search.engines.compression import learned_dictionary
from search.engines.limits import Limits
from search.engines.records import article_texts, stored_piece
from search.language import Analyzer

_SAMPLE_PARAGRAPHS = 2_000


@dataclass(frozen=True, slots=True)
class Learned:
    """The words that stand nearly everywhere, which tantivy is spared, and a dictionary for compressing articles."""

    everywhere: frozenset[str]
    dictionary: bytes

    @classmethod
    def of(cls, articles: Sequence[Article], analyzer: Analyzer, limits: Limits) -> "Learned":
        """Learn from some articles."""
        texts = [unit.text for article in articles for unit in article.units]
        sample = texts[:: max(1, len(texts) // _SAMPLE_PARAGRAPHS)]
        held = Counter(word for text in sample for word in set(analyzer.words(text)))
        everywhere = frozenset(
            word for word, paragraphs in held.items() if paragraphs * limits.everywhere > len(sample)
        )
        return cls(everywhere, learned_dictionary([stored_piece(article_texts(article)) for article in articles]))

    @staticmethod
    def read(learned: bytes) -> "Learned":
        """Return what `to_bytes` wrote."""
        words, _, dictionary = learned.partition(b"\n")
        return Learned(frozenset(words.decode().split()), dictionary)

    def to_bytes(self) -> bytes:
        """Return it as it is kept and crosses to other processes."""
        return " ".join(sorted(self.everywhere)).encode() + b"\n" + self.dictionary
