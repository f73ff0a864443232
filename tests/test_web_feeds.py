"""A search as a feed, and as a search engine of the browser."""

import struct
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import orjson
import pytest
from webserver import Served, build, page, serve, write_articles

pytest_plugins = ("webserver",)

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def _feed(served: Served, address: str) -> ET.Element:
    response = served.client.get(address)
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    return ET.fromstring(response.data)


def test_a_feed_has_what_atom_asks_for(seeds: Served) -> None:
    feed = _feed(seeds, "/search.atom?q=said")
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        assert element.findtext(f"{ATOM}title")
        assert element.findtext(f"{ATOM}id").startswith("urn:uuid:")
        assert element.findtext(f"{ATOM}updated").endswith("Z")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Dateline"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["alternate"] == "http://localhost/search?q=said"
    assert seeds.client.get(links["self"]).status_code == 200


def _ids(feed: ET.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]


def _links(feed: ET.Element) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}


def _story(name: str, day: str | None, text: str = "Rain fell.") -> dict[str, object]:
    return {"id": name, "title": name, "date": day, "paragraphs": [text]}


def test_a_feed_has_fifty_entries_and_leads_on_to_the_others(serve_articles: Callable[..., Served]) -> None:
    stories = [_story(f"s{number:03}", f"2024-01-{number % 28 + 1:02}") for number in range(120)]
    served = serve_articles(*stories)
    address, ids, sizes = "/search.atom?q=rain&sort=oldest&size=3", [], []
    while address:
        feed = _feed(served, address)
        ids += _ids(feed)
        sizes.append(len(_ids(feed)))
        assert feed.findtext(f"{ATOM}id") == _feed(served, "/search.atom?q=rain").findtext(f"{ATOM}id")
        assert _links(feed)["first"] == "http://localhost/search.atom?q=rain"
        address = _links(feed).get("next")
    assert sizes == [50, 50, 20]
    assert len(set(ids)) == 120


def test_an_old_story_that_is_added_is_the_first_of_the_feed_and_what_was_there_keeps_its_id_and_day(
    tmp_path: Path,
) -> None:
    source, index = tmp_path / "articles.jsonl", tmp_path / "index"
    stories = [_story("new", "2024-02-01"), _story("newer", "2024-03-01"), _story("undated", None)]
    with serve(build(index, write_articles(source, stories))) as served:
        before = _feed(served, "/search.atom?q=rain")
        assert [entry.findtext(f"{ATOM}title") for entry in before.findall(f"{ATOM}entry")] == [
            "newer",
            "new",
            "undated",
        ]
        time.sleep(1.1)  # an instant is told by the second
        build(
            index,
            write_articles(source, [*stories[1:], _story("old", "1950-01-01"), _story("new", "2024-02-01", "Rain!")]),
        )
        after = _feed(served, "/search.atom?q=rain")
    entries = after.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["old", "newer", "new", "undated"]
    assert _ids(after)[1:] == _ids(before)
    old, newer, new, _ = entries
    assert old.findtext(f"{ATOM}published") == old.findtext(f"{ATOM}updated") == after.findtext(f"{ATOM}updated")
    assert newer.findtext(f"{ATOM}updated") == newer.findtext(f"{ATOM}published") == before.findtext(f"{ATOM}updated")
    assert new.findtext(f"{ATOM}published") < new.findtext(f"{ATOM}updated") == old.findtext(f"{ATOM}updated")


def test_without_a_query_a_feed_and_the_page_have_all_that_came_the_last_first(tmp_path: Path) -> None:
    source, index = tmp_path / "articles.jsonl", tmp_path / "index"
    stories = [_story("first", "2024-02-01", "Rain fell."), _story("second", "2024-03-01", "Snow fell.")]
    build(index, write_articles(source, stories))
    time.sleep(1.001 - time.time() % 1)  # an instant is told by the second
    with serve(build(index, write_articles(source, [_story("third", "1950-01-01", "Hail."), *stories]))) as served:
        titles = [entry.findtext(f"{ATOM}title") for entry in _feed(served, "/search.atom").findall(f"{ATOM}entry")]
        assert titles == ["third", "second", "first"]
        home = page(served.client, "/")
        (link,) = home.all("link", rel="alternate", type="application/atom+xml")
        assert _ids(_feed(served, link["href"])) == _ids(_feed(served, "/search.atom"))
        listed = page(served.client, "/search?q=fell")
        (arrivals,) = [each for each in listed.all("a") if each.text == "newest arrivals"]
        assert [hit["id"] for hit in _hits(served, arrivals["href"])] == ["second#p1", "first#p1"]
        (all_arrivals,) = [each for each in home.all("a") if each.text == "newest arrivals"]
        assert [hit["article_id"] for hit in _hits(served, all_arrivals["href"])] == titles


def _hits(served: Served, address: str) -> list[dict[str, object]]:
    return orjson.loads(served.client.get(f"/api/v1{address}").data)["hits"]


def test_a_feed_that_nothing_is_in_is_one_all_the_same(seeds: Served) -> None:
    feed = _feed(seeds, "/search.atom?q=zzzzz")
    assert (_ids(feed), feed.findtext(f"{ATOM}updated")[-1]) == ([], "Z")


def test_an_entry_leads_to_its_paragraph_and_keeps_its_id_from_search_to_search(seeds: Served) -> None:
    entries = [_feed(seeds, f"/search.atom?q={q}").find(f"{ATOM}entry") for q in ('"hailed+the+signing"', "arlington")]
    hrefs = [urlsplit(entry.find(f"{ATOM}link").get("href")) for entry in entries]
    assert {href.path for href in hrefs} == {"/articles/000_54452b25f7fed91f"}
    assert [href.fragment for href in hrefs] == ["p6", "p8"]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 1


@pytest.mark.parametrize("q", ["<b>&\"'", "a\x00b\x0c\ufffe", "]]>"])
def test_any_query_makes_a_feed_that_can_be_read(seeds: Served, q: str) -> None:
    response = seeds.client.get("/search.atom", query_string={"q": q})
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        ET.fromstring(response.data)


def test_hostile_articles_make_a_feed_that_can_be_read(serve_articles: Callable[..., Served]) -> None:
    hostile = "<script>]]>&amp; \x01"
    served = serve_articles(
        {
            "id": "x",
            "title": hostile,
            "date": None,
            "agency": hostile,
            "topics": [hostile],
            "paragraphs": [f"quarrel {hostile}"],
        }
    )
    entry = _feed(served, "/search.atom?q=quarrel").find(f"{ATOM}entry")
    assert "<script>]]>&amp;" in entry.findtext(f"{ATOM}title")


def test_browsers_learn_how_to_search_here(seeds: Served) -> None:
    response = seeds.client.get("/opensearch.xml", headers={"Host": "archive.example:8000"})
    assert response.mimetype == "application/opensearchdescription+xml"
    description = ET.fromstring(response.data)
    assert len(description.findtext(f"{OPENSEARCH}ShortName")) <= 16
    templates = [url.get("template") for url in description.findall(f"{OPENSEARCH}Url")]
    assert templates == [
        "http://archive.example:8000/search?q={searchTerms}",
        "http://archive.example:8000/search.atom?q={searchTerms}",
        "http://archive.example:8000/suggestions?q={searchTerms}",
        "http://archive.example:8000/opensearch.xml",
    ]
    kinds = {url.get("rel"): url.get("type") for url in description.findall(f"{OPENSEARCH}Url")}
    assert kinds["suggestions"] == "application/x-suggestions+json"
    assert kinds["self"] == "application/opensearchdescription+xml"
    for image in description.findall(f"{OPENSEARCH}Image"):
        with seeds.client.get(urlsplit(image.text).path) as shown:
            assert shown.mimetype == image.get("type") == "image/png"
            # The sides of a PNG stand in its head.
            assert struct.unpack(">II", shown.data[16:24]) == (int(image.get("width")), int(image.get("height")))


@pytest.mark.parametrize("typed", ["defence min", "", "zzzzz", "<b>&", "\U0001f600 def"])
def test_browsers_are_told_what_a_query_may_become(seeds: Served, typed: str) -> None:
    response = seeds.client.get("/suggestions", query_string={"q": typed})
    assert (response.status_code, response.mimetype) == (200, "application/x-suggestions+json")
    q, completions = orjson.loads(response.data)
    assert q == typed
    assert len(set(completions)) == len(completions) <= 8
    assert ("defence minister" in completions) == (typed == "defence min")
    again = seeds.client.get(
        "/suggestions", query_string={"q": typed}, headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
