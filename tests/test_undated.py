"""What has no date is counted, found, and said where a filter on dates leaves it out, with the query that shows it."""

import pytest
from archives import article, rebuilt
from webserver import page

from search.answering.parameters import SearchParameters, read_parameters
from search.answering.service import SearchService
from search.query import Dialect
from web.application import create_app

ARTICLES = (
    article("a", "A bridge over the river was opened.", date="2024-01-02", place="Lima"),
    article("b", "A bridge fell into the harbour.", place="Quito"),
    article("c", "A bridge and a ferry.", "The bridge again.", date="2023-05-05"),
    article("d", "The harbour was quiet."),
    article("e", "The bridge was quiet.", "The bridge slept."),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    _, settings, _ = rebuilt(tmp_path_factory.mktemp("undated"), ARTICLES)
    opened = SearchService.from_settings(settings)
    yield opened
    opened.close()


def ask(service, q, **given):
    return service.search(read_parameters([("q", q), *given.items()]))


def note_on(service, q, **given):
    notes = [each for each in ask(service, q, **given).diagnostics if each.code == "undated-left-out"]
    assert len(notes) <= 1
    return notes[0] if notes else None


# What is typed, the articles that it leaves out for their missing date alone, and the query that shows these.
LEFT_OUT = [
    ("bridge date:2024", "be", "bridge date:none"),
    ("date:2024 bridge", "be", "date:none bridge"),
    ('bridge date:"2024"', "be", "bridge date:none"),
    ("bridge AND date:>=2023-05", "be", "bridge AND date:none"),
    ("bridge date:--05", "be", "bridge date:none"),
    ("bridge date:today", "be", "bridge date:none"),
    ("bridge (date:2023 OR date:2024)", "be", "bridge date:none"),
    ("bridge date:>=2023 date:<2025", "be", "bridge date:none"),
    ("date:2023..2024", "bde", "date:none"),
    ("bridge -harbour date:2024", "e", "bridge -harbour date:none"),
    ("harbour date:2024 NOT date:2023", "bd", "harbour date:none NOT date:2023"),
    ("zebra date:2024", "", None),
    ("bridge -date:2024", "", None),
    ("bridge", "", None),
    ("date:none bridge", "", None),
    ("bridge (date:2024 OR date:none)", "", None),
    ("bridge (date:2024 OR harbour)", "e", None),
    ("ferry OR (bridge date:2024)", "be", None),
]


@pytest.mark.parametrize(("typed", "ids", "fix"), LEFT_OUT)
def test_a_filter_on_dates_says_how_many_it_leaves_out_and_how_to_see_exactly_these(service, typed, ids, fix):
    note = note_on(service, typed, match="all")
    assert (note is not None) == bool(ids)
    if note is not None:
        shown = ask(service, note.fix, match="all")
        assert sorted(hit.card.id for hit in shown.hits) == list(ids)
        assert (shown.paragraphs, note.severity) == (note.total, "warning")
        number = len(ids)
        assert f"{number} more article" in note.message or f"{number} article" in note.message
        assert fix in (None, note.fix)


def test_the_note_stands_at_the_filter(service):
    note = note_on(service, "bridge date:2024 -zebra")
    assert (note.start, note.end) == (7, 16)
    assert note.message == "2 more articles match but have no date."
    assert note_on(service, "harbour quiet date:2024").message == "1 article matches but has no date."


@pytest.mark.parametrize(
    ("typed", "given", "fix"),
    [
        ("bridge", {"from": "2024"}, "bridge date:none"),
        ("bridge OR ferry", {"from": "2023", "to": "2024"}, "(bridge OR ferry) date:none"),
        ("", {"to": "2023"}, "date:none"),
        ("bridge date:2023", {"from": "2023-05"}, "bridge date:none"),
    ],
)
def test_from_and_to_are_left_out_to_see_what_they_left_out(service, typed, given, fix):
    note = note_on(service, typed, **given)
    assert (note.fix, note.without, note.parameter) == (fix, tuple(given), "q")
    assert f"Leave out {' and '.join(given)} to see" in note.message
    assert ask(service, note.fix).paragraphs == note.total


def test_other_filters_stay(service):
    assert note_on(service, "bridge date:2024", place="Quito").total == 1
    assert note_on(service, "bridge date:2024", not_place="Quito").total == 2
    assert note_on(service, "bridge date:2024", place="Lima") is None


def test_words_that_only_an_undated_article_has_all_of_are_looked_for_as_they_were_first(service):
    note = note_on(service, "harbour fell date:2024")
    assert (note.fix, note.total) == ("harbour fell date:none", 1)


def test_in_another_dialect_the_query_is_told_in_ours(service):
    for dialect, typed in ((Dialect.NEXIS, "bridge and date aft 2023"), (Dialect.LUCENE, "+bridge +date:2024")):
        note = note_on(service, typed, dialect=dialect)
        assert (note.fix, note.total) == (None, None)
        assert note.message.startswith("2 more articles match but have no date. In Dateline's own query language: ")
        shown = ask(service, note.message.partition("language: ")[2])
        assert sorted(hit.card.id for hit in shown.hits) == ["b", "e"]


def test_an_archive_without_undated_articles_is_not_asked_for_them(tmp_path):
    _, settings, _ = rebuilt(tmp_path, ARTICLES[:1])
    opened = SearchService.from_settings(settings)
    assert note_on(opened, "bridge date:2023") is None
    opened.close()


def test_what_the_note_cannot_count_it_says_without_a_number(service):
    long = " ".join(["bridge", "(date:2024 OR harbour)", *["-zebra"] * 40, "x" * 1_500])
    note = note_on(service, f"ferry OR ({long})", match="all")
    assert (note.fix, note.total) == (None, None)
    assert "date:none" in note.message


class TestPages:
    @pytest.fixture
    def client(self, service):
        return create_app(service).test_client()

    def test_the_timeline_has_the_undated_beside_it(self, client):
        shown = page(client, "/search?q=bridge")
        (link,) = shown.one("p", class_="undated").all("a")
        assert link.text == "2 undated"
        assert page(client, link["href"]).one("h1").text == "3 paragraphs in 2 articles"

    def test_where_all_that_was_found_is_undated_there_is_no_link(self, client):
        shown = page(client, "/search?q=date:none")
        assert shown.one("p", class_="undated").text == "3 undated"
        assert shown.one("p", class_="undated").all("a") == []

    def test_where_nothing_that_was_found_is_undated_there_is_nothing(self, client):
        assert page(client, "/search?q=ferry").all("p", class_="undated") == []

    def test_the_link_of_another_dialect_is_in_ours(self, client):
        shown = page(client, "/search?q=bridge+and+not+ferry&dialect=nexis")
        (link,) = shown.one("p", class_="undated").all("a")
        assert "dialect" not in link["href"]
        assert page(client, link["href"]).one("h1").text == "3 paragraphs in 2 articles"

    def test_the_first_page_links_to_all_of_them(self, client):
        (link,) = page(client, "/").one("p", class_="undated").all("a")
        assert (link.text, link["href"]) == ("3 undated", "/search?q=date%3Anone")

    def test_the_fix_of_a_note_leads_to_a_search_without_from_and_to(self, client):
        shown = page(client, "/search?q=bridge&from=2024&place=Quito")
        (fix,) = shown.all("a", class_="fix")
        assert (fix.text, fix["href"]) == ("bridge date:none", "/search?q=bridge+date%3Anone&place=Quito")

    def test_the_json_has_the_undated_of_what_was_found_and_of_the_index(self, client):
        answer = client.get("/api/v1/search?q=bridge").json
        assert answer["facets"]["date"]["undated"] == {"articles": 2, "indexed": 3}
        (note,) = client.get("/api/v1/search?q=bridge&from=2024").json["query"]["diagnostics"]
        assert (note["fix"], note["without"]) == ("bridge date:none", ["from"])


def test_the_status_counts_them(service):
    status = service.status()
    assert (status.counted.undated, status.counted.without_place) == (3, 3)
    assert service.search(SearchParameters(q="date:none", group="article")).articles == 3
