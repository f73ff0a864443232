"""A person's way through the pages, in a real Chromium and against a real server."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from webserver import server_process

from search.settings import Settings

pytest_plugins = ("webserver",)
pytestmark = pytest.mark.browser

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
FIRST = "/articles/000_54452b25f7fed91f"


@pytest.fixture(scope="module")
def address(seeds_settings: Settings) -> Iterator[str]:
    with server_process(seeds_settings) as (_, at):
        yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        # Where the gate runs the browser belongs to it; on a machine of one's own the other tests are worth running.
        missing = "There is no Chromium; install it with: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of a new context; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(what: str, *, wrong: bool) -> None:
        complaints.extend([what] * wrong)

    def open_it(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=address, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        # Leaving a page breaks off what it was still fetching; that is no failure.
        page.on("requestfailed", lambda request: complain(request.url, wrong="ERR_ABORTED" not in request.failure))
        page.on("request", lambda request: complain(f"left: {request.url}", wrong=not request.url.startswith(address)))
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("with_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_search_is_narrowed_and_leads_to_a_paragraph_and_back(
    open_page: Callable[..., Page], *, with_script: bool
) -> None:
    page = open_page(java_script_enabled=with_script)
    page.get_by_label("Search the archive").fill("signing agreement")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(rf"/search\?q=signing\+agreement{'' if with_script else '&dialect=dateline'}$"))

    page.get_by_role("region", name="Place").get_by_role("link", name="Washington").click()
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


def test_a_month_of_the_timeline_narrows_to_it(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=signing")
    page.locator(".timeline svg a").last.click()
    expect(page.get_by_role("list", name="Filters that are on")).to_contain_text("From: August 2024")


def test_a_mistake_is_mended_with_one_click(browser: Browser, address: str) -> None:
    # The status 400 of the page itself counts as a complaint of the console, so this page is opened by itself.
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        assert page.goto('/search?q="hailed+the+signing').status == 400
        page.get_by_role("link", name='"hailed the signing"').click()
        expect(page.locator("mark")).to_have_text("hailed the signing")


def test_words_are_completed_while_they_are_typed(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=x")
    page.keyboard.press("/")
    expect(page.get_by_label("Search the archive")).to_be_focused()
    page.keyboard.type("indian def", delay=20)
    expect(page.locator("#completions option").first).to_have_attribute("value", "indian defence")


def test_the_keyboard_reaches_the_content_first(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=signing")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/search?q=said", f"{FIRST}?q=defence", "/search?q=zzzz"])
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


CONTRASTS = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const paper = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => element.checkVisibility() && !element.closest("svg"))
    .map((element) => {
      const [a, b] = [light(parts(getComputedStyle(element).color)), light(paper(element))].sort((x, y) => y - x);
      const what = element.tagName + "." + element.className + ": " + element.textContent.trim().slice(0, 30);
      return [(a + 0.05) / (b + 0.05), what];
    })
    .filter(([contrast]) => contrast < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/", "/search?q=said+or+water&place=Washington", f"{FIRST}?q=defence#p1", "/search?q=zzzz"]
)
def test_all_text_has_the_contrast_that_wcag_asks_for(open_page: Callable[..., Page], path: str, scheme: str) -> None:
    assert open_page(path, color_scheme=scheme).evaluate(CONTRASTS) == []
