"""The articles that a fresh checkout serves: they read cleanly and show what the archive can hold."""

import datetime
from itertools import combinations
from pathlib import Path

import pytest
import regex

from search.articles import Article
from search.reading import ReadingContext, agencies, find_files, read_files

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def readings():
    return list(read_files(find_files([SEEDS]), context=ReadingContext(today=datetime.date(2024, 12, 31))))


@pytest.fixture(scope="module")
def articles(readings):
    return [reading for reading in readings if isinstance(reading, Article)]


def test_every_seed_reads_without_an_error_or_a_note(readings):
    assert [reading for reading in readings if not isinstance(reading, Article)] == []


def test_there_are_enough_and_each_has_several_paragraphs(articles):
    assert len(articles) >= 25
    assert all(5 <= len(article.paragraphs) <= 12 for article in articles)


def test_the_given_article_is_read_as_it_stands(articles):
    given = next(article for article in articles if article.id == "000_54452b25f7fed91f")
    assert (given.date, given.place, given.agency) == (datetime.date(2024, 8, 24), "Washington", "IANS")
    assert len(given.paragraphs) == 12
    assert given.title_derived
    assert given.dateline.text == "Washington, Aug 24 (IANS)"
    assert given.source.path == "000_54452b25f7fed91f.txt"
    assert given.source.sha256 == "2b0302b29c4ef30afedadb24d5eae396934b4b8c25608218fd12114c6e91f9c1"


def test_all_have_a_date_from_2019_to_2024_spread_over_many_months(articles):
    assert {article.date.year for article in articles} == {2019, 2020, 2021, 2022, 2023, 2024}
    assert len({(article.date.year, article.date.month) for article in articles}) >= 20


def test_they_come_from_many_places_and_from_agencies_of_our_own(articles):
    assert len({article.place for article in articles}) >= 20
    own = {article.agency for article in articles} - {None, "IANS"}
    assert len(own) >= 5
    assert not any(agencies.is_known(agency) for agency in own)


def test_one_has_a_title_and_a_byline_one_no_dateline_one_another_script(articles):
    assert any(not article.title_derived and article.byline for article in articles)
    assert any(article.dateline is None for article in articles)
    assert any(regex.search(r"\p{Devanagari}{3}", article.title) for article in articles)


def test_two_are_lightly_edited_copies_of_one(articles):
    bodies = [{paragraph.text for paragraph in article.paragraphs} for article in articles]
    shared = [len(one & other) / max(len(one), len(other)) for one, other in combinations(bodies, 2)]
    assert any(0.5 < share < 1 for share in shared)


@pytest.mark.parametrize("words", ["F-16", "COVID-19", "AT&T", "R&D", "U.S.", "WHO", "NATO", "Rs.500", "$19.4bn"])
def test_they_hold_words_that_are_hard_to_search_for(articles, words):
    assert any(words in paragraph.text for article in articles for paragraph in article.paragraphs)
