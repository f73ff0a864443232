"""What a browser makes of what is not for reading: files to save, data for machines, how to search from outside."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytest_plugins = ("webserver", "browsing")
pytestmark = pytest.mark.browser

FIRST = "/articles/000_54452b25f7fed91f"


def test_what_an_article_says_to_machines_is_data_that_no_policy_stops(open_page: Callable[..., Page]) -> None:
    page = open_page(FIRST)  # a complaint of the browser fails it
    data = json.loads(page.locator('script[type="application/ld+json"]').text_content())
    assert (data["@type"], data["dateline"]) == ("NewsArticle", "Washington, Aug 24 (IANS)")
    expect(page.locator("span.Z3988")).to_be_hidden()


def test_a_browser_finds_how_to_search_here(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    described = page.evaluate(
        """async () => {
            const link = document.querySelector('link[type="application/opensearchdescription+xml"]');
            const xml = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "application/xml");
            const url = [...xml.getElementsByTagName("Url")].find((each) => each.getAttribute("rel") === "suggestions");
            const asked = url.getAttribute("template").replace("{searchTerms}", encodeURIComponent("defence min"));
            return (await fetch(asked)).json();
        }"""
    )
    typed, completions = described
    assert typed == "defence min"
    assert "defence minister" in completions


def test_a_click_saves_all_that_was_found(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=signing")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "dateline-signing.csv"
    assert waiting.value.path().read_text(encoding="utf-8-sig").startswith("rank,score,id")
