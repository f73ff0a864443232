"""All that a search finds as a file: every hit in order whatever becomes of the index, or visibly not all."""

import csv
import http.client
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pybtex.database
import pytest
import rispy
from archives import settings_for
from hypothesis import given
from hypothesis import strategies as st
from sources import build as build_index
from sources import generated, write_records
from waitress.server import create_server
from webserver import Page, Served, serve

from search.answering.parameters import SearchParameters, read_parameters
from search.answering.service import SearchService
from search.errors import EngineUnavailable
from search.settings import Settings
from web.addresses import citation_address, export_address
from web.application import create_app
from web.formats import CSV_COLUMNS, FORMATS, csv_row, defused

pytest_plugins = ("webserver",)

SEARCHES = [
    "",
    "q=said",
    "q=said&group=none",
    "q=said&sort=oldest&group=none",
    "q=agreement&from=2021&scope=article",
    "q=defence+minister&not_place=Washington",
    "q=zzzzz",
    "q=defense+minster",
]


def every_hit(served: Served, asked: str) -> list[dict[str, object]]:
    """Return all hits of the endpoint, page by page."""
    hits, cursor = [], ""
    while cursor is not None:
        asked_for = [*parse_qsl(asked), ("cursor", cursor), ("size", 7)]
        answer = served.client.get("/api/v1/search", query_string=asked_for)
        hits += answer.json["hits"]
        cursor = answer.json["page"]["next"]
    return hits


def file_of(served: Served, kind: str, asked: str, **headers: str) -> bytes:
    with served.client.get(f"/search.{kind}?{asked}", headers=headers) as response:
        assert response.status_code == 200, response.text
        assert response.content_type == FORMATS[kind].content_type
        return response.data


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# What is in them


@pytest.mark.parametrize("asked", SEARCHES)
def test_ndjson_has_every_hit_of_every_page_as_the_endpoint_has_it(seeds: Served, asked: str) -> None:
    lines = file_of(seeds, "ndjson", f"{asked}&size=1").splitlines()
    assert list(map(json.loads, lines)) == every_hit(seeds, asked)


@pytest.mark.parametrize("asked", SEARCHES)
def test_json_is_the_answer_of_the_endpoint_with_all_hits(seeds: Served, asked: str) -> None:
    whole = json.loads(file_of(seeds, "json", asked))
    answer = seeds.client.get(f"/api/v1/search?{asked}").json
    hits = every_hit(seeds, asked)
    assert list(whole) == list(answer)
    assert {**whole, "took_ms": 0} == {
        **answer, "hits": hits, "page": {"size": len(hits), "next": None}, "took_ms": 0
    }  # fmt: skip


@pytest.mark.parametrize("asked", SEARCHES)
def test_csv_has_every_hit_with_where_it_came_from(seeds: Served, asked: str) -> None:
    rows = rows_of(file_of(seeds, "csv", asked))
    hits = every_hit(seeds, asked)
    assert [(row["id"], int(row["rank"]), float(row["score"]), int(row["more"])) for row in rows] == [
        (hit["id"], hit["rank"], hit["score"], hit["more"]) for hit in hits
    ]
    for row in rows[:10]:
        article = seeds.client.get(f"/api/v1/articles/{row['article_id']}").json
        text = article["paragraphs"][int(row["paragraph"]) - 1]["text"]
        assert row["text"].removeprefix("'") == text
        assert (row["source_sha256"], row["source_path"]) == (article["source"]["sha256"], article["source"]["path"])
        assert (row["date"], row["place"]) == (article["date"] or "", article["place"] or "")
        assert f'id="p{row["paragraph"]}"' in seeds.client.get(urlsplit(row["link"]).path).text


@pytest.mark.parametrize("asked", ["q=said", "q=said&group=none", "q=zzzzz"])
def test_citations_have_every_article_once_however_the_search_is_grouped(seeds: Served, asked: str) -> None:
    ids = [hit["article_id"] for hit in every_hit(seeds, "q=said" if "said" in asked else asked)]
    items = json.loads(file_of(seeds, "csl.json", asked))
    assert [item["id"] for item in items] == ids
    assert [entry["id"] for entry in rispy.loads(file_of(seeds, "ris", asked).decode())] == ids
    assert list(pybtex.database.parse_string(file_of(seeds, "bib", asked).decode(), "bibtex").entries) == ids


def test_a_cursor_and_a_size_are_no_limit_and_a_total_is_told_beforehand(seeds: Served) -> None:
    first = seeds.client.get("/api/v1/search?q=said&size=2").json
    cursor = first["page"]["next"]
    with seeds.client.get(f"/search.csv?q=said&size=2&cursor={cursor}") as response:
        rows = rows_of(response.data)
        assert len(rows) == first["total"]["articles"] == int(response.headers["X-Total-Count"])


# CSV that spreadsheets and programs read


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u00a0@"])
def test_no_cell_is_taken_for_a_formula(sign: str) -> None:
    row = csv_row([f"{sign}HYPERLINK(1)", "plain", -1.5, None])
    ((first, plain, number, nothing),) = csv.reader(io.StringIO(row, newline=""))
    assert (first, plain, number, nothing) == (f"'{sign}HYPERLINK(1)", "plain", "-1.5", "")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2))
def test_every_text_comes_through_csv_but_for_the_apostrophe(texts: list[str]) -> None:
    (row,) = csv.reader(io.StringIO(csv_row(texts), newline=""), strict=True)
    assert row == [defused(text) for text in texts]
    assert [cell.removeprefix("'") if cell != text else cell for cell, text in zip(row, texts, strict=True)] == texts


def test_csv_of_hostile_articles_is_defused(serve_articles: Callable[..., Served]) -> None:
    hostile = '=cmd|"/C calc"!A0'
    served = serve_articles({"id": "x", "title": hostile, "agency": "@SUM(1)", "paragraphs": [f"{hostile},\nquarrel"]})
    data = file_of(served, "csv", "q=quarrel")
    ((head, row)) = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    assert tuple(head) == CSV_COLUMNS
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")


# As HTTP has it


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_has_a_name_an_etag_and_a_head(seeds: Served, kind: str) -> None:
    with seeds.client.get(f"/search.{kind}?q=Signing+%22of+Supply%22") as response:
        assert response.headers["Content-Disposition"] == f'attachment; filename="dateline-signing-of-supply.{kind}"'
        tag = response.headers["ETag"]
        total = response.headers["X-Total-Count"]
    again = seeds.client.get(f"/search.{kind}?q=Signing+%22of+Supply%22", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with seeds.client.head(f"/search.{kind}?q=Signing+%22of+Supply%22") as head:
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
        assert head.headers["X-Total-Count"] == total


@pytest.mark.parametrize("asked", ["q=%22open", "form=2024", "from=2024-13", "sort=best"])
def test_what_cannot_be_asked_is_a_problem_for_programs_and_a_page_for_people(seeds: Served, asked: str) -> None:
    told = seeds.client.get(f"/search.csv?{asked}")
    assert (told.status_code, told.mimetype) == (400, "application/problem+json")
    assert told.json["errors"][0]["message"]
    shown = seeds.client.get(f"/search.csv?{asked}", headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert (shown.status_code, shown.mimetype) == (400, "text/html")
    Page(shown.text)


def test_without_an_index_there_is_no_file(tmp_path) -> None:
    with serve(Settings(index=tmp_path / "index")) as empty:
        response = empty.client.get("/search.csv?q=rain")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "60")


def test_addresses_of_files_are_those_that_answer(seeds: Served) -> None:
    parameters = read_parameters([("q", "said"), ("sort", "oldest"), ("size", "5"), ("cursor", "x")])
    for kind, made in FORMATS.items():
        assert export_address(parameters, kind) == f"/search.{kind}?q=said&sort=oldest"
        with seeds.client.get(export_address(parameters, kind)) as response:
            assert response.status_code == 200
        if made.of_articles:
            assert seeds.client.get(citation_address("000_54452b25f7fed91f", kind)).status_code == 200


def test_some_exports_run_at_a_time_and_the_next_is_asked_to_come_again(seeds: Served) -> None:
    running = [seeds.client.get("/search.csv?q=said", buffered=False) for _ in range(4)]
    refused = seeds.client.get("/search.csv?q=said")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    for response in running:
        response.close()
    assert len(rows_of(file_of(seeds, "csv", "q=said"))) > 4


def test_the_document_has_every_file(seeds: Served) -> None:
    paths = seeds.client.get("/api/v1/openapi.json").json["paths"]
    for kind, made in FORMATS.items():
        operation = paths[f"/search.{kind}"]["get"]
        assert list(operation["responses"]["200"]["content"]) == [made.content_type.partition(";")[0]]
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert not {"size", "cursor"} & names
        assert {"q", "from", "place", "sort"} <= names
    assert {f"/citations/{kind}/{{article_id}}" for kind in ("ris", "bib", "csl.json")} | {"/search.atom"} <= set(paths)


# While they are read


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of 4,000 paragraphs."""
    folder = tmp_path_factory.mktemp("large")
    source = write_records(folder / "rain.jsonl", generated("rain", articles=400, paragraphs=10, words=60))
    build_index(folder / "index", source)
    return settings_for(folder, cache_mb=1)


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json", "ris"])
def test_memory_is_bounded_however_many_hits(large: Settings, kind: str) -> None:
    with serve(large) as served:

        def read() -> int:
            with served.client.get(f"/search.{kind}?q=rain&group=none&facets=none", buffered=False) as response:
                return sum(map(len, response.iter_encoded()))

        read()  # what is remembered of one search for the next is of bounded size by itself
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            size = read()
            peak = tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()
    assert size > (100_000 if kind == "ris" else 1_500_000)
    assert peak < 1_000_000, f"{peak:,} of {size:,}"


@pytest.mark.parametrize("kind", ["csv", "ndjson", "bib"])
def test_a_file_is_of_one_generation_whatever_is_rebuilt_and_pruned_meanwhile(tmp_path, kind: str) -> None:
    index = tmp_path / "index"
    rain = write_records(tmp_path / "rain.jsonl", generated("rain", articles=300))
    snow = write_records(tmp_path / "snow.jsonl", generated("snow", articles=20))
    archive, summary = build_index(index, rain, keep=1)
    with serve(Settings(index=index, keep=1)) as served:
        expected = file_of(served, kind, "q=rain+OR+snow&group=none")
        with served.client.get(f"/search.{kind}?q=rain+OR+snow&group=none", buffered=False) as response:
            pieces = response.iter_encoded()
            read = [next(pieces)]
            for _ in range(3):
                build_index(index, snow, keep=1)
                assert served.client.get("/api/v1/search?q=rain").json["total"]["articles"] == 0
            assert not archive.path_of(summary.generation_id).exists()
            read += pieces
    assert b"".join(read) == expected
    assert len(read) > 1


class _Failing(SearchService):
    """A service whose index fails after some hits."""

    def whole(self, parameters: SearchParameters):
        found = super().whole(parameters)

        def hits():
            for hit in found.hits:
                if hit.rank > 1_000:
                    raise EngineUnavailable("The disk is gone.")
                yield hit

        return replace(found, hits=hits())


@contextmanager
def on_a_socket(service: SearchService) -> Iterator[tuple[str, int]]:
    """Answer on a free port, from a thread of this process."""
    server = create_server(create_app(service), host="127.0.0.1", port=0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.effective_port
    finally:
        # In its own thread: what it waits for must not be closed while it waits.
        server.trigger.pull_trigger(server.close)
        thread.join(5)


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json"])
def test_a_file_that_fails_on_the_way_does_not_end_as_if_it_were_whole(large: Settings, kind: str) -> None:
    service = _Failing.from_settings(large)
    with on_a_socket(service) as (host, port):
        connection = http.client.HTTPConnection(host, port, timeout=30)
        connection.request("GET", f"/search.{kind}?q=rain&group=none")
        response = connection.getresponse()
        assert (response.status, response.headers["X-Total-Count"]) == (200, "4000")
        with pytest.raises(http.client.IncompleteRead) as failed:
            response.read()
        assert len(failed.value.partial) > 100_000
        connection.close()
        # What failed holds nothing: others go on, as often as one likes.
        for _ in range(6):
            connection.request("HEAD", f"/search.{kind}?q=rain")
            assert connection.getresponse().status == 200
            connection.close()
    service.close()


def test_whom_reads_no_further_holds_nothing(large: Settings) -> None:
    service = SearchService.from_settings(large)
    with on_a_socket(service) as (host, port):
        for _ in range(6):
            connection = http.client.HTTPConnection(host, port, timeout=30)
            connection.request("GET", "/search.ndjson?q=rain&group=none")
            assert len(connection.getresponse().read(1_000)) == 1_000
            connection.close()
        for _ in range(100):
            connection = http.client.HTTPConnection(host, port, timeout=30)
            connection.request("GET", "/search.csv?q=rain&group=none")
            response = connection.getresponse()
            data = response.read()
            connection.close()
            if response.status == 200:
                break
    assert len(rows_of(data)) == 4_000
    service.close()
