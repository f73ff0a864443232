"""One search from request to answer, over a real index: relaxing, suggestions, paging, parameters, generations."""

import base64
import contextlib
import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import orjson
import pytest
from archives import article, rebuilt, settings_for
from hypothesis import given
from hypothesis import strategies as st
from strategies import ASKED, examples, queries

from search.answering.answer import Mark, answer_json
from search.answering.asking import Asker
from search.answering.parameters import (
    ALL_FACETS,
    MAX_SIZE,
    PARAMETER_NAMES,
    REPEATED,
    SearchParameters,
    read_parameters,
)
from search.answering.service import SearchService
from search.archive import Archive
from search.engines.base import Group, Scope, Sort
from search.errors import ArticleNotFound, EngineUnavailable, GenerationGone, IndexMissing, QueryError
from search.query import Match, parse
from search.query.syntax import MAX_FUZZY_FORMS

ARTICLES = [
    article("a", "The defence minister hailed the signing.", "Talks on the treaty go on.", title="Pact signed",
            date="2024-08-24", place="Washington", agency="IANS", section="world"),
    article("b", "The minister spoke.", "The treaty was signed; a treaty is a treaty.", title="Minister speaks",
            date="2024-08-01", place="Geneva", agency="Reuters", section="world"),
    article("c", "Talks of the border.", "F-16 of the US.", "About us.", title="Border", date="2024-09-02",
            place="Washington", agency="IANS"),
    article("d", "São Paulo hosts ministers.", title="Hosts", date="2023-01-05", place="São Paulo", section="Business"),
    article("e", "Border treaty talks.", "Treaty.", title="Undated"),
    *(article(f"x{number:02}", "A treaty of many.", title="Many", date="2022-05-05") for number in range(15)),
]  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    archive, settings, _ = rebuilt(tmp_path_factory.mktemp("service"), ARTICLES)
    service = SearchService(archive, settings)
    yield service
    service.close()


@pytest.fixture(scope="module")
def ask(service):
    def ask(q="", **how):
        return service.search(read_parameters([("q", q), *pairs(how)]))

    return ask


def pairs(how):
    for name, value in how.items():
        values = value if isinstance(value, tuple) else (value,)
        yield from ((name.rstrip("_"), str(each)) for each in values)


def ids(answer):
    return [hit.id for hit in answer.hits]


def codes(answer):
    return [diagnostic.code for diagnostic in answer.diagnostics]


def pieces(hit):
    return [hit.snippet.text[mark.start : mark.end] for mark in hit.snippet.marks]


class TestAnswers:
    @pytest.mark.parametrize(
        ("q", "marked"),
        [
            ("mail", ["e-mail", "mails"]),
            ("muller", ["Müller", "Muller"]),
            ("talk", ["talks", "TALKING"]),
            ("=talks", ["talks"]),
            ("tal*", ["talks", "TALKING"]),
        ],
    )
    def test_what_is_marked_is_every_form_and_name_that_was_found(self, tmp_path, q, marked):
        text = "An e-mail and mails by Müller and Muller on talks, never TALKING."
        archive, settings, _ = rebuilt(tmp_path, [article("a", text)])
        with contextlib.closing(SearchService(archive, settings)) as service:
            (hit,) = service.search(SearchParameters(q=q)).hits
        assert pieces(hit) == marked

    @pytest.mark.parametrize("asked", ["place:zag*", "place:zagrep~1", "byline:tes*", "title:sun*", "title:suny~1"])
    def test_a_pattern_in_a_field_marks_the_words_beside_it_though_no_text_has_what_fits(self, tmp_path, asked):
        found = article("a", "Rain in the north.", title="Sunny", place="Zagreb", byline="By N. Tesla")
        other = article("b", "Rain in the south.", title="Clouds", place="Split", byline="By M. Marulic")
        archive, settings, _ = rebuilt(tmp_path, [found, other])
        with contextlib.closing(SearchService(archive, settings)) as service:
            (hit,) = service.search(read_parameters([("q", f"rain {asked}")])).hits
            assert (hit.id, pieces(hit)) == ("a#p1", ["Rain"])
            assert service.article("a", SearchParameters(q=f"rain {asked}")).marks == ((), (Mark(0, 4),))

    def test_a_phrase_is_found_in_its_paragraph_and_marked_as_one(self, ask):
        answer = ask('"hailed the signing"')
        (hit,) = answer.hits
        assert (hit.id, hit.card.date, hit.card.place, hit.card.agency) == (
            *("a#p1", datetime.date(2024, 8, 24), "Washington", "IANS"),
        )
        assert pieces(hit) == ["hailed the signing"]
        assert (answer.paragraphs, answer.articles, answer.canonical) == (1, 1, '"hailed the signing"')

    def test_an_empty_query_is_everything(self, ask):
        answer = ask("")
        assert (answer.articles, answer.paragraphs) == (20, 25 + 20)  # every one of them has a headline
        assert answer.diagnostics == answer.suggestions == ()
        assert all(hit.snippet.marks == () for hit in answer.hits)

    def test_the_answer_says_what_was_applied(self, ask, service):
        answer = ask("Defence  MINISTER", scope="article", size=7)
        assert (answer.input, answer.canonical) == ("Defence  MINISTER", "defence minister")
        assert (answer.match, answer.scope, answer.size) == ("all", "article", 7)
        assert answer.generation.id == service.generation_id()
        assert answer.generation.engine == "whoosh"

    def test_the_answer_is_json(self, ask):
        known = orjson.loads(orjson.dumps(answer_json(ask("ministre treaty", size=3))))
        assert set(known) == {
            *("query", "generation", "total", "hits", "facets", "suggestions", "page", "took_ms"),
        }
        assert set(known["facets"]) == {"place", "agency", "section", "date"}

    def test_the_parts_of_an_article_wide_query_are_marked_wherever_they_stand(self, ask):
        answer = ask("defence talks", scope="article", group="none")
        assert set(ids(answer)) == {"a#p1", "a#p2"}
        assert sorted(piece for hit in answer.hits for piece in pieces(hit)) == ["Talks", "defence"]


class TestMatching:
    def test_where_a_paragraph_has_all_words_only_such_are_shown(self, ask):
        answer = ask("defence minister")
        assert (ids(answer), answer.match, codes(answer)) == (["a#p1"], "all", [])

    def test_where_none_has_them_all_those_with_some_are_shown_and_it_is_said(self, ask):
        answer = ask("defence border")
        assert answer.match == "any"
        assert codes(answer) == ["relaxed"]
        assert {hit.card.id for hit in answer.hits} == {"a", "c", "e"}
        assert answer.diagnostics[0].severity == "warning"
        assert "paragraph" in answer.diagnostics[0].message

    def test_in_an_article_it_is_the_article_that_has_not_all_of_them(self, ask):
        answer = ask("defence border", scope="article")
        assert codes(answer) == ["relaxed"]
        assert "article" in answer.diagnostics[0].message

    def test_all_is_never_relaxed_and_any_never_needs_to_be(self, ask):
        assert (ask("defence border", match="all").hits, codes(ask("defence border", match="all"))) == ((), [])
        answer = ask("defence border", match="any")
        assert (answer.match, codes(answer), answer.articles) == ("any", [], 3)

    def test_what_some_of_the_words_do_not_find_either_is_not_called_relaxed(self, ask):
        answer = ask("nowhere nothing")
        assert (answer.hits, answer.match) == ((), "all")
        assert "relaxed" not in codes(answer)

    def test_operators_are_never_relaxed(self, ask):
        assert ask("defence AND border").hits == ()

    @pytest.mark.parametrize(
        ("q", "how"),
        [
            ("defence border place:washington", {}),
            ("defence border place:washington^2", {}),
            ("defence border", {"place": "Washington"}),
            ("defence border -talks", {}),
            ("defence border date:2024-08..", {}),
            ("defence border place:(washington OR nowhere)", {}),
        ],
    )
    def test_relaxing_keeps_every_filter(self, ask, q, how):
        answer = ask(q, **how)
        assert answer.match == "any"
        assert {hit.card.id for hit in answer.hits} <= {"a", "c"}
        assert answer.articles >= 1


class TestFilters:
    def test_a_chosen_value_is_the_whole_value_whatever_its_capitals_and_accents(self, ask):
        assert {hit.card.id for hit in ask("", place="sao paulo").hits} == {"d"}
        assert ask("", place="Paulo").hits == ()
        assert {hit.card.id for hit in ask("", agency="ians").hits} == {"a", "c"}

    def test_a_value_that_is_not_wanted_is_left_out_and_articles_without_one_stay(self, ask):
        everything = {hit.card.id for hit in ask("").hits}
        assert {hit.card.id for hit in ask("", not_place="sao PAULO").hits} == everything - {"d"}
        assert {hit.card.id for hit in ask("", not_place=("Geneva", "Washington")).hits}.isdisjoint({"a", "b", "c"})
        assert ask("", place="Geneva", not_place="Geneva").paragraphs == 0

    def test_a_search_can_be_kept_within_articles(self, ask):
        found = ask("", article=("a", "c", "nowhere"), group="none", sort="oldest")
        assert {hit.card.id for hit in found.hits} == {"a", "c"}
        assert found.paragraphs == sum(hit.card.of + 1 for hit in ask("", article=("a", "c")).hits)
        assert ask("", article="nowhere").paragraphs == 0

    def test_a_range_that_ends_before_it_begins_is_an_error(self, ask):
        with pytest.raises(QueryError) as error:
            ask("talks", from_="2024-09", to="2024-08")
        assert [(each.code, each.parameter) for each in error.value.diagnostics] == [("bad-parameter", "from")]
        assert ask("", from_="2024-08-24", to="2024-08").paragraphs == 3

    def test_several_values_of_one_are_alternatives_and_of_two_are_both_asked(self, ask):
        assert {hit.card.id for hit in ask("", place=("Geneva", "Washington")).hits} == {"a", "b", "c"}
        assert {hit.card.id for hit in ask("", place=("Geneva", "Washington"), section="world").hits} == {"a", "b"}

    @pytest.mark.parametrize(
        ("first", "last", "found"),
        [
            ("2024-08-24", "2024-08-24", "a"),
            ("2024-08", "2024-08", "ab"),
            ("2024", None, "abc"),
            (None, "2023", "d"),
            ("2023-01-06", "2024-08-23", "b"),
            ("2025", None, ""),
        ],
    )
    def test_from_and_to_include_their_days_months_and_years(self, ask, first, last, found):
        how = {name: text for name, text in (("from_", first), ("to", last)) if text}
        answer = ask("NOT many", size=100, **how)
        assert {hit.card.id for hit in answer.hits} == set(found)

    def test_a_filter_changes_neither_scores_nor_their_order(self, ask):
        scores = {hit.id: hit.score for hit in ask("treaty", group="none", size=100).hits}
        narrowed = ask("treaty", group="none", size=100, place=("Washington", "Geneva"), from_="2024").hits
        assert [hit.id for hit in narrowed] == [hit_id for hit_id in scores if hit_id[0] in "ab"]
        assert all(hit.score == pytest.approx(scores[hit.id], rel=1e-12) for hit in narrowed)

    def test_facets_and_their_numbers_lead_to_what_they_say(self, ask):
        answer = ask("treaty")
        for name, values in answer.facets.values.items():
            for value in values:
                narrowed = ask("treaty", **{name: value.value})
                assert (narrowed.articles, narrowed.paragraphs) == (value.articles, value.paragraphs)
        for month in answer.facets.months:
            if month.articles:
                assert ask("treaty", from_=month.value, to=month.value).articles == month.articles
            assert ask("", from_=month.value, to=month.value).articles == month.held

    def test_only_the_facets_asked_for_are_there(self, ask):
        answer = ask("treaty", facets="place,date")
        assert (set(answer.facets.values), answer.facets.months is None) == ({"place"}, False)
        answer = ask("treaty", facets="none")
        assert (answer.facets.values, answer.facets.months) == ({}, None)


class TestFixes:
    """A fix is offered where it was run and finds something, with what it finds."""

    def refused(self, ask, q, **how):
        with pytest.raises(QueryError) as error:
            ask(q, **how)
        return [(each.code, each.fix, each.total) for each in error.value.diagnostics]

    def test_the_fix_of_an_error_says_what_it_finds(self, ask):
        assert self.refused(ask, "(border talks") == [("open-bracket", "(border talks)", 2)]
        assert self.refused(ask, "titel:border") == [("unknown-field", "title:border", 4)]

    def test_a_fix_that_finds_nothing_is_not_offered(self, ask):
        assert self.refused(ask, "(nowhere") == [("open-bracket", None, None)]
        assert self.refused(ask, "(border talks", place="Geneva") == [("open-bracket", None, None)]

    def test_a_fix_finds_what_following_it_finds(self, ask):
        for q, how in (("(defence border", {}), ("(talk", {"match": "any"}), ("(treaty signed", {"scope": "article"})):
            ((_, fix, total),) = self.refused(ask, q, **how)
            assert ask(fix, **how).paragraphs == total

    def test_the_fix_of_a_warning_says_what_it_finds_too(self, ask):
        diagnostic = ask("treaty or border").diagnostics[0]
        assert (diagnostic.code, diagnostic.fix) == ("lowercase-operator", "treaty OR border")
        assert diagnostic.total == ask("treaty OR border").paragraphs

    def test_a_field_that_the_engine_cannot_search_is_an_error_at_its_place(self, service):
        with service._open.lend() as generation:
            asker = Asker(SearchParameters(), generation, service.today())
            query = parse("border byline:x title:(a OR b)", generation.analyzer, fields=("title", "byline"))
            assert query.canonical
            with pytest.raises(QueryError) as error:
                parse("border byline:x title:(a OR b)", generation.analyzer, fields=("byline",))
            assert asker.read("byline:x").canonical == "byline:x"
        assert [(each.code, each.start, each.end) for each in error.value.diagnostics] == [
            ("unsearchable-field", 23, 24),
            ("unsearchable-field", 28, 29),
        ]


class TestToday:
    """The last days are counted back from a day that can be set."""

    @pytest.fixture
    def on(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, ARTICLES)

        def on(today, q):
            service = SearchService(archive, replace(settings, today=datetime.date.fromisoformat(today)))
            try:
                return service.search(read_parameters([("q", q)]))
            finally:
                service.close()

        return on

    def test_the_last_days_end_with_today(self, on):
        assert {hit.card.id for hit in on("2024-08-30", "date:last-7-days").hits} == {"a"}
        assert {hit.card.id for hit in on("2024-08-31", "date:last-7-days").hits} == set()
        assert {hit.card.id for hit in on("2024-09-02", "date:last-2-weeks").hits} == {"a", "c"}
        assert {hit.card.id for hit in on("2024-09-02", "date:today").hits} == {"c"}
        assert {hit.card.id for hit in on("2024-09-03", "date:yesterday").hits} == {"c"}

    def test_the_pages_of_a_search_are_of_the_day_its_first_page_was_asked_on(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, ARTICLES)
        asked = {"q": "date:last-900-days", "size": "1"}
        seen, cursor = [], None
        for today in ("2024-09-02", "2024-09-03", "2030-01-01"):
            service = SearchService(archive, replace(settings, today=datetime.date.fromisoformat(today)))
            answer = service.search(read_parameters([*asked.items(), *([("cursor", cursor)] if cursor else [])]))
            seen.append((answer.canonical, answer.articles))
            cursor = answer.next
            service.close()
        assert len(set(seen)) == 1

    def test_it_is_read_as_the_days_it_means(self, on):
        assert on("2024-08-30", "date:last-7-days").canonical == "date:2024-08-24..2024-08-30"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    letters = "abcdefghijklmnopqrstuvwxyz"
    many = [f"pa{one}{two}" for one in letters for two in letters[:3]][: MAX_FUZZY_FORMS + 1]
    few = [f"qqqq{letter}" for letter in letters] + [f"qqqq{letter}q" for letter in letters[: MAX_FUZZY_FORMS - 26]]
    archive, settings, _ = rebuilt(tmp_path_factory.mktemp("forms"), [article("a", " ".join(many + few))])
    with contextlib.closing(SearchService(archive, settings)) as service:
        yield lambda q: [
            (each.code, q[each.start : each.end], each.message)
            for each in service.search(read_parameters([("q", q)])).diagnostics
            if each.code == "forms-left-out"
        ]


class TestFormsLeftOut:
    """Words that are some edits away are asked up to a number of them, and where that left some out it is said."""

    @pytest.mark.parametrize("q", ["paxx~2", "qqqq~2 paxx~2", "-paxx~2", "title:paxx~2", "paxx~2^3"])
    def test_it_is_said_how_many_fit_and_what_to_write(self, told, q):
        ((code, where, message),) = told(q)
        assert (code, where.removesuffix("^3")) == ("forms-left-out", "paxx~2")
        assert message == (
            "paxx~2 fits 51 words of this archive; asked were the 50 most frequent of them. Write a longer word, or ~1"
            " instead of ~2."
        )

    @pytest.mark.parametrize("q", ["qqqq~2", "paxx~1", "place:paxx~2", "pa*", "nowhere~2"])
    def test_nothing_is_said_where_all_were_asked(self, told, q):
        assert told(q) == []

    def test_one_edit_cannot_be_made_less(self, tmp_path):
        words = [f"pa{chr(first)}" for first in range(ord("α"), ord("α") + 2 * MAX_FUZZY_FORMS)]
        archive, settings, _ = rebuilt(tmp_path, [article("a", " ".join(words))])
        with contextlib.closing(SearchService(archive, settings)) as service:
            (diagnostic,) = service.search(SearchParameters(q="pax~1")).diagnostics
        assert (diagnostic.code, diagnostic.severity) == ("forms-left-out", "warning")
        assert diagnostic.message.endswith("most frequent of them. Write a longer word.")


class TestMarks:
    def test_no_more_of_the_words_that_are_some_edits_away_are_marked_than_were_asked(self, tmp_path):
        letters = "bcdefghijklmnopqrstuvwxyz"
        often = [article(f"a{one}{two}", *[f"pa{one}{two}"] * 2) for one in "bc" for two in letters]
        archive, settings, _ = rebuilt(tmp_path, [*often, article("z", "pazz pabb")])
        service = SearchService(archive, settings)
        try:
            answer = service.search(read_parameters([("q", "paaa~2"), ("size", "100")]))
            assert answer.articles == MAX_FUZZY_FORMS + 1
            (hit,) = [hit for hit in answer.hits if hit.card.id == "z"]
            assert pieces(hit) == ["pabb"]
        finally:
            service.close()

    def test_the_lead_is_marked_in_the_first_paragraph_alone(self, ask):
        assert {(hit.id, *pieces(hit)) for hit in ask("hlead(treaty)", group="none", size=100).hits} >= {
            ("e#p1", "treaty"),
            ("e#p2",),
        }

    @pytest.mark.parametrize(
        "without",
        [
            "-place:geneva",
            "-date:1987",
            "NOT atleast/3(snow)",
            "NOT hlead(snow)",
            "NOT words:<2",
            "NOT (place:geneva snow)",
        ],
    )
    def test_what_is_excluded_of_the_article_leaves_the_words_marked(self, ask, without):
        answer = ask(f"treaty {without}", group="none", size=100)
        assert answer.paragraphs > 15
        assert all("treaty" in map(str.lower, pieces(hit)) for hit in answer.hits)

    @pytest.mark.parametrize(
        "elsewhere",
        ["place:geneva", "date:2024-08", "date:--08", "title:speaks", "agency:reuters"],
    )
    def test_an_alternative_is_marked_only_in_articles_that_it_holds_for(self, ask, elsewhere):
        found = {hit.id: pieces(hit) for hit in ask(f"talks OR ({elsewhere} treaty)", group="none", size=100).hits}
        assert found["e#p1"] == ["talks"]
        assert found["b#p2"] == ["treaty", "treaty", "treaty"]

    def test_one_sentence_is_marked_as_the_engine_finds_it(self, ask):
        (hit,) = ask("treaty w/s many", size=1).hits
        assert pieces(hit) == ["treaty", "many"]


class TestPaging:
    @pytest.mark.parametrize("size", [1, 4, 7])
    @pytest.mark.parametrize("sort", Sort)
    @pytest.mark.parametrize(
        "how", [{}, {"group": "none"}, {"scope": "article", "group": "none"}, {"match": "any"}], ids=str
    )
    def test_the_pages_are_every_hit_once_in_order(self, ask, size, sort, how):
        q = "minister treaty"
        whole = ask(q, sort=sort, size=100, **how)
        hits, cursor = [], None
        for _ in range(100):
            page = ask(q, sort=sort, size=size, **how, **({"cursor": cursor} if cursor else {}))
            assert (page.paragraphs, page.articles, page.facets) == (whole.paragraphs, whole.articles, whole.facets)
            hits += page.hits
            cursor = page.next
            if cursor is None:
                break
        assert whole.next is None
        assert hits == list(whole.hits)
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))

    def test_a_relaxed_search_stays_relaxed_on_every_page(self, ask):
        first = ask("defence many", size=2)
        assert first.match == "any"
        second = ask("defence many", size=2, cursor=first.next)
        assert (second.match, "relaxed" in codes(second)) == ("any", True)
        assert not set(ids(first)) & set(ids(second))

    def test_the_size_and_the_facets_may_change_from_page_to_page(self, ask):
        first = ask("treaty", size=3)
        rest = ask("treaty", size=100, cursor=first.next, facets="none")
        assert [*first.hits, *rest.hits] == list(ask("treaty", size=100).hits)

    def test_the_same_query_written_otherwise_is_the_same_search(self, ask):
        cursor = ask("the  treaty", size=3).next
        assert ask("The treaty,", size=3, cursor=cursor).hits[0].rank == 4

    @pytest.mark.parametrize(
        "how",
        [
            {"q": "minister"},
            {"sort": "oldest"},
            {"group": "none"},
            {"scope": "article"},
            {"place": "Geneva"},
            {"to": "2024"},
            {"match": "any"},
        ],
        ids=str,
    )
    def test_a_cursor_of_another_search_is_refused(self, ask, how):
        cursor = ask("treaty", size=1, match="all").next
        with pytest.raises(QueryError) as error:
            ask(**{"q": "treaty", "cursor": cursor, **how})
        (diagnostic,) = error.value.diagnostics
        assert (diagnostic.code, diagnostic.parameter) == ("bad-cursor", "cursor")

    @pytest.mark.parametrize(
        "text",
        [
            *("x", "%%%", "é", "\ud800", "AAAA", "=" * 10, "x" * 5_000, "bnVsbA", "W10", "e30", "MQ", "IiI"),
            *[
                base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")
                for values in (
                    ["g", "all", 1, 1.0, "a", 1],
                    ["g", "auto", 1, 1.0, "a", 1, "d"],
                    ["g", "all", 0, 1.0, "a", 1, "d"],
                    ["g", "all", "one", 1.0, "a", 1, "d"],
                    ["g", "all", 1, None, "a", 1, "d"],
                    ["g", "all", 1, 1.0, "a", [], "d"],
                    ["g", "all", 1, "much", "a", 1, "d"],
                    ["g", "some", 1, 1.0, "a", 1, "d"],
                )
            ],
        ],
    )
    def test_what_is_no_cursor_is_refused(self, ask, text):
        with pytest.raises(QueryError) as error:
            ask("treaty", cursor=text)
        assert [(each.code, each.parameter) for each in error.value.diagnostics] == [("bad-cursor", "cursor")]

    @pytest.mark.parametrize(
        ("place", "value"),
        [(3, 0), (3, -1), (3, 5.5), (3, 1 << 63), (3, 1 << 64), (3, 1e30), (3, "2"), (3, None), (4, "nan"), (4, "-inf"),
         (4, None), (5, 7), (6, 1.5), (6, 1 << 60), (2, "auto"), (1, "20240101"), (1, "yesterday"), (7, None)],
    )  # fmt: skip
    def test_a_cursor_that_was_altered_is_refused(self, ask, place, value):
        text = ask("treaty", size=2).next
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        values[place] = value
        altered = base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")
        with pytest.raises(QueryError) as error:
            ask("treaty", size=2, cursor=altered)
        assert [(each.code, each.parameter) for each in error.value.diagnostics] == [("bad-cursor", "cursor")]

    @examples(150)
    @given(place=st.floats(0, 0.999), letter=st.sampled_from("abcXYZ019-_=.é"), cut=st.integers(0, 3))
    def test_a_damaged_cursor_is_an_error_or_a_page_and_nothing_else(self, ask, place, letter, cut):
        cursor = ask("treaty", size=2).next
        at = int(place * len(cursor))
        damaged = cursor[:at] + letter + cursor[at + cut :]
        try:
            answer = ask("treaty", size=2, cursor=damaged)
        except (QueryError, GenerationGone):
            return
        assert answer.paragraphs == ask("treaty").paragraphs

    @pytest.mark.parametrize(
        "generation", ["", "nosuch", "../..", "20200101T000000000000-abcdef", "\x00", "a" * 10_000]
    )
    def test_a_cursor_of_a_generation_that_is_gone_says_so(self, ask, generation):
        cursor = orjson.loads(base64.urlsafe_b64decode(ask("treaty", size=1).next + "=="))
        forged = base64.urlsafe_b64encode(orjson.dumps([generation, *cursor[1:]])).decode().rstrip("=")
        with pytest.raises(GenerationGone):
            ask("treaty", size=1, cursor=forged)


class TestWords:
    def test_a_word_that_is_not_there_is_named_where_it_stands_with_what_may_be_meant(self, ask):
        answer = ask("the defense ministre")
        unknown = [each for each in answer.diagnostics if each.code == "unknown-word"]
        assert [answer.input[each.start : each.end] for each in unknown] == ["defense", "ministre"]
        assert all(each.severity == "warning" for each in unknown)
        assert answer.suggestions[0].q == "the defence minister"
        assert unknown[0].fix == "the defence minister"

    @pytest.mark.parametrize(
        ("q", "unknown"),
        [
            ("treaty", []),
            ("Treaties", []),
            ("=treaties", ["treaties"]),
            ("nowhere", ["nowhere"]),
            ("treaty nowhere", ["nowhere"]),
            ('"treaty nowhere"', ["nowhere"]),
            ("treaty -nowhere", ["nowhere"]),
            ("nowhere^7", ["nowhere"]),
            ("treaty^7", []),
            ('"a treaty"~9', []),
            ('"a treaty"~9^7', []),
            ("date:2024-08-24", []),
            ("date:..1999 treaty", []),
            ("place:nowhere", []),
            ("title:nowhere", ["nowhere"]),
            ("title:pact", []),
            # Only texts have it.
            ("title:hailed", ["hailed"]),
            ("title:nowhere^2 treaty", ["nowhere"]),
            ('title:"nowhere pact"', ["nowhere"]),
            ('title:"pact signed"', []),
            ("title:(nowhere OR border)", ["nowhere"]),
            ("title:(nowhere w/3 border)", ["nowhere"]),
            ("title:nowhere OR treaty", ["nowhere"]),
            ("treaty -title:nowhere", ["nowhere"]),
            ("title:nowh*", ["nowh*"]),
            ("title:bord*", []),
            ("title:nowhere~1", ["nowhere~1"]),
            ("title:bordar~1", []),
            ("hlead(nowhere)", ["nowhere"]),
            ("hlead:nowh*", ["nowh*"]),
            ("hlead(spoke)", []),
            # Only a second paragraph has it.
            ("hlead(us)", ["us"]),
            ("place:nowh*", []),
            ('"nowhere minist*"', ["nowhere"]),
            ('"nowh* minister"', ["nowh*"]),
            ('"minister nowh*"~5^2', ["nowh*"]),
            ('title:"nowhere bord*"', ["nowhere"]),
            ('"defence minist*"', []),
            ('"defence minist*" OR treaty', []),
            ("nowhere-minist*", ["nowhere"]),
            ("nowhere-noth*", ["nowhere", "noth*"]),
            ('"no nowh* no"', ["no", "nowh*"]),
            # Where each part was typed cannot be told.
            ('"o\'noth* treaty"', ['"o\'noth* treaty"']),
            ("F-16", []),
            ("F-99", ["99"]),
            ("co-treaty", ["co"]),
            ("nowh*", ["nowh*"]),
            ("treat*", []),
            ("nowhere~1", ["nowhere~1"]),
            ("treatz~1", []),
            ("US us", []),
            ("São", []),
            ("(nowhere OR treaty) w/3 many", ["nowhere"]),
            ("—", None),
        ],
    )
    def test_exactly_the_words_that_no_paragraph_has_are_named(self, ask, q, unknown):
        if unknown is None:
            with pytest.raises(QueryError):
                ask(q)
            return
        answer = ask(q)
        named = [q[each.start : each.end] for each in answer.diagnostics if each.code == "unknown-word"]
        assert named == unknown

    @pytest.mark.parametrize(
        ("q", "where"),
        [("nowhere", "paragraph"), ("title:nowhere", "title"), ("hlead:nowh*", "title or first paragraph")],
    )
    def test_it_is_said_where_a_word_is_not(self, ask, q, where):
        (unknown,) = ask(q).diagnostics
        assert unknown.message == f"No {where} of this archive holds {q.partition(':')[2] or q!r}."

    def test_a_word_is_named_where_other_words_find_something_too(self, ask):
        answer = ask('treaty "nowh* treaty" OR title:nowhere', match="any")
        assert answer.paragraphs
        assert [each.code for each in answer.diagnostics].count("unknown-word") == 2

    @pytest.mark.parametrize(
        ("dialect", "q", "unknown"),
        [
            ("nexis", "nowh! treaty", ["nowh! treaty"]),
            ("nexis", "hlead(nowhere)", ["nowhere"]),
            ("factiva", "hd=(nowhere or border)", ["nowhere"]),
            ("lucene", "title:nowhere OR treaty", ["nowhere"]),
        ],
    )
    def test_it_is_named_in_every_dialect(self, ask, dialect, q, unknown):
        named = [each for each in ask(q, dialect=dialect).diagnostics if each.code == "unknown-word"]
        assert [q[each.start : each.end] for each in named] == unknown

    @pytest.mark.parametrize(
        "q",
        [
            *('treaty title:many "a treaty of"', 'title:"pact signed"^2', "title:(minister w/2 speaks)"),
            *('hlead("minister spoke")', '"defence minist*" title:pac*', "place:wash* title:paxt~1"),
        ],
    )
    def test_what_was_found_is_not_asked_for_again(self, service, monkeypatch, q):
        with service._open.lend() as generation:
            engine = type(generation.engine)
        asked = []
        monkeypatch.setattr(engine, "count", lambda _, node, *__: asked.append(node) or 1)
        assert service.search(SearchParameters(q=q)).paragraphs
        assert asked == []

    def test_what_titles_have_not_is_corrected_where_texts_have_it_neither(self, ask):
        assert [each.q for each in ask("title:bordr").suggestions] == ["title:border"]
        # Texts have both, so neither is a mistake.
        assert ask("title:hailed").suggestions == ()
        assert [each.q for each in ask('"ministre spok*"').suggestions] == ['"minister spok*"']

    def test_a_suggestion_changes_only_the_unknown_words(self, ask):
        answer = ask('(ministre^2 OR =talks) "the  traety" -place:geneva date:2024 nothinglikethis*')
        assert all(
            suggestion.q.startswith('(minister^2 OR =talks) "the  treaty" -place:geneva date:2024')
            for suggestion in answer.suggestions[:1]
        )

    @pytest.mark.parametrize(
        "how", [{}, {"match": "any"}, {"match": "all"}, {"scope": "article"}, {"place": "Geneva"}], ids=str
    )
    @pytest.mark.parametrize(
        "q", ["ministre", "traety tlaks", "the bordr", '"minster spoke"', "ministre -treaty", "sao palo"]
    )
    def test_every_suggestion_finds_what_it_says_and_never_nothing(self, ask, q, how):
        for suggestion in ask(q, **how).suggestions:
            followed = ask(suggestion.q, **how)
            assert suggestion.total == followed.paragraphs > 0
            assert suggestion.reason == "spelling"
            assert suggestion.q != q

    @examples(150)
    @given(q=st.one_of(queries(), st.lists(st.sampled_from(ASKED), min_size=1, max_size=4).map(" ".join)))
    def test_any_query_is_answered_or_refused_and_its_suggestions_are_true(self, ask, q):
        try:
            answer = ask(q)
        except QueryError:
            return
        assert len(answer.suggestions) <= 3
        assert len({suggestion.q for suggestion in answer.suggestions}) == len(answer.suggestions)
        for suggestion in answer.suggestions:
            assert ask(suggestion.q).paragraphs == suggestion.total > 0
        for diagnostic in answer.diagnostics:
            assert diagnostic.severity == "warning"
            if diagnostic.start is not None:
                assert 0 <= diagnostic.start < diagnostic.end <= len(q)
        for hit in answer.hits:
            assert all(0 <= mark.start < mark.end <= len(hit.snippet.text) for mark in hit.snippet.marks)

    def test_the_last_word_is_completed_by_the_most_frequent_first(self, service):
        assert service.suggest("the trea") == ("the treaty",)
        assert service.suggest("Min")[:1] == ("minister",)
        assert service.suggest("the ") == ()
        assert service.suggest("") == ()
        assert service.suggest("sã") == ("sao",)
        assert service.suggest("zzz") == ()


class TestArticles:
    def test_an_article_is_marked_in_every_paragraph_that_matches(self, service):
        answer = service.article("b", read_parameters([("q", "treaty")]))
        assert [len(marks) for marks in answer.marks] == [0, 0, 3]
        text = answer.article.units[2].text
        assert [text[mark.start : mark.end] for mark in answer.marks[2]] == ["treaty", "treaty", "treaty"]

    def test_where_no_paragraph_has_all_the_words_some_are_marked(self, service):
        answer = service.article("b", read_parameters([("q", "spoke treaty")]))
        assert [len(marks) for marks in answer.marks] == [0, 1, 3]

    def test_without_a_query_nothing_is_marked(self, service):
        assert service.article("b", SearchParameters()).marks == ((), (), ())

    def test_an_article_that_is_not_there_is_an_error(self, service):
        with pytest.raises(ArticleNotFound):
            service.article("nowhere", SearchParameters())

    def test_a_query_that_cannot_be_read_is_an_error_there_too(self, service):
        with pytest.raises(QueryError):
            service.article("b", read_parameters([("q", "(")]))


class TestParameters:
    def test_nothing_given_is_the_defaults(self):
        parameters = read_parameters([])
        assert (parameters.q, parameters.match, parameters.scope) == ("", Match.AUTO, Scope.PARAGRAPH)
        assert (parameters.group, parameters.sort, parameters.size) == (Group.ARTICLE, Sort.RELEVANCE, 20)
        assert (parameters.from_, parameters.to, parameters.place, parameters.cursor) == (None, None, (), None)
        assert parameters.facet_names == ALL_FACETS

    def test_everything_given_is_read(self):
        parameters = read_parameters(
            [
                *[("q", "x"), ("match", "any"), ("scope", "article"), ("group", "none"), ("sort", "oldest")],
                *[("from", "2024"), ("to", "2024-08"), ("place", "A"), ("place", "B, C"), ("agency", "D")],
                *[("section", "E"), ("size", "100"), ("cursor", "c"), ("facets", "place,date")],
            ]
        )
        assert (parameters.match, parameters.scope, parameters.group) == (Match.ANY, Scope.ARTICLE, Group.NONE)
        assert (parameters.place, parameters.agency, parameters.section) == (("A", "B, C"), ("D",), ("E",))
        assert (parameters.from_, parameters.to, parameters.size, parameters.cursor) == ("2024", "2024-08", 100, "c")
        assert parameters.facet_names == ("place", "date")

    def test_an_empty_value_is_not_given(self):
        empty = [(name, "") for name in PARAMETER_NAMES] + [("size", "  ")]
        assert read_parameters(empty) == SearchParameters()

    REFUSED = (
        ("match", "some", "bad-parameter", None),
        ("match", "al", "bad-parameter", "all"),
        ("match", "ALL", "bad-parameter", "all"),
        ("scope", "paragraphs", "bad-parameter", "paragraph"),
        ("group", "articles", "bad-parameter", "article"),
        ("sort", "newst", "bad-parameter", "newest"),
        ("sort", "xyz", "bad-parameter", None),
        ("size", "0", "bad-parameter", "20"),
        ("size", "-1", "bad-parameter", "20"),
        ("size", "101", "bad-parameter", str(MAX_SIZE)),
        ("size", "ten", "bad-parameter", "20"),
        ("size", "1.5", "bad-parameter", "20"),
        ("size", "5.0", "bad-parameter", "20"),
        ("size", "1_0", "bad-parameter", "20"),
        ("size", "+5", "bad-parameter", "20"),
        ("size", "٥", "bad-parameter", "20"),
        ("size", "9" * 5_000, "bad-parameter", None),
        ("from", "yesterday", "bad-parameter", None),
        ("from", "2024-02-30", "bad-parameter", None),
        ("from", "2024..2025", "bad-parameter", None),
        ("to", ">=2024", "bad-parameter", None),
        ("to", "2024-00", "bad-parameter", None),
        ("facets", "colour", "bad-parameter", None),
        ("facets", "place,colour", "bad-parameter", None),
        ("facets", "all,place", "bad-parameter", None),
        ("colour", "red", "unknown-parameter", None),
        ("Q", "x", "unknown-parameter", None),
        ("sorts", "x", "unknown-parameter", "sort"),
        ("from_", "2024", "unknown-parameter", "from"),
    )

    @pytest.mark.parametrize(
        ("name", "value", "code", "fix"), REFUSED, ids=[f"{row[0]}={row[1][:20]}" for row in REFUSED]
    )
    def test_a_parameter_that_cannot_be_used_is_named_with_what_to_write(self, name, value, code, fix):
        with pytest.raises(QueryError) as error:
            read_parameters([(name, value)])
        (diagnostic,) = error.value.diagnostics
        assert (diagnostic.code, diagnostic.parameter, diagnostic.severity) == (code, name, "error")
        assert diagnostic.message
        if fix is not None:
            assert diagnostic.fix == fix

    def test_each_error_is_told(self):
        with pytest.raises(QueryError) as error:
            read_parameters([("size", "0"), ("sort", "up"), ("colour", "red"), ("to", "never")])
        assert {each.parameter for each in error.value.diagnostics} == {"size", "sort", "colour", "to"}

    @pytest.mark.parametrize("name", [name for name in PARAMETER_NAMES if name not in REPEATED])
    @pytest.mark.parametrize("again", ["same", "other"])
    def test_what_can_be_given_once_cannot_be_given_twice(self, name, again):
        values = {"match": "all", "scope": "article", "group": "none", "sort": "oldest", "size": "5", "facets": "none"}
        value = values.get(name, "2024")
        with pytest.raises(QueryError) as error:
            read_parameters([(name, value), (name, value if again == "same" else f"{value}x")])
        assert ("repeated-parameter", name) in [(each.code, each.parameter) for each in error.value.diagnostics]

    def test_strangers_parameters_may_be_ignored(self):
        assert read_parameters([("utm_source", "x"), ("q", "y")], ignore_unknown=True).q == "y"

    @examples(200)
    @given(st.lists(st.tuples(st.one_of(st.sampled_from(PARAMETER_NAMES), st.text(max_size=5)), st.text(max_size=12))))
    def test_any_parameters_are_read_or_refused(self, items):
        try:
            read_parameters(items)
        except QueryError as refused:
            problems = refused.diagnostics
        else:
            problems = ()
        assert all(each.severity == "error" and each.code.endswith("-parameter") for each in problems)


class TestGenerations:
    def test_without_an_index_it_says_which_command_makes_one(self, tmp_path):
        service = SearchService.from_settings(settings_for(tmp_path))
        with pytest.raises(IndexMissing, match="dateline rebuild"):
            service.search(SearchParameters())

    def test_a_new_generation_is_served_without_a_restart(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, [article("a", "old words")])
        service = SearchService(archive, settings)
        old = service.search(SearchParameters(q="words"))
        rebuilt(tmp_path, [article("b", "new words")])
        new = service.search(SearchParameters(q="words"))
        assert (ids(old), ids(new)) == (["a#p1"], ["b#p1"])
        assert old.generation.id != new.generation.id
        service.close()

    def test_a_cursor_stays_with_its_generation_while_that_is_kept_and_then_is_gone(self, tmp_path):
        articles = [article(f"a{number}", "words here") for number in range(6)]
        archive, settings, _ = rebuilt(tmp_path, articles, keep=2)
        service = SearchService(archive, settings)
        first = service.search(read_parameters([("q", "words"), ("size", "2")]))
        rebuilt(tmp_path, [article("b", "words")], keep=2)
        follow = read_parameters([("q", "words"), ("size", "2"), ("cursor", first.next)])
        second = service.search(follow)
        assert (ids(second), second.generation) == (["a2#p1", "a3#p1"], first.generation)
        assert ids(service.search(SearchParameters(q="words"))) == ["b#p1"]
        rebuilt(tmp_path, [article("c", "words")], keep=2)
        fresh = SearchService(Archive(settings.index), settings)
        with pytest.raises(GenerationGone):
            fresh.search(follow)
        fresh.close()
        service.close()

    def test_while_generations_switch_every_answer_is_of_one_of_them(self, tmp_path):
        """Each generation has one word in all its texts, so an answer that mixes two shows it."""
        archive, settings, _ = rebuilt(tmp_path, generation_of(0), keep=2)
        service = SearchService(archive, settings)

        def search(_):
            answer = service.search(read_parameters([("q", "word*"), ("group", "none"), ("size", "100")]))
            return answer.paragraphs, {hit.snippet.text for hit in answer.hits}

        with ThreadPoolExecutor(4) as pool:
            for number in range(1, 4):
                running = pool.map(search, range(40))
                rebuilt(tmp_path, generation_of(number), keep=2)
                for paragraphs, found in running:
                    assert len(found) == 1
                    assert paragraphs == 10
        assert search(None)[1] == {"word d"}
        service.close()

    def test_a_search_that_takes_too_long_is_stopped_and_says_so(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, ARTICLES, query_seconds=1e-9)
        service = SearchService(archive, settings)
        with pytest.raises(EngineUnavailable, match="longer"):
            service.search(SearchParameters(q="minister treaty talks"))
        service.close()


def generation_of(number):
    return [article(f"{'abcd'[number]}{index}", f"word {'abcd'[number]}") for index in range(10)]
