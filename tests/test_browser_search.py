"""A person's way through the pages, in a real Chromium and against a real server."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import CONTRASTS
from playwright.sync_api import Browser, Page, expect

pytest_plugins = ("webserver", "browsing")
pytestmark = pytest.mark.browser

FIRST = "/articles/000_54452b25f7fed91f"


@pytest.mark.parametrize("with_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_search_is_narrowed_and_leads_to_a_paragraph_and_back(
    open_page: Callable[..., Page], *, with_script: bool
) -> None:
    page = open_page(java_script_enabled=with_script)
    page.get_by_label("Search the archive").fill("signing agreement")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(rf"/search\?q=signing\+agreement{'' if with_script else '&dialect=dateline'}$"))

    page.get_by_role("region", name="Place").get_by_role("link", name="Washington", exact=True).click()
    expect(page.get_by_role("list", name="Filters that are on")).to_contain_text("Place: Washington")
    found = page.url

    page.get_by_role("article").first.get_by_role("heading").get_by_role("link").click()
    number = re.search(r"#p(\d+)$", page.url)[1]
    paragraph = page.locator(f"#p{number}")
    expect(paragraph).to_be_in_viewport()
    expect(paragraph.locator("mark").first).to_have_text(re.compile("signing|agreement", re.IGNORECASE))
    assert paragraph.evaluate("element => element.matches(':target')") if with_script else True

    page.get_by_role("link", name="Back to results").click()
    expect(page).to_have_url(found)
    page.get_by_role("link", name="Remove the filter Place: Washington").click()
    expect(page.get_by_role("list", name="Filters that are on")).to_have_count(0)


def test_a_query_of_another_archive_is_pasted_and_read(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.get_by_label("Search the archive").fill("hailed pre/2 sign!")
    page.get_by_label("Written for").select_option("Nexis")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Read as")).to_contain_text("hailed pre/2 sign*")
    expect(page.locator("mark").first).to_have_text("hailed")
    expect(page.get_by_label("Written for")).to_have_value("nexis")
    # The script that shortens the address is loaded after what is asked of the page above can be seen.
    page.wait_for_load_state()
    page.get_by_label("Written for").select_option("Dateline")
    page.get_by_label("Search the archive").fill("signing")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?q=signing$"))
    expect(page.get_by_label("Written for")).to_be_enabled()


def test_the_browsers_own_way_back_leads_to_the_results(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=signing")
    page.get_by_role("article").first.get_by_role("heading").get_by_role("link").click()
    page.go_back()
    expect(page.get_by_label("Search the archive")).to_have_value("signing")
    expect(page.locator("mark").first).to_be_visible()


def test_the_next_match_comes_into_view(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{FIRST}?q=defence+minister", viewport={"width": 390, "height": 500})
    page.get_by_role("link", name=re.compile("Next match")).first.click()
    number = re.search(r"#p(\d+)$", page.url)[1]
    expect(page.locator(f"#p{number}")).to_be_in_viewport()


def test_a_click_on_the_timeline_narrows_to_a_month_and_a_stroke_to_several(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=said")
    page.locator(".timeline summary").click()
    last = page.locator(".timeline tr[data-slot]").last
    slots, slot = (int(page.locator(".timeline").get_attribute("data-slots")), int(last.get_attribute("data-slot")))
    box = page.locator(".timeline .plot").bounding_box()
    middle = box["y"] + box["height"] / 2
    end = box["x"] + box["width"] * (slot + 0.5) / slots
    page.mouse.move(end, middle)
    expect(page.locator(".timeline .tip")).to_contain_text("found of")
    page.mouse.click(end, middle)
    filters = page.get_by_role("list", name="Filters that are on")
    expect(filters).to_contain_text("From: August 2024")
    expect(filters).to_contain_text("To: August 2024")

    page.go_back()
    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    page.mouse.move(end, middle, steps=3)
    page.mouse.up()
    expect(filters).to_contain_text("From: April 2019")
    expect(filters).to_contain_text("To: August 2024")


def test_a_mistake_is_mended_with_one_click(browser: Browser, address: str) -> None:
    # The status 400 of the page itself counts as a complaint of the console, so this page is opened by itself.
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        assert page.goto('/search?q="hailed+the+signing').status == 400
        page.get_by_role("link", name='"hailed the signing"').click()
        expect(page.locator("mark")).to_have_text("hailed the signing")


def test_the_keyboard_reaches_the_content_first(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=signing")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize(
    "path", ["/", "/search?q=said", f"{FIRST}?q=defence", "/search?q=zzzz+AND+said", "/help", "/compose?all=said"]
)
def test_no_page_is_wider_than_its_window(open_page: Callable[..., Page], path: str) -> None:
    page = open_page(path)
    for width in (320, 390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_light_and_dark_are_different_and_both_are_shown(open_page: Callable[..., Page], tmp_path: Path) -> None:
    shots = {}
    for scheme in ("light", "dark"):
        page = open_page("/search?q=defence+minister", color_scheme=scheme)
        shots[scheme] = page.screenshot(path=tmp_path / f"{scheme}.png")
        shots[scheme, "paper"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shots["light"] != shots["dark"]
    assert shots["light", "paper"] != shots["dark", "paper"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/", "/search?q=said+or+water&place=Washington", f"{FIRST}?q=defence#p1", "/search?q=zzzz"]
)
def test_all_text_has_the_contrast_that_wcag_asks_for(open_page: Callable[..., Page], path: str, scheme: str) -> None:
    assert open_page(path, color_scheme=scheme).evaluate(CONTRASTS) == []


@pytest.mark.parametrize("with_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_foot_says_how_long_ago_the_index_was_updated_or_when(
    open_page: Callable[..., Page], *, with_script: bool
) -> None:
    page = open_page(f"{FIRST}?q=signing", java_script_enabled=with_script)
    time = page.locator("footer time[data-ago]")
    instant = re.compile(r"\d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC")
    if not with_script:
        expect(time).to_have_text(instant)
        return
    expect(time).to_have_attribute("title", instant)
    for seconds, words in ((7_300, "2 hours ago"), (150, "2 minutes ago"), (1, r"\d+ seconds? ago")):
        time.evaluate(f"element => {{ element.dateTime = new Date(Date.now() - {seconds} * 1000).toISOString(); }}")
        expect(time).to_have_text(re.compile(words))
    told = time.text_content()
    expect(time).not_to_have_text(told)  # a second later
