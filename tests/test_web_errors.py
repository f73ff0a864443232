"""What is answered when something is wrong: located, in the form of who asks, never more than should be told."""

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webserver import SEEDS, Page, Served, build, page, serve

from search.answering.answer import Answer
from search.answering.parameters import SearchParameters
from search.answering.service import SearchService
from search.archive import Archive
from search.errors import EngineUnavailable
from search.indexing import rebuild
from search.settings import Settings
from web.application import create_app
from web.schemas import Problem

pytest_plugins = ("webserver",)

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def missing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An index that is not there."""
    with serve(Settings(index=tmp_path_factory.mktemp("missing") / "index")) as served:
        yield served


@pytest.fixture
def gone(tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """A cursor whose generation was pruned since."""
    settings = build(tmp_path / "index", SEEDS, keep=1)
    with serve(settings) as served:
        cursor = served.client.get("/api/v1/search?q=said&size=1").json["page"]["next"]
        for _ in range(3):
            rebuild((SEEDS,), Archive(settings.index), settings, force=True)
            served.client.get("/readyz")
        yield served, cursor


class Broken(SearchService):
    """A service with a fault that nobody foresaw."""

    def search(self, _: SearchParameters) -> Answer:
        raise RuntimeError("secret details")


class Busy(SearchService):
    """A service whose engine is away."""

    def search(self, _: SearchParameters) -> Answer:
        raise EngineUnavailable("The search took longer than 2 seconds; try fewer words.")


def _problem(response: object, status: int, kind: str | None) -> Problem:
    assert (response.status_code, response.content_type) == (status, PROBLEM)
    problem = Problem.model_validate(response.json)
    assert problem.status == status
    assert problem.type == (f"urn:dateline:problem:{kind}" if kind else "about:blank")
    assert response.headers["Cache-Control"] == "no-store"
    return problem


def test_a_query_that_cannot_be_used_is_a_problem_with_the_span_and_the_fix(seeds: Served) -> None:
    address = "/api/v1/search?q=%22defence+minister"
    problem = _problem(seeds.client.get(address), 400, "query")
    (error,) = problem.errors
    assert (error.code, error.start, error.end, error.fix) == ("open-quote", 0, 1, '"defence minister"')
    assert problem.instance == address
    assert problem.detail == error.message


def test_a_problem_holds_errors_and_no_warnings(seeds: Served) -> None:
    problem = _problem(seeds.client.get("/api/v1/search?q=india+and+china+(border"), 400, "query")
    assert "lowercase-operator" not in {error.code for error in problem.errors}


@pytest.mark.parametrize(
    ("asked", "parameter", "fix"),
    [
        ("q=x&szie=3", "szie", "size"),
        ("q=x&size=1000", "size", "100"),
        ("q=x&sort=newst", "sort", "newest"),
        ("q=x&from=2024-13", "from", None),
        ("q=x&q=y", "q", None),
        ("q=x&cursor=nonsense", "cursor", None),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(seeds: Served, asked: str, parameter: str, fix: str | None) -> None:
    problem = _problem(seeds.client.get(f"/api/v1/search?{asked}"), 400, "query" if parameter == "q" else "parameter")
    (error,) = problem.errors
    assert (error.parameter, error.fix) == (parameter, fix)


@pytest.mark.parametrize("address", ["/api/v1/articles/000_54452b25f7fed91f", "/api/v1/suggest"])
def test_every_endpoint_refuses_parameters_it_does_not_have(seeds: Served, address: str) -> None:
    problem = _problem(seeds.client.get(f"{address}?q=x&colour=red"), 400, "parameter")
    assert problem.errors[0].parameter == "colour"


def test_an_article_that_is_not_there_is_404(seeds: Served) -> None:
    assert "nowhere/1" in _problem(seeds.client.get("/api/v1/articles/nowhere/1"), 404, "article").detail
    shown = page(seeds.client, "/articles/nowhere/1?q=defence", status=404)
    assert shown.one("h1").text == "No such article"
    assert shown.one("input", id="q")["value"] == "defence"


@pytest.mark.parametrize("path", ["/nowhere", "/searches", "/articles/", "/static/nothing.css", "/articles//x"])
def test_an_address_that_leads_nowhere_is_a_page_for_people(seeds: Served, path: str) -> None:
    assert "nothing at this address" in page(seeds.client, path, status=404).text


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v2/search", "/api/v1/search/"])
def test_an_address_that_leads_nowhere_is_a_problem_for_programs(seeds: Served, path: str) -> None:
    _problem(seeds.client.get(path), 404, None)


def test_nothing_can_be_written(seeds: Served) -> None:
    answer = seeds.client.post("/api/v1/search?q=x")
    _problem(answer, 405, None)
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))
    refused = seeds.client.delete("/search")
    assert (refused.status_code, refused.mimetype) == (405, "text/html")
    refused = seeds.client.put("/healthz")
    assert (refused.status_code, refused.mimetype) == (405, "text/plain")


def test_a_cursor_of_a_pruned_generation_is_gone(gone: tuple[Served, str]) -> None:
    served, cursor = gone
    _problem(served.client.get(f"/api/v1/search?q=said&size=1&cursor={cursor}"), 410, "generation")


def test_the_page_of_a_pruned_generation_offers_the_first_page(gone: tuple[Served, str]) -> None:
    served, cursor = gone
    shown = page(served.client, f"/search?q=said&size=1&place=Washington&cursor={cursor}", status=410)
    href = shown.one("a", class_="fix")["href"]
    assert href == "/search?q=said&size=1&place=Washington"
    page(served.client, href)


def test_without_an_index_programs_get_503_and_the_command_that_mends_it(missing: Served) -> None:
    for address in ("/api/v1/search?q=x", "/api/v1/articles/x", "/api/v1/suggest?q=x"):
        answer = missing.client.get(address)
        assert "dateline rebuild" in _problem(answer, 503, "index").detail
        assert int(answer.headers["Retry-After"]) > 0


def test_without_an_index_people_are_told_the_command_that_mends_it(missing: Served) -> None:
    for address in ("/", "/search?q=x", "/articles/x"):
        shown = page(missing.client, address, status=503)
        assert shown.one("h1").text == "There is no index yet"
        assert "dateline rebuild" in shown.text


def test_without_an_index_the_server_is_alive_but_not_ready(missing: Served) -> None:
    assert missing.client.get("/healthz").status_code == 200
    ready = missing.client.get("/readyz")
    assert (ready.status_code, ready.mimetype) == (503, "text/plain")
    assert int(ready.headers["Retry-After"]) > 0
    assert "dateline_ready 0.0" in missing.client.get("/metrics").text


def test_an_index_that_is_built_later_is_served_without_a_restart(tmp_path: Path) -> None:
    with serve(Settings(index=tmp_path / "index")) as served:
        assert served.client.get("/readyz").status_code == 503
        build(tmp_path / "index", SEEDS)
        assert served.client.get("/readyz").status_code == 200


def test_an_engine_that_is_away_is_503_soon_to_be_tried_again(seeds_settings: Settings) -> None:
    service = Busy.from_settings(seeds_settings)
    client = create_app(service).test_client()
    answer = client.get("/api/v1/search?q=x")
    _problem(answer, 503, "engine")
    assert 0 < int(answer.headers["Retry-After"]) < 60
    assert "fewer words" in page(client, "/search?q=x", status=503).text
    service.close()


def test_what_nobody_foresaw_is_500_logged_and_told_to_nobody(
    seeds_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    service = Broken.from_settings(seeds_settings)
    client = create_app(service).test_client()
    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/v1/search?q=x")
        shown = client.get("/search?q=x")
    _problem(answer, 500, None)
    assert (shown.status_code, shown.mimetype) == (500, "text/html")
    assert "secret" not in answer.text + shown.text
    assert caplog.text.count("Exception on /") == 2
    assert "secret details" in caplog.text
    service.close()


def test_the_page_shows_the_span_at_fault_and_the_fix_one_click_away(seeds: Served) -> None:
    shown = page(seeds.client, "/search?q=%22hailed+the+signing&place=Washington", status=400)
    assert shown.one("u", class_="fault").text == '"'
    assert shown.one("input", id="q")["value"] == '"hailed the signing'
    fix = shown.one("a", class_="fix")
    assert fix.text == '"hailed the signing"'
    assert page(seeds.client, fix["href"]).marks() == ["hailed the signing"]
    assert "place=Washington" in fix["href"]


def test_the_page_offers_to_leave_out_a_parameter_without_a_fix(seeds: Served) -> None:
    shown = page(seeds.client, "/search?q=signing&from=2024-13", status=400)
    assert shown.one("a", class_="fix")["href"] == "/search?q=signing"


def test_pages_ignore_parameters_of_strangers(seeds: Served) -> None:
    page(seeds.client, "/search?q=signing&utm_source=letter")


def test_a_long_query_at_fault_is_shown_around_the_fault(seeds: Served) -> None:
    shown = page(seeds.client, "/search?q=" + quote("word " * 300 + "("), status=400)
    assert len(shown.one("p", class_="typed").text) < 200


@given(text=st.text(max_size=60))
def test_any_text_is_answered_or_is_refused_with_a_place(seeds: Served, text: str) -> None:
    _check_page_and_endpoint(seeds, text)


QUERY_PARTS = ["(", ")", '"', "-", "=", "~2", "^3", "*", "?", ":", "title:", "place:", "date:", "2024-08", ".."]
QUERY_PARTS += [
    "AND",
    "OR",
    "NOT",
    "w/5",
    "pre/2",
    "NEAR/3",
    " ",
    "defence",
    "und",
    "F-16",
    "US",
    "\x00",
    "\ufffe",
    "é",
    "<b>",
]


@given(parts=st.lists(st.sampled_from(QUERY_PARTS), max_size=12))
def test_anything_like_a_query_is_answered_or_is_refused_with_a_place(seeds: Served, parts: list[str]) -> None:
    _check_page_and_endpoint(seeds, "".join(parts))


def _check_page_and_endpoint(seeds: Served, text: str) -> None:
    answer = seeds.client.get("/api/v1/search", query_string={"q": text})
    shown = seeds.client.get("/search", query_string={"q": text})
    assert answer.status_code == shown.status_code
    Page(shown.text)
    if answer.status_code != 200:
        errors = _problem(answer, 400, "query").errors
        assert errors
        assert all(0 <= error.start <= error.end <= len(text) for error in errors)
    seeds.client.get("/articles/000_54452b25f7fed91f", query_string={"q": text})
    assert seeds.client.get("/api/v1/suggest", query_string={"q": text}).status_code == 200


@given(
    items=st.lists(
        st.tuples(
            st.sampled_from(
                ["q", "match", "scope", "group", "sort", "from", "to", "place", "size", "cursor", "facets"]
            ),
            st.text(max_size=12) | st.sampled_from(["all", "none", "2024", "2024-02-30", "0", "-1", "9" * 400, "date"]),
        ),
        max_size=5,
    )
)
def test_any_parameters_are_answered_or_refused(seeds: Served, items: list[tuple[str, str]]) -> None:
    for path in ("/search", "/api/v1/search", "/search.atom"):
        assert seeds.client.get(path, query_string=items).status_code in (200, 400)


@pytest.mark.parametrize("query", ["q=%ED%A0%80", "q=%FF%FE", "q=%00", "%00=%00", "q=%", "q=%C3%28"])
def test_bytes_that_are_no_text_are_answered_or_refused(seeds: Served, query: str) -> None:
    for path in ("/search", "/api/v1/search", "/search.atom", "/articles/000_54452b25f7fed91f", "/nowhere"):
        assert seeds.client.get(f"{path}?{query}").status_code in (200, 400, 404)
