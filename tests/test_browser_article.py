"""Reading an article in a real Chromium: from match to match, to a passage and back, on paper."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import CONTRASTS
from playwright.sync_api import Page, expect
from webserver import build, server_process, write_articles

pytest_plugins = ("webserver", "browsing")
pytestmark = pytest.mark.browser

FILLER = "The harbour of the old town was closed to ships on day {}, as a storm drove waves over the breakwater."
ARTICLE = {
    "id": "storm/1",
    "date": "2024-08-24",
    "place": "Suez",
    "agency": "IANS",
    "paragraphs": [
        "A pilot spoke. " + FILLER.format(0),
        *[FILLER.format(number) for number in range(1, 12)],
        "Nobody was hurt, a pilot said - US-India talks, too, went on & on: 100% of them; #1 of “many”.",
        *[FILLER.format(number) for number in range(12, 24)],
        "भारत के रक्षा मंत्री ने कहा, - कि यह समझौता ऐतिहासिक है। "
        "सह-उत्पादन को बढ़ावा मिलेगा, और दोनों देशों के उद्योगों को लाभ होगा।",
        "The last pilot left. " + FILLER.format(24),
        *[FILLER.format(number) for number in range(25, 40)],
    ],
}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("storm")
    with server_process(build(folder / "index", write_articles(folder / "storm.jsonl", [ARTICLE]))) as (_, at):
        yield at


def focused(page: Page) -> str:
    """Return the id of what has the focus."""
    return page.evaluate("document.activeElement.id")


def test_n_and_p_go_from_match_to_match_and_take_the_focus_along(open_page: Callable[..., Page]) -> None:
    page = open_page("/articles/storm/1?q=pilot", **LAPTOP)
    status = page.get_by_role("status")
    seen = []
    for key in ("n", "n", "j", "n", "p", "k"):
        page.keyboard.press(key)
        seen.append(focused(page))
        expect(page.locator(f"#{seen[-1]}")).to_be_in_viewport()
    assert seen == ["p1", "p13", "p27", "p27", "p13", "p1"]
    expect(status).to_have_text("Match 1 of 3: paragraph 1.")
    page.keyboard.press("p")
    expect(status).to_have_text("There is no match before this one.")


def test_the_way_goes_on_from_where_a_link_led(open_page: Callable[..., Page]) -> None:
    page = open_page("/articles/storm/1?q=pilot#p13", **LAPTOP)
    page.keyboard.press("n")
    assert focused(page) == "p27"


def test_where_nothing_is_marked_the_keys_go_from_paragraph_to_paragraph(open_page: Callable[..., Page]) -> None:
    page = open_page("/articles/storm/1")
    for _ in range(3):
        page.keyboard.press("j")
    assert focused(page) == "p3"


def test_letters_are_letters_where_one_types_and_where_the_keys_are_turned_off(open_page: Callable[..., Page]) -> None:
    page = open_page("/articles/storm/1?q=pilot")
    page.get_by_label("Search the archive").focus()
    page.keyboard.press("n")
    assert focused(page) == "q"
    expect(page.locator("[data-keys]")).to_be_visible()
    page.evaluate("localStorage.setItem('dateline.shortcuts', 'off')")
    page.goto("/articles/storm/1?q=pilot#p13")
    page.reload()
    page.keyboard.press("n")
    assert focused(page) == ""
    expect(page.locator("[data-keys]")).to_be_hidden()


@pytest.mark.parametrize("number", [13, 26], ids=["commas, dashes and signs", "Devanagari"])
def test_a_link_to_a_passage_leads_to_its_words(open_page: Callable[..., Page], number: int) -> None:
    page = open_page("/articles/storm/1", **LAPTOP)
    href = page.locator(f"#p{number} a.passage-link").get_attribute("href")
    assert href.startswith(f"/articles/storm/1#p{number}:~:text=")
    # Without the anchor, so that the words alone can have led there.
    page.goto("about:blank")
    page.goto(href.replace(f"#p{number}:~:", "#:~:"))
    expect(page.locator(f"#p{number}")).to_be_in_viewport()
    assert page.evaluate("scrollY") > 200
    # Nothing takes the place away again.
    page.wait_for_timeout(400)
    expect(page.locator(f"#p{number}")).to_be_in_viewport()


# How many pixels of a picture have the colour of marks on light paper, #ffe27a.
MARKED_PIXELS = """async (data) => {
  const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + data)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const { data: bytes } = canvas.getImageData(0, 0, picture.width, picture.height);
  let marked = 0;
  for (let at = 0; at < bytes.length; at += 4) {
    marked += bytes[at] === 0xff && bytes[at + 1] === 0xe2 && bytes[at + 2] === 0x7a;
  }
  return marked;
}"""


@pytest.mark.parametrize("number", [1, 13, 26])
def test_the_words_of_a_passage_are_marked_by_the_browser(open_page: Callable[..., Page], number: int) -> None:
    page = open_page("/articles/storm/1", **LAPTOP)
    directive = page.locator(f"#p{number} a.passage-link").get_attribute("href").partition(f"#p{number}")[2]
    marked = []
    for words in ("", directive, ":~:text=words%20of%20nobody"):
        page.goto("about:blank")
        page.goto(f"/articles/storm/1#p{number}{words}")
        shot = base64.b64encode(page.locator(f"#p{number} > p").first.screenshot()).decode()
        page.goto("about:blank")
        marked.append(page.evaluate(MARKED_PIXELS, shot))
    anchor, passage, elsewhere = marked
    assert passage > 5_000
    assert anchor == elsewhere == 0


def test_a_link_to_a_passage_is_copied(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("/articles/storm/1?q=pilot", permissions=["clipboard-read", "clipboard-write"])
    link = page.get_by_role("link", name="Link to this passage, paragraph 13")
    link.click()
    expect(page.locator(".toast")).to_have_text("The link to paragraph 13 is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == address + link.get_attribute("href")
    assert page.url.endswith("?q=pilot")


def test_without_a_script_a_link_to_a_passage_is_a_link(open_page: Callable[..., Page]) -> None:
    page = open_page("/articles/storm/1", java_script_enabled=False)
    page.get_by_role("link", name="Link to this passage, paragraph 13").click()
    expect(page.locator("#p13")).to_be_in_viewport()


def test_the_record_says_where_each_value_was_found(open_page: Callable[..., Page]) -> None:
    record = open_page("/articles/storm/1").get_by_role("complementary", name="The record")
    expect(record).to_contain_text("Title taken from the first sentence")
    expect(record).to_contain_text(re.compile(r"Place\s+Suez\s+from the record’s field “place”"))
    expect(record).to_contain_text("storm.jsonl")


def test_a_printed_article_is_a_cutting_with_its_citation(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page("/articles/storm/1?q=pilot")
    page.emulate_media(media="print")
    for shown in ("h1", ".wire", "#p1", "#p42", "#p13 mark", ".cite .citation", ".cite .address"):
        expect(page.locator(shown).first).to_be_visible()
    cited = page.locator(".cite")
    expect(cited).to_contain_text("IANS, Suez, 24 August 2024. storm.jsonl, 42 paragraphs. SHA-256 ")
    expect(cited).to_contain_text(re.compile(r"http://\S+/articles/storm/1\s*$"))
    for hidden in (".search", ".tools", ".back", ".steps", ".keep", ".passage-link", ".record", ".marked-in", ".foot"):
        expect(page.locator(hidden).first).to_be_hidden()
    mark = page.locator("#p13 mark").first
    assert mark.evaluate("mark => getComputedStyle(mark).borderBottomStyle") == "solid"
    assert page.pdf(path=tmp_path / "cutting.pdf")[:5] == b"%PDF-"


@pytest.mark.parametrize("width", [390, 1280])
def test_what_one_presses_in_the_margin_is_large_enough(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("/articles/storm/1?q=pilot", viewport={"width": width, "height": 800})
    expect(page.locator(".keep").first).to_be_visible()
    boxes = "[...document.querySelectorAll('.margin > *')].map((each) => each.getBoundingClientRect())"
    assert page.evaluate(f"{boxes}.filter((box) => box.width < 24 || box.height < 24).length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_article_with_kept_paragraphs_has_contrast(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page("/articles/storm/1?q=pilot", color_scheme=scheme)
    page.locator("#p1 button.keep").click()
    assert page.evaluate(CONTRASTS) == []


def test_an_article_is_no_wider_than_its_window(open_page: Callable[..., Page]) -> None:
    page = open_page("/articles/storm/1?q=pilot")
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
