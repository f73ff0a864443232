"""Which values of a field match: those that a look at every value finds."""

import pytest
from archives import ANALYZER, tree
from hypothesis import given
from hypothesis import strategies as st
from strategies import WORDS, examples

from search.engines.evaluator.field_values import FieldValues
from search.query.matching import value_matcher
from search.query.nodes import Field, children_of

VALUES = [
    *("New York", "NEW YORK", "York, New", "São Paulo", "Sao Paulo", "Washington, D.C.", "Washington DC", "O'Brien"),
    *("OBrien", "D'Angelo, Maria", "J. K. Rowling", "J.K. Rowling", "Jk Rowling", "AT&T", "at t", "U.S.", "US", "us"),
    *("Müller", "Mueller", "Muller", "e-mail desk", "Email Desk", "Rs.500", "1,000 words", "", "  ", "St. John's"),
    *("St John", "a-b c"),
]
QUERIES = [
    *("york", "york*", '"new york"', "paulo OR dc", "washington -dc", "dc", "rowling", "jk", '"jk rowling"', "at&t"),
    *("US", "us", "muller", "mueller", "müller", "email", "mail", "500", "1000", "john", "john's", "b w/2 c"),
    *("york AND (new OR dc)", "york~1", "obrien", "angelo", "dangelo"),
]


def asked_of_values(query):
    """Return what a query asks of the values of a field, as one node or several."""
    return [node.child for node in walked(tree(f"place:({query})")) if isinstance(node, Field) and node.name == "place"]


def walked(node):
    return [node, *(each for child in children_of(node) for each in walked(child))]


@pytest.mark.parametrize("query", QUERIES)
def test_the_values_of_a_query_are_those_that_a_look_at_each_finds(query):
    nodes = asked_of_values(query)
    assert nodes
    for node in nodes:
        fits = value_matcher(node, ANALYZER)
        expected = [index for index, value in enumerate(VALUES) if fits(value)]
        assert expected
        assert sorted(FieldValues(VALUES, ANALYZER).matching(node)) == expected


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_equal_to_those_that_are_folded_as_it_is(value):
    folded = ANALYZER.fold(value)
    expected = [index for index, each in enumerate(VALUES) if ANALYZER.fold(each) == folded]
    assert sorted(FieldValues(VALUES, ANALYZER).equal([folded])) == expected


@examples(150)
@given(values=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=8))
def test_every_value_is_found_by_each_of_its_words(values):
    known = FieldValues(values, ANALYZER)
    for index, value in enumerate(values):
        for word in ANALYZER.words(value):
            for node in asked_of_values(f'"{word}"'):
                if value_matcher(node, ANALYZER)(value):
                    assert index in known.matching(node)
