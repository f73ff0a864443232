"""Headlines as people and programs see them: found, highlighted, shown above the first paragraph, kept and exported."""

import csv
import io

import pytest
from sources import dateline, write_records, write_texts
from webserver import build, page, serve

from search.answering.answer import Mark
from search.answering.parameters import read_parameters
from web.headlines import headline_of_hit
from web.schemas import ArticleResponse, SearchResponse

pytest_plugins = ("webserver",)

STORY = "FERRY AGROUND\nBy Maria Silva\n\nThe keeper was hurt.\n\nThe ferry was towed.\n"
BYLINE_ALONE = "By Maria Silva\n\nRain fell. It stopped.\n"
RECORDS = [
    {"id": "w", "title": "Zebra escapes", "byline": "J. Doe", "paragraphs": ["A zebra."]},
    {"id": "b", "title": "Zebra brief"},
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("headlines")
    source = write_texts(folder / "source", ferry=STORY, rain=BYLINE_ALONE)
    write_records(source / "wire.jsonl", RECORDS)
    with serve(build(folder / "index", source)) as served:
        yield served


@pytest.fixture
def hits(served):
    def hits(q, **how):
        return served.service.search(read_parameters([("q", q), *how.items()])).hits

    return hits


def test_a_headline_is_found_and_shown_with_the_first_paragraph_below(hits):
    (hit,) = hits("aground")
    assert (hit.id, hit.card.title, hit.title_marks) == ("ferry#p0", "FERRY AGROUND", (Mark(6, 13),))
    assert hit.snippet.text == "FERRY AGROUND\nBy Maria Silva"
    assert hit.context == "The keeper was hurt."


def test_a_title_above_a_paragraph_that_was_found_is_highlighted_where_it_matches_too(hits):
    found = hits("ferry towed", scope="article", group="none")
    assert [hit.id for hit in found] == ["ferry#p2", "ferry#p0"]
    assert [hit.title_marks for hit in found] == [(Mark(0, 5),), (Mark(0, 5),)]
    (best,) = hits("zebra", article="w")
    assert (best.more, best.title_marks) == (1, (Mark(0, 5),))


@pytest.mark.parametrize(("q", "ids"), [("silva", {"ferry#p0", "rain#p0"}), ('"maria silva"', {"ferry#p0", "rain#p0"}),
                                        ("doe", {"w#p0"}), ("keeper", {"ferry#p1"})])  # fmt: skip
def test_a_byline_is_found_in_its_headline(hits, q, ids):
    assert {hit.id for hit in hits(q)} == ids


def test_a_derived_title_is_no_unit_of_its_own(hits):
    assert [hit.id for hit in hits("fell", group="none")] == ["rain#p1"]


def test_an_article_of_a_title_alone_is_found_once(hits):
    (hit,) = hits("brief", group="none")
    assert (hit.id, hit.card.of, hit.card.title_derived) == ("b#p1", 1, False)


def test_what_is_around_the_title_is_shown_where_it_was_found(hits):
    (hit,) = hits("silva", article="ferry")
    shown = headline_of_hit(hit)
    assert [piece.text for piece in shown.title] == ["FERRY AGROUND"]
    (line,) = shown.marked_lines
    assert [(piece.text, piece.marked) for piece in line] == [("By Maria ", False), ("Silva", True)]


def test_the_endpoints_have_it(served):
    answer = served.client.get("/api/v1/search?q=aground").json
    SearchResponse.model_validate(answer)
    (hit,) = answer["hits"]
    assert (hit["id"], hit["paragraph"], hit["of"]) == ("ferry#p0", 0, 2)
    assert hit["title_marks"] == [{"start": 6, "end": 13}]
    assert hit["links"]["html"] == "/articles/ferry#p0"
    article = served.client.get("/api/v1/articles/ferry?q=aground").json
    ArticleResponse.model_validate(article)
    assert article["headline"] == {
        "id": "ferry#p0",
        "paragraph": 0,
        "text": "FERRY AGROUND\nBy Maria Silva",
        "marks": [{"start": 6, "end": 13}],
    }
    assert [each["paragraph"] for each in article["paragraphs"]] == [1, 2]
    assert served.client.get("/api/v1/articles/rain").json["headline"]["text"] == "By Maria Silva"
    assert served.client.get("/api/v1/articles/b").json["headline"] is None


def test_the_pages_mark_it(served):
    results = page(served.client, "/search?q=aground")
    assert results.marks() == ["AGROUND"]
    assert results.one("h2", id="hit-1").text == "FERRY AGROUND"
    assert results.one("p", class_="snippet").text == "The keeper was hurt."
    article = page(served.client, "/articles/ferry?q=silva")
    assert article.marks() == ["Silva"]
    assert article.one("div", id="p0").get("class") == "headline has-marks"
    assert article.one("p", class_="marked-in").all("a")[0]["href"] == "#p0"


def test_exports_feeds_and_the_basket_have_it(served):
    rows = list(csv.DictReader(io.StringIO(served.client.get("/search.csv?q=aground").get_data(as_text=True)[1:])))
    assert [(row["id"], row["text"]) for row in rows] == [("ferry#p0", "FERRY AGROUND\nBy Maria Silva")]
    assert "The keeper was hurt." in served.client.get("/search.atom?q=aground").get_data(as_text=True)
    sent = served.client.post("/basket/cutting.md", data={"paragraph": "ferry#p0"}).get_data(as_text=True)
    assert "**Headline**" in sent
    assert "headline." in sent


def test_the_terminal_names_it(served, tmp_path):
    shown = dateline("search", "aground", cwd=tmp_path, index=served.settings.index)
    assert shown.stdout.splitlines()[4:] == ["   ferry#p0 (headline)", "   FERRY AGROUND By Maria Silva"]
