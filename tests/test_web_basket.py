"""The basket: what is kept comes back with its context and citation, on the page and in files, and never as markup."""

import datetime
from collections.abc import Callable

import html5lib
import pytest
import rispy
from archives import article
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from webserver import XHTML, Page, Served, page

from web.basket import LARGEST_FORM
from web.citing import citation_parts
from web.cutting_files import escaped
from web.cuttings import LONGEST_NOTE, MOST

pytest_plugins = ("webserver",)

ARTICLE = "000_54452b25f7fed91f"
SHA256 = "2b0302b29c4ef30afedadb24d5eae396934b4b8c25608218fd12114c6e91f9c1"
THIRD = "In a post on social media platform X"
HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(2)) ![x](y) `a` *b* _c_ # 1. - > | ~~d~~ &lt; \\ $e$ <http://x>"
)
FILES = ["/basket/cutting.html", "/basket/cutting.md"]
ALL = ["/basket/cuttings", *FILES]


def send(served: Served, address: str, *ids: str, status: int = 200, **fields: list[str] | str) -> str:
    """Post paragraphs and return what is answered."""
    with served.client.post(address, data={"paragraph": list(ids), **fields}) as response:
        assert response.status_code == status, response.text
        return response.text


def items(text: str) -> list[str]:
    """Return the texts of the cuttings that the part of a page lists, which must be valid HTML."""
    parsed = html5lib.HTMLParser(strict=True).parseFragment(text, container="ol")
    return [" ".join("".join(item.itertext()).split()) for item in parsed.iter(f"{XHTML}li")]


@pytest.mark.parametrize("address", ALL)
def test_a_cutting_has_its_neighbours_citation_checksum_and_address(seeds: Served, address: str) -> None:
    text = send(seeds, address, f"{ARTICLE}#p3")
    for known in (THIRD, "He said that the move", "Earlier, Rajnath Singh met", "paragraph 3 of 12", SHA256):
        assert known in text
    assert f"/articles/{ARTICLE}#p3:~:text=In%20a%20post%20on,US%2DIndia%20Strategic%20Partnership%20Forum." in text
    assert "Washington, 24 August 2024 (IANS)" in text


def test_the_first_and_the_last_paragraph_have_one_neighbour(seeds: Served) -> None:
    first, last = items(send(seeds, ALL[0], f"{ARTICLE}#p1", f"{ARTICLE}#p12"))
    assert "He said that the move" in first
    assert "Sullivan visited India" in last
    assert "At the same time" in last


def test_ris_has_a_record_for_each_paragraph_that_reference_managers_read(seeds: Served) -> None:
    ids = [f"{ARTICLE}#p3", f"{ARTICLE}#p12", "withdrawn-9#p4"]
    text = send(seeds, "/basket/cutting.ris", *ids, note=["Ask\nthe desk.", "", ""], title=["", "", "Gone\r\nER  - "])
    third, last, gone = rispy.loads(text)
    assert [each["id"] for each in (third, last, gone)] == [f"{ARTICLE}-p3", f"{ARTICLE}-p12", "withdrawn-9-p4"]
    (note,) = third["notes"]
    assert note.startswith(f"Paragraph 3 of 12: “{THIRD}")
    for known in ("Before it: “He said", "After it: “Earlier,", "Note: Ask the desk.", SHA256):
        assert known in note
    assert third["urls"] == [f"http://localhost/articles/{ARTICLE}#p3"]
    assert "After it" not in last["notes"][0]
    assert gone["notes"] == ["Paragraph 4 of withdrawn-9 is not in the archive any more."]
    assert gone["title"] == "Gone ER -"


@pytest.mark.parametrize("address", ALL)
def test_cuttings_keep_their_order_and_their_notes(seeds: Served, address: str) -> None:
    text = send(seeds, address, f"{ARTICLE}#p7", f"{ARTICLE}#p3", note=["seventh\r\nline two", "third"])
    places = [text.index(part) for part in ("The signing of Security", "seventh", "line two", THIRD, "third")]
    assert places == sorted(places)


@pytest.mark.parametrize("address", ALL)
def test_what_the_archive_does_not_hold_any_more_is_named(seeds: Served, address: str) -> None:
    ids = [f"{ARTICLE}#p3", "withdrawn-9#p4", f"{ARTICLE}#p13"]
    text = send(seeds, address, *ids, title=["", "A withdrawn story", ""])
    assert "A withdrawn story" in text
    assert "withdrawn\\-9" in text.replace("withdrawn-9", "withdrawn\\-9")
    assert text.count("not in the archive any more") == (3 if address in FILES else 2)
    assert THIRD in text


@pytest.mark.parametrize("address", ALL)
def test_a_source_that_changed_since_is_told(seeds: Served, address: str) -> None:
    ids = [f"{ARTICLE}#p3", f"{ARTICLE}#p4", f"{ARTICLE}#p5"]
    text = send(seeds, address, *ids, sha256=["0" * 64, SHA256, ""])
    assert text.count("The source is another than when this paragraph was marked") == 1


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "There is nothing to cut out"),
        ({"paragraph": ["nonsense"]}, "is no paragraph's id"),
        ({"paragraph": ["a#p00"]}, "is no paragraph's id"),
        ({"paragraph": ["a" * 5_000 + "#p1"]}, "is no paragraph's id"),
        ({"paragraph": ["a#p1"] * (MOST + 1)}, f"a basket holds {MOST}"),
        ({"paragraph": ["a#p1", "a#p2"], "note": ["x"]}, "send one for each, or none"),
        ({"paragraph": ["a#p1"], "sha256": ["x"]}, "is no SHA-256"),
        ({"paragraph": ["a#p1"], "note": ["x" * (LONGEST_NOTE + 1)]}, "shorten it"),
    ],
)
def test_what_cannot_be_cut_out_is_an_error_that_says_what_to_send(
    seeds: Served, address: str, fields: dict[str, list[str]], says: str
) -> None:
    with seeds.client.post(address, data=fields) as response:
        assert response.status_code == 400
        assert says in Page(response.text).text


def test_a_form_that_is_far_too_large_is_refused(seeds: Served) -> None:
    with seeds.client.post(ALL[0], data={"paragraph": "x" * LARGEST_FORM}) as response:
        assert response.status_code == 413
        assert "send fewer or shorter notes" in Page(response.text).text


def test_a_full_basket_with_full_notes_in_devanagari_is_taken(seeds: Served) -> None:
    note = "क" * LONGEST_NOTE
    assert items(send(seeds, ALL[0], *[f"{ARTICLE}#p1"] * MOST, note=[note] * MOST, title=["क" * 300] * MOST))


@pytest.mark.parametrize("address", ALL)
def test_an_address_that_makes_files_says_so_to_who_opens_it(seeds: Served, address: str) -> None:
    shown = page(seeds.client, address, status=405)
    assert "Open the basket" in shown.text


def test_a_kind_of_file_that_is_not_made_is_404(seeds: Served) -> None:
    assert seeds.client.post("/basket/cutting.exe", data={"paragraph": f"{ARTICLE}#p1"}).status_code == 404


def test_files_are_downloads_that_nobody_caches(seeds: Served) -> None:
    today = seeds.service.today().isoformat()
    for kind, content_type in (
        ("html", "text/html"),
        ("md", "text/markdown"),
        ("ris", "application/x-research-info-systems"),
    ):
        with seeds.client.post(f"/basket/cutting.{kind}", data={"paragraph": f"{ARTICLE}#p1"}) as response:
            assert response.content_type == f"{content_type}; charset=utf-8"
            assert response.headers["Content-Disposition"] == f'attachment; filename="cuttings-{today}.{kind}"'
            assert response.headers["Cache-Control"] == "no-store"


def hostile(served: Callable[..., Served]) -> Served:
    """Serve an article all of whose texts are markup."""
    values = ("id", "title", "place", "agency", "byline")
    return served({**dict.fromkeys(values, HOSTILE), "id": "hostile", "paragraphs": [HOSTILE, f"- {HOSTILE}", HOSTILE]})


def test_hostile_articles_and_notes_stay_text_on_the_page(serve_articles: Callable[..., Served]) -> None:
    (item,) = items(send(hostile(serve_articles), ALL[0], "hostile#p2", note=f"</textarea>{HOSTILE}", title=HOSTILE))
    assert item.count("<script>alert(1)</script>") >= 5


def test_hostile_articles_and_notes_stay_text_in_html(serve_articles: Callable[..., Served]) -> None:
    shown = Page(
        send(hostile(serve_articles), FILES[0], "hostile#p2", "gone#p1", note=[HOSTILE] * 2, title=[HOSTILE] * 2)
    )
    assert not shown.all("script")
    assert not shown.all("img")
    assert {link["href"].split("/articles/")[0] for link in shown.all("a")} == {"http://localhost"}
    assert shown.text.count("<script>alert(1)</script>") >= 6


def test_hostile_articles_and_notes_stay_text_in_markdown(serve_articles: Callable[..., Served]) -> None:
    text = send(hostile(serve_articles), FILES[1], "hostile#p2", "gone#p1", note=[HOSTILE] * 2, title=[HOSTILE] * 2)
    shown = Page("<!DOCTYPE html><title>x</title>" + MarkdownIt("commonmark").render(text))
    for name in ("script", "img", "code", "em", "li", "hr"):
        assert not shown.all(name)
    assert len(shown.all("h2")) == 2
    (link,) = shown.all("a")
    assert link["href"].startswith("http://localhost/articles/hostile#p2")
    assert shown.text.count(HOSTILE) >= 5


@given(st.text(st.sampled_from("\\`*_{}[]()<>#+-.!|~&$^=:1a \t\n\"'/@"), max_size=30))
def test_escaped_text_is_shown_by_markdown_as_it_is(text: str) -> None:
    rendered = MarkdownIt("commonmark").render(f"¶ 1 {escaped(text)}x\n\n{escaped(text)}x")
    shown = Page(f"<!DOCTYPE html><title>x</title>{rendered}")
    expected = " ".join(text.split())
    assert [each.text for each in shown.all("p")] == [f"¶ 1 {expected}x", f"{expected}x"]


def test_a_citation_says_what_is_known_and_where_it_stands() -> None:
    known = article(
        "a/1", "One.", "Two.", title="Rain", date="2024-08-24", place="Suez", agency="IANS", byline="A. Writer"
    )
    assert " ".join(citation_parts(known, 2)) == (
        f"“Rain.” A. Writer, IANS, Suez, 24 August 2024. a/1.txt, paragraph 2 of 2. SHA-256 {'0' * 64}."
    )
    assert " ".join(citation_parts(article("c", "x", title="Rain."))).startswith("“Rain.” c.txt")
    why = " ".join(citation_parts(article("b", "x", title="Why?")))
    assert why == f"“Why?” b.txt, 1 paragraph. SHA-256 {'0' * 64}."


def test_a_title_that_we_made_stands_in_brackets_in_a_citation(seeds: Served) -> None:
    assert "“[Defence Minister Rajnath Singh on Saturday" in send(seeds, FILES[0], f"{ARTICLE}#p1").replace("<bdi>", "")


def test_the_page_without_a_script_says_why_it_is_empty(seeds: Served) -> None:
    shown = page(seeds.client, "/basket")
    assert "takes JavaScript" in shown.one("noscript").text
    assert shown.one("div", id="basket-empty").get("hidden") is not None


def test_nothing_of_the_basket_is_shown_before_a_script_shows_it(seeds: Served) -> None:
    for address in (f"/articles/{ARTICLE}", "/search?q=signing", "/basket"):
        shown = page(seeds.client, address)
        kept = [*shown.all("button", class_="keep"), *(a for a in shown.all("a") if a.get("href") == "/basket")]
        assert kept
        assert all(each.get("hidden") is not None for each in kept)


def test_every_paragraph_and_every_hit_has_its_button(seeds: Served) -> None:
    buttons = page(seeds.client, f"/articles/{ARTICLE}").all("button", class_="keep")
    assert [each["data-basket-id"] for each in buttons] == [f"{ARTICLE}#p{number}" for number in range(1, 13)]
    assert {each["data-basket-sha256"] for each in buttons} == {SHA256}
    assert buttons[2].text.startswith("Keep paragraph 3 of “Defence Minister")
    found = page(seeds.client, "/search?q=signing&group=none")
    ids = [hit["id"] for hit in seeds.client.get("/api/v1/search?q=signing&group=none").json["hits"]]
    assert [each["data-basket-id"] for each in found.all("button", class_="keep")] == ids


def test_the_day_of_a_file_is_the_day_that_was_set(seeds: Served) -> None:
    day = seeds.service.today()
    assert isinstance(day, datetime.date)
    assert f"cut out on {day.day} " in send(seeds, FILES[1], f"{ARTICLE}#p1")
