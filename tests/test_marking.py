"""Marks are looked for among few tokens of a paragraph, and are those that a look at every token would find."""

from concurrent.futures import ThreadPoolExecutor

from archives import ANALYZER, SENTENCES, article, tree
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import AGENCIES, DAYS, PLACES, WORDS, examples, queries, texts

from search.answering.answer import Mark
from search.answering.holding import Known
from search.answering.marking import Marker
from search.answering.spotting import Spotter, Wanted
from search.errors import QueryError
from search.query import Match
from search.query.matching import Matcher, token_texts
from search.query.nodes import Everything, Not, mapped

ASKED = st.one_of(st.sampled_from(WORDS), queries(), st.lists(st.sampled_from(WORDS), min_size=2).map(" ".join))
MATCHES = st.sampled_from([Match.ALL, Match.ANY])
# Paragraphs, as readers make them, and anything else.
TEXTS = st.one_of(
    texts(20).map(lambda text: " ".join(text.split())),
    texts(20),
    st.lists(texts(6), max_size=4).map("\n".join),
    st.lists(texts(6), max_size=4).map(" \u00a0\x1f".join),
)


def tree_of(text, match):
    try:
        return tree(text, match)
    except QueryError:
        return tree("minister")


def told(node, known):
    """Return the tree with what it asks of an article replaced by everything, or by nothing."""
    holds = Known(ANALYZER).holds(known, node)
    if holds is None:
        return mapped(node, lambda child: told(child, known))
    return Everything() if holds else Not(Everything())


def marks_of_every_token(text, node, *, anywhere, paragraph):
    """Return the marks by way of all tokens of a text."""
    tokens = ANALYZER.tokens(text)
    everything = dict(enumerate(token_texts(tokens, ANALYZER, SENTENCES.starts(text))))
    marks = []
    for first, last in Matcher(node).marked_runs(everything, anywhere=anywhere, leads=paragraph == 1):
        start, end = tokens[first].start, tokens[last].end
        if marks and start < marks[-1].end:
            start = marks.pop().start
        marks.append(Mark(start, end))
    return tuple(marks)


@examples(1_000)
@given(TEXTS, ASKED, MATCHES, st.booleans(), st.sampled_from([1, 2]))
@example(text="½ of ½", query="1 2", match=Match.ALL, anywhere=False, paragraph=1)
@example(text="CONTACT US NOW", query="us OR minist*", match=Match.ALL, anywhere=False, paragraph=1)
def test_what_is_passed_over_would_not_have_been_marked(text, query, match, anywhere, paragraph):
    node = tree_of(query, match)
    marker = Marker(node, ANALYZER, sentences=SENTENCES, anywhere=anywhere)
    assert marker.marks(text, paragraph=paragraph) == marks_of_every_token(
        text, node, anywhere=anywhere, paragraph=paragraph
    )


@examples(500)
@given(st.lists(TEXTS, min_size=1, max_size=4), ASKED, MATCHES, st.data())
def test_one_marker_marks_paragraphs_of_many_articles_by_what_is_known_of_each(paragraphs, query, match, data):
    node = tree_of(query, match)
    marker = Marker(node, ANALYZER, sentences=SENTENCES)
    for text in paragraphs:
        day, place, agency = (data.draw(st.sampled_from([None, *values])) for values in (DAYS, PLACES, AGENCIES))
        known = article("a", text, title=data.draw(texts(4)), date=day, place=place, agency=agency)
        expected = marks_of_every_token(text, told(node, known), anywhere=False, paragraph=1)
        assert marker.marks(text, article=known) == expected


@examples(500)
@given(st.lists(st.tuples(TEXTS, ASKED), min_size=1, max_size=6), st.sampled_from([1, 5, 100]))
def test_what_was_seen_before_changes_no_mark(asked, remembered):
    spotter = Spotter(ANALYZER, remembered=remembered)
    for text, query in asked:
        node = tree_of(query, Match.ANY)
        marks = Marker(node, ANALYZER, sentences=SENTENCES, find=spotter.find).marks(text)
        assert marks == marks_of_every_token(text, node, anywhere=False, paragraph=1)


@examples(500)
@given(TEXTS, st.sets(st.sampled_from(WORDS), max_size=3))
def test_what_is_spotted_stands_at_its_own_place(text, words):
    asked = frozenset(word for each in words for word in ANALYZER.words(each))
    everything = ANALYZER.tokens(text)
    tokens, spans = Spotter(ANALYZER).find(text, Wanted(asked))
    assert spans == {place: (everything[place].start, everything[place].end) for place in tokens}
    assert [place for place, token in enumerate(everything) if token.word in asked and place not in tokens] == []


def test_long_chunks_are_forgotten_sooner():
    spotter = Spotter(ANALYZER, remembered=50)
    address = "https://example.com/" + "a" * 5_000
    for text in (f"grain {address}", f"{address} grain", "grain and cocoa"):
        assert len(spotter.find(text, Wanted(frozenset({"grain"}))).tokens) == 1


def test_searches_that_share_what_was_seen_find_what_each_finds_alone():
    # Every text has chunks of its own, so that threads add some while others look among them.
    texts_of = [[f"grain{number} for minister-{number} and grain{number}, again" for number in range(200)]] * 4
    node = tree("grain* minister*", Match.ANY)
    alone = [Marker(node, ANALYZER).marks(text) for text in texts_of[0]]
    spotter = Spotter(ANALYZER, remembered=500)

    def marked(paragraphs):
        return [Marker(node, ANALYZER, find=spotter.find).marks(text) for text in paragraphs]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(marked, texts_of)) == [alone] * 4
    assert all(len(marks) == 3 for marks in alone)
