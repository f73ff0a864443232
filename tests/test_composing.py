"""The form that composes queries writes our language, and what is typed into it is never more than words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples
from webserver import Served, page

from search.errors import QueryError
from search.language import Analyzer
from search.query import parse
from web.composing import FORM, compose

pytest_plugins = ("webserver",)

WRITTEN = [
    ({}, ""),
    ({"all": "  defence  minister "}, "defence minister"),
    ({"all": "rock AND roll"}, 'rock "AND" roll'),
    ({"all": "co-produce F-16 minist* (x"}, 'co-produce F-16 minist* "(x"'),
    ({"phrase": 'the "minister" of defence'}, '"the minister of defence"'),
    ({"any": "india china"}, "(india OR china)"),
    ({"any": "india"}, "india"),
    ({"all": "border", "none": "cricket -x"}, 'border -cricket -"-x"'),
    ({"near": "india", "near2": "new york", "within": "10"}, 'india w/10 "new york"'),
    ({"near": "india"}, "india"),
    ({"title": "arms treaty"}, "title:(arms treaty)"),
    ({"place": "New York", "agency": "IANS"}, 'place:"New York" agency:IANS'),
    ({"country": "South Africa"}, 'country:"South Africa"'),
    ({"from": "2024-01", "to": "2024-08"}, "date:2024-01..2024-08"),
    ({"from": "2024"}, "date:2024.."),
    ({"to": "2024-08-24"}, "date:..2024-08-24"),
    ({"from": "2024-08", "to": "2024-08"}, "date:2024-08"),
    ({"all": "भारत São"}, "भारत São"),
]


@pytest.mark.parametrize(("given_", "written"), WRITTEN)
def test_the_fields_write_a_query(given_, written):
    assert compose(given_) == written
    parse(written, Analyzer())


def test_every_example_of_the_form_is_a_query():
    for field in FORM:
        assert parse(field.writes, Analyzer()).diagnostics == ()


TEXTS = st.text(st.sampled_from("ab AND OR-*?\"()~^=:/w5.'“é\u0301भ\x00"), max_size=12)
SIGNS_ALONE = {"nothing-to-search", "empty-phrase", "wildcard-too-short", "dangling-operator"}
NAMES = [field.name for field in FORM if field.name not in ("from", "to")]


@examples(300)
@given(st.dictionaries(st.sampled_from([*NAMES, "near2"]), TEXTS, max_size=4))
def test_nothing_that_is_typed_into_the_form_becomes_an_operator_or_an_open_quote(given_):
    # Signs alone hold no word, and a wildcard may be too short: both are about what was typed, not about syntax.
    assert errors_of(compose(given_)) <= SIGNS_ALONE


def errors_of(text):
    try:
        parse(text, Analyzer())
    except QueryError as error:
        return {each.code for each in error.diagnostics if each.severity == "error"}
    return set()


class TestPage:
    def test_it_shows_the_query_it_writes_and_what_that_finds(self, seeds: Served):
        shown = page(seeds.client, "/compose?phrase=hailed+the+signing&place=Washington")
        assert '"hailed the signing" place:Washington' in shown.one("output", id="written").text
        assert "1 paragraph in 1 article" in shown.one("output", id="written").text
        assert shown.one("input", id="c-phrase")["value"] == "hailed the signing"

    def test_it_leads_to_the_search(self, seeds: Served):
        answer = seeds.client.get("/compose?all=defence&search=1")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/search?q=defence")

    def test_an_impossible_date_is_told_where_it_was_typed(self, seeds: Served):
        shown = page(seeds.client, "/compose?all=x&from=2024-13")
        assert "2024-13" in shown.one("output", id="written").text
        assert shown.all("ul", class_="faults")

    def test_an_empty_form_writes_nothing(self, seeds: Served):
        assert "nothing yet" in page(seeds.client, "/compose").one("output", id="written").text.lower()
