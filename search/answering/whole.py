"""All hits of one search, one after the other; and a search in the order in which articles came, with when they did.

A page costs a search; all pages would cost as many searches as there are pages. Here what matches is put in order once
and then read from front to back.
"""

import datetime
from collections.abc import Callable, Iterator
from functools import partial

from search.answering.answer import Answer, News, ShownHit, WholeHit
from search.answering.parameters import SearchParameters
from search.engines.base import Ask, Hit
from search.generation import Generation
from search.query.nodes import Node
from search.seen import Instants


def hits_of(
    tree: Node, parameters: SearchParameters, generation: Generation, *, show: Callable[[Hit, int], ShownHit]
) -> Iterator[WholeHit]:
    """Return all that a tree finds in a generation, in order; `show` makes the excerpt of a hit of some rank.

    Raises:
        EngineError: as `Engine.every` does, before this returns.
    """
    ask = Ask(tree, scope=parameters.scope, group=parameters.group, sort=parameters.sort)
    return (_whole(hit, rank, show) for rank, hit in enumerate(generation.engine.every(ask), 1))


def news_of(answer: Answer, generation: Generation) -> News:
    """Return an answer with when its articles came and changed: with the index, where that is not remembered."""
    built = datetime.datetime.fromisoformat(generation.manifest.built_at)
    at_first = Instants(built, built)
    ids = {hit.card.id for hit in answer.hits}
    return News(answer, {article_id: generation.seen.of(article_id) or at_first for article_id in ids})


def _whole(hit: Hit, rank: int, show: Callable[[Hit, int], ShownHit]) -> WholeHit:
    return WholeHit(hit.card, hit.position.paragraph, rank, hit.score, hit.text, hit.more, partial(show, hit, rank))
