"""A search asks nothing twice: queries are remembered, and what was found needs no question whether it is there."""

import datetime

import pytest
from archives import article, rebuilt
from hypothesis import given
from hypothesis import strategies as st
from strategies import AGENCIES, PLACES, WORDS, examples, queries

from search.answering.asking import Asker
from search.answering.parameters import SearchParameters
from search.answering.service import SearchService
from search.answering.suggestions import found_with, unknown_values, unknown_words
from search.answering.understanding import Understood
from search.engines.base import Scope
from search.errors import QueryError
from search.query import Dialect

DAY = datetime.date(2024, 8, 24)


@pytest.fixture(scope="module")
def generation(tmp_path_factory):
    # Four words, then the next four: some words are never together, and one is in no text.
    texts = [" ".join(WORDS[at : at + 4]) for at in range(1, len(WORDS), 3)]
    articles = [
        article(f"a{at}", *texts[at : at + 3], title=texts[at], date=DAY, place=PLACES[0], agency=AGENCIES[0])
        for at in range(0, len(texts), 3)
    ]
    archive, settings, _ = rebuilt(tmp_path_factory.mktemp("asking"), articles)
    service = SearchService(archive, settings)
    with service._open.lend() as generation:
        yield generation
    service.close()


@examples(300)
@given(q=queries(), scope=st.sampled_from(list(Scope)))
def test_what_a_match_was_found_with_is_in_the_archive(generation, q, scope):
    asker = Asker(SearchParameters(q=q, scope=scope), generation, DAY)
    try:
        query = asker.query()
    except QueryError:
        return
    _, tree, found = asker.ask(query, None)
    held = frozenset(found_with(tree)) if found.paragraphs else frozenset()
    engine = generation.engine
    assert [node for node in held if not engine.count(node)] == []
    assert unknown_words(query, engine, generation.analyzer, held) == unknown_words(query, engine, generation.analyzer)
    assert unknown_values(query, engine, held) == unknown_values(query, engine)


def test_a_query_is_read_once_for_all_who_ask_it_in_a_dialect_on_a_day(generation):
    understood = Understood()

    def read(text, dialect=Dialect.DATELINE, day=DAY):
        return understood.read(text, generation, dialect, day)

    assert read("border date:today") is read("border date:today")
    assert read("border date:today") != read("border date:today", day=datetime.date(2024, 8, 25))
    assert read("border and talks").node != read("border and talks", Dialect.NEXIS).node


def test_a_query_that_cannot_be_understood_is_refused_each_time(generation):
    understood = Understood()
    for _ in range(2):
        with pytest.raises(QueryError):
            understood.read('"border', generation, Dialect.DATELINE, DAY)


def test_queries_that_nobody_asked_for_long_are_forgotten(generation):
    understood = Understood()
    first = understood.read("border", generation, Dialect.DATELINE, DAY)
    for number in range(300):
        understood.read(f"border {number}", generation, Dialect.DATELINE, DAY)
    again = understood.read("border", generation, Dialect.DATELINE, DAY)
    assert again == first
    assert again is not first
