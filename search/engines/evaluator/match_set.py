"""What an evaluator found, with its articles -> what pages are taken from; the few that may be among the best of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from search.engines.evaluator.doc_values import DocValues
from search.engines.evaluator.scored_docs import ScoredDocs
from search.engines.sorted_arrays import Floats, Ints, run_starts

# So many that may score most are settled for each article that is to be shown, which mostly are all that need be.
_SETTLED_EACH = 10


@dataclass(frozen=True)
class MatchSet:
    """What a query matches: paragraphs in the order of the index, their scores, and their articles.

    Paragraphs of an article stand side by side; its run begins at the index in `runs`.
    """

    found: ScoredDocs
    articles: Ints
    runs: Ints
    doc_values: DocValues

    @classmethod
    def of(cls, found: ScoredDocs, doc_values: DocValues) -> "MatchSet":
        """Return what was found, with its articles."""
        article_of = doc_values.article_of[found.units] if found.articles is None else found.articles
        runs = run_starts(article_of)
        return cls(found, article_of[runs], runs, doc_values)

    @property
    def docs(self) -> Ints:
        """The paragraphs."""
        return self.found.units

    @property
    def scores(self) -> Floats:
        """The score of each."""
        return self.found.scores if self.found.settle is None else self._settled

    @cached_property
    def _settled(self) -> Floats:
        return self.found.settled().scores

    def run(self, index: int) -> tuple[int, int]:
        """Return the half-open range of the paragraphs of an article, given by its place among those that match."""
        end = self.runs[index + 1] if index + 1 < len(self.runs) else len(self.docs)
        return int(self.runs[index]), int(end)

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.found.nbytes + self.articles.nbytes + self.runs.nbytes

    @property
    def paragraphs(self) -> int:
        """How many paragraphs match."""
        return len(self.docs)

    @property
    def number_of_articles(self) -> int:
        """How many articles they are of."""
        return len(self.articles)

    def counts_of(self, articles: Ints) -> Ints:
        """Return how many paragraphs of each of these articles match."""
        runs = self.articles.searchsorted(articles)
        ends = np.concatenate((self.runs, (len(self.docs),)))
        return np.asarray(ends[runs + 1] - self.runs[runs])

    def by_article(self) -> tuple[Ints, Ints]:
        """Return the articles in order, and how many paragraphs of each match."""
        return self.articles, np.diff(self.runs, append=len(self.docs))

    def leading(self, size: int) -> "MatchSet":
        """Return what may be among the best of so many articles: all, where scores are settled."""
        most, settle, tried = self.found.scores, self.found.settle, size * _SETTLED_EACH
        if settle is None or tried >= len(most):
            return self
        return best_first(most, tried, lambda rows: ScoredDocs(self.docs[rows], settle(rows)), size, self.doc_values)


def best_first(
    most: npt.NDArray[np.floating],
    number: int,
    evaluate: Callable[[Ints], ScoredDocs],
    size: int,
    doc_values: DocValues,
) -> MatchSet:
    """Return what may be among the best of so many articles, without evaluating what cannot be.

    `evaluate` returns the paragraphs at some places, which are in order; none at a place scores more than `most` says
    there. What is at the highest of them, so many of the more there are, is looked at first, to learn which of the rest
    need be.
    """
    highest = np.sort(np.argpartition(most, -number)[-number:])
    tried = evaluate(highest)
    least = least_of_best(tried.scores, doc_values.article_of[tried.units], size)
    may_be_among = most >= least
    may_be_among[highest] = False
    others = may_be_among.nonzero()[0]
    found = [tried, evaluate(others)] if len(others) else [tried]
    docs = np.concatenate([each.units for each in found])
    scores = np.concatenate([each.scores for each in found])
    rows = (scores >= least).nonzero()[0]
    rows = rows[docs[rows].argsort()]
    return MatchSet.of(ScoredDocs(docs[rows], scores[rows]), doc_values)


def least_of_best(scores: Floats, articles: Ints, size: int) -> float:
    """Return the least of the best scores of so many articles, which stand side by side; of fewer, less than any."""
    if not len(scores):
        return -np.inf
    best = np.maximum.reduceat(scores, run_starts(articles))
    return float(np.partition(best, -size)[-size]) if len(best) >= size else -np.inf
