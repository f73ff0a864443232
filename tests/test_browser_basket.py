"""The basket in a real Chromium: marked while reading, kept by the browser, noted, moved, exported."""

import json
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import CONTRASTS
from playwright.sync_api import Browser, Page, expect

pytest_plugins = ("webserver", "browsing")
pytestmark = pytest.mark.browser

ID = "000_54452b25f7fed91f"
ARTICLE = f"/articles/{ID}"
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
KEY = "dateline.basket"


def put(page: Page, *cuttings: dict[str, object] | str) -> None:
    """Put cuttings, or ids of them, into the basket as another page of this browser would have."""
    kept = [{"id": each, "title": "", "sha256": "", "note": ""} if isinstance(each, str) else each for each in cuttings]
    page.evaluate(
        "([key, text]) => localStorage.setItem(key, text)", [KEY, json.dumps({"version": 1, "cuttings": kept})]
    )


def kept(page: Page) -> list[str]:
    """Return the ids in the basket, in order."""
    return [each["id"] for each in json.loads(page.evaluate(f"localStorage.getItem('{KEY}')"))["cuttings"]]


def keep_button(page: Page, number: int) -> object:
    return page.get_by_role("button", name=re.compile(rf"Keep paragraph {number} of “Defence Minister"))


@pytest.fixture
def basket(open_page: Callable[..., Page]) -> Page:
    """The page of a basket with three paragraphs."""
    page = open_page("/basket")
    put(page, f"{ID}#p3", f"{ID}#p7", f"{ID}#p10")
    page.reload()
    expect(page.locator("li.cutting")).to_have_count(3)
    return page


def test_a_paragraph_is_kept_while_reading_and_taken_out_again(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{ARTICLE}?q=defence")
    button = keep_button(page, 3)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_have_text("Paragraph 3 is in the basket, which holds 1 paragraph.")
    expect(page.locator(".toast")).to_have_text("Paragraph 3 is in the basket, which holds 1 paragraph.")
    expect(page.get_by_role("link", name="Basket 1")).to_be_visible()
    page.reload()
    expect(keep_button(page, 3)).to_have_attribute("aria-pressed", "true")
    keep_button(page, 3).press("Enter")
    expect(keep_button(page, 3)).to_have_attribute("aria-pressed", "false")
    assert kept(page) == []


def test_b_keeps_the_paragraph_that_a_key_led_to(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{ARTICLE}?q=pathbreaking")
    page.keyboard.press("b")
    expect(page.locator(".toast")).to_contain_text("Go to a paragraph first")
    page.keyboard.press("n")
    page.keyboard.press("b")
    assert kept(page) == [f"{ID}#p6"]


def test_a_result_is_kept_and_knows_its_checksum_once_the_basket_was_seen(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=signing")
    keep_button(page, 7).click()
    page.get_by_role("link", name="Basket 1").click()
    item = page.get_by_role("listitem").filter(has_text="The signing of Security of Supply")
    expect(item).to_contain_text("Washington, 24 August 2024 (IANS)")
    expect(item).to_contain_text("Rajnath Singh also visited")
    expect(item).to_contain_text("paragraph 7 of 12")
    (cutting,) = json.loads(page.evaluate(f"localStorage.getItem('{KEY}')"))["cuttings"]
    assert re.fullmatch("[0-9a-f]{64}", cutting["sha256"])


def test_results_that_come_while_one_types_have_their_buttons(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=zzzz")
    page.get_by_label("Search the archive").fill("pathbreaking")
    expect(keep_button(page, 6)).to_be_visible()


def test_another_tab_is_followed(open_page: Callable[..., Page]) -> None:
    page = open_page(ARTICLE)
    other = page.context.new_page()
    other.goto("/basket")
    expect(other.get_by_text("Nothing is kept yet")).to_be_visible()
    keep_button(page, 3).click()
    expect(other.locator("li.cutting")).to_have_count(1)
    other.get_by_role("button", name="Remove").click()
    expect(keep_button(page, 3)).to_have_attribute("aria-pressed", "false")


def test_a_removed_paragraph_can_be_brought_back_and_the_focus_is_never_lost(basket: Page) -> None:
    removes = basket.get_by_role("button", name=re.compile("^Remove"))
    removes.nth(1).press("Enter")
    expect(basket.locator("li.cutting")).to_have_count(2)
    expect(removes.nth(1)).to_be_focused()
    removes.nth(1).press("Enter")
    expect(removes.nth(0)).to_be_focused()
    removes.nth(0).press("Enter")
    expect(basket.get_by_role("heading", name="Basket")).to_be_focused()
    expect(basket.get_by_text("Nothing is kept yet")).to_be_visible()
    basket.get_by_role("button", name="Undo").press("Enter")
    expect(basket.locator("li.cutting")).to_have_count(1)
    assert kept(basket) == [f"{ID}#p3"]


def test_a_cleared_basket_can_be_brought_back(basket: Page) -> None:
    basket.get_by_role("button", name="Clear the basket").click()
    expect(basket.locator(".toast")).to_have_text("The basket is cleared of 3 paragraphs.")
    assert kept(basket) == []
    basket.get_by_role("button", name="Undo").click()
    expect(basket.locator("li.cutting")).to_have_count(3)
    assert kept(basket) == [f"{ID}#p3", f"{ID}#p7", f"{ID}#p10"]


def test_cuttings_are_moved_by_the_keyboard(basket: Page) -> None:
    first = basket.locator("li.cutting").first
    expect(first.get_by_role("button", name="Move up")).to_be_disabled()
    first.get_by_role("button", name="Move down").press("Enter")
    assert kept(basket) == [f"{ID}#p7", f"{ID}#p3", f"{ID}#p10"]
    expect(basket.locator("li.cutting").nth(1).get_by_role("button", name="Move down")).to_be_focused()
    basket.keyboard.press("Enter")
    assert kept(basket) == [f"{ID}#p7", f"{ID}#p10", f"{ID}#p3"]
    # Here it goes no further down, so the focus is on the way up.
    expect(basket.locator("li.cutting").nth(2).get_by_role("button", name="Move up")).to_be_focused()
    expect(basket.locator(".toast")).to_have_text("Moved to place 3 of 3.")


def test_a_note_is_kept(basket: Page) -> None:
    note = basket.get_by_label(re.compile("Note on paragraph 7"))
    note.fill("Ask the desk.\nTwice.")
    basket.reload()
    expect(basket.get_by_label(re.compile("Note on paragraph 7"))).to_have_value("Ask the desk.\nTwice.")


@pytest.mark.parametrize(("kind", "suffix"), [("HTML", "html"), ("Markdown", "md"), ("RIS", "ris")])
def test_the_basket_is_exported_in_its_order_with_notes(basket: Page, kind: str, suffix: str) -> None:
    basket.locator("li.cutting").first.get_by_role("button", name="Move down").click()
    basket.get_by_label(re.compile("Note on paragraph 10")).fill("Last <word>")
    with basket.expect_download() as download:
        basket.get_by_role("button", name=kind, exact=True).click()
    assert re.fullmatch(rf"cuttings-\d{{4}}-\d\d-\d\d\.{suffix}", download.value.suggested_filename)
    text = download.value.path().read_text(encoding="utf-8")
    places = [text.index(part) for part in ("The signing of Security", "In a post on social media", "Washington has")]
    assert places == sorted(places)
    assert re.search(r"Last (&lt;word&gt;|\\?<word\\?>)", text)


def test_what_changed_and_what_is_gone_is_told(open_page: Callable[..., Page]) -> None:
    page = open_page("/basket")
    changed = {"id": f"{ID}#p3", "title": "x", "sha256": "0" * 64, "note": ""}
    put(page, changed, {"id": "withdrawn-9#p4", "title": "A withdrawn story", "sha256": "", "note": "my note"})
    page.reload()
    expect(page.locator("li.cutting").nth(0)).to_contain_text("Changed.")
    gone = page.locator("li.cutting").nth(1)
    expect(gone).to_contain_text("A withdrawn story")
    expect(gone).to_contain_text("is not in the archive any more")
    expect(gone.get_by_label(re.compile("Note"))).to_have_value("my note")
    expect(page.locator("#basket-lead")).to_contain_text("1 of them is not in the archive any more")


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        '{"cuttings": 7}',
        '{"cuttings": [null, 7, {}, {"id": 7}, {"id": "<b>"}, {"id": "a#p00"}]}',
    ],
)
def test_garbage_in_the_storage_is_an_empty_basket(open_page: Callable[..., Page], garbage: str) -> None:
    page = open_page("/basket")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, garbage])
    page.reload()
    expect(page.get_by_text("Nothing is kept yet")).to_be_visible()
    page.goto(ARTICLE)
    keep_button(page, 3).click()
    assert kept(page) == [f"{ID}#p3"]


def test_hostile_titles_in_the_storage_stay_text(open_page: Callable[..., Page]) -> None:
    page = open_page("/basket")
    title = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    put(page, {"id": "gone#p1", "title": title, "sha256": 7, "note": ["x"]})
    page.reload()
    expect(page.locator("li.cutting h2")).to_have_text(title)


def test_a_full_basket_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page(ARTICLE)
    put(page, *[f"other#p{number}" for number in range(1, 251)])
    page.reload()
    expect(page.get_by_role("link", name="Basket 200")).to_be_visible()
    keep_button(page, 3).click()
    expect(page.locator(".toast")).to_contain_text("The basket is full")
    expect(keep_button(page, 3)).to_have_attribute("aria-pressed", "false")


def test_a_full_storage_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page(ARTICLE)
    fill = """() => { let size = 1 << 22, at = 0;
      while (size) { try { localStorage.setItem("x" + at++, "x".repeat(size)); } catch { size >>= 1; } } }"""
    page.evaluate(fill)
    keep_button(page, 3).click()
    expect(page.locator(".toast")).to_have_text("This browser did not keep the change: its storage is full or closed.")
    expect(keep_button(page, 3)).to_have_attribute("aria-pressed", "false")


def test_a_closed_storage_has_no_basket(browser: Browser, address: str) -> None:
    throws = "{ get() { throw new DOMException('closed', 'SecurityError'); } }"
    closed = f"Object.defineProperty(window, 'localStorage', {throws})"
    with browser.new_context(base_url=address) as context:
        context.add_init_script(closed)
        page = context.new_page()
        page.goto(ARTICLE)
        expect(page.locator("button.keep").first).to_be_hidden()
        page.goto("/basket")
        expect(page.get_by_text("so there is no basket")).to_be_visible()


def test_an_archive_that_is_away_is_told_and_can_be_tried_again(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/basket")
        put(page, f"{ID}#p3")
        page.route("**/basket/cuttings", lambda route: route.fulfill(status=503))
        page.reload()
        expect(page.get_by_text("they could not be loaded: the archive answered 503")).to_be_visible()
        page.unroute("**/basket/cuttings")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("li.cutting")).to_have_count(1)
        assert kept(page) == [f"{ID}#p3"]


def test_without_a_script_there_is_no_basket(open_page: Callable[..., Page]) -> None:
    page = open_page(ARTICLE, java_script_enabled=False)
    expect(page.locator("button.keep").first).to_be_hidden()
    expect(page.locator("[data-basket-link]")).to_be_hidden()
    page.goto("/basket")
    expect(page.get_by_role("button", name="HTML")).to_be_hidden()
    expect(page.get_by_role("list", name="Cuttings")).to_be_hidden()


def test_axe_finds_nothing_in_a_basket(open_page: Callable[..., Page]) -> None:
    page = open_page("/basket", bypass_csp=True)
    put(page, f"{ID}#p3", f"{ID}#p7", "withdrawn-9#p4")
    page.reload()
    page.locator("li.cutting").first.wait_for()
    page.get_by_role("button", name=re.compile("^Remove")).first.click()
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_basket_has_the_contrast_that_wcag_asks_for(basket: Page, scheme: str) -> None:
    basket.emulate_media(color_scheme=scheme)
    basket.get_by_role("button", name=re.compile("^Remove")).first.click()
    # What cannot be pressed just now is excepted by WCAG 1.4.3.
    assert [each for each in basket.evaluate(CONTRASTS) if "Move" not in each[1]] == []


def test_the_basket_is_no_wider_than_its_window_and_its_buttons_are_large_enough(basket: Page) -> None:
    for width in (320, 390, 768, 1280):
        basket.set_viewport_size({"width": width, "height": 800})
        assert basket.evaluate("document.documentElement.scrollWidth") <= width
    sizes = (
        "[...document.querySelectorAll('main button')].map((each) => each.getBoundingClientRect()).filter(b => b.width)"
    )
    assert basket.evaluate(f"{sizes}.every((box) => box.width >= 24 && box.height >= 24)")


def test_that_a_paragraph_is_kept_is_not_told_by_colour_alone(open_page: Callable[..., Page]) -> None:
    page = open_page(ARTICLE, forced_colors="active")
    before = page.locator("#p3 button.keep").screenshot()
    keep_button(page, 3).click()
    expect(page.locator("#p3 .tick")).to_be_visible()
    expect(page.locator("#p3 .plus")).to_be_hidden()
    page.mouse.move(0, 0)
    assert page.locator("#p3 button.keep").screenshot() != before
