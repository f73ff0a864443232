"""The endpoints under /api/v1: what programs can rely on."""

import datetime
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from webserver import SEEDS, Served, build, serve

from search.answering.answer import answer_json, article_json
from search.answering.parameters import PARAMETER_NAMES, SearchParameters, read_parameters
from web.schemas import ArticleResponse, SearchResponse, SuggestResponse

pytest_plugins = ("webserver",)

ARTICLE = "000_54452b25f7fed91f"
SEARCHES = [
    "",
    "q=defence+minister",
    "q=%22hailed+the+signing%22",
    "q=said&group=none&size=3",
    "q=said&sort=newest&facets=none",
    "q=said&facets=place,date",
    "q=said&place=Washington&from=2019&to=2024-08",
    "q=defense+minster",
    "q=zzzz+qqqq",
    "q=water+or+trade&match=any&scope=article",
    "q=defen!+and+minister&dialect=nexis",
    "q=date:last-7-days+OR+hlead(defence)",
]


@pytest.mark.parametrize("asked", SEARCHES)
def test_an_answer_has_the_members_of_the_contract_and_no_others(seeds: Served, asked: str) -> None:
    response = seeds.client.get(f"/api/v1/search?{asked}")
    assert response.content_type == "application/json; charset=utf-8"
    SearchResponse.model_validate(response.json)


@pytest.mark.parametrize("asked", SEARCHES)
def test_the_endpoint_answers_what_the_service_answers(seeds: Served, asked: str) -> None:
    answer = answer_json(seeds.service.search(read_parameters(parse_qsl(asked))))
    shown = seeds.client.get(f"/api/v1/search?{asked}").json
    assert {**shown, "took_ms": 0} == {**answer, "took_ms": 0}


def test_the_phrase_of_the_first_article_is_found_as_one_mark(seeds: Served) -> None:
    answer = seeds.client.get('/api/v1/search?q="hailed+the+signing"').json
    assert answer["total"] == {"paragraphs": 1, "articles": 1}
    (hit,) = answer["hits"]
    assert (hit["article_id"], hit["date"], hit["place"], hit["agency"], hit["of"]) == (
        ARTICLE,
        "2024-08-24",
        "Washington",
        "IANS",
        12,
    )
    (mark,) = hit["snippet"]["marks"]
    assert hit["snippet"]["text"][mark["start"] : mark["end"]] == "hailed the signing"


def test_an_article_has_the_members_of_the_contract_and_no_others(seeds: Served) -> None:
    response = seeds.client.get(f"/api/v1/articles/{ARTICLE}?q=defence")
    ArticleResponse.model_validate(response.json)
    assert response.json == article_json(seeds.service.article(ARTICLE, SearchParameters(q="defence")))
    assert any(paragraph["marks"] for paragraph in response.json["paragraphs"])


def test_an_article_without_a_query_has_no_marks(seeds: Served) -> None:
    article = seeds.client.get(f"/api/v1/articles/{ARTICLE}").json
    assert [paragraph["marks"] for paragraph in article["paragraphs"]] == [[]] * 12


def test_links_of_hits_and_articles_lead_where_they_say(seeds: Served) -> None:
    hit = seeds.client.get("/api/v1/search?q=signing").json["hits"][0]
    article = seeds.client.get(hit["links"]["article"]).json
    assert article["id"] == hit["article_id"]
    assert article["links"]["self"] == hit["links"]["article"]
    assert f'id="p{hit["paragraph"]}"' in seeds.client.get(hit["links"]["html"]).text


def test_suggestions_complete_the_last_word(seeds: Served) -> None:
    response = seeds.client.get("/api/v1/suggest?q=indian+def")
    SuggestResponse.model_validate(response.json)
    assert "indian defence" in response.json["suggestions"]


@pytest.mark.parametrize("typed", ["", '"def', "(def", "place:", "-", "def AND"])
def test_suggestions_come_for_what_is_not_yet_a_query(seeds: Served, typed: str) -> None:
    response = seeds.client.get("/api/v1/suggest", query_string={"q": typed})
    assert response.status_code == 200
    SuggestResponse.model_validate(response.json)


def test_links_to_next_pages_visit_every_hit_once_and_keep_the_parameters(seeds: Served) -> None:
    everything = seeds.client.get("/api/v1/search?q=said&group=none&size=100&sort=oldest").json
    seen, address = [], "/api/v1/search?q=said&sort=oldest&group=none&size=7&facets=none"
    while address:
        response = seeds.client.get(address)
        seen += [hit["id"] for hit in response.json["hits"]]
        link = re.fullmatch(r'<([^>]*)>; rel="next"', response.headers.get("Link", ""))
        assert bool(link) == bool(response.json["page"]["next"])
        address = link and link[1]
        if address:
            kept = dict(parse_qsl(urlsplit(address).query))
            assert kept.pop("cursor") == response.json["page"]["next"]
            assert kept == {"q": "said", "group": "none", "sort": "oldest", "size": "7", "facets": "none"}
    assert seen == [hit["id"] for hit in everything["hits"]]
    assert len(seen) == everything["total"]["paragraphs"]


ADDRESSES = [
    "/",
    "/search?q=defence",
    f"/articles/{ARTICLE}?q=defence",
    "/api/v1/search?q=defence",
    f"/api/v1/articles/{ARTICLE}?q=defence",
    "/api/v1/suggest?q=def",
    "/api/v1/openapi.json",
    "/search.atom?q=defence",
    "/opensearch.xml",
    "/static/dateline.css",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_an_answer_already_is_told_so(seeds: Served, address: str) -> None:
    with seeds.client.get(address) as first:
        assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-cache")
        tag = first.headers["ETag"]
    with seeds.client.get(address, headers={"If-None-Match": f'"other", {tag}'}) as again:
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    with seeds.client.get(address, headers={"If-None-Match": '"other"'}) as changed:
        assert (changed.status_code, changed.headers["ETag"]) == (200, tag)


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_answers_as_get_without_a_body(seeds: Served, address: str) -> None:
    with seeds.client.head(address) as head, seeds.client.get(address) as get:
        assert (head.status_code, head.data) == (200, b"")
        assert [head.headers[name] for name in ("ETag", "Content-Type")] == [
            get.headers[name] for name in ("ETag", "Content-Type")
        ]


def test_what_changes_an_answer_changes_its_etag(seeds: Served) -> None:
    asked = ["q=defence", "q=Defence", "q=defence&size=3", "q=defence&facets=none", "q=defence&place=Washington"]
    asked += ["q=defence&place=Washington&place=Delhi", "q=defence&from=2024", "q=defence&to=2024"]
    addresses = [f"{path}?{each}" for path in ("/api/v1/search", "/search", "/search.atom") for each in asked]
    tags = {seeds.client.get(address).headers["ETag"] for address in addresses}
    assert len(tags) == len(addresses) - 2  # a feed has entries and facets of its own


def test_parameters_that_are_given_as_their_defaults_do_not_change_the_etag(seeds: Served) -> None:
    plain = seeds.client.get("/api/v1/search?q=defence").headers["ETag"]
    spelled = seeds.client.get("/api/v1/search?sort=relevance&size=20&q=defence&place=").headers["ETag"]
    assert plain == spelled


def test_a_rebuild_changes_the_etag_without_a_restart(tmp_path) -> None:
    with serve(build(tmp_path / "index", SEEDS)) as served:
        before = served.client.get("/api/v1/search?q=defence")
        build(tmp_path / "index", SEEDS)
        after = served.client.get("/api/v1/search?q=defence", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.json["generation"]["id"] != before.json["generation"]["id"]
        assert after.headers["ETag"] != before.headers["ETag"]


@pytest.fixture(scope="module")
def document(seeds: Served) -> dict:
    return seeds.client.get("/api/v1/openapi.json").json


def test_the_document_is_openapi_3_1_and_names_every_endpoint(document: dict) -> None:
    assert document["openapi"] == "3.1.0"
    endpoints = {name: path for name, path in document["paths"].items() if name.startswith("/api/")}
    assert set(endpoints) == {"/api/v1/search", "/api/v1/articles/{article_id}", "/api/v1/suggest"}
    assert [operation["operationId"] for path in endpoints.values() for operation in path.values()] == [
        "search",
        "article",
        "suggest",
    ]
    every = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(every)) == len(every)


def test_the_document_has_every_parameter_of_a_search_with_its_description(document: dict) -> None:
    parameters = document["paths"]["/api/v1/search"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == list(PARAMETER_NAMES)
    assert all(parameter["description"] and parameter["in"] == "query" for parameter in parameters)
    by_name = {parameter["name"]: parameter["schema"] for parameter in parameters}
    assert (by_name["size"]["minimum"], by_name["size"]["maximum"]) == (1, 100)
    assert by_name["place"]["type"] == "array"


def test_the_document_says_every_status_and_every_problem_has_its_media_type(document: dict) -> None:
    for name, path in document["paths"].items():
        responses = path["get"]["responses"]
        assert set(responses) == {"200", "400", "404", "410", "500", "503"}
        assert len(responses["200"]["content"]) == 1
        assert ("application/json" in responses["200"]["content"]) == (
            name.startswith("/api/") or name == "/search.json"
        )
        assert {*responses["400"]["content"]} == {"application/problem+json"}


def test_every_reference_of_the_document_leads_somewhere(document: dict) -> None:
    references = set(_references(document))
    assert {"#/components/schemas/Problem", "#/components/schemas/SearchResponse"} <= references
    for reference in references:
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def _references(value: object):
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$ref":
                yield member
            yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)


@pytest.mark.parametrize("address", ["/openapi", "/openapi/", "/openapi/openapi.json", "/openapi/swagger"])
def test_there_is_no_page_of_the_extension(seeds: Served, address: str) -> None:
    assert seeds.client.get(address).status_code == 404


def test_a_query_of_another_archive_is_answered_and_shown_as_it_was_read(seeds: Served) -> None:
    answer = seeds.client.get("/api/v1/search?dialect=nexis&q=defen!+w/5+minister").json
    assert (answer["query"]["dialect"], answer["query"]["canonical"]) == ("nexis", "defen* w/5 minister")
    ours = seeds.client.get("/api/v1/search?q=defen*+w/5+minister").json
    assert (ours["query"]["dialect"], ours["total"]) == ("dateline", answer["total"])
    article = seeds.client.get(f"/api/v1/articles/{ARTICLE}?dialect=nexis&q=defen!").json
    marked = seeds.client.get(f"/api/v1/articles/{ARTICLE}?q=defen*").json
    assert article["paragraphs"] == marked["paragraphs"]
    assert any(paragraph["marks"] for paragraph in article["paragraphs"])


def test_an_answer_is_another_on_another_day(seeds: Served) -> None:
    address = "/api/v1/search?q=date:last-30-days"
    with (
        serve(replace(seeds.settings, today=datetime.date(2024, 8, 30))) as before,
        serve(replace(seeds.settings, today=datetime.date(2024, 9, 30))) as after,
    ):
        first = before.client.get(address)
        assert first.json["total"]["articles"] > 0
        assert before.client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        again = after.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.json["total"]["articles"]) == (200, 0)
