"""A paragraph and what was asked -> excerpt and marks: short, verbatim, cut at words, exactly what was asked for."""

import re

import pytest
from archives import ANALYZER, tree
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import WORDS, examples, queries, texts

from search.answering import snippets
from search.answering.answer import Mark, Snippet
from search.answering.snippets import LONGEST, make_snippet, marks_in
from search.errors import QueryError
from search.language import SentenceModel
from search.query import Match
from search.query.matching import Matcher, token_texts
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    DateRange,
    Field,
    Fuzzy,
    Length,
    Node,
    Not,
    Prefer,
    Term,
    Undated,
    children_of,
)

SENTENCES = SentenceModel()


def marked(text, query, *, match=Match.ALL, anywhere=False):
    """Return the marked pieces of a paragraph."""
    marks = marks_in(text, tree(query, match), ANALYZER, anywhere=anywhere)
    return [text[mark.start : mark.end] for mark in marks]


def snippet(text, query, match=Match.ALL):
    return make_snippet(text, marks_in(text, tree(query, match), ANALYZER), SENTENCES)


MARKED = [
    ("the talks", "Talks and talking of the talk.", ["Talks", "talking", "talk"]),
    ('"hailed the signing"', "He hailed the signing of it.", ["hailed the signing"]),
    ('"hailed the signing" hailed', "He hailed the signing, and hailed it.", ["hailed the signing", "hailed"]),
    ("F-16", "An F-16 and F16, not F 17.", ["F-16", "F16"]),
    ("=talks", "Talks, talking.", ["Talks"]),
    ("minist*", "Ministers of the ministry.", ["Ministers", "ministry"]),
    ("treaty~1", "A traety, a treat, a pact.", ["traety", "treat"]),
    ("sao", "In São Paulo.", ["São"]),
    ("modi", "Modi's visit; Modi’s.", ["Modi", "Modi"]),
    ("us", "Contact us in the US.", ["us", "US"]),
    ("US", "Contact us in the US.", ["US"]),
    ("भारत", "चीन और भारत।", ["भारत"]),
    # A proximity marks its words, and only those that are near.
    ("india w/2 china", "India and China; much later India alone.", ["India", "China"]),
    ('"china india"~2', "India and China; much later India alone.", ["India", "China"]),
    ("india pre/1 china", "China, India. India, China.", ["India", "China"]),
    # Nothing under NOT, nothing of fields.
    ("india -china", "India.", ["India"]),
    ("india NOT (china japan)", "India and Japan.", ["India"]),
    ("india title:minister date:2024", "India's minister in 2024.", ["India"]),
    ("NOT china", "India.", []),
    # Of alternatives, those that match.
    ("india OR china", "India or China.", ["India", "China"]),
    ("india OR (china AND japan)", "India or China.", ["India"]),
    ("india^2 OR china", "India or China.", ["India", "China"]),
    ("", "India.", []),
]


@pytest.mark.parametrize(("query", "text", "pieces"), MARKED, ids=[query for query, _, _ in MARKED])
def test_what_was_asked_for_is_marked(query, text, pieces):
    assert marked(text, query) == pieces


def test_a_stop_word_that_did_not_decide_is_not_marked():
    assert marked("The talks of the day.", "the talks") == ["talks"]


def test_a_paragraph_that_does_not_match_has_no_marks():
    assert marked("India alone.", "india china") == []


def test_in_an_article_each_part_is_marked_by_itself():
    assert marked("India alone.", "india china", anywhere=True) == ["India"]


def test_phrases_that_overlap_are_one_mark():
    assert marked("one two three", '"one two" "two three"') == ["one two three"]


def test_phrases_that_touch_are_two_marks():
    assert marked("one two three four", '"one two" "three four"') == ["one two", "three four"]


def test_one_character_of_two_words_is_one_mark():
    assert marked("6½ of it", "1 2") == ["½"]


def test_a_short_paragraph_is_shown_whole():
    text = " x" * 160
    shown = snippet(text, "x")
    assert (shown.text, shown.start, len(shown.marks)) == (text, 0, 160)


def test_a_long_one_begins_at_the_sentence_of_the_mark():
    text = (
        "Nothing of note happened on that day in town. " * 20 + "The treaty was signed. " + "More was said later. " * 20
    )
    shown = snippet(text, "treaty")
    assert shown.text.startswith("The treaty was signed.")
    assert shown.text.endswith("later.")


def test_an_excerpt_shows_as_many_of_the_words_as_it_can():
    filler = "Nothing of note happened on that day in town. " * 10
    text = f"India spoke. {filler}China spoke with India. {filler}"
    assert "China spoke with India" in snippet(text, "india china").text


def test_without_marks_the_front_is_shown():
    text = "Nothing of note happened on that day in town. " * 20
    shown = snippet(text, "")
    assert shown.start == 0
    assert text.startswith(shown.text)


def test_a_sentence_that_is_too_long_is_cut_between_words():
    text = " ".join(["word"] * 300 + ["treaty"] + ["word"] * 300)
    shown = snippet(text, "treaty")
    assert [shown.text[mark.start : mark.end] for mark in shown.marks] == ["treaty"]
    assert set(shown.text.split()) == {"word", "treaty"}
    assert 250 < len(shown.text) <= LONGEST


def test_a_mark_at_the_very_end_is_shown():
    text = " ".join(["word"] * 300 + ["treaty"])
    shown = snippet(text, "treaty")
    assert shown.text.endswith("treaty")
    assert shown.start + len(shown.text) == len(text)


@pytest.mark.parametrize(
    "unbroken", ["x" * 1_000, "ab-" * 400, "中" * 1_000, "😀" * 1_000, "👨‍👩‍👧" * 200, "e\u0301" * 500, "क्षि" * 300]
)
def test_a_run_without_white_space_is_cut_where_it_must_be(unbroken):
    for text in (unbroken, f"treaty {unbroken}", f"{unbroken} treaty", f"{unbroken}, treaty, {unbroken}"):
        shown = snippet(text, "treaty" if "treaty" in text else "")
        check(text, shown)
        assert ["treaty" in text] == [
            any(shown.text[mark.start : mark.end] == "treaty" for mark in shown.marks) or False
        ]


def test_a_phrase_across_the_cut_is_shown_whole_or_not_at_all():
    phrase = "one two three four five six seven eight"
    for before in range(270, 330):
        text = f"treaty {'x' * before} {phrase} {'y ' * 300}"
        shown = snippet(text, f'treaty OR "{phrase}"')
        pieces = {shown.text[mark.start : mark.end] for mark in shown.marks}
        assert pieces <= {"treaty", phrase}
        assert pieces


def test_a_phrase_longer_than_an_excerpt_is_marked_as_far_as_it_is_shown():
    phrase = " ".join(["abcdefghijklmnop"] * 40)
    text = f"before it {phrase} after it"
    shown = snippet(text, f'"{phrase}"')
    check(text, shown)
    (mark,) = shown.marks
    assert mark.end - mark.start > 200


def test_a_word_longer_than_an_excerpt_is_marked_up_to_the_excerpts_end():
    text = "Paris, Jan 2 (AFP) x" + "e\u0301" * 600
    shown = snippet(text, "xé*")
    assert shown == Snippet(text[:LONGEST], 0, (Mark(19, LONGEST),))


def test_a_phrase_that_begins_with_a_short_word_is_shown_as_far_as_it_fits():
    text = f"before it {'a ' * 3}{'b' * 600} after it"
    shown = snippet(text, f'"a a a {"b" * 600}"')
    assert shown == Snippet(text[:LONGEST], 0, (Mark(10, LONGEST),))


@pytest.mark.parametrize("length", [213, 214, 259, 260, 261, 262, 300, 319, 320])
@pytest.mark.parametrize("before", ["a paper said ", "a paper said " * 30])
def test_a_mark_that_fits_is_shown_whole(length, before):
    word = "x" * length
    shown = snippet(f"{before}{word} more{' and more' * 80}", word)
    assert [shown.text[mark.start : mark.end] for mark in shown.marks] == [word]


def check(text, shown):
    """Hold a snippet against its promises."""
    assert len(shown.text) <= LONGEST
    assert shown.text == text[shown.start : shown.start + len(shown.text)]
    assert shown.text.strip() or not text.strip()
    end = 0
    for mark in shown.marks:
        assert end <= mark.start < mark.end <= len(shown.text)
        end = mark.end


@st.composite
def paragraphs(draw):
    """Paragraphs of up to some thousand characters: sentences, and runs without any white space.

    As the readers make them: no white space but single spaces between.
    """
    sentences = draw(st.lists(texts(), min_size=1, max_size=8))
    odd = st.sampled_from(
        ["x" * 400, "中" * 330, "😀 " * 50, "e\u0301" * 200, "word " * 100, "a-" * 200, "\u00a0" * 9, ""]
    )
    joint = draw(st.sampled_from([". ", " ", "; ", "\u00a0"]))
    text = joint.join([*sentences, draw(odd), *draw(st.lists(texts(), max_size=6)), draw(odd)])
    return " ".join(text.split())


def tree_of(text, match):
    try:
        return tree(text, match)
    except QueryError:
        return tree("minister")


def tokens_of(text):
    return token_texts(ANALYZER.tokens(text), ANALYZER)


ASKED = st.one_of(st.sampled_from(WORDS), queries(), st.lists(st.sampled_from(WORDS), min_size=2).map(" ".join))
MATCHES = st.sampled_from([Match.ALL, Match.ANY])


@examples(400)
@given(paragraphs(), ASKED, MATCHES, st.booleans())
@example(text="½ of ½", query="1 2", match=Match.ALL, anywhere=False)
@example(text="Paris, Jan 2 (AFP) x" + "e\u0301" * 600, query="xé*", match=Match.ALL, anywhere=False)
def test_an_excerpt_keeps_its_promises(text, query, match, anywhere):
    marks = marks_in(text, tree_of(query, match), ANALYZER, anywhere=anywhere)
    shown = make_snippet(text, marks, SENTENCES)
    check(text, shown)
    whole = [text[mark.start : mark.end] for mark in marks]
    for mark in shown.marks:
        assert shown.text[mark.start : mark.end] in whole or max(map(len, whole)) > LONGEST // 2
    if marks:
        assert shown.marks


@examples(400)
@given(paragraphs(), ASKED, MATCHES)
def test_an_excerpt_is_cut_at_the_borders_of_words(text, query, match):
    shown = make_snippet(text, marks_in(text, tree_of(query, match), ANALYZER), SENTENCES)
    cuts = (shown.start, shown.start + len(shown.text))
    for token in ANALYZER.tokens(text):
        # What is longer than the room around a mark is cut where it must be.
        if token.end - token.start < LONGEST // 8:
            assert not any(token.start < cut < token.end for cut in cuts)


@st.composite
def marked_texts(draw):
    """Texts, and marks of some of their words, which need not be what a query would find."""
    words = st.sampled_from(["grain", "Grain", "of", "crop", "x" * 150, "y" * 300, "z" * 400, "one two " * 45])
    joint = draw(st.sampled_from([" ", ". "]))
    text, marks = "", []
    for word, is_marked in draw(st.lists(st.tuples(words, st.booleans()), max_size=60)):
        if is_marked:
            marks.append(Mark(len(text), len(text) + len(word.rstrip())))
        text += word.rstrip() + joint
    return text, marks


# Its second mark ends exactly where the first excerpt does.
FULL = f"grain {'y' * 309} crop {'z' * 400} grain grain"


@examples(400)
@given(marked_texts())
@example((FULL, [Mark(match.start(), match.end()) for match in re.finditer("grain|crop", FULL)]))
def test_an_excerpt_begins_where_most_different_words_follow_then_most_marks_then_first(case):
    text, marks = case
    sentence_starts = [first for first, _ in SENTENCES.spans(text)]

    def worth(start):
        shown = [mark for mark in marks if start <= mark.start and mark.end <= start + LONGEST]
        return len({text[mark.start : mark.end].lower() for mark in shown}), len(shown), -start

    starts = {snippets._start_for(text, mark, sentence_starts) for mark in marks}
    assert snippets._best_start(text, marks, sentence_starts) == max(starts, key=worth, default=0)
    shown = make_snippet(text, marks, SENTENCES)
    check(text, shown)
    assert bool(shown.marks) == bool(marks)


@examples(400)
@given(texts(20), ASKED, MATCHES)
def test_marks_stand_where_the_text_matches_and_nowhere_else(text, query, match):
    node = tree_of(query, match)
    marks = marks_in(text, node, ANALYZER)
    if marks:
        assert Matcher(node).matches(tokens_of(text))
    elif Matcher(node).matches(tokens_of(text)):
        # Only what is not there, or stands elsewhere, was asked for.
        assert not needs_words(node)


@examples(400)
@given(texts(20), ASKED, MATCHES)
def test_without_the_marked_words_the_text_does_not_match(text, query, match):
    node = tree_of(query, match)
    marks = marks_in(text, node, ANALYZER)
    masked = text
    # A line of capitals stays one.
    letter = "Q" if text.isupper() else "q"
    for mark in marks:
        masked = masked[: mark.start] + letter * (mark.end - mark.start) + masked[mark.end :]
    # What was split by a mark must not become another word that is asked for, and under NOT nothing is marked.
    fair = len(tokens_of(masked)) <= len(tokens_of(text)) and not any(isinstance(each, Not) for each in below(node))
    if marks and needs_words(node) and fair:
        assert not Matcher(node).matches(tokens_of(masked))


@examples(300)
@given(texts(20), ASKED)
def test_nothing_under_not_is_marked(text, query):
    node = And((Term(("nothing", "like", "this")), Not(tree_of(query, Match.ALL))))
    assert marks_in(text, node, ANALYZER) == ()
    assert marks_in(text, Not(tree_of(query, Match.ALL)), ANALYZER) == ()
    assert marks_in(text, Not(tree_of(query, Match.ALL)), ANALYZER, anywhere=True) == ()


def needs_words(node: Node) -> bool:
    """Whether only texts with something to mark match."""
    if isinstance(node, Not | Field | DateRange | AnnualDay | Undated | Length | AtLeast):
        return False
    if isinstance(node, Prefer):
        return needs_words(node.must)
    if isinstance(node, And):
        return any(map(needs_words, node.children))
    below = list(children_of(node))
    return all(map(needs_words, below)) if below else node_asks_words(node)


def node_asks_words(node: Node) -> bool:
    return isinstance(node, Term | Fuzzy) or hasattr(node, "pattern")


def below(node):
    yield node
    for child in children_of(node):
        yield from below(child)
