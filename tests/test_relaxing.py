"""What is said where nothing is found: which clause is missing, and wider searches with what they really find."""

import pytest
from webserver import Served

from search.answering.parameters import SearchParameters
from search.answering.relaxing import with_field, without
from search.language import Analyzer
from search.query import Match, parse

pytest_plugins = ("webserver",)

ARTICLES = (
    {
        "id": "a",
        "title": "Rain",
        "date": "2024-08-24",
        "place": "Lima",
        "paragraphs": ["Rain fell.", "The ferry left."],
    },
    {"id": "b", "title": "Snow", "date": "2024-09-01", "place": "Quito", "paragraphs": ["Snow fell on the ferry."]},
)


@pytest.fixture
def served(serve_articles) -> Served:
    return serve_articles(*ARTICLES)


def missing(served, **asked):
    return served.service.missing(SearchParameters(**asked))


def offers(served, **asked):
    return {
        each.reason if each.left_out is None else f"without {each.left_out}": each.paragraphs
        for each in missing(served, **asked).relaxations
    }


def test_each_clause_is_counted_by_itself(served):
    counted = missing(served, q="rain AND zebra AND ferry").clauses
    assert [(each.text, each.paragraphs) for each in counted] == [("rain", 2), ("zebra", 0), ("ferry", 2)]


def test_the_search_without_a_clause_is_offered_where_it_finds_something(served):
    assert offers(served, q="fell AND ferry AND zebra") == {"any": 3, "without zebra": 1}
    assert offers(served, q="zebra AND giraffe") == {}


def test_words_that_stand_in_one_article_but_in_no_paragraph_are_offered_there(served):
    assert offers(served, q="rain AND ferry") == {"any": 4, "article": 3, "without rain": 2, "without ferry": 2}


def test_what_is_offered_as_all_words_in_one_article_is_not_some_of_them(served):
    assert "article" not in offers(served, q="rain zebra")


def test_any_of_the_words_is_offered_where_all_of_them_were_asked_for(served):
    assert offers(served, q="rain ferry", match="all")["any"] == 4
    assert missing(served, q="rain AND ferry").relaxations[0].changes == {"q": "rain OR ferry"}


@pytest.mark.parametrize(
    "q", ["rain AND (ferry OR zebra) AND snow", "rain NOT rain", "title:(rain AND ferry)", "rain w/5 ferry"]
)
def test_what_is_more_than_words_with_and_between_is_not_turned_into_any(served, q):
    assert "any" not in offers(served, q=q)


def test_filters_are_offered_to_be_left_out(served):
    assert offers(served, q="snow", place=("Lima",)) == {"filters": 2}
    assert offers(served, q="snow", to="2024-08", not_place=("Quito",)) == {"filters": 2}


def test_every_offer_finds_what_it_says(served):
    for asked in ({"q": "rain AND ferry"}, {"q": "rain zebra", "match": "all"}, {"q": "snow", "place": ("Lima",)}):
        parameters = SearchParameters(**asked)
        for each in served.service.missing(parameters).relaxations:
            followed = parameters.model_copy(update=dict(each.changes))
            assert served.service.search(followed).paragraphs == each.paragraphs > 0


@pytest.mark.parametrize(
    ("text", "index", "shorter"),
    [
        ("india zzzz", 1, "india"),
        ("india AND zzzz", 1, "india"),
        ("zzzz AND india", 0, "india"),
        ("india OR zzzz border", 1, "india border"),
        ("india -zzzz", 1, "india"),
        ("india NOT zzzz", 1, "india"),
        ("india w/5 zzzz", 1, "india"),
        ("zzzz pre/5 india", 0, "india"),
        ("india not w/5 zzzz", 1, "india"),
        ("(zzzz) india", 0, "india"),
        ("android zzzz", 1, "android"),
        ("zzzz orbit", 0, "orbit"),
        ('title:zzzz "a pact"', 0, '"a pact"'),
    ],
)
def test_a_clause_is_cut_out_with_its_operator(text, index, shorter):
    query = parse(text, Analyzer())
    assert without(text, with_field(text, query.clauses[index])) == shorter
    assert parse(shorter, Analyzer()).node


def test_a_filter_of_the_query_counts_as_a_clause(served):
    counted = {each.text: each.paragraphs for each in missing(served, q="rain place:Quito", match=Match.ALL).clauses}
    assert counted == {"rain": 2, "place:Quito": 2}
