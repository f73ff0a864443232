"""The best of many are found without looking at all: the very hits, scores and totals that looking at all gives."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from archives import article, built_engine, tree
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from search.engines.alternatives import Alternatives
from search.engines.base import FACETS, Ask, Engine, Found, Group, Hit, Scope, Sort
from search.engines.bitmaps import (
    Bitmap,
    Borders,
    bits_of,
    in_all,
    number_of,
    numbers_between,
    numbers_in_each,
    units_of,
)
from search.engines.limits import Limits
from search.engines.matched import Matched, least_of_best
from search.engines.tantivy_engine import TantivyKind
from search.query import Match
from search.query.nodes import Boost

# Of Zipf's kind: the first stands in most paragraphs, the last in a few.
WORDS = [f"w{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
ARTICLES = 700
EVERYTHING = 10_000
ALWAYS = Limits(listed=1 << 40, alone=1, counted=1, bisected=0, settled=0, tried=1)
NEVER = Limits(listed=0, settled=1 << 40)


def newsroom():
    """Articles of a few random words each; a third of the paragraphs repeat earlier ones, so that scores are equal."""
    random = np.random.default_rng(4)
    weights = 1 / np.arange(1, len(WORDS) + 1)

    def text(longest):
        return " ".join(random.choice(WORDS, random.integers(1, longest), p=weights / weights.sum()))

    texts = []
    for number in range(ARTICLES):
        count = int(random.integers(1, 9))
        texts += [
            texts[random.integers(len(texts))] if texts and not random.integers(3) else text(30) for _ in range(count)
        ]
        title = text(5) if random.integers(3) else ""
        yield article(f"{number * 7919 % ARTICLES:03}", *texts[-count:], title=title, date=f"20{number % 9 + 10}-01-01")


@pytest.fixture(scope="module")
def engines(tmp_path_factory) -> Iterator[tuple[Engine, Engine]]:
    """Two engines of the same articles: one takes every shortcut, the other none."""
    articles = list(newsroom())
    opened = []
    for limits in (ALWAYS, NEVER):
        folder: Path = tmp_path_factory.mktemp("engine")
        opened.append(built_engine(TantivyKind(limits), articles, folder))
    yield opened[0], opened[1]
    for engine in opened:
        engine.close()


WORD = st.sampled_from([*WORDS, *WORDS[:6], "nowhere"])
WEIGHED = st.tuples(WORD, st.sampled_from(["", "", "^2", "^0.1"])).map("".join)
CLAUSES = st.one_of(WORD, WEIGHED, st.tuples(WORD, WORD).map(lambda pair: f'"{pair[0]} {pair[1]}"'))
SEVERAL = st.lists(CLAUSES, min_size=2, max_size=4)
TEXTS = st.one_of(
    CLAUSES,
    SEVERAL.map(" ".join),
    SEVERAL.map(" OR ".join),
    st.tuples(SEVERAL, SEVERAL).map(lambda both: f"{' OR '.join(both[0])} OR ({' '.join(both[1])})"),
    st.tuples(SEVERAL, SEVERAL).map(lambda both: f"({' OR '.join(both[0])}) {' '.join(both[1])}"),
    st.tuples(SEVERAL, SEVERAL).map(lambda both: f"({' '.join(both[0])}) OR {' OR '.join(both[1])}"),
    st.tuples(SEVERAL, WORD).map(lambda both: f"({' OR '.join(both[0])}) -{both[1]}"),
    st.tuples(SEVERAL, WORD).map(lambda both: f"{' '.join(both[0])} title:{both[1]}"),
)
NODES = st.builds(tree, TEXTS, st.sampled_from([Match.ALL, Match.ANY]))
ASKS = st.builds(
    Ask,
    NODES,
    scope=st.sampled_from([Scope.PARAGRAPH, Scope.PARAGRAPH, Scope.ARTICLE]),
    group=st.sampled_from(Group),
    sort=st.sampled_from([Sort.RELEVANCE, Sort.RELEVANCE, *Sort]),
    size=st.sampled_from([1, 2, 3, 7, 20, 100, EVERYTHING]),
    facets=st.sampled_from([(), (), (*FACETS, "date")]),
)


@examples(300)
@given(asked=st.lists(ASKS, min_size=1, max_size=4))
def test_shortcuts_change_no_answer(engines, asked):
    fast, plain = engines
    for ask in asked:
        assert fast.search(ask) == plain.search(ask)
        assert fast.count(ask.node, ask.scope) == plain.count(ask.node, ask.scope)


@examples(60)
@given(ask=ASKS, weight=st.floats(0.5, 1.5))
def test_pages_give_every_row_of_one_long_page_once(engines, ask, weight):
    fast, plain = engines
    # A weight of its own makes it a question that was not asked before.
    ask = replace(ask, node=Boost(ask.node, weight), facets=())
    whole = plain.search(replace(ask, size=EVERYTHING))
    ask = replace(ask, size=max(ask.size, 1 + whole.paragraphs // 12))
    assert pages(fast, ask) == list(whole.hits)
    assert list(fast.every(ask)) == list(whole.hits)
    assert fast.search(ask) == plain.search(ask)


def pages(engine: Engine, ask: Ask) -> list[Hit]:
    """Return the hits of all pages, one after the other."""
    hits: list[Hit] = []
    found = engine.search(ask)
    while found.hits:
        hits += found.hits
        assert found.has_more == (len(hits) < (found.articles if ask.group is Group.ARTICLE else found.paragraphs))
        found = engine.search(replace(ask, after=hits[-1].position))
    return hits


@pytest.mark.parametrize("text", ["wa OR wb", "wa wb", "wk OR wl OR wm", '"wa wb" wc'])
@pytest.mark.parametrize("group", Group)
def test_an_answer_is_the_same_before_and_after_facets_and_other_orders_of_it(engines, text, group):
    fast, plain = engines
    ask = Ask(Boost(tree(text), 1.25 if group is Group.NONE else 1.75), group=group, size=5)
    asked = [ask, replace(ask, facets=("date",)), ask, replace(ask, sort=Sort.NEWEST), ask]
    assert [fast.search(each) for each in asked] == [plain.search(each) for each in asked]


def test_threads_that_ask_at_once_get_the_answers_of_one(engines):
    fast, plain = engines
    texts = [f"{one} OR {other}" for one in WORDS[:5] for other in WORDS[5:12]]
    asks = [Ask(Boost(tree(text.replace(" OR ", between)), 1.1)) for text in texts for between in (" OR ", " ")]
    with ThreadPoolExecutor(8) as threads:
        found: list[Found] = list(threads.map(fast.search, asks * 4))
    assert found == [plain.search(ask) for ask in asks] * 4


def never_asked(engine: Engine, text: str, weight: float) -> Matched | Alternatives:
    """Return what a page is taken from, for a weight of its own: what was listed for another test is listed still."""
    return engine._ranked(Ask(Boost(tree(text), weight)))


@pytest.mark.parametrize("text", ["wa OR wz", "wa^2 OR wz", "wa wb", "wb wc wd"])
def test_the_best_are_found_among_few(engines, text):
    ranked = never_asked(engines[0], text, 2.5)
    assert isinstance(ranked, Alternatives if " OR " in text else Matched)
    assert 0 < len(ranked.leading(3).docs) < ranked.paragraphs / 10


def test_what_blocks_leave_out_is_never_looked_at(engines):
    ranked = never_asked(engines[0], "wa OR wz", 3.5)
    looked_at = []
    watched = replace(ranked, evaluate=lambda blocks: looked_at.append(len(blocks)) or ranked.evaluate(blocks))
    watched.leading(1)
    assert sum(looked_at) < len(ranked.most) * 2 / 3


def test_the_least_of_the_best_is_of_different_articles():
    scores, articles = np.array([9.0, 8.0, 7.0, 3.0, 5.0]), np.array([1, 1, 1, 4, 6])
    assert [least_of_best(scores, articles, size) for size in (1, 2, 3, 4)] == [9.0, 5.0, 3.0, -np.inf]
    assert least_of_best(scores[:0], articles[:0], 1) == -np.inf


UNITS = st.integers(1, 200)
LISTS = UNITS.flatmap(lambda units: st.tuples(st.just(units), *[st.sets(st.integers(0, units - 1))] * 3))


@examples(300)
@given(LISTS)
def test_a_bitmap_finds_what_a_list_does(drawn):
    units, *lists = drawn
    listed, asked, other = (np.array(sorted(each), np.int64) for each in lists)
    bitmap = Bitmap.of_words(bits_of(listed, units))
    places, are_there = bitmap.find(asked)
    assert are_there.tolist() == [unit in lists[0] for unit in asked.tolist()]
    assert listed[places].tolist() == asked[are_there].tolist()
    assert number_of(bitmap.words) == len(listed)
    assert units_of(bitmap.words).tolist() == listed.tolist()
    starts, ends = np.triu_indices(units + 1, 1)
    below = listed.searchsorted(np.arange(units + 1))
    assert numbers_between(bitmap.words, starts, ends).tolist() == (below[ends] - below[starts]).tolist()
    borders = Borders.of(np.array([*sorted(lists[1]), units], np.int64))
    assert numbers_in_each(bitmap.words, borders).tolist() == np.diff(below[[*sorted(lists[1]), units]]).tolist()
    assert in_all([bitmap, Bitmap.of_words(bits_of(other, units))]).tolist() == sorted(lists[0] & lists[2])
