"""A paragraph that matches and its marks -> proof of both: what is marked made it match, and nothing else did.

The oracle judges texts in which marked words were replaced by a word that nobody asks for, in the same place.

Completeness: with everything marked replaced, the query no longer matches. This is claimed where the match depends on
the paragraph's words: where the query does not hold already by its filters, its title and what is not in the text.

Soundness: every marked word is one without which something fails. For it there are other marked words such that, with
those replaced, one clause of the query still stands in the text, and with this one replaced as well no longer; and the
clause belongs to an alternative of the query that the text matches as a whole. It is a clause that fails and not always
the query, because clauses may say the same twice: of the two words marked for `a (a OR b)`, a alone would do.

What stands under NOT, and the right of `not w/5`, must be absent, so nothing of it is marked; where a marked word is
also one of those, replacing it would let in what was kept out, and no claim is made. What is asked of the article
(fields, dates, lengths) is taken as true, as `marks_in` is not told of it. The clauses about an article that words do
decide, atleast and hlead, are proven for whole articles too: with the marks of all paragraphs replaced it does not
match.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, combinations, count, product
from typing import NamedTuple

import pytest
from archives import ANALYZER, SENTENCES, article, tree
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import Oracle
from strategies import (
    AGENCIES,
    DAYS,
    PLACES,
    SECTIONS,
    WORDS,
    examples,
    in_capitals,
    near,
    positional,
    queries,
    quoted,
    texts,
)

from search.answering.snippets import marks_in
from search.engines.base import Scope
from search.errors import QueryError
from search.language.tokens import is_all_capitals
from search.query import Match, with_forms
from search.query.nodes import (
    And,
    AtLeast,
    Boost,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Prefer,
    Term,
    Together,
    Wildcard,
    Window,
    children_of,
    leaves,
)

NONSENSE = "zqxz"
JOINTS = frozenset("-'’")
MOST_MARKED = 8
MOST_ALTERNATIVES = 60

# Tokens written at the same characters (½ is 1 and 2), by their places in the text: what can be replaced.
Written = tuple[int, ...]


class Replaced(ValueError):
    """Replacing a word moved a border, so that other words of the text are others now."""


def replaced(text: str, written: Sequence[Written]) -> str:
    """Return the text with NONSENSE for each of these tokens; all others stay what and where they are."""
    tokens = ANALYZER.tokens(text)
    joined = {token.start for token in tokens if text[token.start - 1 : token.start] in JOINTS}
    # A line of capitals stays one, and so does one that is none.
    nonsense = NONSENSE.upper() if is_all_capitals(text) else NONSENSE
    masked = text
    for places in sorted(written, reverse=True):
        start, end = tokens[places[0]].start, tokens[places[-1]].end
        # F16 is two words, of which one may stay; the full stop of U.S. may end a sentence too.
        before, after = (" " if touches(near) else "" for near in (text[:start][-1:], text[end:][:1]))
        # A hyphen or an apostrophe between two words may join what is written there.
        before, after = before or " " * (start in joined), after or " " * (end + 1 in joined)
        stop = "." if text[start:end].endswith(".") else ""
        masked = masked[:start] + before + " ".join([nonsense] * len(places)) + stop + after + masked[end:]
    gone = set(chain.from_iterable(written))
    wanted = [
        (NONSENSE, False, sentence) if place in gone else (word, capitals, sentence)
        for place, (word, capitals, sentence) in enumerate(words_of(text))
    ]
    if words_of(masked) != wanted:
        raise Replaced(f"{text!r} became {masked!r}")
    return masked


def touches(character: str) -> bool:
    """Whether a letter beside this character, if there is one, would be of the same word."""
    return character.isalnum() or unicodedata.category(character or " ").startswith("M")


def words_of(text: str) -> list[tuple[str, bool, int]]:
    """Return each word, whether it is in capitals, and the number of its sentence."""
    starts = SENTENCES.starts(text)
    tokens = ANALYZER.tokens(text)
    sentences = [sum(start <= token.start for start in starts) for token in tokens]
    # Sentences without a word are not counted.
    numbers = {sentence: number for number, sentence in enumerate(dict.fromkeys(sentences))}
    # What was elided before a word may be replaced, so it is not looked at with the word.
    words = [token.word.rpartition("'")[2] for token in tokens]
    return [(word, token.capitals, numbers[each]) for word, token, each in zip(words, tokens, sentences, strict=True)]


def marked(text: str, node: Node, *, anywhere: bool = False, paragraph: int = 1) -> list[Written]:
    """Return the tokens that are marked, those written at the same characters together."""
    shown = with_forms(node, judge(text).forms)
    marks = marks_in(text, shown, ANALYZER, sentences=SENTENCES, anywhere=anywhere, paragraph=paragraph)
    tokens = ANALYZER.tokens(text)
    together: list[list[int]] = []
    for place, token in enumerate(tokens):
        if together and token.start < tokens[together[-1][-1]].end:
            together[-1].append(place)
        else:
            together.append([place])
    return [
        tuple(places) for places in together if any(mark.start <= tokens[places[0]].start < mark.end for mark in marks)
    ]


def judge(text: str, title: str = "") -> Oracle:
    return judge_of((text,), title)


def judge_of(paragraphs: Sequence[str], title: str = "") -> Oracle:
    """Return who says whether an article of these paragraphs matches; filters of many queries let it through."""
    held = article(
        "a", *paragraphs, title=title, date=DAYS[2], place=PLACES[0], agency=AGENCIES[0], section=SECTIONS[0]
    )
    return Oracle([held], ANALYZER, SENTENCES)


def matches(oracle: Oracle, node: Node, scope: Scope = Scope.PARAGRAPH) -> bool:
    return oracle.count(node, scope) > 0


# What is claimed of which queries


def holds_without_words(node: Node, oracle: Oracle, scope: Scope = Scope.PARAGRAPH) -> bool:
    """Whether a tree is true of the article even if nothing it asks for stands in its text."""
    match node:
        case And(children=children):
            return all(holds_without_words(child, oracle, scope) for child in children)
        case Or(children=children):
            return any(holds_without_words(child, oracle, scope) for child in children)
        case Prefer(must=child) | Boost(child=child):
            return holds_without_words(child, oracle, scope)
        case Field(name="hlead", child=child):
            return matches(oracle, Field("title", child))
        case AtLeast():
            return False
    asks_words = isinstance(node, Term | Wildcard | Fuzzy | Phrase | Window | Near | NotNear | Together)
    return not asks_words and matches(oracle, node, scope)


def kept_out(node: Node) -> Iterator[Node]:
    """Yield the words that must be absent, here or near something."""
    match node:
        case Prefer(must=must):
            yield from kept_out(must)
        case Not(child=child):
            yield from leaves(child)
        case NotNear(left=left, right=right):
            yield from kept_out(left)
            yield from leaves(right)
        case _:
            for child in children_of(node):
                yield from kept_out(child)


def lets_nothing_in(node: Node, before: Oracle, after: Oracle) -> bool:
    """Whether what must be absent stands as often in one article as in the other."""
    words = [leaf for leaf in kept_out(node) if isinstance(leaf, Term | Wildcard | Fuzzy)]
    return all(how_often(leaf, before) == how_often(leaf, after) for leaf in words)


def how_often(leaf: Node, oracle: Oracle) -> int:
    return next(number for number in count() if not matches(oracle, AtLeast(leaf, number + 1)))


# The alternatives of a query


class Alternative(NamedTuple):
    """One way to match: what must hold of the text, and the clauses among it and beside it that are marked."""

    required: tuple[Node, ...] = ()
    clauses: tuple[Node, ...] = ()

    def __add__(self, other: object) -> "Alternative":
        assert isinstance(other, Alternative)
        return Alternative(self.required + other.required, self.clauses + other.clauses)


def alternatives(node: Node) -> list[Alternative]:
    """Return the ways in which a text can match a tree; what is asked of the article is taken as true."""
    match node:
        case And(children=children):
            return [sum(ways, Alternative()) for ways in product(*map(alternatives, children))]
        case Or(children=children):
            return [way for child in children for way in alternatives(child)]
        case Prefer(must=child) | Boost(child=child):
            return alternatives(child)
        case Not():
            return [Alternative() if asks_of_the_article(node) else Alternative((node,))]
        case AtLeast(child=child) | Field(name="hlead", child=child):
            return [Alternative((), (clause,)) for clause in without_or(child)]
        case Term() | Wildcard() | Fuzzy() | Phrase() | Window() | Near() | NotNear() | Together():
            return [Alternative((clause,), (clause,)) for clause in without_or(node)]
    return [Alternative()]


def without_or(node: Node) -> list[Node]:
    """Return the clauses, one for each choice, that something with positions stands for."""
    match node:
        case Or(children=children):
            return [clause for child in children for clause in without_or(child)]
        case Phrase(parts=parts):
            return [Phrase(chosen) for chosen in product(*map(without_or, parts))]
        case Window(parts=parts, distance=distance):
            return [Window(chosen, distance) for chosen in product(*map(without_or, parts))]
        case Near(left=left, right=right, distance=distance, ordered=ordered):
            return [Near(one, two, distance, ordered) for one, two in product(without_or(left), without_or(right))]
        case Together(left=left, right=right, unit=unit):
            return [Together(one, two, unit) for one, two in product(without_or(left), without_or(right))]
        case NotNear(left=left, right=right, reach=reach, ordered=ordered):
            return [NotNear(one, right, reach, ordered) for one in without_or(left)]
    return [node]


def asks_of_the_article(node: Node) -> bool:
    if isinstance(node, Term | Wildcard | Fuzzy):
        return False
    below = list(children_of(node))
    return isinstance(node, AtLeast | Field) or not below or any(map(asks_of_the_article, below))


# The two rules


def assert_complete(text: str, node: Node, title: str = "") -> None:
    """With everything marked replaced, what depends on the words does not match."""
    before = judge(text, title)
    if matches(before, node) and not holds_without_words(node, before):
        after = judge(replaced(text, marked(text, node)), title)
        assert not matches(after, node), f"{text!r} matches without {pieces(text, marked(text, node))}"


def assert_sound(text: str, node: Node, *, anywhere: bool = False) -> None:
    """Without any word that is marked, a clause of an alternative that the text matches can be made to fail."""
    all_marked = marked(text, node, anywhere=anywhere)

    @cache
    def without(some: frozenset[Written]) -> Oracle:
        return judge(replaced(text, tuple(some)))

    ways = [
        way
        for way in alternatives(node)
        if anywhere or all(matches(without(frozenset()), each) for each in way.required)
    ]
    clauses = dict.fromkeys(clause for way in ways for clause in way.clauses)
    for one in all_marked:
        others = [other for other in all_marked if other != one]
        subsets = chain.from_iterable(combinations(others, size) for size in range(len(others) + 1))
        tried = ((clause, frozenset(some)) for some in subsets for clause in clauses)
        assert any(
            matches(without(some), clause) and not matches(without(some | {one}), clause) for clause, some in tried
        ), f"nothing fails without {pieces(text, [one])} in {text!r}"


def pieces(text: str, written: Sequence[Written]) -> list[str]:
    tokens = ANALYZER.tokens(text)
    return [text[tokens[places[0]].start : tokens[places[-1]].end] for places in written]


# What is typed, a text that matches, the words that are marked in it.
PROVEN = [
    ("talks", "Talks and talking of the talk.", ["Talks", "talking", "talk"]),
    ("=talks", "Talks and talking of the talk.", ["Talks"]),
    ("India China", "India and China; India.", ["India", "China", "India"]),
    ("India AND China", "India and China; India.", ["India", "China", "India"]),
    ("India OR China", "China alone.", ["China"]),
    ("India OR China", "China and India.", ["China", "India"]),
    ("India OR (China AND Japan)", "India and China.", ["India"]),
    ("India (India OR China)", "India and China.", ["India", "China"]),
    ("India NOT China", "India and Japan.", ["India"]),
    ("India -(China Japan)", "India and Japan.", ["India"]),
    ('"peace talks"', "Peace talks, talks of peace, peace talks.", ["Peace", "talks", "peace", "talks"]),
    ('"peace talks" talks', "The talks were peace talks.", ["talks", "peace", "talks"]),
    ('"one one"', "One one one.", ["One", "one", "one"]),
    ('"pact peace"~3', "The peace of the pact held; far from it all was peace.", ["peace", "pact"]),
    ('"peace peace"~3', "Peace and peace; far away from all that was peace.", ["Peace", "peace"]),
    ("India w/2 China", "India and China; much later India alone.", ["India", "China"]),
    ("India pre/2 China", "China, India, China.", ["India", "China"]),
    ("India w/2 India", "India, India, and then much later on India.", ["India", "India"]),
    ("(India OR Japan) w/2 (talks OR China)", "Japan and China; much later on India.", ["Japan", "China"]),
    ("India w/2 China w/2 Japan", "India, China, Japan; later it was China, India.", ["India", "China", "Japan"]),
    ("India not w/2 China", "India and China; much later India alone.", ["India"]),
    ("India not pre/2 China", "China, India.", ["India"]),
    ("India not w/s China", "India and China. India.", ["India"]),
    ("India not w/p China", "India, India.", ["India", "India"]),
    ("India w/s China", "India and China. India. China.", ["India", "China"]),
    ("India w/s India", "India and India. India.", ["India", "India"]),
    ('"New Delhi" w/s (pact OR talks)', "The pact of New Delhi. The talks.", ["pact", "New", "Delhi"]),
    ("India w/s China w/2 Japan", "India, China, Japan. China. Japan.", ["India", "China", "Japan"]),
    ("India w/p China", "India. China.", ["India", "China"]),
    ("atleast/2(India)", "India, India and India.", ["India", "India", "India"]),
    ("atleast/2(India w/2 China)", "India, China; later on it was China, India.", ["India", "China", "China", "India"]),
    ("atleast/2(India) pact", "India, India: a pact.", ["India", "India", "pact"]),
    ("caps(AIDS)", "AIDS, which aids none; A.I.D.S.", ["AIDS", "A.I.D.S."]),
    ('caps("WHO") w/3 said', "WHO said what, who said so?", ["WHO", "said"]),
    ("caps(US)", "US talks, not us.", ["US"]),
    ("hlead(pact)", "A pact.", ["pact"]),
    ("hlead(India w/2 pact) talks", "India's pact; talks.", ["India", "pact", "talks"]),
    ("minist*", "Ministers of the ministry.", ["Ministers", "ministry"]),
    ("m?nister", "A minister, a monster.", ["minister"]),
    ("*ry", "The ministry is very wary.", ["ministry", "very", "wary"]),
    ('"minist* of"', "The ministry of ministers.", ["ministry", "of"]),
    ("treaty~1", "A traety, a treat, a pact.", ["traety", "treat"]),
    ("treaty~2 w/1 a", "A treaties, a tretay.", ["a", "tretay"]),
    ("treaty^2 pact", "A treaty, a pact.", ["treaty", "pact"]),
    # Words in several pieces, and several words in one.
    ("F-16", "An F-16 and F16, not F 17.", ["F", "16", "F", "16"]),
    ("elysee", "Le palais de l'Élysée, l’Élysée.", ["Élysée", "Élysée"]),
    ("mueller", "Müller, Mueller and Muller.", ["Müller", "Mueller"]),
    ("muller", "Müller, Mueller and Muller.", ["Müller", "Muller"]),
    ("email", "An e-mail, emails and mail.", ["e-mail", "emails"]),
    ("d'artagnan", "D'Artagnan met Dartagnan.", ["D", "Artagnan", "Dartagnan"]),
    (
        '"jk rowling" OR US',
        "By J. K. Rowling and JK Rowling of the U. S. today.",
        ["J. K.", "Rowling", "JK", "Rowling", "U. S."],
    ),
    ("co-produce", "They co-produce, they coproduce; to produce is more.", ["co", "produce", "coproduce"]),
    ("Modi", "Modi's visit; Modi’s.", ["Modi", "Modi"]),
    ("O'Brien", "O’Brien's pact.", ["O’Brien"]),
    ("São", "In São Paulo, not in Sao Tomé.", ["São", "Sao"]),
    ("भारत", "चीन और भारत।", ["भारत"]),
    ("1 2", "6½ of it", ["½"]),
    ("½", "6½, then 1 2", ["½", "1", "2"]),
    ("ﬁsh", "A fish, a ﬁsh.", ["fish", "ﬁsh"]),
    ("U.S.", "The U.S. said it. Tell us.", ["U.S."]),
    ("us", "Tell us of the US.", ["us", "US"]),
    ("US", "THE US SAID IT OF U.S. TALKS.", ["U.S."]),
    ("AT&T", "AT&T said it.", ["AT&T"]),
    ("1,000", "Some 1,000 of 1000.", ["1,000", "1000"]),
    # Filters have no marks; beside them the words have.
    ("India NOT place:Paris", "India spoke.", ["India"]),
    ("India -date:2019", "India spoke.", ["India"]),
    ("India NOT words:>99", "India spoke.", ["India"]),
    ("India NOT atleast/2(China)", "India and China.", ["India"]),
    ("India NOT (China place:Paris)", "India and China.", ["India"]),
    ("India words:<9", "India spoke.", ["India"]),
]


@pytest.mark.parametrize(("query", "text", "words"), PROVEN, ids=[f"{query} | {text}" for query, text, _ in PROVEN])
def test_what_is_marked_is_proven(query, text, words):
    node = tree(query)
    before = judge(text)
    assert matches(before, node)
    assert pieces(text, marked(text, node)) == words
    assert lets_nothing_in(node, before, judge(replaced(text, marked(text, node))))
    assert not holds_without_words(node, before)
    assert_complete(text, node)
    assert_sound(text, node)


def test_the_judge_would_notice_a_mark_too_many_and_one_too_few():
    text = "India and China; later Japan."
    assert not matches(judge(replaced(text, [(0,)])), tree("India China"))
    with pytest.raises(AssertionError, match="nothing fails without"):
        assert_sound_of(text, tree("India w/2 China"), tree("India OR China OR Japan"))
    with pytest.raises(AssertionError, match="matches without"):
        assert_complete_of(text, tree("India OR China"), tree("India"))


def assert_sound_of(text: str, asked: Node, shown: Node) -> None:
    """Hold the marks of one tree against another."""
    with pytest.MonkeyPatch.context() as patch:
        marks = marks_in(text, shown, ANALYZER, sentences=SENTENCES)
        patch.setitem(globals(), "marks_in", lambda *_, **__: marks)
        assert_sound(text, asked)


def assert_complete_of(text: str, asked: Node, shown: Node) -> None:
    with pytest.MonkeyPatch.context() as patch:
        marks = marks_in(text, shown, ANALYZER, sentences=SENTENCES)
        patch.setitem(globals(), "marks_in", lambda *_, **__: marks)
        assert_complete(text, asked)


# Queries that ask nothing of the article, for which there is the most to prove.
ABOUT_THE_TEXT = st.builds(
    lambda joint, parts: joint.join(parts),
    st.sampled_from([" ", " ", " OR "]),
    st.lists(st.one_of(near(), near(), quoted(), positional(), in_capitals()), min_size=1, max_size=2),
)
# So many texts are tried with each query, for some do not match.
SEVERAL = 6


@st.composite
def asked(draw: st.DrawFn, longest: int = 12) -> tuple[Node, list[str]]:
    """A query's tree, and texts of which most hold words of it."""
    query = draw(st.one_of(queries(), ABOUT_THE_TEXT))
    words = st.sampled_from(
        [*ANALYZER.query_words(query) * 2, *draw(st.lists(st.sampled_from(WORDS), max_size=6)), "x"]
    )
    joint = st.sampled_from([" ", " ", ". ", ", ", "-"])
    text = st.builds(lambda joint, drawn: joint.join(drawn), joint, st.lists(words, max_size=longest))
    several = draw(st.lists(st.one_of(text, text, text.map(str.upper), texts(longest)), min_size=1, max_size=SEVERAL))
    try:
        return tree(query, draw(st.sampled_from([Match.ALL, Match.ANY]))), several
    except QueryError:
        return tree("minister"), several


@examples(200)
@given(asked(), texts(3))
def test_without_the_marked_words_nothing_matches(case, title):
    node, several = case
    for text in several:
        before = judge(text, title)
        if matches(before, node) and is_fair(before, node, (text,), title):
            assert_complete(text, node, title)


@examples(200)
@given(asked(8), st.booleans())
def test_no_word_is_marked_for_nothing(case, anywhere):
    node, several = case
    assume(len(alternatives(node)) <= MOST_ALTERNATIVES)
    for text in several:
        if len(marked(text, node, anywhere=anywhere)) <= MOST_MARKED and is_fair(judge(text), node, (text,)):
            # Where a sentence ends may depend on one of the marked words alone.
            with suppress(Replaced):
                assert_sound(text, node, anywhere=anywhere)


@examples(200)
@given(asked(8), texts(3))
def test_without_the_marks_of_all_its_paragraphs_an_article_does_not_match(case, title):
    node, paragraphs = case
    before = judge_of(paragraphs, title)
    depends = not holds_without_words(node, before, Scope.ARTICLE)
    if depends and matches(before, node, Scope.ARTICLE) and is_fair(before, node, paragraphs, title):
        assert not matches(without_marks(paragraphs, node, title), node, Scope.ARTICLE)


def is_fair(before: Oracle, node: Node, paragraphs: Sequence[str], title: str = "") -> bool:
    """Whether the marks can be replaced without moving a border of words or letting in what is kept out."""
    try:
        return lets_nothing_in(node, before, without_marks(paragraphs, node, title))
    except Replaced:
        return False


def without_marks(paragraphs: Sequence[str], node: Node, title: str) -> Oracle:
    """Return the judge of an article with everything marked replaced."""
    masked = [
        replaced(text, marked(text, node, anywhere=True, paragraph=number)) for number, text in enumerate(paragraphs, 1)
    ]
    return judge_of(masked, title)


ARTICLES = [
    ("atleast/3(drone)", ("A drone.", "Two drones, a drone."), (["drone"], ["drones", "drone"])),
    ("atleast/2(drone) pact", ("A drone.", "The drone pact."), (["drone"], ["drone", "pact"])),
    ("hlead(pact)", ("A pact.", "The pact."), (["pact"], [])),
    ("hlead(pact) drone", ("A pact.", "The pact of the drone."), (["pact"], ["drone"])),
    ("drone pact", ("A drone.", "The pact."), (["drone"], ["pact"])),
    ("drone w/p pact", ("A drone.", "The pact. The drone."), ([], ["pact", "drone"])),
]


@pytest.mark.parametrize(("query", "texts_of", "words"), ARTICLES, ids=[query for query, _, _ in ARTICLES])
def test_what_is_marked_in_an_article_is_proven(query, texts_of, words):
    node = tree(query)
    numbered = list(enumerate(texts_of, 1))
    found = [marked(text, node, anywhere=True, paragraph=number) for number, text in numbered]
    assert [pieces(text, written) for text, written in zip(texts_of, found, strict=True)] == list(words)
    assert matches(judge_of(texts_of), node, Scope.ARTICLE)
    masked = [replaced(text, written) for text, written in zip(texts_of, found, strict=True)]
    assert not matches(judge_of(masked), node, Scope.ARTICLE)
