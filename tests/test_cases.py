"""Small archives with the right values: what is read of each, what is found in it and what is said of it.

A case is a folder with `in/`, an archive, and `expect.json`:

    articles, titles   fields of articles, by their ids or their titles
    count, undated     how many articles there are, and how many of them have no date
    queries, found     the articles that a query finds: exactly these; at least this one
    absent             queries that find nothing
    highlights         every text that is highlighted for a query
    facets, values     the values of a facet with their articles; how many articles its values have, whatever they are
    report, report_not what the report of the rebuild says, and what it does not (in small letters)
    says               what the answer to a query remarks, suggests or refuses (in small letters)
"""

import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sources import build
from webserver import serve

from search.printing import print_summary
from search.settings import Settings

CASES = sorted(each.parent for each in Path(__file__).with_name("cases").rglob("expect.json"))
# Fields as an expectation names them, and as a hit does.
NAMES = {"paragraphs": "of"}


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def case(request, tmp_path_factory):
    """What is expected of a case, the report of its rebuild, and a client of its index."""
    expected = json.loads((request.param / "expect.json").read_text(encoding="utf-8"))
    index = tmp_path_factory.mktemp("case") / "index"
    _, summary = build(index, request.param / "in")
    report = io.StringIO()
    print_summary(summary, Settings(index=index), report)
    with serve(Settings(index=index)) as served:
        yield expected, report.getvalue().lower(), served.client


def ask(client: FlaskClient, q: str, **parameters: str) -> dict:
    """Return the answer to a query, or the problem that it is."""
    return client.get("/api/v1/search", query_string={"q": q, "match": "all", "size": 100, **parameters}).json


def ids(answer: dict) -> list[str]:
    return sorted(hit["article_id"] for hit in answer.get("hits", ()))


def test_articles_are_read_as_they_are_meant(case):
    expected, _, client = case
    hits = ask(client, "words:>0")["hits"]
    for key, name in (("articles", "article_id"), ("titles", "title")):
        known = {hit[name]: hit for hit in hits}
        for one, fields in expected.get(key, {}).items():
            got = {field: known[one][NAMES.get(field, field)] for field in fields}
            assert got == fields, one
    assert len({hit["article_id"] for hit in hits}) == expected.get("count", len(hits))
    undated = sum(hit["date"] is None for hit in hits)
    assert undated == expected.get("undated", undated)


def test_queries_find_what_they_should(case):
    expected, _, client = case
    assert {q: ids(ask(client, q)) for q in expected.get("queries", {})} == expected.get("queries", {})
    for article_id, queries in expected.get("found", {}).items():
        assert [q for q in queries if article_id not in ids(ask(client, q))] == []
    assert [q for q in expected.get("absent", ()) if ask(client, q)["total"]["articles"]] == []


def test_highlights_fall_on_what_was_asked_for(case):
    expected, _, client = case
    for q, texts in expected.get("highlights", {}).items():
        snippets = [hit["snippet"] for hit in ask(client, q, group="none")["hits"]]
        found = {each["text"][mark["start"] : mark["end"]] for each in snippets for mark in each["marks"]}
        assert sorted(found) == sorted(texts)


def test_facets_have_one_value_for_one_thing(case):
    expected, _, client = case
    facets = ask(client, "words:>0")["facets"]
    counted = {name: {each["value"]: each["articles"] for each in facets[name]} for name in ("place", "agency")}
    for name, values in expected.get("facets", {}).items():
        assert counted[name] == values
    for name, counts in expected.get("values", {}).items():
        assert sorted(counted[name].values()) == sorted(counts)


def test_what_was_doubtful_is_said(case):
    expected, report, client = case
    assert [text for text in expected.get("report", ()) if text not in report] == []
    assert [text for text in expected.get("report_not", ()) if text in report] == []
    for q, texts in expected.get("says", {}).items():
        answer = ask(client, q)
        told = [answer.get("query", {}).get("diagnostics"), answer.get("suggestions"), answer.get("errors")]
        said = json.dumps(told, ensure_ascii=False).lower().replace('\\"', '"')
        assert [text for text in texts if text not in said] == []
