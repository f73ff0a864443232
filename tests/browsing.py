"""What browser tests share: a real Chromium, pages that may not complain, a server with the seeds. A pytest plugin.

PYTEST_DONT_REWRITE: tests import from it before pytest registers it.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from webserver import server_process

from search.settings import Settings

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]

# What is written in less than the contrast that WCAG asks for, with the contrast it has.
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


@pytest.fixture(scope="module")
def address(seeds_settings: Settings) -> Iterator[str]:
    with server_process(seeds_settings) as (_, at):
        yield at


@pytest.fixture(scope="session")
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
def complaints() -> list[str]:
    """What the browser complained of so far; a test that provokes a complaint takes it out."""
    return []


@pytest.fixture
def open_page(browser: Browser, address: str, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of a new context; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []

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
