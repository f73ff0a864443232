"""Nobody is kept out: axe-core finds nothing on any page in any state, and pages stay light and still."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytest_plugins = ("webserver", "browsing")
pytestmark = pytest.mark.browser

ARTICLE = "/articles/000_54452b25f7fed91f"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
STATES = {
    "home": ("/", None),
    "results": ("/search?q=said", None),
    "filters and facets": ("/search?q=said&place=Washington&not_agency=IANS&sort=newest", ".timeline summary"),
    "paragraphs": ("/search?q=said&group=none", None),
    "a relaxed search": ("/search?q=zebra+said", None),
    "nothing": ("/search?q=zzzz+AND+said&place=Washington", None),
    "help": ("/help", None),
    "help in a panel": ("/search?q=said", "a[data-help]"),
    "the form": ("/compose?phrase=hailed+the+signing", None),
    "an article": (f"{ARTICLE}?q=defence+minister#p3", None),
    "a paragraph that is kept": (ARTICLE, ".keep"),
    "an empty basket": ("/basket", None),
}
# Kilobytes of a first page with all it needs.
LIGHT = 60


LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# How a page can be looked at, after light on a laptop: it changes colours and sizes, and nothing else.
LOOKS = (
    (LAPTOP, {"color_scheme": "dark"}),
    (PHONE, {"color_scheme": "light", "contrast": "more"}),
    (LAPTOP, {"color_scheme": "dark", "contrast": "more"}),
)
LOOKED_AT = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "link-in-text-block"]}}


def violations(page: Page, rules: dict[str, object] = RULES) -> list[str]:
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}" for each in found]


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_page: Callable[..., Page], state: str) -> None:
    path, opens = STATES[state]
    page = open_page(path, bypass_csp=True, viewport=LAPTOP, color_scheme="light")
    if opens:
        page.locator(opens).first.click()
        page.wait_for_timeout(200)
    assert violations(page) == []
    for viewport, media in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(**media)
        assert violations(page, LOOKED_AT) == [], media


def test_axe_finds_nothing_while_completions_are_open(open_page: Callable[..., Page]) -> None:
    page = open_page("/", bypass_csp=True)
    page.get_by_label("Search the archive").press_sequentially("defen", delay=15)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


def test_axe_finds_nothing_on_an_error(open_page: Callable[..., Page], complaints: list[str]) -> None:
    for path in ('/search?q="open', "/nowhere", "/search?size=0"):
        assert violations(open_page(path, bypass_csp=True)) == []
    complaints[:] = [each for each in complaints if "BAD REQUEST" not in each and "NOT FOUND" not in each]


def test_axe_sees_what_is_wrong(open_page: Callable[..., Page]) -> None:
    page = open_page("/help", bypass_csp=True)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=data:,><input>')")
    assert {each.partition(":")[0] for each in violations(page)} >= {"image-alt", "label"}
    page.add_style_tag(content="p { color: #aaa !important }")
    assert [each.partition(":")[0] for each in violations(page, LOOKED_AT)] == ["color-contrast"]


@pytest.mark.parametrize("path", ["/", "/search?q=said", f"{ARTICLE}?q=defence"])
def test_a_first_page_is_light_and_comes_from_here(open_page: Callable[..., Page], path: str) -> None:
    page = open_page("/help")
    sizes: list[int] = []
    fresh = page.context.browser.new_context(base_url=page.url)
    opened = fresh.new_page()
    opened.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    opened.goto(path, wait_until="networkidle")
    fresh.close()
    assert 0 < sum(sizes) < LIGHT * 1_000


SHIFTS = """() => new Promise((tell) => {
  let shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (shift += entry.value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(shift), 600);
})"""


@pytest.mark.parametrize("path", ["/", "/search?q=said", f"{ARTICLE}?q=defence", "/compose", "/help", "/basket"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_while_a_page_loads(open_page: Callable[..., Page], path: str, width: int) -> None:
    page = open_page(path, viewport={"width": width, "height": 800})
    assert page.evaluate(SHIFTS) < 0.01


@pytest.mark.parametrize("path", ["/", "/search?q=said", "/compose", f"{ARTICLE}?q=defence"])
def test_every_control_is_reached_by_tab_and_shows_that_it_has_the_focus(
    open_page: Callable[..., Page], path: str
) -> None:
    page = open_page(path)
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
