"""A search as a feed, and as a search engine of the browser."""

from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from webserver import Served

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


def test_a_feed_has_twenty_entries_the_newest_first(seeds: Served) -> None:
    entries = _feed(seeds, "/search.atom?q=said&sort=oldest&size=3").findall(f"{ATOM}entry")
    days = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert len(entries) == 20
    assert days == sorted(days, reverse=True)
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 20


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
    ]
