"""What every engine does alike: one suite, asked of each. An engine joins by a line in ENGINES."""

import datetime
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from archives import (
    ANALYZER,
    article,
    exact,
    opensearch_engine,
    segmented_engine,
    tree,
    updated_engine,
    updated_opensearch_engine,
    whoosh_engine,
    word,
)
from oracle import Oracle

from search.articles import Article, Dateline, Origins, Paragraph, Source
from search.engines.base import (
    FACETS,
    Ask,
    Counts,
    Engine,
    Facets,
    FacetValue,
    Form,
    Group,
    Month,
    Position,
    Scope,
    Sort,
    UndatedArticles,
)
from search.errors import ArticleNotFound, QueryError
from search.language import UNDECIDED_HYPHEN
from search.query import Match, syntax
from search.query.nodes import (
    And,
    Boost,
    DateRange,
    Everything,
    Exactly,
    Field,
    Fuzzy,
    InArticles,
    Near,
    Not,
    Or,
    Phrase,
    Prefer,
    Term,
    Undated,
    Wildcard,
    Window,
)
from search.query.syntax import FIELDS, MAX_FUZZY_FORMS

ENGINES: dict[str, Callable[[list[Article], Path], Engine]] = {
    "oracle": lambda articles, _: Oracle(articles, ANALYZER),
    "whoosh": whoosh_engine,
    "whoosh, several segments": segmented_engine,
    "whoosh, updated": updated_engine,
    "opensearch": opensearch_engine,
    "opensearch, updated": updated_opensearch_engine,
}
# A score is the same in how many parts of one: those of a cluster have 32 bits.
SAME = {"opensearch": 2e-6}


@pytest.fixture(params=ENGINES)
def make_engine(request, tmp_path) -> Iterator[Callable[..., Engine]]:
    with ExitStack() as opened:
        numbers = itertools.count()

        def make(*articles: Article) -> Engine:
            folder = tmp_path / str(next(numbers))
            folder.mkdir()
            return opened.enter_context(closing(ENGINES[request.param](list(articles), folder)))

        yield make


@pytest.fixture
def of_texts(make_engine):
    """An engine over one article of these paragraphs, as a function from a node to the numbers of those found."""

    def of_texts(*texts):
        engine = make_engine(article("a", *texts))
        return lambda node: [number for _, number in found(engine, node)]

    return of_texts


def found(engine, node, **how):
    """Return (article id, paragraph) of everything found, in the order of the index."""
    hits = engine.search(Ask(node, group=Group.NONE, size=10_000, **how)).hits
    return sorted((hit.card.id, hit.position.paragraph) for hit in hits)


def shown(engine, node, **how):
    """Return (article id, paragraph) of the hits, in the order they are shown."""
    hits = engine.search(Ask(node, **{"size": 10_000, **how})).hits
    return [(hit.card.id, hit.position.paragraph) for hit in hits]


def score(engine, node, article_id="a", paragraph=1):
    hits = engine.search(Ask(node, group=Group.NONE, size=10_000)).hits
    return next(hit.score for hit in hits if (hit.card.id, hit.position.paragraph) == (article_id, paragraph))


class TestHeadlines:
    """Unit 0 of an article: its kicker, title and byline, found like a paragraph."""

    @pytest.fixture
    def zoo(self, make_engine):
        return make_engine(
            article("a", "The keeper was hurt.", "It was caught.", title="Zebra escapes from city zoo",
                    headline="URGENT\nZebra escapes from city zoo\nBy Maria Silva", byline="Maria Silva"),
            article("b", "A zebra was seen by the keeper.", title="A zebra was seen by the keeper."),
            article("c", "Rain.", title="Zebra", headline="Zebra", section="weather"),
        )  # fmt: skip

    def test_its_words_are_found_and_it_comes_before_the_first_paragraph(self, zoo):
        assert found(zoo, word("zebra")) == [("a", 0), ("b", 1), ("c", 0)]
        assert found(zoo, word("silva")) == [("a", 0)]
        assert found(zoo, tree('"city zoo"')) == [("a", 0)]
        assert found(zoo, Everything()) == [("a", 0), ("a", 1), ("a", 2), ("b", 1), ("c", 0), ("c", 1)]

    def test_a_hit_has_its_text_and_how_the_first_paragraph_begins(self, zoo):
        (hit,) = zoo.search(Ask(word("urgent"))).hits
        assert hit.text == "URGENT\nZebra escapes from city zoo\nBy Maria Silva"
        assert (hit.card.of, hit.lead) == (2, "The keeper was hurt.")

    def test_it_is_one_unit_in_which_words_stand_together(self, zoo):
        assert found(zoo, tree("zebra keeper")) == [("b", 1)]
        assert found(zoo, tree("zebra keeper"), scope=Scope.ARTICLE) == [("a", 0), ("a", 1), ("b", 1)]
        assert found(zoo, tree("zebra w/9 silva")) == [("a", 0)]

    def test_it_counts_among_what_is_found_and_in_facets(self, zoo):
        answer = zoo.search(Ask(tree("zebra OR rain"), facets=("section",)))
        assert (answer.paragraphs, answer.articles) == (4, 3)
        assert answer.facets.values["section"] == (FacetValue("weather", 1, 2),)
        assert {(hit.card.id, hit.more) for hit in answer.hits} == {("a", 0), ("b", 0), ("c", 1)}

    def test_it_is_no_paragraph_of_those_counted_and_its_words_none_of_the_length(self, zoo):
        assert zoo.counts().paragraphs == 4
        assert {each for each, _ in found(zoo, tree("words:7"))} == {"a", "b"}
        assert {each for each, _ in found(zoo, tree("words:1"))} == {"c"}

    def test_the_lead_is_the_first_paragraph_whether_or_not_there_is_a_headline(self, zoo):
        assert {each for each, _ in found(zoo, tree("hlead(keeper)"))} == {"a", "b"}
        assert {each for each, _ in found(zoo, tree("hlead(caught)"))} == set()

    def test_a_page_begins_after_a_headline(self, zoo):
        node, order = Everything(), [("a", 0), ("a", 1), ("a", 2), ("b", 1), ("c", 0), ("c", 1)]
        for sort in (Sort.RELEVANCE, Sort.NEWEST, Sort.OLDEST):
            for index, (article_id, paragraph) in enumerate(order):
                after = Position(0.0, article_id, paragraph)
                assert shown(zoo, node, group=Group.NONE, sort=sort, after=after) == order[index + 1 :]

    def test_an_article_is_given_back_with_it(self, zoo):
        whole = zoo.article("a")
        assert (whole.headline, [unit.number for unit in whole.units]) == (
            "URGENT\nZebra escapes from city zoo\nBy Maria Silva",
            [0, 1, 2],
        )
        assert zoo.article("b").headline is None


class TestNodes:
    def test_a_term_is_found_in_any_form(self, of_texts):
        find = of_texts("Ministers talk.", "The minister talked.", "A ministry.", "Nothing.")
        assert find(word("minister")) == [1, 2]
        assert find(word("talking")) == [1, 2]

    def test_an_unstemmed_term_is_found_in_its_own_form_alone(self, of_texts):
        find = of_texts("They talk.", "The talks.", "Talks")
        assert find(exact("talks")) == [2, 3]

    def test_a_term_of_several_tokens_is_any_of_them(self, of_texts):
        find = of_texts("the US", "about us", "them")
        assert find(tree("us").must) == [1, 2]
        assert find(tree("US").must) == [1]

    @pytest.mark.parametrize(
        ("stem", "words"),
        [
            ("talk", {"talk", "talks", "talking"}),
            ("mail", {"mail", "mails"}),
            ("email", {"email"}),
            ("muller", {"muller"}),
            ("nothing", set()),
        ],
    )
    def test_a_stem_stands_for_the_words_and_names_of_the_archive_that_have_it(self, make_engine, stem, words):
        engine = make_engine(article("a", "talk talks talking", "mails talker"), article("b", "An e-mail to Müller."))
        assert set(engine.forms(Term((stem,)))) == words

    def test_a_wildcard_stands_for_unstemmed_words(self, of_texts):
        find = of_texts("ministers", "ministry", "administer", "mint")
        assert find(Wildcard("minist*")) == [1, 2]
        assert find(Wildcard("*minist*")) == [1, 2, 3]
        assert find(Wildcard("min?")) == [4]
        assert find(Wildcard("m*n*y")) == [2]
        assert find(Wildcard("ministers*")) == [1]

    def test_a_question_mark_stands_for_exactly_one_character(self, of_texts):
        find = of_texts("woman", "women", "womn", "womeen")
        assert find(Wildcard("wom?n")) == [1, 2]

    def test_a_wildcard_ignores_kept_capitals(self, of_texts):
        find = of_texts("the US", "the user")
        assert find(Wildcard("us*")) == [1, 2]
        assert find(Wildcard("?s")) == [1]

    def test_characters_of_patterns_are_not_those_of_regular_expressions(self, of_texts):
        find = of_texts("6.5 percent", "6x5 percent", "at&t")
        assert find(Wildcard("6.5*")) == [1]
        assert find(Wildcard("at&*")) == [3]

    def test_a_wildcard_that_fits_too_many_words_is_an_error_and_never_cut(self, make_engine, monkeypatch):
        monkeypatch.setattr(syntax, "MAX_EXPANSIONS", 1_000)
        texts = [" ".join(f"word{letters}" for letters in block) for block in _blocks(1_000)]
        engine = make_engine(article("a", *texts))
        assert engine.count(Wildcard("word*")) == len(texts)
        engine = make_engine(article("a", *texts), article("b", "wordless"))
        with pytest.raises(QueryError) as error:
            engine.search(Ask(Wildcard("word*")))
        assert [diagnostic.code for diagnostic in error.value.diagnostics] == ["wildcard-too-wide"]
        with pytest.raises(QueryError):
            engine.count(And((word("nothing"), Not(Wildcard("word*")))))

    def test_an_edit_is_an_insertion_a_deletion_a_change_or_a_swap(self, of_texts):
        find = of_texts("treaty", "treeaty", "teaty", "trebty", "traety", "tarety", "reaty", "xreaty")
        assert find(Fuzzy("treaty", 1)) == [1, 2, 3, 4, 5]
        assert find(Fuzzy("treaty", 2)) == [1, 2, 3, 4, 5, 6]

    def test_a_swap_that_is_edited_again_counts_for_itself(self, of_texts):
        # ca -> abc is 3 edits where no part is edited twice, 2 where it may be.
        find = of_texts("xabc")
        assert find(Fuzzy("xca", 2)) == []

    def test_the_first_letter_is_never_edited(self, of_texts):
        find = of_texts("pact", "fact", "apct")
        assert find(Fuzzy("pact", 1)) == [1]

    def test_edits_stand_for_the_most_frequent_words_alone(self, make_engine):
        letters = "abcdefghijklmnopqrstuvwxyz"
        words = [f"pa{one}{two}" for one in letters for two in "xyz"][: MAX_FUZZY_FORMS + 10]
        # The later a word, the more paragraphs have it.
        texts = [[each] * (2 if number >= 10 else 1) for number, each in enumerate(words)]
        engine = make_engine(article("a", *itertools.chain.from_iterable(texts)))
        assert engine.count(Fuzzy("paxx", 2)) == 2 * MAX_FUZZY_FORMS
        assert (len(engine.forms(Fuzzy("paxx", 2))), engine.number_within(Fuzzy("paxx", 2))) == (
            *(MAX_FUZZY_FORMS, len(words)),
        )

    def test_a_phrase_is_its_words_side_by_side_in_this_order(self, of_texts):
        find = of_texts(
            "minister of defence", "minister of the defence", "defence of minister", "Minister, of; DEFENCE"
        )
        assert find(Phrase((exact("minister"), exact("of"), exact("defence")))) == [1, 4]

    def test_a_phrase_never_spans_two_paragraphs_or_two_articles(self, make_engine):
        engine = make_engine(article("a", "the minister", "of defence"), article("b", "said so"))
        assert found(engine, Phrase((exact("minister"), exact("of")))) == []
        assert found(engine, Phrase((exact("defence"), exact("said")))) == []

    def test_a_phrase_of_one_word_repeated_needs_it_as_often(self, of_texts):
        find = of_texts("no", "no no", "no yes no", "no no no")
        assert find(Phrase((exact("no"), exact("no")))) == [2, 4]

    def test_a_phrase_may_hold_wildcards(self, of_texts):
        find = of_texts("defence pact", "defence packs", "defence of pacts")
        assert find(Phrase((exact("defence"), Wildcard("pac*")))) == [1, 2]

    def test_a_phrase_may_stand_at_the_very_end_and_be_the_whole(self, of_texts):
        find = of_texts("a b c", "b c", "c b")
        assert find(Phrase((exact("b"), exact("c")))) == [1, 2]

    def test_a_window_is_all_words_in_any_order_within_the_distance(self, of_texts):
        find = of_texts("a x b", "b x a", "a x x b", "a b", "a")
        assert find(Window((exact("a"), exact("b")), 2)) == [1, 2, 4]
        assert find(Window((exact("a"), exact("b")), 3)) == [1, 2, 3, 4]

    def test_the_words_of_a_window_take_different_positions(self, of_texts):
        find = of_texts("no", "no x no", "no x x x no no")
        assert find(Window((exact("no"), exact("no")), 2)) == [2, 3]
        find = of_texts("talks", "talks talk", "talk x x talks")
        assert find(Window((word("talk"), Wildcard("tal*")), 1)) == [2]
        assert find(Window((word("talk"), Wildcard("tal*"), exact("x")), 3)) == [3]

    def test_near_is_at_most_so_many_words_away_in_either_order(self, of_texts):
        find = of_texts("india x china", "china x india", "india x x china", "india china", "india")
        assert find(Near(exact("india"), exact("china"), 2, ordered=False)) == [1, 2, 4]
        assert find(Near(exact("india"), exact("china"), 2, ordered=True)) == [1, 4]

    def test_near_counts_from_the_end_of_a_phrase_to_the_beginning_of_the_other(self, of_texts):
        find = of_texts("new york x paris", "paris x new york", "new york x x paris")
        city = Phrase((exact("new"), exact("york")))
        assert find(Near(city, exact("paris"), 2, ordered=False)) == [1, 2]

    def test_what_overlaps_is_not_near_itself(self, of_texts):
        find = of_texts("new york", "new york york", "york new york")
        city = Phrase((exact("new"), exact("york")))
        assert find(Near(city, exact("york"), 5, ordered=False)) == [2, 3]
        assert find(Near(exact("york"), exact("york"), 5, ordered=True)) == [2, 3]

    def test_near_takes_alternatives_and_other_near(self, of_texts):
        find = of_texts("india x china", "japan x china", "china x x x india", "india x china x x japan")
        either = Or((exact("india"), exact("japan")))
        assert find(Near(either, exact("china"), 2, ordered=True)) == [1, 2, 4]
        chain = Near(Near(exact("india"), exact("china"), 2, ordered=True), exact("japan"), 3, ordered=True)
        assert find(chain) == [4]

    def test_and_needs_all_or_any(self, of_texts):
        find = of_texts("a", "b", "a b", "c")
        assert find(And((exact("a"), exact("b")))) == [3]
        assert find(Or((exact("a"), exact("b")))) == [1, 2, 3]

    def test_not_is_everything_else(self, of_texts):
        find = of_texts("a", "b", "a b", "—")
        assert find(Not(exact("a"))) == [2, 4]
        assert find(And((exact("b"), Not(exact("a"))))) == [2]
        assert find(Not(Not(exact("a")))) == [1, 3]
        assert find(Not(exact("nowhere"))) == [1, 2, 3, 4]

    def test_everything_is_every_paragraph_even_without_words(self, of_texts):
        assert of_texts("a", "—", "")(Everything()) == [1, 2, 3]

    def test_prefer_finds_what_must_be_there_and_ranks_the_rest(self, make_engine):
        engine = make_engine(article("a", "pact of x", "pact of them", "of them"))
        node = Prefer(word("pact"), (word("them"),))
        assert shown(engine, node, group=Group.NONE) == [("a", 2), ("a", 1)]

    def test_a_boost_multiplies_the_score(self, make_engine):
        engine = make_engine(article("a", "pact", "treaty"))
        assert score(engine, Boost(word("pact"), 3.0)) == pytest.approx(
            3 * score(engine, word("pact")), rel=SAME.get(engine.name, 1e-12)
        )
        assert shown(engine, Or((word("pact"), Boost(word("treaty"), 2.0))), group=Group.NONE) == [("a", 2), ("a", 1)]

    def test_a_word_that_is_not_there_finds_nothing(self, of_texts):
        find = of_texts("a", "b")
        nowhere = exact("nowhere")
        for node in (
            nowhere,
            Wildcard("nowhe*"),
            Fuzzy("nowhere", 2),
            Phrase((exact("a"), nowhere)),
            And((exact("a"), nowhere)),
        ):
            assert find(node) == []
        assert find(Window((exact("a"), nowhere, exact("b")), 9)) == []
        assert find(Near(nowhere, nowhere, 9, ordered=False)) == []
        assert find(Field("title", nowhere)) == []


def _blocks(number):
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = list(itertools.islice(map("".join, itertools.product(letters, repeat=3)), number))
    return [words[start : start + 100] for start in range(0, number, 100)]


class TestFields:
    @pytest.fixture
    def engine(self, make_engine):
        us, uk = {"country": "United States"}, {"country": "United Kingdom"}
        return make_engine(
            article("a", "text one", "text two", title="The minister talks", date="2024-08-24", place="New York", **us),
            article(
                "b", "minister", title="Other", date="2024-08-31", place="York", agency="IANS", section="World", **uk
            ),
            article("c", "text", title="", date=None, place=None, byline="By R. Minister"),
            article("d", "text", title="—", date="2023-01-01", place="US", agency="Ians", **us),
        )

    def test_the_title_is_asked_in_any_form_of_a_word(self, engine):
        assert found(engine, Field("title", word("talk"))) == [("a", 1), ("a", 2)]
        assert found(engine, Field("title", exact("talk"))) == []
        assert found(engine, Field("title", Phrase((exact("minister"), exact("talks"))))) == [("a", 1), ("a", 2)]
        assert found(engine, Field("title", Near(exact("the"), exact("talks"), 2, ordered=True))) == [
            ("a", 1),
            ("a", 2),
        ]

    def test_the_title_is_not_the_text(self, engine):
        assert found(engine, word("minister")) == [("b", 1)]
        assert found(engine, Field("title", word("text"))) == []

    def test_a_value_is_asked_by_its_words(self, engine):
        assert found(engine, Field("place", exact("york"))) == [("a", 1), ("a", 2), ("b", 1)]
        assert found(engine, Field("place", Phrase((exact("new"), exact("york"))))) == [("a", 1), ("a", 2)]
        assert found(engine, Field("byline", exact("minister"))) == [("c", 1)]
        assert found(engine, Field("agency", Wildcard("ia*"))) == [("b", 1), ("d", 1)]
        assert found(engine, Field("place", Fuzzy("yorc", 1))) == [("a", 1), ("a", 2), ("b", 1)]
        assert found(engine, Field("place", exact("US"))) == [("d", 1)]

    def test_a_chosen_value_is_the_whole_value_after_folding(self, engine):
        assert found(engine, Exactly("place", ("york",))) == [("b", 1)]
        assert found(engine, Exactly("agency", ("ians",))) == [("b", 1), ("d", 1)]
        assert found(engine, Exactly("place", ("york", "new york"))) == [("a", 1), ("a", 2), ("b", 1)]
        assert found(engine, Exactly("place", ())) == []
        assert found(engine, Exactly("section", ("",))) == []

    def test_articles_are_asked_by_their_ids(self, engine):
        assert found(engine, InArticles(("b", "a", "nowhere"))) == [("a", 1), ("a", 2), ("b", 1)]
        assert found(engine, And((word("text"), InArticles(("a",))))) == found(engine, InArticles(("a",)))
        assert found(engine, InArticles(())) == []

    def test_an_article_without_a_value_is_never_found_by_it_and_always_by_its_negation(self, engine):
        assert ("c", 1) not in found(engine, Field("place", Wildcard("*")))
        assert found(engine, And((Not(Field("place", exact("york"))), Everything()))) == [("c", 1), ("d", 1)]
        assert found(engine, Not(Exactly("agency", ("ians",)))) == [("a", 1), ("a", 2), ("c", 1)]

    @pytest.mark.parametrize(
        ("start", "end", "ids"),
        [
            ("2024-08-24", "2024-08-24", "a"),
            ("2024-08-25", "2024-08-30", ""),
            ("2024-08-24", "2024-08-31", "ab"),
            (None, "2024-08-24", "ad"),
            ("2024-08-31", None, "b"),
            ("2024-09-01", None, ""),
            (None, "2022-12-31", ""),
            (None, None, "abd"),
            ("0001-01-01", "9999-12-31", "abd"),
        ],
    )
    def test_a_range_of_days_includes_both_and_never_the_undated(self, engine, start, end, ids):
        days = (datetime.date.fromisoformat(text) if text else None for text in (start, end))
        assert "".join(dict.fromkeys(found_id for found_id, _ in found(engine, DateRange(*days)))) == ids

    def test_the_undated_are_those_that_no_range_of_days_finds(self, engine):
        assert found(engine, Undated()) == found(engine, Not(DateRange(None, None))) == [("c", 1)]
        assert found(engine, Not(Undated())) == found(engine, DateRange(None, None))
        assert found(engine, And((word("text"), Or((Undated(), Exactly("place", ("us",))))))) == [("c", 1), ("d", 1)]

    def test_a_country_is_asked_like_a_place(self, engine):
        assert found(engine, Field("country", exact("states"))) == [("a", 1), ("a", 2), ("d", 1)]
        assert found(engine, Field("country", Phrase((exact("united"), exact("kingdom"))))) == [("b", 1)]
        assert found(engine, Not(Field("country", exact("united")))) == [("c", 1)]
        assert engine.search(Ask(InArticles(("d",)))).hits[0].card.country == "United States"

    def test_values_add_nothing_to_a_score(self, engine):
        plain = score(engine, word("text"), "d")
        narrowed = And((word("text"), Exactly("place", ("us",)), Field("agency", exact("ians")), DateRange(None, None)))
        assert score(engine, narrowed, "d") == pytest.approx(plain, rel=SAME.get(engine.name, 1e-12))


class TestOperators:
    """Beside the query language's own tests: what its operators find, asked as they are typed."""

    def test_one_sentence_may_not_be_left_and_may_be_long(self, of_texts):
        far = " ".join(["so"] * 300)
        find = of_texts("India met China.", "India met. China came.", f"India {far} China.", "China. India met China.")
        assert find(tree("india w/s china")) == [1, 3, 4]
        assert find(tree("india w/p china")) == [1, 2, 3, 4]

    def test_a_phrase_over_the_end_of_a_sentence_stands_in_neither(self, of_texts):
        find = of_texts("They met in New. Delhi slept.", "In New Delhi they met.")
        assert find(tree('"new delhi"')) == [1, 2]
        assert find(tree('"new delhi" w/s met')) == [2]
        assert find(tree('met w/s "new delhi"')) == [2]

    def test_together_needs_two_places(self, of_texts):
        find = of_texts("One talk.", "A talk. A talk.", "A talk of talks.")
        assert find(tree("talk w/s talk")) == [3]
        assert find(tree("talk w/p talk")) == [2, 3]
        assert find(tree('talk w/p "a talk"')) == [2, 3]

    def test_a_title_is_one_sentence(self, make_engine):
        engine = make_engine(article("a", "x", title="India met. China came."))
        assert engine.count(tree("title:(india w/s china)")) == 1

    def test_not_near_asks_for_one_place_with_none_of_the_other_near(self, of_texts):
        find = of_texts("India met China.", "India met China. And then again India rose.", "India alone.", "China")
        assert find(tree("india not w/2 china")) == [2, 3]
        assert find(tree("india not pre/2 china")) == [2, 3]
        assert find(tree("china not pre/2 india")) == [1, 2, 4]
        assert find(tree("india not w/s china")) == [2, 3]
        assert find(tree("india not w/p china")) == [3]

    def test_what_overlaps_is_near_and_the_very_same_place_is_not(self, of_texts):
        find = of_texts("The bank of England.", "A bank.", "Bank by bank.")
        assert find(tree('bank not w/1 "bank of england"')) == [2, 3]
        assert find(tree("bank not w/9 bank")) == [1, 2]
        assert find(tree("bank not w/1 bank")) == [1, 2, 3]

    def test_capitals_are_found_where_a_line_is_not_all_capitals(self, of_texts):
        find = of_texts(
            "Fear of AIDS.", "He aids them.", "AIDS FEARED.", "NATO's Aids.", "(AT&T, U.S.)", "So NATO-AIDS"
        )
        assert find(tree("caps(aids)")) == [1, 6]
        assert find(tree("aids")) == [1, 2, 3, 4, 6]
        assert find(tree("caps(nato)")) == [4, 6]
        assert find(tree("caps(US) OR caps(at&t)")) == [5]
        assert find(tree("caps(nato) pre/1 caps(aids)")) == [6]

    def test_capitals_of_titles_and_values_are_asked_too(self, make_engine):
        engine = make_engine(
            article("a", "x", title="The US", place="US"), article("b", "x", title="About us", place="Lausanne US")
        )
        assert found(engine, tree("title:caps(us)")) == [("a", 1)]
        assert found(engine, tree("place:caps(us)")) == [("a", 1), ("b", 1)]

    @pytest.fixture
    def news(self, make_engine):
        return make_engine(
            article("a", "A drone flew.", "Drones, drones.", "Nothing.", title="Skies", date="2024-08-15"),
            article("b", "A drone.", "It fell. It was a drone of sorts.", title="A drone fell", date="1999-08-15"),
            article("c", "Birds.", "A drone.", title="Birds", date="2024-02-29"),
            article("d", "Fog.", title="Fog"),
        )

    def test_at_least_counts_in_the_whole_article_and_finds_all_of_it(self, news):
        assert {each for each, _ in found(news, tree("atleast/1(drone)"))} == {"a", "b", "c"}
        assert {each for each, _ in found(news, tree("atleast/2(drone)"))} == {"a", "b"}
        assert found(news, tree("atleast/3(drone)")) == [("a", 1), ("a", 2), ("a", 3)]
        assert found(news, tree("nothing atleast/3(drone)")) == [("a", 3)]
        assert found(news, tree("drone NOT atleast/2(drone)")) == [("c", 2)]
        assert found(news, tree("atleast/2(drone OR fell)")) == found(news, tree("atleast/2(drone)"))

    def test_the_paragraphs_that_hold_it_come_first(self, news):
        assert shown(news, tree("atleast/3(drone)"), group=Group.NONE)[-1] == ("a", 3)
        assert shown(news, tree("atleast/3(drone)"), scope=Scope.ARTICLE, group=Group.NONE) == [("a", 2), ("a", 1)]

    def test_alternatives_that_are_counted_together_weigh_as_one(self, news):
        either = tree("drone OR fell")
        both = news.search(Ask(tree("atleast/2(drone OR fell)").must, group=Group.NONE)).hits
        assert {hit.position.paragraph for hit in both if hit.score} == {1, 2}
        assert max(hit.score for hit in both) < max(hit.score for hit in news.search(Ask(either.must)).hits)

    def test_they_weigh_as_one_where_the_words_may_stand_anywhere_in_an_article_too(self, news):
        node = tree("atleast/2(drone OR fell)").must
        in_paragraphs, in_articles = (
            {hit.position[1:]: hit.score for hit in news.search(Ask(node, scope=scope, group=Group.NONE)).hits}
            for scope in Scope
        )
        assert in_articles == {where: pytest.approx(in_paragraphs[where]) for where in in_articles}
        assert len(in_articles) == 4

    def test_the_lead_is_the_title_or_the_first_paragraph(self, news):
        assert {each for each, _ in found(news, tree("hlead(drone)"))} == {"a", "b"}
        assert {each for each, _ in found(news, tree("hlead(fell)"))} == {"b"}
        assert {each for each, _ in found(news, tree("hlead(flew drone)"))} == {"a"}
        assert found(news, tree('hlead("drone fell a drone")')) == []

    def test_a_day_of_any_year_and_a_month_of_any_year(self, news):
        assert {each for each, _ in found(news, tree("date:--08-15"))} == {"a", "b"}
        assert {each for each, _ in found(news, tree("date:--08"))} == {"a", "b"}
        assert {each for each, _ in found(news, tree("date:--02-29"))} == {"c"}
        assert found(news, tree("date:--01")) == []

    def test_the_length_is_that_of_the_article(self, news):
        assert {each for each, _ in found(news, tree("words:>5"))} == {"a", "b"}
        assert {each for each, _ in found(news, tree("words:3"))} == {"c"}
        assert {each for each, _ in found(news, tree("words:..3"))} == {"c", "d"}
        assert {each for each, _ in found(news, tree("words:<1"))} == set()

    def test_the_forms_of_a_pattern_are_those_it_finds(self, make_engine):
        engine = make_engine(article("a", "minister ministers mint", title="ministry"))
        assert sorted(engine.forms(Wildcard("minist*"))) == ["minister", "ministers", "ministry"]
        assert set(engine.forms(Fuzzy("mintt", 1))) == {"mint"}
        assert [engine.number_within(Fuzzy(each, 1)) for each in ("mintt", "ministers", "nowhere")] == [1, 2, 0]

    def test_every_field_of_the_language_can_be_searched(self, make_engine):
        assert set(make_engine(article("a", "x")).fields) == set(FIELDS)


NAMED = [
    ("muller", [1, 3]),
    ("mueller", [1, 2]),
    ("müller", [1, 2, 3]),
    ("=mueller", [1, 2]),
    ('"robert mueller"', [1, 2]),
    ('"robert mueller spoke"~3', [1, 2]),
    ("robert pre/1 muller", [1, 3]),
    ("caps(mueller)", [1]),
    ("m?ller", [1, 3]),
    ("muel*", [1, 2]),
    ("mullre~1", [1, 3]),
    ("email", [4, 5]),
    ("emails", [4, 5]),
    ("mail", [4]),
    ("e-mail", [4, 5]),
    ('"an email to"', [4, 5]),
    ("aquila", [6, 7]),
    ("laquila", [6]),
    ("l'aquila", [6]),
    ("government", [8]),
    ("ment", [8]),
    ('"jk rowling"', [9]),
    ("atleast/3(mueller)", []),
    ("title:kobenhavn", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("place:zuerich", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ('place:"zurich"', [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("place:z?urich", []),
]


class TestNames:
    """Words that can be written in several ways are one token with several names."""

    @pytest.fixture
    def engine(self, make_engine):
        texts = (
            "Robert MÜLLER spoke.",
            "Robert Mueller spoke.",
            "Robert Muller spoke.",
            "Send an e-mail to us.",
            "Send an email to us.",
            "L'Aquila.",
            "Dell'acqua dell’aquila.",
            f"The govern{UNDECIDED_HYPHEN}ment fell.",
            "J. K. Rowling wrote.",
        )
        return make_engine(article("a", *texts, title="København", place="Zürich"))

    @pytest.mark.parametrize(("text", "paragraphs"), NAMED, ids=[text for text, _ in NAMED])
    def test_a_word_is_found_by_each_of_its_names_and_by_no_other(self, engine, text, paragraphs):
        assert [number for _, number in found(engine, tree(text))] == paragraphs

    def test_it_counts_once_in_a_score_whatever_name_it_was_asked_by(self, make_engine):
        engine = make_engine(article("a", "e-mail x", "letter x"))
        asked = ("email", "mail", "e-ma*", '"email"')
        scores = {round(score(engine, tree(text).must), 4) for text in asked}
        assert scores == {round(score(engine, word("letter"), paragraph=2), 4)}

    def test_the_words_of_the_archive_are_offered_as_they_are_written(self, make_engine):
        engine = make_engine(article("a", "Müller Müller e-mail"))
        assert sorted(engine.forms(Wildcard("mul*"))) == ["müller"]
        assert [form.word for form in engine.similar_forms("mullre", limit=5)] == ["müller"]
        assert [form.word for form in engine.completions("mul", limit=5)] == ["müller"]
        assert [form.word for form in engine.completions("ema", limit=5)] == ["e-mail"]


class TestScopes:
    @pytest.fixture
    def engine(self, make_engine):
        return make_engine(
            article("a", "india", "china", "neither"),
            article("b", "india and china", "india"),
            article("c", "india", "other"),
            article("d", "nothing", "at all", title="India and China"),
        )

    def test_in_an_article_the_parts_may_stand_in_different_paragraphs(self, engine):
        node = And((word("india"), word("china")))
        assert found(engine, node) == [("b", 1)]
        assert found(engine, node, scope=Scope.ARTICLE) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
        assert engine.count(node, Scope.ARTICLE) == 4

    def test_in_an_article_not_excludes_the_whole_article(self, engine):
        node = And((word("india"), Not(word("china"))))
        assert found(engine, node) == [("a", 1), ("b", 2), ("c", 1)]
        assert found(engine, node, scope=Scope.ARTICLE) == [("c", 1)]

    def test_a_phrase_stands_in_one_paragraph_even_in_an_article(self, engine):
        assert found(engine, Phrase((exact("india"), exact("china"))), scope=Scope.ARTICLE) == []

    def test_of_an_article_found_by_its_fields_alone_every_paragraph_is_shown(self, engine):
        assert found(engine, Field("title", word("china")), scope=Scope.ARTICLE) == [("d", 1), ("d", 2)]
        assert found(engine, Not(word("india")), scope=Scope.ARTICLE) == [("d", 1), ("d", 2)]
        assert len(found(engine, Everything(), scope=Scope.ARTICLE)) == 9

    def test_a_paragraph_shows_only_alternatives_that_its_article_matches(self, engine):
        node = Or((And((word("neither"), word("nowhere"))), word("china")))
        assert found(engine, node, scope=Scope.ARTICLE) == [("a", 2), ("b", 1)]

    def test_an_alternative_that_an_article_does_not_match_adds_nothing_to_a_score(self, make_engine):
        engine = make_engine(article("a", "india china", "japan"))
        node = Or((And((word("india"), word("nowhere"))), word("china")))
        hits = engine.search(Ask(node, scope=Scope.ARTICLE)).hits
        assert [hit.score for hit in hits] == [
            pytest.approx(score(engine, word("china")), rel=SAME.get(engine.name, 1e-12))
        ]

    def test_where_alternatives_are_fields_and_words_the_words_show_it(self, engine):
        node = Or((Field("title", word("india")), word("other")))
        assert found(engine, node, scope=Scope.ARTICLE) == [("c", 2), ("d", 1), ("d", 2)]

    def test_the_paragraph_with_most_of_the_words_is_the_article_s_best(self, engine):
        node = And((word("india"), word("china")))
        assert shown(engine, node, scope=Scope.ARTICLE)[0] == ("b", 1)


class TestRanking:
    def test_a_rarer_word_counts_more(self, make_engine):
        engine = make_engine(article("a", "pact x", "treaty y", "pact z"))
        assert shown(engine, Or((word("pact"), word("treaty"))), group=Group.NONE)[0] == ("a", 2)

    def test_more_often_counts_more_and_a_shorter_paragraph_counts_more(self, make_engine):
        engine = make_engine(article("a", "pact x x x", "pact pact x x", "pact"))
        assert shown(engine, word("pact"), group=Group.NONE) == [("a", 3), ("a", 2), ("a", 1)]

    def test_the_score_is_bm25(self, make_engine):
        engine = make_engine(article("a", "pact x x pact", "y", "z z z"), article("b", "pact"))
        # 4 paragraphs of 9 tokens, 2 with the word: ln(1 + 2.5 / 2.5); twice in 4 tokens.
        idf = 0.6931471805599453
        expected = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / 2.25))
        assert score(engine, word("pact")) == pytest.approx(expected, rel=SAME.get(engine.name, 1e-12))

    def test_a_word_in_every_paragraph_still_counts(self, make_engine):
        engine = make_engine(article("a", "pact", "pact"))
        assert score(engine, word("pact")) > 0

    def test_neighbouring_words_rank_higher(self, make_engine):
        far = "defence x x x x x minister x"
        engine = make_engine(article("a", far, "x x defence minister x x x x", "x minister defence x x x x x"))
        node = And((word("defence"), word("minister")))
        assert shown(engine, node, group=Group.NONE) == [("a", 2), ("a", 3), ("a", 1)]
        assert score(engine, node, paragraph=2) == pytest.approx(
            score(engine, node, paragraph=3), rel=SAME.get(engine.name, 1e-12)
        )

    def test_words_too_far_apart_gain_nothing_from_each_other(self, make_engine):
        sixteen, seventeen = ("defence " + "x " * number + "minister" for number in (15, 16))
        engine = make_engine(article("a", sixteen, seventeen + " ", "x " * 18))
        alone = score(engine, word("defence"), paragraph=2) + score(engine, word("minister"), paragraph=2)
        node = And((word("defence"), word("minister")))
        assert score(engine, node, paragraph=2) == pytest.approx(alone, rel=SAME.get(engine.name, 1e-12))
        assert score(engine, node, paragraph=1) > score(engine, word("defence")) + score(engine, word("minister"))

    def test_a_match_in_the_title_ranks_higher(self, make_engine):
        engine = make_engine(article("a", "the pact"), article("b", "the pact", title="Pact"), article("c", "other"))
        assert shown(engine, tree("pact")) == [("b", 1), ("a", 1)]
        assert shown(engine, tree("pact"), scope=Scope.ARTICLE) == [("b", 1), ("a", 1)]

    def test_a_title_alone_does_not_find_the_article(self, make_engine):
        engine = make_engine(article("a", "the pact"), article("b", "other", title="Pact"))
        assert shown(engine, tree("pact")) == [("a", 1)]

    def test_filters_and_negations_have_no_score(self, make_engine):
        engine = make_engine(article("a", "x", place="York", date="2024-01-01"))
        for node in (Everything(), Not(word("y")), DateRange(None, None), Field("place", exact("york"))):
            assert score(engine, node) == 0.0

    @pytest.mark.parametrize("scope", Scope)
    @pytest.mark.parametrize("match", [Match.ALL, Match.ANY])
    def test_stop_words_beside_other_words_rank_and_never_exclude(self, make_engine, scope, match):
        engine = make_engine(article("a", "pact of x"), article("b", "pact the x"), article("c", "the"))
        assert shown(engine, tree("the pact", match), scope=scope) == [("b", 1), ("a", 1)]


class TestShowing:
    @pytest.fixture
    def engine(self, make_engine):
        """Added neither in the order of ids nor of days; "a" and "c" tie with "b" and "d"."""
        return make_engine(
            article("d", "pact", date="2024-03-01"),
            article("a", "x x x pact", "pact", "pact pact pact", date="2024-01-01"),
            article("c", "pact", "pact", date="2024-02-01"),
            article("b", "pact", date="2024-02-01"),
            article("e", "pact x", date=None),
            article("f", "nothing", date="2025-01-01"),
        )

    def test_each_article_is_shown_once_by_its_best_paragraph_with_the_number_of_others(self, engine):
        answer = engine.search(Ask(word("pact")))
        assert (answer.paragraphs, answer.articles) == (8, 5)
        assert [(hit.card.id, hit.position.paragraph, hit.more) for hit in answer.hits] == [
            ("a", 3, 2),
            ("b", 1, 0),
            ("c", 1, 1),
            ("d", 1, 0),
            ("e", 1, 0),
        ]

    def test_ungrouped_every_paragraph_is_shown_and_equal_ones_by_id_then_number(self, engine):
        assert shown(engine, word("pact"), group=Group.NONE) == [
            *[("a", 3), ("a", 2), ("b", 1), ("c", 1), ("c", 2), ("d", 1), ("e", 1), ("a", 1)]
        ]
        assert all(hit.more == 0 for hit in engine.search(Ask(word("pact"), group=Group.NONE)).hits)

    def test_newest_first_and_oldest_first_both_have_the_undated_last(self, engine):
        newest = shown(engine, word("pact"), sort=Sort.NEWEST)
        assert newest == [("d", 1), ("b", 1), ("c", 1), ("a", 3), ("e", 1)]
        oldest = shown(engine, word("pact"), sort=Sort.OLDEST)
        assert oldest == [("a", 3), ("b", 1), ("c", 1), ("d", 1), ("e", 1)]

    def test_by_date_the_paragraphs_of_an_article_keep_their_order(self, engine):
        newest = shown(engine, word("pact"), sort=Sort.NEWEST, group=Group.NONE)
        assert newest == [("d", 1), ("b", 1), ("c", 1), ("c", 2), ("a", 1), ("a", 2), ("a", 3), ("e", 1)]

    def test_a_position_holds_the_score_or_the_day(self, engine):
        for sort, key in ((Sort.RELEVANCE, None), (Sort.NEWEST, 738886.0), (Sort.OLDEST, 738886.0)):
            hit = next(hit for hit in engine.search(Ask(word("pact"), sort=sort)).hits if hit.card.id == "a")
            assert hit.position == Position(hit.score if key is None else key, "a", 3)
        undated = engine.search(Ask(word("pact"), sort=Sort.NEWEST)).hits[-1]
        assert undated.position == Position(0.0, "e", 1)

    def test_a_hit_has_the_card_of_its_article_and_the_text_of_its_paragraph(self, make_engine):
        engine = make_engine(
            article("a", "x", "the pact", title="T", date="2024-01-01", place="P", agency="A", byline="B", section="S")
        )
        (hit,) = engine.search(Ask(word("pact"))).hits
        assert hit.text == "the pact"
        card = hit.card
        assert (card.id, card.title, card.title_derived, card.of) == ("a", "T", False, 2)
        assert (card.date, card.place, card.agency, card.byline, card.section) == (
            datetime.date(2024, 1, 1),
            *("P", "A", "B", "S"),
        )

    def test_a_page_has_its_size_and_says_whether_more_follows(self, engine):
        answer = engine.search(Ask(word("pact"), size=2))
        assert (len(answer.hits), answer.has_more, answer.articles) == (2, True, 5)
        answer = engine.search(Ask(word("pact"), size=5))
        assert (len(answer.hits), answer.has_more) == (5, False)
        answer = engine.search(Ask(word("pact"), size=0))
        assert (len(answer.hits), answer.has_more, answer.paragraphs) == (0, True, 8)

    def test_nothing_found_is_an_answer(self, engine):
        answer = engine.search(Ask(exact("nowhere"), facets=(*FACETS, "date")))
        assert (answer.paragraphs, answer.articles, answer.hits, answer.has_more) == (0, 0, (), False)
        assert answer.facets == Facets(dict.fromkeys(FACETS, ()), (), UndatedArticles(0, 1))

    @pytest.mark.parametrize("how", list(itertools.product(Scope, Group, Sort)), ids="-".join)
    @pytest.mark.parametrize("size", [1, 2, 3, 7])
    @pytest.mark.parametrize("node", [word("pact"), Everything(), Or((word("pact"), Boost(word("x"), 0.5)))], ids=str)
    def test_page_by_page_is_all_at_once(self, engine, how, size, node):
        scope, group, sort = how
        ask = Ask(node, scope=scope, group=group, sort=sort, size=10_000)
        at_once = engine.search(ask)
        hits, after, has_more = [], None, True
        while has_more:
            page = engine.search(Ask(node, scope=scope, group=group, sort=sort, size=size, after=after))
            assert (page.paragraphs, page.articles) == (at_once.paragraphs, at_once.articles)
            assert len(page.hits) == size or not page.has_more
            hits += page.hits
            has_more, after = page.has_more, page.hits[-1].position
        assert hits == list(at_once.hits)
        assert hits == list(engine.every(Ask(node, scope=scope, group=group, sort=sort, size=size)))
        assert len({hit.position for hit in hits}) == len(hits)

    def test_a_page_after_the_last_hit_is_empty(self, engine):
        last = engine.search(Ask(word("pact"))).hits[-1].position
        page = engine.search(Ask(word("pact"), after=last))
        assert (page.hits, page.has_more, page.paragraphs) == ((), False, 8)

    def test_a_page_may_begin_after_a_place_that_nothing_stands_at(self, engine):
        node, day = word("pact"), float(datetime.date(2024, 2, 1).toordinal())
        after = Position(day, "b", 7)
        assert shown(engine, node, sort=Sort.NEWEST, after=after)[0] == ("c", 1)
        after = Position(day, "bb", 1)
        assert shown(engine, node, sort=Sort.NEWEST, after=after)[0] == ("c", 1)
        after = Position(day, "zzz", 1)
        assert shown(engine, node, sort=Sort.NEWEST, after=after)[0] == ("a", 3)

    def test_ids_are_ordered_by_code_point(self, make_engine):
        engine = make_engine(*(article(each, "pact") for each in ("b", "B", "é", "a-1", "a.1", "a", "10", "9", "_")))
        assert [article_id for article_id, _ in shown(engine, word("pact"))] == [
            *["10", "9", "B", "_", "a", "a-1", "a.1", "b", "é"]
        ]

    def test_the_tenth_paragraph_comes_after_the_ninth(self, make_engine):
        engine = make_engine(article("a", *["pact"] * 12))
        assert shown(engine, word("pact"), group=Group.NONE) == [("a", number) for number in range(1, 13)]


class TestFacets:
    @pytest.fixture
    def engine(self, make_engine):
        return make_engine(
            article("a", "pact", "pact", date="2024-01-31", place="York", agency="IANS"),
            article("b", "pact", date="2024-01-01", place="york", agency="IANS"),
            article("c", "pact", "x", date="2024-03-01", place="Agra", agency="Reuters", section="World"),
            article("d", "x", date="2024-02-29", place="York"),
            article("e", "x", date="2023-12-31"),
            article("f", "pact", date=None, agency="IANS"),
            article("g", "x", date="2024-03-31"),
        )

    def test_values_are_counted_in_articles_and_paragraphs_most_articles_first_then_by_value(self, engine):
        values = engine.search(Ask(word("pact"), facets=FACETS)).facets.values
        assert values["agency"] == (FacetValue("IANS", 3, 4), FacetValue("Reuters", 1, 1))
        assert values["place"] == (FacetValue("Agra", 1, 1), FacetValue("York", 1, 2), FacetValue("york", 1, 1))
        assert values["section"] == (FacetValue("World", 1, 1),)

    def test_articles_that_share_all_their_values_are_counted_each(self, make_engine):
        places = ("York", None, "Agra")
        engine = make_engine(
            *(
                article(f"a{number}", *["pact"] * (1 + number % 4), "x", date="2024-01-31", place=places[number % 3])
                for number in range(20)
            ),
            article("z", "pact", date="2024-02-01", agency="IANS"),
        )
        facets = engine.search(Ask(word("pact"), facets=(*FACETS, "date"))).facets
        assert facets.values["place"] == (FacetValue("York", 7, 18), FacetValue("Agra", 6, 15))
        assert (facets.values["agency"], facets.values["section"]) == ((FacetValue("IANS", 1, 1),), ())
        assert facets.months == (Month("2024-01", 20, 20), Month("2024-02", 1, 1))

    def test_only_the_facets_asked_for_are_counted(self, engine):
        assert engine.search(Ask(word("pact"))).facets == Facets({}, None)
        assert engine.search(Ask(word("pact"), facets=("date",))).facets.values == {}
        assert set(engine.search(Ask(word("pact"), facets=("section", "place"))).facets.values) == {"section", "place"}

    def test_months_run_from_the_first_to_the_last_match_and_say_what_is_held(self, engine):
        months = engine.search(Ask(word("pact"), facets=("date",))).facets.months
        assert months == (Month("2024-01", 2, 2), Month("2024-02", 0, 1), Month("2024-03", 1, 2))

    def test_months_that_hold_nothing_are_left_out(self, make_engine):
        engine = make_engine(article("a", "x", date="2019-12-31"), article("b", "x", date="2024-01-01"))
        months = (Month("2019-12", 1, 1), Month("2024-01", 1, 1))
        assert engine.search(Ask(word("x"), facets=("date",))).facets.months == months

    def test_where_only_undated_articles_match_there_are_no_months(self, engine):
        node = And((word("pact"), Not(DateRange(None, None))))
        facets = engine.search(Ask(node, facets=("date",))).facets
        assert (facets.months, facets.undated) == ((), UndatedArticles(1, 1))

    def test_undated_articles_are_counted_beside_the_months_found_and_held(self, make_engine):
        engine = make_engine(
            article("a", "pact", "pact"),
            article("b", "pact"),
            article("c", "x"),
            article("d", "pact", date="2024-01-31"),
        )
        assert engine.search(Ask(word("pact"), facets=("date",))).facets.undated == UndatedArticles(2, 3)
        assert engine.search(Ask(word("x"), facets=("date",))).facets.undated == UndatedArticles(1, 3)
        assert engine.search(Ask(DateRange(None, None), facets=("date",))).facets.undated == UndatedArticles(0, 3)

    def test_where_all_articles_have_a_day_none_is_undated(self, make_engine):
        engine = make_engine(article("a", "x", date="2019-12-31"))
        assert engine.search(Ask(word("x"), facets=("date",))).facets.undated == UndatedArticles(0, 0)

    def test_facets_are_of_everything_found_not_of_the_page_and_in_every_group(self, engine):
        facets = (*FACETS, "date")
        whole = engine.search(Ask(word("pact"), facets=facets)).facets
        after = engine.search(Ask(word("pact"), size=2)).hits[-1].position
        assert engine.search(Ask(word("pact"), size=1, after=after, facets=facets)).facets == whole
        assert engine.search(Ask(word("pact"), group=Group.NONE, size=1, facets=facets)).facets == whole
        assert engine.search(Ask(word("pact"), sort=Sort.OLDEST, facets=facets)).facets == whole

    def test_months_held_are_all_of_them_oldest_first(self, engine):
        held = [("2023-12", 1), ("2024-01", 2), ("2024-02", 1), ("2024-03", 2)]
        assert list(engine.months_held()) == [Month(month, number, number) for month, number in held]

    def test_the_first_and_the_last_day_of_the_calendar_have_months(self, make_engine):
        engine = make_engine(article("a", "x", date="0001-01-01"), article("b", "x", date="9999-12-31"))
        assert [month.value for month in engine.months_held()] == ["0001-01", "9999-12"]
        assert shown(engine, Everything(), sort=Sort.NEWEST) == [("b", 1), ("a", 1)]


class TestArticles:
    def test_an_article_comes_back_as_it_went_in(self, make_engine):
        whole = Article(
            id="é_1.x-2",
            title="A “title” — with signs\u200b",
            title_derived=False,
            date=datetime.date(2024, 2, 29),
            place="São Paulo",
            agency="IANS",
            byline="By X",
            section="world",
            topics=("world", "trade"),
            dateline=Dateline("São Paulo, Feb 29 (IANS)", 10, 34),
            source=Source("deep/é_1.txt", "ab" * 32, 3, 1_000),
            paragraphs=(
                Paragraph(1, "Text with  two spaces.", 40, 62),
                Paragraph(2, "भारत और चीन 😀", 64, 78),
                Paragraph(3, "—", 80, 81),
            ),
            origins=Origins("path", "line", "field:date", "dateline", "byline", "field:author", "field:topics"),
        )
        bare = article("b", "only text")
        engine = make_engine(bare, whole, article("c", "x", "y"))
        assert engine.article(whole.id) == whole
        assert engine.article("b") == bare
        assert engine.article("c").paragraphs[1].text == "y"

    @pytest.mark.parametrize("article_id", ["A", "aa", "", "b", "a/", "a#p1", "\ud800", "\x00", "a" * 10_000])
    def test_an_article_that_is_not_there_is_an_error_that_names_it(self, make_engine, article_id):
        engine = make_engine(article("a", "x"), article("c", "x"))
        with pytest.raises(ArticleNotFound) as error:
            engine.article(article_id)
        assert error.value.article_id == article_id

    def test_counts_are_articles_paragraphs_and_tokens(self, make_engine):
        engine = make_engine(article("a", "one two F-16", "—"), article("b", "three", title="not counted"))
        assert engine.counts() == Counts(articles=2, paragraphs=3, tokens=5)

    def test_an_article_may_be_without_any_word(self, make_engine):
        engine = make_engine(article("a", "—", "…"))
        assert engine.counts() == Counts(articles=1, paragraphs=2, tokens=0)
        assert found(engine, Everything()) == [("a", 1), ("a", 2)]
        assert found(engine, word("x")) == []
        assert found(engine, Field("title", word("x"))) == []
        assert engine.similar_forms("word", limit=3) == []


class TestWords:
    @pytest.fixture
    def engine(self, make_engine):
        return make_engine(
            article("a", "minister minister minister", "ministers", "ministers ministry 2024"),
            article("b", "mixture US", title="minting"),
        )

    def test_completions_are_the_most_frequent_words_by_paragraphs(self, engine):
        assert engine.completions("mini", limit=2) == [Form("ministers", 2), Form("minister", 1)]
        assert [form.word for form in engine.completions("minis", limit=9)] == ["ministers", "minister", "ministry"]
        assert engine.completions("xyz", limit=9) == []
        assert engine.completions("", limit=9) == []

    def test_similar_words_are_near_frequent_and_real(self, engine):
        assert engine.similar_forms("ministre", limit=1) == [Form("minister", 1)]
        assert [form.word for form in engine.similar_forms("ministres", limit=2)] == ["ministers", "minister"]
        assert engine.similar_forms("zzzzzz", limit=3) == []
        assert all(form.paragraphs > 0 for form in engine.similar_forms("mintin", limit=9))
        assert engine.similar_forms("2023", limit=3) == []

    def test_a_word_is_no_misspelling_of_itself(self, engine):
        assert "ministers" not in [form.word for form in engine.similar_forms("ministers", limit=9)]


def test_several_threads_get_the_answers_that_one_gets(make_engine):
    engine = make_engine(
        *(article(f"a{n}", "pact of x " * (n % 5 + 1), "treaty", date="2024-01-01") for n in range(40))
    )
    asks = [
        Ask(tree(text), group=group, size=50)
        for text in ("pact", '"pact of"', "tre*", "pact OR treaty", "of x", "pact w/2 x", "NOT treaty", "x^2 pact")
        for group in Group
    ]
    alone = list(map(engine.search, asks))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(engine.search, asks * 4)) == alone * 4


def test_an_engine_has_the_name_it_is_chosen_by(make_engine, request):
    assert make_engine(article("a", "x")).name == request.node.callspec.params["make_engine"].partition(",")[0]
