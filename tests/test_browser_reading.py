"""Reading results by keyboard and by pointer: keys, help, more paragraphs in place, facets that are long."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from webserver import build, server_process, write_articles

pytest_plugins = ("webserver", "browsing")
pytestmark = pytest.mark.browser

MANY = 30


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of an archive with many places, and articles with many paragraphs."""
    folder = tmp_path_factory.mktemp("reading")
    articles = [
        {
            "id": f"story-{number:02}",
            "title": f"Story {number}",
            "date": f"2024-{number % 12 + 1:02}-03",
            "place": f"Place {number:02}",
            "paragraphs": [f"Rain {place} fell." for place in range(number % 9 + 1)],
        }
        for number in range(MANY)
    ]
    settings = build(folder / "index", write_articles(folder / "articles.jsonl", articles))
    with server_process(settings) as (_, at):
        yield at


def test_more_paragraphs_open_in_place(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain")
    link = page.locator("a[data-more]").first
    rank = link.evaluate("link => [...document.querySelectorAll('.hits > li')].indexOf(link.closest('.hits > li'))")
    article = page.locator(".hits > li").nth(rank)
    more = int(re.match(r"(\d+) more", link.inner_text())[1])
    shown = article.locator(".also li").count()
    address = page.url
    link.click()
    expect(article.locator(".also li")).to_have_count(shown + more)
    expect(article.locator("a[data-more]")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("more paragraphs shown")
    assert page.url == address
    expect(article.locator(".also mark").last).to_have_text("Rain")
    numbers = [int(text) for text in re.findall(r"#p(\d+)", article.inner_html())]
    assert len(set(numbers)) == shown + more + 1


def test_more_paragraphs_are_a_page_without_script(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain", java_script_enabled=False)
    page.locator("a[data-more]").first.click()
    expect(page.get_by_role("list", name="Filters that are on")).to_contain_text("Article: story-")


def test_single_keys_go_from_result_to_result_and_open_one(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain&size=5")
    titles = page.locator(".hits h2 a")
    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/articles/story-"))


def test_single_keys_type_in_a_field(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain")
    page.get_by_label("Search the archive").fill("")
    page.keyboard.type("jko/?")
    expect(page.get_by_label("Search the archive")).to_have_value("jko/?")


def test_help_opens_in_a_panel_and_turns_single_keys_off_for_good(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain")
    page.keyboard.press("?")
    panel = page.get_by_role("dialog", name="How to ask")
    expect(panel).to_contain_text("these words, in any order, within 5 positions")
    panel.get_by_label("Single keys do this").uncheck()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(".hits h2 a").first).not_to_be_focused()
    page.reload()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("navigation", name="Tools").get_by_role("link", name="Help").click()
    expect(page.get_by_role("dialog").get_by_label("Single keys do this")).not_to_be_checked()


def test_a_value_is_found_among_many(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain")
    places = page.get_by_role("region", name="Place")
    places.get_by_label("Find a value of Place").fill("place 27")
    expect(places.locator("li:visible")).to_have_count(1)
    places.get_by_role("link", name="Place 27", exact=True).click()
    expect(page.get_by_role("list", name="Filters that are on")).to_contain_text("Place: Place 27")


def test_shares_of_what_is_held_are_shown_instead_of_counts(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain")
    figure = page.locator(".timeline")
    expect(figure.locator(".share")).to_be_hidden()
    page.get_by_label("Per 1,000 held").check()
    expect(figure.locator("path.share")).to_be_visible()
    expect(figure.locator("path.found")).to_be_hidden()


def test_a_screen_reader_is_told_what_is_marked_and_where_one_is(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=rain&size=1")
    expect(page.get_by_role("article")).to_match_aria_snapshot("""
      - article:
        - paragraph:
          - link /Paragraph \\d+ of \\d+/
        - heading /Story \\d+/ [level=2]:
          - link
        - paragraph
        - paragraph:
          - mark: Rain
    """)
