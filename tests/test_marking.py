"""Marks are looked for among few tokens of a paragraph, and are those that a look at every token would find."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

from archives import ANALYZER, SENTENCES, article, tree
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import AGENCIES, DAYS, PLACES, WORDS, examples, queries, texts

from search.answering.answer import Mark
from search.answering.holding import Known
from search.answering.marking import Marker
from search.answering.snippets import LONGEST, make_snippet
from search.answering.spotting import Spotter, Wanted
from search.errors import QueryError, TooManyForms
from search.language import names_of
from search.query import Match
from search.query.matching import Matcher, token_texts
from search.query.nodes import Everything, Near, Not, NotNear, Or, Phrase, Term, Together, Unit, mapped
from search.query.occurrences import TokenText, have_distinct, occurrence_finder, places_within
from search.query.places import run_finder
from search.query.planning import with_forms

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


def spelt(node, *paragraphs):
    """Return the tree with its stems spelt out, as an archive of these paragraphs has them."""
    words = {token.word for text in paragraphs for token in ANALYZER.tokens(text)}
    names = {name for word in words for name in names_of(word)}

    def forms(leaf):
        if not isinstance(leaf, Term):
            raise TooManyForms("", 0, 0)  # a pattern stays one
        return [name for name in names if ANALYZER.stem(name) in leaf.tokens]

    return with_forms(node, forms)


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
    find = Spotter(ANALYZER).find_once
    marker = Marker(spelt(node, text), ANALYZER, sentences=SENTENCES, anywhere=anywhere, find=find)
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
        marks = Marker(spelt(node, text), ANALYZER, sentences=SENTENCES, find=spotter.find).marks(text)
        assert marks == marks_of_every_token(text, node, anywhere=False, paragraph=1)


@examples(500)
@given(TEXTS, st.sets(st.sampled_from(WORDS), max_size=3))
def test_what_is_spotted_stands_at_its_own_place(text, words):
    asked = frozenset(word for each in words for word in ANALYZER.words(each))
    everything = ANALYZER.tokens(text)
    tokens, spans = Spotter(ANALYZER).find(text, Wanted(asked))
    assert spans == {place: (everything[place].start, everything[place].end) for place in tokens}
    assert [place for place, token in enumerate(everything) if token.word in asked and place not in tokens] == []


def test_very_many_words_that_fit_are_marked_where_each_stands():
    words = [f"grain{chr(97 + number % 26)}{number % 300}" for number in range(20_000)]
    text = " ".join(f"{word} x" for word in words)
    marks = Marker(tree("grain*"), ANALYZER, find=Spotter(ANALYZER).find_once).marks(text)
    assert [text[mark.start : mark.end] for mark in marks] == [word[:6] for word in words]


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


# What stands near something, by looking at every pair: the plain meaning of what is found by counting.


def plain(node, tokens):
    """Return everything that a node with positions matches, by its place: what is marked for it."""
    match node:
        case Term(tokens=forms):
            return {(at, at): {(at, at)} for at, token in tokens.items() if token.word in forms}
        case Phrase(parts=parts):
            found = [plain(part, tokens) for part in parts]
            starts = (at for at in tokens if all((at + i, at + i) in part for i, part in enumerate(found)))
            return {(at, at + len(parts) - 1): {(at, at + len(parts) - 1)} for at in starts}
        case Or(children=children):
            return merged(item for child in children for item in plain(child, tokens).items())
    left, right = plain(node.left, tokens), plain(node.right, tokens)
    match node:
        case Near():
            return merged(plain_pairs(node, left, right))
        case NotNear():
            return {
                one: runs
                for one, runs in left.items()
                if not any(other != one and is_in_reach(node, tokens, one, other) for other in right)
            }
    pairs = [pair for pair in product(left, right) if are_together(node.unit, tokens, *pair)]
    return merged((one, found[one]) for pair in pairs for one, found in zip(pair, (left, right), strict=True))


def merged(items):
    found = {}
    for place, runs in items:
        found[place] = found.get(place, set()) | runs
    return found


def plain_pairs(node, left, right):
    for one, other in product(left, right):
        if 1 <= other[0] - one[1] <= node.distance:
            yield (one[0], other[1]), left[one] | right[other]
        elif not node.ordered and 1 <= one[0] - other[1] <= node.distance:
            yield (other[0], one[1]), left[one] | right[other]


def is_in_reach(node, tokens, one, other):
    if isinstance(node.reach, Unit):
        return node.reach is Unit.PARAGRAPH or tokens[one[0]].sentence == tokens[other[0]].sentence
    after = other[0] - one[1] <= node.reach
    return after and (other[0] >= one[0] if node.ordered else one[0] - other[1] <= node.reach)


def are_together(unit, tokens, one, other):
    first, last = min(one[0], other[0]), max(one[1], other[1])
    are_apart = other[0] > one[1] or other[1] < one[0]
    return are_apart and (unit is Unit.PARAGRAPH or tokens[first].sentence == tokens[last].sentence)


def nodes():
    """Nodes with positions, of few words, so that they meet, overlap and are the very same."""
    words = st.sets(st.sampled_from("abc"), min_size=1, max_size=2)
    term = words.map(lambda forms: Term(tuple(sorted(forms)), stemmed=False))
    phrase = st.lists(term, min_size=2, max_size=3).map(lambda parts: Phrase(tuple(parts)))
    reach, units = st.sampled_from([1, 2, 5]), st.sampled_from(Unit)

    def joined(inner):
        return st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda children: Or(tuple(children))),
            st.builds(Near, inner, inner, reach, st.booleans()),
            st.builds(NotNear, inner, inner, reach, st.booleans()),
            st.builds(NotNear, inner, inner, units),
            st.builds(Together, inner, inner, units),
        )

    return joined(st.recursive(st.one_of(term, phrase), joined, max_leaves=4))


@st.composite
def tokens_of_texts(draw):
    """The tokens of a text, some left out, in sentences."""
    tokens, sentence = {}, 1
    for at, (word, ends) in enumerate(draw(st.lists(st.tuples(st.sampled_from("aabbcx"), st.booleans()), max_size=30))):
        if word != "x":
            tokens[at] = TokenText(word, word, sentence=sentence)
        sentence += ends and word in "cx"
    return tokens


@examples(500)
@given(nodes(), tokens_of_texts())
def test_what_is_near_is_what_a_look_at_every_pair_finds(node, tokens):
    expected = plain(node, tokens)
    found = occurrence_finder(node)(tokens)
    assert len(found) == len(expected)
    assert {(each.first, each.last): set(each.runs) for each in found} == expected
    assert set(run_finder(node)(tokens)) == set().union(*expected.values())


@examples(500)
@given(st.lists(st.lists(st.integers(0, 30), unique=True), min_size=1, max_size=5), st.sampled_from([1, 2, 5, 9]))
@example(parts=[[1, 2], [1, 2], [1, 2]], distance=5)
@example(parts=[[1, 2], [1], [1, 2, 3]], distance=5)
@example(parts=[[1], []], distance=5)
def test_what_lies_within_a_distance_is_what_a_look_from_every_position_finds(parts, distance):
    expected = set()
    for start in {position for part in parts for position in part}:
        within = [[position for position in part if start <= position <= start + distance] for part in parts]
        if have_distinct(within):
            expected.update(*within)
    assert places_within(parts, distance) == sorted(expected)


def test_a_paragraph_of_very_many_marks_is_marked_and_cut_in_no_time():
    # Minutes, if every mark were held against every other one.
    text = "grain crop " * 8_000
    asked = ('"grain crop"~9', "grain w/255 crop", "grain w/p crop", "grain not w/5 crops", "crop not pre/9 grain")
    marks = Marker(tree(" OR ".join(map("({})".format, asked))), ANALYZER).marks(text)
    assert len(marks) == 16_000
    assert len(make_snippet(text, marks, SENTENCES).text) <= LONGEST
