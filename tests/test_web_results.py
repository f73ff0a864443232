"""The results page: articles with their best paragraphs, facets that add, remove and leave out, and what is missing."""

import pytest
from webserver import Element, build, page, serve, write_articles

from search.settings import Settings

pytest_plugins = ("webserver",)

PLACES = ("Lima", "Quito", "Lima", "Bogota", "Quito", "Lima")


def rain(number: int, place: str) -> dict[str, object]:
    return {
        "id": f"rain-{number}",
        "title": f"Story {number}",
        "date": f"2024-0{number + 1}-02",
        "place": place,
        "agency": "AP" if number % 2 else "AFP",
        "paragraphs": [f"Rain {number}, rain.", "The ferry left.", "Rain again.", "More rain.", "Rain, late.", "End."],
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    articles = [rain(number, place) for number, place in enumerate(PLACES)]
    settings = build(folder / "index", write_articles(folder / "articles.jsonl", articles))
    with serve(settings) as opened:
        yield opened


def rows(shown, label) -> dict[str, Element]:
    box = shown.one("section", aria_labelledby=f"facet-{label}")
    return {next(iter(row.all("span", class_="value"))).text: row for row in box.all("li")}


class TestArticles:
    def test_an_article_is_shown_once_with_its_best_paragraphs_and_the_number_of_the_others(self, served):
        shown = page(served.client, "/search?q=rain")
        first = shown.all("article")[0]
        assert len(shown.all("article")) == len(PLACES)
        assert len(first.all("ul")[0].all("li")) == 2
        assert "1 more paragraph of this article" in first.text

    def test_no_paragraph_is_shown_twice_and_none_is_missing(self, served):
        for article in page(served.client, "/search?q=rain").all("article"):
            numbers = [link["href"].rpartition("#p")[2] for link in article.all("a") if "#p" in link["href"]]
            best, _, *also = numbers
            assert best not in also
            more = next(link for link in article.all("a") if link.get("data-more") is not None)
            listed = page(served.client, more["href"])
            everything = [link["href"].rpartition("#p")[2] for each in listed.all("h2") for link in each.all("a")]
            assert everything == ["1", "3", "4", "5"]
            assert set(numbers) < set(everything)
            assert listed.one("ul", class_="filters").text.count("Article: ") == 1

    def test_further_paragraphs_are_marked_too(self, served):
        also = page(served.client, "/search?q=rain").all("ul", class_="also")
        assert {mark.text.lower() for each in also for mark in each.all("mark")} == {"rain"}

    def test_of_a_relaxed_search_the_further_paragraphs_are_relaxed_too(self, served):
        shown = page(served.client, "/search?q=ferry+rain")
        assert "No paragraph has all of these words" in shown.text
        assert shown.all("ul", class_="also")

    def test_where_paragraphs_are_listed_each_stands_for_itself(self, served):
        shown = page(served.client, "/search?q=rain&group=none&size=100")
        assert len(shown.all("article")) == 4 * len(PLACES)
        assert not shown.all("ul", class_="also")


class TestFacets:
    def test_a_second_value_can_be_added_to_a_first_and_finds_as_many_as_it_says(self, served):
        shown = page(served.client, "/search?q=rain&place=Quito")
        assert shown.one("h1").text == "8 paragraphs in 2 articles"
        added = rows(shown, "place")["Lima"]
        assert "3" in added.text
        both = page(served.client, added.all("a")[0]["href"])
        assert both.one("h1").text == "20 paragraphs in 5 articles"
        removed = page(served.client, rows(both, "place")["Quito"].all("a")[0]["href"])
        assert removed.one("h1").text == "12 paragraphs in 3 articles"

    def test_what_is_chosen_stands_first(self, served):
        assert next(iter(rows(page(served.client, "/search?q=rain&place=Bogota"), "place"))) == "Bogota"

    def test_a_value_can_be_left_out_and_let_in_again(self, served):
        shown = page(served.client, "/search?q=rain")
        without = page(served.client, rows(shown, "place")["Lima"].all("a")[1]["href"])
        assert without.one("h1").text == "12 paragraphs in 3 articles"
        assert "Not place: Lima" in without.one("ul", class_="filters").text
        again = page(served.client, rows(without, "place")["Lima"].all("a")[1]["href"])
        assert again.one("h1").text == shown.one("h1").text

    def test_other_facets_count_within_what_is_chosen(self, served):
        counted = rows(page(served.client, "/search?q=rain&place=Quito"), "agency")
        assert {value: row.all("span", class_="count") is not None for value, row in counted.items()} == {
            "AP": True, "AFP": True,
        }  # fmt: skip
        assert all("1" in row.text for row in counted.values())


class TestNothing:
    def test_each_part_of_the_query_is_counted(self, served):
        shown = page(served.client, "/search?q=rain+AND+zebra+AND+ferry")
        parts = shown.one("div", class_="clauses").all("li")
        assert [part.text for part in parts] == ["rain 24 paragraphs", "zebra nothing", "ferry 6 paragraphs"]

    def test_wider_searches_find_what_they_say(self, served):
        shown = page(served.client, "/search?q=rain+AND+ferry&place=Lima")
        offers = shown.one("ul", class_="offers").all("li")
        assert len(offers) == 4
        for offer in offers:
            found = page(served.client, offer.all("a")[0]["href"])
            assert found.one("h1").text.split()[0] == offer.text.rpartition(" ")[0].split()[-1]

    def test_a_filter_that_hides_everything_is_offered_to_be_left_out(self, served):
        shown = page(served.client, "/search?q=rain&place=Quito&not_place=Quito")
        assert "The same without any filter" in shown.one("ul", class_="offers").text

    def test_an_archive_that_was_never_filled_says_how_to_fill_it(self, tmp_path):
        with serve(Settings(index=tmp_path / "index")) as empty:
            for address in ("/", "/search?q=rain"):
                assert "dateline rebuild" in page(empty.client, address, status=503).one("main").text
            assert page(empty.client, "/help").one("h1").text == "How to ask"


class TestTimeline:
    def test_its_table_says_what_its_drawing_shows(self, served):
        shown = page(served.client, "/search?q=rain&agency=AP")
        figure = shown.one("figure", class_="timeline")
        cells = [[cell.text for cell in row.all("td")] for row in figure.all("tr")[1:]]
        assert [each for each in cells if each[0] != "0"] == [["1", "1", "1,000"]] * 3
        assert len(list(figure.node.iter("{http://www.w3.org/2000/svg}path"))) == 4

    def test_every_row_leads_to_its_month(self, served):
        figure = page(served.client, "/search?q=rain").one("figure", class_="timeline")
        for row in figure.all("tr")[1:]:
            assert page(served.client, row.all("a")[0]["href"]).one("h1").text == "4 paragraphs in 1 article"
