"""Engine and oracle agree: on random archives and random queries, what is found, how well, in which order, how many."""

import math
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from archives import ANALYZER, opensearch_engine, segmented_engine, tree, updated_engine, whoosh_engine
from hypothesis import given
from hypothesis import strategies as st
from oracle import Oracle
from strategies import AGENCIES, DAYS, IDS, PLACES, SECTIONS, archives, examples, queries

from search.articles import Article
from search.engines.base import FACETS, Ask, Engine, Found, Group, Position, Scope, Sort
from search.errors import QueryError
from search.query import Match
from search.query.nodes import And, DateRange, Exactly, InArticles, Node, Not, Undated

BUILDERS: dict[str, Callable[[list[Article], Path], Engine]] = {
    "whoosh": whoosh_engine,
    "whoosh, several segments": segmented_engine,
    "whoosh, updated": updated_engine,
}
ASKED_OF_EACH = 8
# Scores of a cluster have 32 bits.
SAME = {"opensearch": 2e-6}
EVERYTHING = 1_000


on_every_engine = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)


def values(name, of):
    return st.lists(st.sampled_from(of), min_size=1, max_size=2).map(
        lambda chosen: Exactly(name, tuple(map(ANALYZER.fold, chosen)))
    )


CHOSEN = st.one_of(
    values("place", PLACES),
    values("agency", AGENCIES),
    values("section", SECTIONS),
    values("place", PLACES).map(Not),
    st.lists(st.sampled_from(IDS), max_size=3).map(lambda ids: InArticles(tuple(ids))),
    st.sampled_from([Undated(), Not(Undated())]),
    st.builds(DateRange, st.sampled_from([None, DAYS[1]]), st.sampled_from([None, DAYS[2]])),
)


@st.composite
def nodes(draw: st.DrawFn) -> Node:
    text = draw(queries())
    try:
        node = tree(text, draw(st.sampled_from([Match.ALL, Match.ANY])))
    except QueryError:
        node = tree("minister")
    return And((node, draw(CHOSEN))) if draw(st.integers(0, 4)) == 0 else node


NODES = nodes()


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    """One question: the tree of a query's text, now and then narrowed by a chosen facet."""
    node = draw(NODES)
    return Ask(
        node,
        scope=draw(st.sampled_from(Scope)),
        group=draw(st.sampled_from(Group)),
        sort=draw(st.sampled_from(Sort)),
        size=EVERYTHING,
        facets=(*FACETS, "date"),
    )


ASKS = asks()


@on_every_engine
@examples(100)
@given(articles=archives(), asked=st.lists(ASKS, min_size=ASKED_OF_EACH, max_size=ASKED_OF_EACH))
def test_engine_and_oracle_agree_on_everything(build, articles, asked):
    agree_on_everything(build, articles, asked)


# A cluster takes a second or so for each archive.
@examples(20)
@given(articles=archives(), asked=st.lists(ASKS, min_size=ASKED_OF_EACH, max_size=ASKED_OF_EACH))
def test_a_cluster_and_oracle_agree_on_everything(articles, asked):
    agree_on_everything(opensearch_engine, articles, asked)


def agree_on_everything(build, articles, asked):
    oracle = Oracle(articles, ANALYZER)
    with TemporaryDirectory() as folder:
        engine = build(articles, Path(folder))
        try:
            assert engine.counts() == oracle.counts()
            assert list(engine.months_held()) == list(oracle.months_held())
            for ask in asked:
                agree(engine, oracle, ask)
        finally:
            engine.close()


PLACES_IN_ORDER = st.lists(
    st.builds(
        Position,
        st.one_of(st.sampled_from([0.0, 1.0, *(float(day.toordinal()) for day in DAYS)]), st.floats(0, 10)),
        st.sampled_from([*IDS, "", "aa", "b-0", "ba", "zz"]),
        st.integers(0, 5),
    ),
    min_size=8,
    max_size=8,
)


@on_every_engine
@examples(30)
@given(
    articles=archives(),
    node=NODES,
    places=PLACES_IN_ORDER,
)
def test_a_page_begins_after_any_position_whether_or_not_a_hit_is_there(build, articles, node, places):
    agree_on_pages(build, articles, node, places)


@examples(8)
@given(articles=archives(), node=NODES, places=PLACES_IN_ORDER)
def test_a_page_from_a_cluster_begins_after_any_position(articles, node, places):
    agree_on_pages(opensearch_engine, articles, node, places)


def agree_on_pages(build, articles, node, places):
    oracle = Oracle(articles, ANALYZER)
    with TemporaryDirectory() as folder:
        engine = build(articles, Path(folder))
        try:
            for after in places:
                for sort in (Sort.NEWEST, Sort.OLDEST):
                    ask = Ask(node, group=Group.NONE, sort=sort, size=EVERYTHING, after=after)
                    assert ids(engine.search(ask)) == ids(oracle.search(ask))
        finally:
            engine.close()


def agree(engine: Engine, oracle: Oracle, ask: Ask) -> None:
    """Hold one answer against the oracle's.

    Scores are sums, and which of two that differ in the sixteenth digit is larger is no one's to say; so the order
    is held against the engine's own scores, and these against the oracle's.
    """
    found, true = engine.search(ask), oracle.search(ask)
    near = {"rel_tol": SAME.get(engine.name, 1e-9), "abs_tol": SAME.get(engine.name, 1e-9)}
    scores = oracle.scores(ask.node, ask.scope)
    assert (found.paragraphs, found.articles, found.has_more) == (true.paragraphs, true.articles, False)
    assert engine.count(ask.node, ask.scope) == true.paragraphs
    assert found.facets == true.facets
    for hit in found.hits:
        where = place(hit)
        assert where in scores
        assert math.isclose(hit.score, scores[where], **near), (where, hit.score, scores[where])
    assert [hit.position for hit in found.hits] == sorted((hit.position for hit in found.hits), key=order(ask.sort))
    by_id = {hit.card.id: hit for hit in true.hits}
    for hit in found.hits:
        of_oracle = by_id[hit.card.id]
        assert (hit.card, hit.more) == (of_oracle.card, of_oracle.more)
        best = scores[hit.card.id, of_oracle.position.paragraph]
        assert ask.group is Group.NONE or math.isclose(hit.score, best, **near)
    if ask.group is Group.NONE:
        assert set(ids(found)) == set(scores)
        assert {(*place(hit), hit.text) for hit in found.hits} == {(*place(hit), hit.text) for hit in true.hits}
    if ask.sort is not Sort.RELEVANCE and ask.group is Group.NONE:
        assert ids(found) == ids(true)


def order(sort: Sort) -> Callable[[Position], tuple[float, str, int]]:
    def key(position: Position) -> tuple[float, str, int]:
        days = position.key or math.inf
        return (days if sort is Sort.OLDEST else -position.key, position.article_id, position.paragraph)

    return key


def place(hit):
    return hit.card.id, hit.position.paragraph


def ids(found: Found) -> list[tuple[str, int]]:
    return [place(hit) for hit in found.hits]
