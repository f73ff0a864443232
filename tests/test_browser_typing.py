"""While somebody types: results at once, completions, the composed query, and what a half-typed query says."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytest_plugins = ("webserver", "browsing")
pytestmark = pytest.mark.browser


def box(page: Page):
    return page.get_by_label("Search the archive")


def test_results_appear_while_a_query_is_typed_and_the_address_follows(open_page: Callable[..., Page]) -> None:
    page = open_page()
    box(page).press_sequentially("signing agreement", delay=15)
    expect(page.get_by_role("heading", level=1)).to_contain_text("paragraph")
    expect(page).to_have_url(re.compile(r"/search\?q=signing\+agreement$"))
    expect(page.locator("mark").first).to_be_visible()
    expect(box(page)).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("paragraph")
    shown = page.locator(".hits").inner_text()
    page.reload()
    assert page.locator(".hits").inner_text() == shown


def test_the_way_back_from_typed_results_leads_to_where_one_was(open_page: Callable[..., Page]) -> None:
    page = open_page()
    box(page).press_sequentially("signing", delay=15)
    expect(page).to_have_url(re.compile(r"/search\?q=signing$"))
    page.go_back()
    expect(page.locator("body")).to_have_class("home")
    expect(box(page)).to_have_value("")
    page.go_forward()
    expect(box(page)).to_have_value("signing")
    expect(page.locator("mark").first).to_be_visible()


def test_half_a_query_keeps_the_results_and_says_what_is_missing(
    open_page: Callable[..., Page], complaints: list[str]
) -> None:
    page = open_page("/search?q=hailed")
    box(page).press("End")
    box(page).press_sequentially(' "the', delay=15)
    expect(page.get_by_role("status")).to_contain_text("never closed")
    expect(page.locator(".hits")).to_be_visible()
    box(page).press_sequentially(' signing"', delay=15)
    expect(page.get_by_role("status")).to_contain_text("paragraph")
    expect(page.locator("mark")).to_have_count(2)
    # The browser itself notes every 400 that a script fetched.
    complaints[:] = [each for each in complaints if "400 (BAD REQUEST)" not in each]


def test_filters_stay_while_the_query_changes(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=said&place=Washington")
    box(page).fill("signing")
    expect(page).to_have_url(re.compile(r"q=signing.*place=Washington|place=Washington.*q=signing"))
    expect(page.get_by_role("list", name="Filters that are on")).to_contain_text("Place: Washington")


def test_a_word_is_completed_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=x")
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type("indian def", delay=20)
    first = page.get_by_role("option").first
    expect(first).to_contain_text("indian defence")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=indian\+defence$"))


def test_names_and_titles_are_offered(open_page: Callable[..., Page]) -> None:
    page = open_page()
    box(page).press_sequentially("washi", delay=15)
    name = page.get_by_role("option").filter(has_text="place")
    expect(name).to_contain_text("Washington")
    name.click()
    expect(page).to_have_url(re.compile(r"/search\?q=place%3AWashington$"))


def test_escape_closes_the_completions_and_leaves_what_was_typed(open_page: Callable[..., Page]) -> None:
    page = open_page()
    box(page).press_sequentially("defen", delay=15)
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_have_value("defen")


def test_searches_of_this_browser_are_offered_again_and_can_be_forgotten(open_page: Callable[..., Page]) -> None:
    page = open_page()
    box(page).fill("signing")
    page.keyboard.press("Enter")
    expect(page.locator(".hits")).to_be_visible()
    page.goto("/")
    box(page).press("ArrowDown")
    expect(page.get_by_role("option")).to_contain_text(["signing"])
    page.get_by_role("button", name="Forget my searches").click()
    box(page).press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_hidden()


@pytest.mark.parametrize("stored", ["{", '{"a": 1}', "[1, null]", "7"])
def test_whatever_lies_in_the_browsers_store_does_no_harm(open_page: Callable[..., Page], stored: str) -> None:
    page = open_page()
    page.evaluate("stored => localStorage.setItem('dateline.recent', stored)", stored)
    box(page).press_sequentially("defen", delay=15)
    expect(page.get_by_role("option").first).to_contain_text("defence")


def test_the_form_shows_the_query_it_writes_while_it_is_filled_in(open_page: Callable[..., Page]) -> None:
    page = open_page("/compose")
    page.get_by_label("Exactly this phrase").fill("hailed the signing")
    page.get_by_label("Place").fill("Washington")
    written = page.locator("#written")
    expect(written).to_contain_text('"hailed the signing" place:Washington')
    expect(written).to_contain_text("1 paragraph in 1 article")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?q=%22hailed"))
    expect(page.locator("mark")).to_have_text("hailed the signing")
