"""What is offered while a query is typed: words, names and titles of the archive."""

import pytest
from webserver import Served

pytest_plugins = ("webserver",)

ARTICLES = (
    {
        "id": "a",
        "title": "Harbour reopens",
        "place": "New York",
        "agency": "IANS",
        "paragraphs": ["New rain, new harbour."],
    },
    {"id": "b", "title": "Harbours of the north", "place": "New York", "paragraphs": ["The harbour froze. Newer ice."]},
    {"id": "c", "title": "Other", "place": "York", "topics": ['Health "now"'], "paragraphs": ["Yokohama, York."]},
)


@pytest.fixture
def served(serve_articles) -> Served:
    return serve_articles(*ARTICLES)


def completed(served, text, kind):
    return [each for each in served.service.complete(text) if each.kind == kind]


def test_the_last_word_is_completed_by_the_words_of_most_paragraphs(served):
    found = completed(served, "cold har", "word")
    assert [(each.text, each.q, each.total) for each in found] == [
        ("harbour", "cold harbour", 3),
        ("harbours", "cold harbours", 1),
    ]


def test_names_are_completed_by_what_was_typed_in_all_or_by_their_last_word(served):
    (york, _) = completed(served, "new yo", "name")
    assert (york.q, york.total, york.field) == ('place:"New York"', 2, "place")
    assert [each.q for each in completed(served, "ice yor", "name")] == ['ice place:"New York"', "ice place:York"]
    assert [each.q for each in completed(served, "IAN", "name")] == ["agency:IANS"]


def test_every_query_that_is_offered_finds_something(served):
    for text in ("new", "new yo", "har", "ice yor", "ian"):
        for each in served.service.complete(text):
            if each.kind != "title":
                assert served.client.get("/api/v1/search", query_string={"q": each.q}).json["total"]["paragraphs"]


def test_titles_that_hold_what_is_typed_lead_to_their_articles(served):
    assert {each.article_id for each in completed(served, "harb", "title")} == {"a", "b"}
    assert [each.article_id for each in completed(served, "harbour reo", "title")] == ["a"]
    assert completed(served, "north reo", "title") == []


@pytest.mark.parametrize("text", ["", "n", "(", '"', "x" * 2_000, "new ", "*", "a\x00b", "🙂"])
def test_what_begins_no_word_is_completed_by_nothing_and_is_no_error(served, text):
    assert served.service.complete(text) == ()
    assert served.client.get("/api/v1/suggest", query_string={"q": text}).status_code == 200


def test_the_endpoint_tells_kinds_totals_and_links(served):
    answer = served.client.get("/api/v1/suggest?q=harb").json
    assert answer["suggestions"] == ["harbour", "harbours"][: len(answer["suggestions"])]
    kinds = {each["kind"]: each for each in reversed(answer["completions"])}
    assert kinds["word"]["links"]["html"] == "/search?q=harbour"
    assert kinds["word"]["total"] == 3
    assert kinds["title"]["links"]["html"].startswith("/articles/")
