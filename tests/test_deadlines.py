"""Words that stand near each other very often: found and marked, or refused, in the time and memory of a search."""

import random
from itertools import product

import numpy as np
import pytest
from archives import ANALYZER, SENTENCES, article, segmented_engine, tree, whoosh_engine
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples
from webserver import Served, page

from search import deadlines
from search.answering.marking import Marker
from search.engines.base import Ask, Scope
from search.engines.evaluator import spans as postings
from search.engines.evaluator.spans import Spans
from search.errors import EngineUnavailable
from search.query.occurrences import have_distinct

pytest_plugins = ("webserver",)

FOUR = "oil price deal talks " * 10_000
MIXED = " ".join(random.Random(1).choices(["oil", "price", "deal", "talks", "rain", "sun", "wind"], k=40_000))
CHAIN = "oil w/250 price w/250 deal w/250 talks"


# Time


def test_without_a_time_none_is_over():
    assert not deadlines.is_over()
    deadlines.check()


def test_what_is_done_within_a_time_is_given_up_when_it_is_over():
    with deadlines.within(0), pytest.raises(deadlines.OutOfTime):
        list(deadlines.checked(range(3)))
    assert list(deadlines.checked(range(3))) == [0, 1, 2]


def test_a_time_within_another_does_not_outlast_it():
    with deadlines.within(0), deadlines.within(60), pytest.raises(deadlines.OutOfTime):
        deadlines.check()
    with deadlines.within(60), deadlines.within(30):
        deadlines.check()


# Pairs, by looking at every one


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    runs = sorted(draw(st.sets(st.tuples(st.integers(0, 25), st.integers(0, 6)), max_size=25)))
    starts = np.array([start for start, _ in runs], np.int64)
    if draw(st.booleans()):
        return postings.single_positions(np.unique(starts))
    return Spans(starts, np.array([start + length for start, length in runs], np.int64))


def runs_of(found: Spans) -> list[tuple[int, int]]:
    return list(zip(found.starts.tolist(), found.lasts.tolist(), strict=True))


@examples(300)
@given(spans(), spans(), st.sampled_from([1, 3, 9]), st.booleans(), st.sampled_from([1, 7, 1 << 16]))
def test_what_is_near_is_what_a_look_at_every_pair_finds(left, right, distance, ordered, at_once):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postings, "_PAIRED_AT_ONCE", at_once)
        found = postings.near(left, right, distance, ordered=ordered)
    pairs = list(product(runs_of(left), runs_of(right)))
    expected = {(a[0], b[1]) for a, b in pairs if 1 <= b[0] - a[1] <= distance}
    if not ordered:
        expected |= {(b[0], a[1]) for a, b in pairs if 1 <= a[0] - b[1] <= distance}
    assert runs_of(found) == sorted(expected)


@examples(300)
@given(st.lists(spans(), max_size=4))
def test_a_union_has_every_run_once(parts):
    assert runs_of(postings.union(iter(parts))) == sorted({run for part in parts for run in runs_of(part)})


@examples(300)
@given(
    st.lists(st.lists(st.integers(0, 30), unique=True).map(sorted), min_size=1, max_size=4),
    st.lists(st.integers(0, 3), min_size=2, max_size=5),
    st.sampled_from([1, 2, 5, 9]),
)
def test_a_window_begins_where_a_look_from_every_position_finds_one(positions, chosen, distance):
    different = [np.array(each, np.int64) for each in positions]
    parts = [different[number % len(different)] for number in chosen]
    expected = [
        start
        for start in sorted({position for part in parts for position in part.tolist()})
        if have_distinct([[each for each in part.tolist() if start <= each <= start + distance] for part in parts])
    ]
    assert postings.window(parts, distance).tolist() == expected


# Marks


@pytest.mark.parametrize(
    "query",
    [
        CHAIN,
        " w/250 ".join(["oil", "price", "deal", "talks"] * 2),
        "(oil OR price) w/200 (deal OR talks) w/200 (oil OR talks)",
        "((oil w/250 price) w/250 (deal w/250 talks)) w/250 (oil w/5 talks)",
        "oil pre/250 price pre/250 deal pre/250 talks",
        '"oil oil price deal talks"~30',
        '"' + "oil price " * 20 + '"~250',
        "oil w/s price w/s deal",
        " OR ".join(f"(oil w/{distance} price)" for distance in range(200, 220)),
    ],
)
def test_a_long_paragraph_of_frequent_words_is_marked_in_no_time(query):
    # Many minutes and gigabytes, if every pair of pairs were made.
    marker = Marker(tree(query), ANALYZER, sentences=SENTENCES)
    with deadlines.within(10):
        marks = marker.marks(MIXED)
    assert len(marks) > 10_000
    assert not marker.is_cut


def test_chains_mark_what_takes_part_in_any_match():
    text = "oil " + "rain " * 40 + "price " + "rain " * 40 + "deal " + "sun " * 300 + "oil price"
    marker = Marker(tree("oil w/50 price w/50 deal"), ANALYZER)
    assert [text[mark.start : mark.end] for mark in marker.marks(text)] == ["oil", "price", "deal"]


@pytest.mark.parametrize(
    "query", ["(oil w/250 price) w/s (deal w/250 talks)", "oil w/250 price not w/5 (deal w/9 talks)"]
)
def test_what_would_be_too_much_is_not_marked_and_said(query):
    marker = Marker(tree(f"({query}) OR talks"), ANALYZER)
    with deadlines.within(10):
        marks = marker.marks(FOUR)
    assert marker.is_cut
    assert {FOUR[mark.start : mark.end] for mark in marks} == {"talks"}


def test_when_the_time_is_over_nothing_more_is_marked():
    marker = Marker(tree("oil"), ANALYZER)
    assert marker.marks("oil")
    assert not marker.is_cut
    with deadlines.within(0):
        assert marker.marks("oil") == ()
    assert marker.is_cut


# Engines


@pytest.fixture(scope="module", params=[whoosh_engine, segmented_engine], ids=["whoosh", "several segments"])
def engine(request, tmp_path_factory):
    opened = request.param(
        [article("a", FOUR), article("b", "Oil talks about a price.")], tmp_path_factory.mktemp("index")
    )
    yield opened
    opened.close()


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(
    "query", [CHAIN, '"oil price deal talks"~30', '"' + "oil price " * 25 + '"~250', "oil w/250 price not w/5 deal"]
)
def test_an_engine_answers_or_says_that_it_is_too_much(engine, query, scope):
    refused = None
    try:
        found = engine.search(Ask(tree(query), scope=scope)).paragraphs
    except EngineUnavailable as error:
        found, refused = 0, str(error)
    assert 0 < found <= 2 or "rarer words" in refused


def test_an_engine_stops_when_the_time_is_over(engine):
    with deadlines.within(0), pytest.raises(EngineUnavailable, match="rarer words"):
        engine.search(Ask(tree("oil w/249 deal w/3 talks")))


def test_what_was_stopped_is_found_when_there_is_time(engine):
    query = tree("oil w/9 deal")
    with deadlines.within(0), pytest.raises(EngineUnavailable):
        engine.count(query)
    assert engine.count(query) == 1


# What is told


def test_an_answer_says_that_not_all_is_marked(serve_articles) -> None:
    text = "oil price deal talks " * 8_000
    served: Served = serve_articles({"id": "a", "title": "Oil", "paragraphs": [text, "The talks go on."]})
    asked = "?q=(oil+w/99+price)+w/s+(deal+w/99+talks)"
    answer = served.client.get(f"/api/v1/articles/a{asked}")
    assert [each["code"] for each in answer.json["diagnostics"]] == ["highlights-cut"]
    assert "Not all that was found is marked" in page(served.client, f"/articles/a{asked}").text
    assert served.client.get("/api/v1/articles/a?q=talks").json["diagnostics"] == []
