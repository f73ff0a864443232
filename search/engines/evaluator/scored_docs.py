"""Units that match, with their scores: as they are, or as the most that they can be."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from search.engines.sorted_arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class ScoredDocs:
    """Units in order and the score of each; of paragraphs, also the article of each where it was looked up.

    Where `settle` is given, scores are the most that they can be, and it makes those at some places, in order.
    """

    units: Ints
    scores: Floats
    articles: Ints | None = None
    settle: Callable[[Ints], Floats] | None = None

    @property
    def nbytes(self) -> int:
        """The memory they take; before scores are settled, also what these are made of, and they themselves."""
        return self.units.nbytes + (1 if self.settle is None else 4) * self.scores.nbytes

    def settled(self) -> "ScoredDocs":
        """Return it with the scores as they are."""
        if self.settle is None:
            return self
        return ScoredDocs(self.units, self.settle(np.arange(len(self.units))), self.articles)

    def only(self, kept: Bools) -> "ScoredDocs":
        """Return it without the units at the places that are not kept."""
        articles, settle = None if self.articles is None else self.articles[kept], self.settle
        if settle is None:
            return ScoredDocs(self.units[kept], self.scores[kept], articles)
        places = kept.nonzero()[0]
        return ScoredDocs(self.units[kept], self.scores[kept], articles, lambda at: settle(places[at]))

    def map(self, change: Callable[[Floats, Ints | slice], Floats], articles: Ints | None = None) -> "ScoredDocs":
        """Return it with its scores changed, which `change` does to those at some places, and keeps their order."""
        changed, settle = change(self.scores, slice(None)), self.settle
        if settle is None:
            return ScoredDocs(self.units, changed, articles)
        return ScoredDocs(self.units, changed, articles, lambda places: change(settle(places), places))
