"""What is asked of a cluster, by the tree; no cluster is asked here, the contract of all engines does that."""

import datetime
from types import SimpleNamespace
from typing import Any, cast

from archives import ANALYZER

from search.engines.opensearch_asking import OpenSearchEngine
from search.engines.opensearch_mapping import new_index
from search.engines.opensearch_trees import Asked, Paragraphs, Values
from search.query.nodes import DateRange, Field, Not, Term, Undated

VALUES = Values({"country": ["India", "South Africa", "South Sudan"]}, ANALYZER)
QUERIES = Paragraphs(Asked(cast("Any", None), cast("Any", None), VALUES))
WITHOUT_DAY = {"bool": {"must_not": [{"exists": {"field": "day"}}]}}


def test_the_undated_are_the_documents_without_a_day():
    assert QUERIES.matching(Undated()) == WITHOUT_DAY
    assert QUERIES.scored(Undated(), 2.0) == {"bool": {"filter": [WITHOUT_DAY]}}
    assert QUERIES.matching(Not(Undated())) == {"bool": {"must_not": [WITHOUT_DAY]}}


def test_an_open_range_of_days_needs_one():
    (bounds,) = QUERIES.matching(DateRange(None, datetime.date(1, 1, 2)))["range"].values()
    assert bounds == {"gte": 1, "lte": 2}


def test_a_country_is_asked_by_the_places_of_its_names():
    assert QUERIES.matching(Field("country", Term(("south",), stemmed=False))) == {"terms": {"country": [1, 2]}}
    assert new_index(1)["mappings"]["properties"]["country"] == {"type": "integer"}


def test_the_undated_found_and_held_are_what_has_no_month():
    # A cluster counts only what has a value.
    answer = {
        "hits": {"total": {"value": 9}},
        "aggregations": {"month": {"buckets": [{"key": 24_289, "doc_count": 5}]}},
    }
    index = SimpleNamespace(is_partial=True, search_all=lambda _: [answer])
    months, undated = OpenSearchEngine._dates(cast("Any", None), 3, {24_289: 2}, cast("Any", index))
    assert [(month.value, month.articles, month.held) for month in months] == [("2024-02", 2, 5)]
    assert undated == (1, 4)
