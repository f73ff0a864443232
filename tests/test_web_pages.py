"""The pages for people: valid, accessible, complete without a script, and never more than text where text was meant."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urldefrag, urlsplit

import pytest
from webserver import Page, Served, page

from search.answering.answer import Mark
from search.engines.base import Month
from search.query.syntax import SYNTAX
from web import words
from web.timeline import HEIGHT, SLOT, draw

pytest_plugins = ("webserver",)

ARTICLE = "000_54452b25f7fed91f"
HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(2)>\'"&amp;</textarea></title>'
PAGES = [
    "/",
    "/search",
    "/search?q=defence+minister",
    "/search?q=said&group=none&size=5&sort=newest",
    "/search?q=said&place=Washington&from=2019&to=2024-08-24&match=any&scope=article",
    "/search?q=defense+minster+or+zzzz",
    "/search?q=zzzz",
    "/search?q=hailed+AND+zzzz&place=Washington",
    "/search?q=said&not_place=Washington&agency=IANS&article=x",
    "/help",
    "/compose",
    "/compose?all=talks+%22&near=a&near2=b&from=2024-13",
    "/search?q=defen!+and+minister&dialect=nexis",
    f"/articles/{ARTICLE}",
    f"/articles/{ARTICLE}?q=defence+minister&sort=newest",
    "/basket",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_valid_and_has_its_landmarks(seeds: Served, address: str) -> None:
    shown = page(seeds.client, address)
    assert shown.one("html")["lang"] == "en"
    assert shown.one("title").text.endswith("Dateline") or address == "/"
    for landmark in ("header", "main", "footer", "h1"):
        assert shown.all(landmark)
    assert len(shown.all("h1")) == 1
    assert shown.one("a", class_="skip")["href"] == "#" + shown.one("main")["id"]


@pytest.mark.parametrize("address", PAGES)
def test_every_id_is_given_once_and_every_field_has_its_label(seeds: Served, address: str) -> None:
    shown = page(seeds.client, address)
    ids = [element.attrib["id"] for element in shown.root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in shown.all("label") if label.get("for")}
    assert labelled <= set(ids)
    within = {id(child) for label in shown.all("label") for child in label.node.iter()}
    for field in shown.all("input") + shown.all("select"):
        assert field.get("type") == "hidden" or field.get("id") in labelled or id(field.node) in within
    for element in shown.root.iter():
        for name in ("aria-labelledby", "aria-describedby"):
            assert element.attrib.get(name, ids[0]) in ids


@pytest.mark.parametrize(
    "address", [*PAGES, "/nowhere", "/search?q=%22", "/api/v1/search?q=x", "/healthz", "/static/dateline.css"]
)
def test_nothing_inline_or_from_elsewhere_can_run(seeds: Served, address: str) -> None:
    with seeds.client.get(address) as response:
        policy = dict(
            part.strip().partition(" ")[::2] for part in response.headers["Content-Security-Policy"].split(";")
        )
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "script-src": "'self'",
            "connect-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        if response.mimetype == "text/html":
            _check_nothing_inline(Page(response.text))


def _check_nothing_inline(shown: Page) -> None:
    assert not shown.all("style")
    for element in shown.root.iter():
        assert not [name for name in element.attrib if name == "style" or str(name).startswith("on")]
    # Of data, which no browser runs, test_citations holds that nothing gets out of it.
    data = [script for script in shown.all("script") if script.get("type") == "application/ld+json"]
    programs = [script for script in shown.all("script") if script.get("type") != "application/ld+json"]
    assert not any(script.get("src") for script in data)
    assert all(script["src"].startswith("/static/") and script.text == "" for script in programs)
    for name, attribute in (("link", "href"), ("img", "src"), ("form", "action"), ("a", "href")):
        assert all(each[attribute].startswith(("/", "#")) for each in shown.all(name))


def test_every_link_on_the_way_leads_to_a_page(seeds: Served) -> None:
    waiting, seen = ["/", *PAGES], set()
    while waiting and len(seen) < 120:
        address = urldefrag(waiting.pop(0)).url
        if not address or address in seen:
            continue
        seen.add(address)
        with seeds.client.get(address) as response:
            assert response.status_code == 200, address
            if response.mimetype == "text/html":
                waiting += [link["href"] for link in Page(response.text).all("a") if link.get("href")]
    assert len(seen) == 120


def test_the_home_page_says_what_the_archive_holds(seeds: Served) -> None:
    status = seeds.service.status()
    text = page(seeds.client, "/").text
    assert words.count(status.articles, "article") in text
    assert words.count(status.paragraphs, "paragraph") in text
    assert f"{words.day(status.first)} to {words.day(status.last)}" in text


def test_the_home_page_explains_the_query_language_by_examples_that_can_be_followed(seeds: Served) -> None:
    links = {link.text: link["href"] for link in page(seeds.client, "/").all("a")}
    for row in SYNTAX:
        for typed in row.typed:
            assert parse_qs(urlsplit(links[typed]).query) == {"q": [typed]}


def test_results_say_how_many_paragraphs_in_how_many_articles(seeds: Served) -> None:
    total = seeds.client.get("/api/v1/search?q=said").json["total"]
    heading = page(seeds.client, "/search?q=said").one("h1").text
    assert heading == f"{total['paragraphs']} paragraphs in {total['articles']} articles"


def test_results_mark_the_words_and_lead_to_the_paragraph_with_the_query(seeds: Served) -> None:
    shown = page(seeds.client, '/search?q="hailed+the+signing"')
    assert shown.marks() == ["hailed the signing"]
    (hit,) = seeds.client.get('/api/v1/search?q="hailed+the+signing"').json["hits"]
    link = next(a for a in shown.all("a") if a.text == hit["title"])
    assert link["href"] == f"/articles/{ARTICLE}?q=%22hailed+the+signing%22#p{hit['paragraph']}"
    assert f"of {hit['of']}" in shown.text


def test_results_show_the_dateline_as_people_write_it(seeds: Served) -> None:
    shown = page(seeds.client, '/search?q="hailed+the+signing"')
    wire = shown.one("p", class_="wire")
    assert wire.text == "Washington, 24 August 2024 (IANS)"
    assert [time["datetime"] for time in wire.all("time")] == ["2024-08-24"]


def test_results_say_how_the_query_was_read_where_that_differs(seeds: Served) -> None:
    assert "Read as" not in page(seeds.client, "/search?q=signing").text
    canonical = seeds.client.get("/api/v1/search?q=signing++AND+hailed").json["query"]["canonical"]
    assert f"Read as {canonical}" in page(seeds.client, "/search?q=signing++AND+hailed").text


def test_a_warning_shows_the_words_and_the_fix_one_click_away(seeds: Served) -> None:
    shown = page(seeds.client, "/search?q=signing+or+water&sort=newest")
    assert shown.one("u", class_="fault").text == "or"
    fix = shown.one("a", class_="fix")
    assert fix.text == "signing OR water"
    assert parse_qs(urlsplit(fix["href"]).query) == {"q": ["signing OR water"], "sort": ["newest"]}


def test_a_misspelt_word_brings_a_suggestion_with_its_count(seeds: Served) -> None:
    (best, *_) = seeds.client.get("/api/v1/search?q=minster").json["suggestions"]
    shown = page(seeds.client, "/search?q=minster&sort=oldest")
    link = next(a for a in shown.all("a") if a.text == best["q"])
    assert f"{best['q']} ({best['total']})" in shown.text
    assert parse_qs(urlsplit(link["href"]).query) == {"q": [best["q"]], "sort": ["oldest"]}


def test_what_is_suggested_is_offered_once(seeds: Served) -> None:
    (best, *_) = seeds.client.get("/api/v1/search?q=minster").json["suggestions"]
    links = [link.text for link in page(seeds.client, "/search?q=minster").all("a")]
    assert links.count(best["q"]) == 1


def test_facets_narrow_and_can_be_taken_back(seeds: Served) -> None:
    facet = seeds.client.get("/api/v1/search?q=said").json["facets"]["place"][0]
    narrowed = _follow(seeds, "/search?q=said&sort=newest", facet["value"])
    assert narrowed.one("h1").text.endswith(f"in {words.count(facet['articles'], 'article')}")
    chip = narrowed.one("ul", class_="filters")
    assert chip.text == f"Remove the filter Place: {facet['value']} ×"
    widened = next(a for a in narrowed.all("a") if a.text == f"Remove the filter Place: {facet['value']} ×")
    assert widened["href"] == "/search?q=said&sort=newest"


def _follow(seeds: Served, address: str, text: str) -> Page:
    link = next(a for a in page(seeds.client, address).all("a") if a.text == text)
    return page(seeds.client, link["href"])


def test_a_new_query_keeps_the_filters(seeds: Served) -> None:
    shown = page(seeds.client, "/search?q=said&place=Washington&place=Delhi&from=2019&sort=newest")
    (form,) = [form for form in shown.all("form") if form.get("role") == "search"]
    hidden = [
        (node.attrib["name"], node.attrib["value"]) for node in form.node.iter() if node.attrib.get("type") == "hidden"
    ]
    assert sorted(hidden) == [("from", "2019"), ("place", "Delhi"), ("place", "Washington"), ("sort", "newest")]


def test_a_month_of_the_timeline_narrows_to_it_and_a_table_says_the_same(seeds: Served) -> None:
    shown = page(seeds.client, "/search?q=signing")
    assert shown.one("figure")
    narrowed = _follow(seeds, "/search?q=signing", "August 2024")
    assert "From: August 2024" in narrowed.text
    assert "To: August 2024" in narrowed.text
    assert narrowed.marks()


def test_pages_of_results_lead_on_and_back_to_the_first(seeds: Served) -> None:
    first = page(seeds.client, "/search?q=said&size=5")
    assert not [a for a in first.all("a") if a.text == "First page"]
    second = page(seeds.client, first.one("a", rel="next")["href"])
    assert second.one("ol", class_="hits")["start"] == "6"
    assert next(a for a in second.all("a") if a.text == "First page")["href"] == "/search?q=said&size=5"
    response = seeds.client.get("/search?q=said&size=5")
    assert response.headers["Link"] == f'<{first.one("a", rel="next")["href"]}>; rel="next"'


def test_nothing_found_says_so_and_what_to_try(seeds: Served) -> None:
    shown = page(seeds.client, "/search?q=zzzz&place=Washington")
    assert shown.one("h1").text == "Nothing found"
    assert "What else to try" in shown.text
    assert "/search?q=zzzz" in [a["href"] for a in shown.all("a")]
    assert shown.one("input", id="q")["value"] == "zzzz"


def test_an_article_shows_its_record_and_every_paragraph_by_its_number(seeds: Served) -> None:
    shown = page(seeds.client, f"/articles/{ARTICLE}")
    assert [each["id"] for each in shown.all("div", class_="paragraph")] == [f"p{number}" for number in range(1, 13)]
    record = shown.one("aside", class_="record").text
    for known in ("Washington", "24 August 2024", "IANS", f"{ARTICLE}.txt", "Washington, Aug 24 (IANS)"):
        assert known in record
    assert not shown.marks()
    assert not shown.all("nav", class_="back")


def test_an_article_marks_the_query_and_leads_from_match_to_match_and_back(seeds: Served) -> None:
    asked = "q=defence+minister&place=Washington"
    shown = page(seeds.client, f"/articles/{ARTICLE}?{asked}")
    marked = [int(each["id"][1:]) for each in shown.all("div", class_="has-marks")]
    assert len(marked) > 2
    assert {mark.lower() for mark in shown.marks()} >= {"defence", "minister"}
    steps = [a["href"] for each in shown.all("p", class_="steps") for a in _links(each)]
    expected = [
        f"#p{near}" for at in range(len(marked)) for near in marked[max(at - 1, 0) : at + 2] if near != marked[at]
    ]
    assert steps == expected
    assert shown.one("nav", class_="back").text == "‹ Back to results"
    assert f"/search?{asked}" in [a["href"] for a in shown.all("a")]


def _links(element: object) -> list[dict[str, str]]:
    return [node.attrib for node in element.node.iter() if "href" in node.attrib]


def hostile_article() -> dict[str, object]:
    return {
        "id": "hostile",
        "title": f"Title {HOSTILE}",
        "date": "2024-08-24",
        "place": f"Place {HOSTILE}",
        "agency": f"Agency {HOSTILE}",
        "byline": f"By {HOSTILE}",
        "author": f"By {HOSTILE}",
        "topics": [f"Topic {HOSTILE}"],
        "paragraphs": [f"Quarrel {HOSTILE} \x01 quarrel", "Another <b>quarrel</b> </p></article>"],
    }


def test_hostile_articles_are_shown_as_the_text_they_are(serve_articles: Callable[..., Served]) -> None:
    served = serve_articles(hostile_article())
    for address in ("/search?q=quarrel", "/search", "/articles/hostile?q=quarrel"):
        shown = page(served.client, address)
        _check_nothing_inline(shown)
        assert not shown.all("img")
        assert "<script>" in shown.text
    shown = page(served.client, "/articles/hostile?q=quarrel")
    assert shown.marks() == ["Quarrel", "quarrel", "quarrel"]
    assert "Another <b>quarrel</b> </p></article>" in shown.text
    assert not shown.all("b", class_="")[1:]


def test_facets_of_hostile_articles_narrow_to_them(serve_articles: Callable[..., Served]) -> None:
    served = serve_articles(hostile_article())
    for link in page(served.client, "/search?q=quarrel").one("aside").all("a"):
        expected = "Nothing found" if link.get("class") == "out" else "2 paragraphs in 1 article"
        assert page(served.client, link["href"]).one("h1").text == expected


@pytest.mark.parametrize("name", ["q", "place", "agency", "section"])
def test_hostile_parameters_are_shown_as_the_text_they_are(seeds: Served, name: str) -> None:
    response = seeds.client.get(
        "/search", query_string=[("q", "said"), (name, HOSTILE)] if name != "q" else {"q": HOSTILE}
    )
    assert response.status_code in (200, 400)
    shown = Page(response.text)
    _check_nothing_inline(shown)
    assert not shown.all("img")


def test_articles_in_other_scripts_are_found_and_marked(serve_articles: Callable[..., Served]) -> None:
    served = serve_articles(
        {"id": "ar", "title": "عنوان", "date": "2024-01-02", "paragraphs": ["قال الوزير إن السلام قريب"]}
    )
    shown = page(served.client, "/search?q=الوزير")
    assert shown.marks() == ["الوزير"]
    assert {each["dir"] for each in shown.all("p", class_="snippet")} == {"auto"}


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("", [], ()),
        ("abc", [], (("abc", False),)),
        ("abc", [(0, 1), (2, 3)], (("a", True), ("b", False), ("c", True))),
        ("abc", [(0, 3)], (("abc", True),)),
    ],
)
def test_text_is_cut_at_its_marks(text: str, marks: list[tuple[int, int]], expected: tuple) -> None:
    assert words.pieces(text, [Mark(*mark) for mark in marks]) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [("2024", "2024"), ("2024-08", "August 2024"), ("2024-08-04", "4 August 2024"), ("0800", "0800")],
)
def test_periods_are_written_as_people_write_them(value: str, shown: str) -> None:
    assert words.period(value) == shown


def test_a_timeline_has_every_month_between_the_first_and_the_last() -> None:
    timeline = draw([Month("2022-11", 1, 4), Month("2024-02", 0, 1)])
    assert [bar.from_ for bar in timeline.bars][:3] == ["2022-11", "2022-12", "2023-01"]
    assert len(timeline.bars) == 16
    assert [(bar.label, bar.articles, bar.held) for bar in timeline.bars if bar.held] == [
        ("November 2022", 1, 4),
        ("February 2024", 0, 1),
    ]


def test_a_found_bar_is_visible_and_never_higher_than_what_is_held() -> None:
    timeline = draw([Month("2024-01", 1, 10_000), Month("2024-02", 3, 3)])
    held = next(bar.slot for bar in timeline.bars if bar.held)
    # A bar goes up from the foot by its height; the line stands at the height of what is held.
    assert timeline.found_path == f"M{SLOT * held + 1} {HEIGHT}v-2h8v2z" + f"M{SLOT * held + 11} {HEIGHT}v-2h8v2z"
    assert timeline.held_path == f"M{SLOT * held} 0V0h{SLOT}V{HEIGHT - 2}h{SLOT}"


def test_a_share_is_of_what_the_month_holds() -> None:
    timeline = draw([Month("2024-01", 1, 10), Month("2024-02", 50, 1_000)])
    assert [round(bar.share) for bar in timeline.bars if bar.held] == [100, 50]
    heights = [int(height) for height in re.findall(r"v-(\d+)", timeline.share_path)]
    assert heights == [HEIGHT, HEIGHT // 2]


def test_a_time_of_which_nothing_is_held_is_drawn_as_such_and_breaks_the_line() -> None:
    timeline = draw([Month("2023-01", 1, 4), Month("2024-01", 1, 4)])
    assert timeline.gap_path == f"M{SLOT} 0h{11 * SLOT}v{HEIGHT}h-{11 * SLOT}z"
    assert timeline.held_path.count("M") == 2


@pytest.mark.parametrize(
    ("first", "last", "unit", "label", "bounds"),
    [
        ("2015-01", "2024-08", "Month", "January 2015", ("2015-01", "2015-01")),
        ("1951-03", "2024-08", "Year", "1951", ("1951", "1951")),
        ("1785-01", "2024-08", "Years", "1780–1789", ("1780", "1789")),
        ("0001-11", "2050-09", "Years", "0001–0099", ("0001", "0099")),
    ],
)
def test_a_long_time_is_drawn_in_coarser_steps(
    first: str, last: str, unit: str, label: str, bounds: tuple[str, str]
) -> None:
    timeline = draw([Month(first, 1, 2), Month(last, 1, 2)])
    assert len(timeline.bars) <= 120
    assert timeline.unit == unit
    held = [bar for bar in timeline.bars if bar.held]
    assert (held[0].label, (held[0].from_, held[0].to)) == (label, bounds)


def test_no_months_make_no_timeline() -> None:
    assert draw([]) is None


@pytest.mark.parametrize("asked", ["defen! w/5 minister", "defen! w/5"])
def test_the_page_keeps_the_language_a_query_is_written_in_and_shows_how_it_was_read(seeds: Served, asked: str) -> None:
    response = seeds.client.get("/search", query_string={"q": asked, "dialect": "nexis"})
    shown = Page(response.text)
    (select,) = [each for each in shown.all("select") if each["name"] == "dialect"]
    assert [option["value"] for option in shown.all("option") if option.get("selected") is not None] == ["nexis"]
    assert select["id"] == "dialect"
    if response.status_code == 200:
        assert "defen* w/5 minister" in shown.one("p", class_="read-as").text
        for link in shown.all("a"):
            target = urlsplit(link["href"])
            if target.path == "/search" and "q=" in target.query:
                assert parse_qs(target.query)["dialect"] == ["nexis"]


def test_a_fix_is_a_link_that_says_how_much_it_finds(seeds: Served) -> None:
    response = seeds.client.get("/search", query_string={"q": "(defence minister"})
    (link,) = [each for each in Page(response.text).all("a") if each.get("class") == "fix"]
    assert link.text == "(defence minister)"
    total = seeds.client.get("/api/v1/search", query_string={"q": "(defence minister)"}).json["total"]["paragraphs"]
    assert f"({total} paragraphs)" in response.text
