"""A tree and the tokens of one text -> does it match, and where: for marks in snippets, and for fields with few values.

The same meaning as the engines', for a single text, in plain Python. A mark is what the query asked for: a phrase is
one mark, the words of a proximity one each, nothing under NOT; and only what takes part in a match is marked.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import singledispatch
from typing import NamedTuple

from search.deadlines import OutOfTime, check
from search.language import Analyzer, Token, names_of
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Everything,
    Exactly,
    Field,
    Fuzzy,
    InArticles,
    Length,
    Node,
    Not,
    Or,
    Prefer,
    Term,
    Undated,
    Wildcard,
    Window,
)
from search.query.occurrences import Run, RunFinder, Tokens, TokenText, place_finder, places_within
from search.query.places import run_finder


def token_texts(tokens: Sequence[Token], analyzer: Analyzer, sentence_starts: Sequence[int] = (0,)) -> list[TokenText]:
    """Return what a tree asks of the tokens of a text whose sentences start at these offsets."""
    return [token_text(token, analyzer, bisect_right(sentence_starts, token.start)) for token in tokens]


def token_text(token: Token, analyzer: Analyzer, sentence: int) -> TokenText:
    """Return what a tree asks of a token in a sentence of this number."""
    word = token.word
    names = names_of(word)
    if names == (word,):
        return TokenText(word, analyzer.stem(word), token.capitals, sentence)
    return TokenText(word, word, token.capitals, sentence, names, analyzer.stems_of(word))


class _Text(NamedTuple):
    """The tokens of a text; `anywhere` when other parts of the query may stand in another paragraph of the article.

    `leads` says that it is an article's first paragraph; `holds` tells of a node that asks of the article whether the
    article has that, None where nobody knows. `give_up` is called where the time is over before a node is found.
    """

    tokens: Tokens
    anywhere: bool
    leads: bool
    holds: Callable[[Node], bool | None]
    give_up: Callable[[], None] | None = None


class _Verdict(NamedTuple):
    """Whether a node matches, None where this text alone does not tell; and what is marked unless it does not."""

    holds: bool | None
    runs: Collection[Run] = ()


_Judge = Callable[[_Text], _Verdict]


def nobody_knows(_: Node) -> None:
    """Tell nothing of an article."""


class Matcher:
    """A tree made ready to be held against many texts. Safe for threads."""

    def __init__(self, node: Node) -> None:
        self._judge = _judge(node)

    def matches(self, tokens: Sequence[TokenText]) -> bool:
        """Whether a text with these tokens matches a tree that asks nothing of other fields."""
        text = _Text(dict(enumerate(tokens)), anywhere=False, leads=False, holds=nobody_knows)
        return self._judge(text).holds is not False

    def marked_runs(
        self,
        tokens: Tokens,
        *,
        anywhere: bool = False,
        leads: bool = False,
        holds: Callable[[Node], bool | None] = nobody_knows,
        give_up: Callable[[], None] | None = None,
    ) -> list[Run]:
        """Return the first and last token of all that the tree asked for in a text, in order, overlapping ones joined.

        What is asked of the article, and `holds` does not know, may hold or not: what it stands beside is marked. With
        `anywhere` every part is marked by itself, for the others may stand in another paragraph of the article. `leads`
        says that the text is an article's first paragraph, of which the field hlead asks.

        Where what stands near what is not found in time, `give_up` is called, and it is taken for what may hold or not.

        Raises:
            OutOfTime: the time is over, without `give_up`.
        """
        verdict = self._judge(_Text(tokens, anywhere, leads, holds, give_up))
        joined: list[Run] = []
        for first, last in sorted(set(verdict.runs)) if verdict.holds is not False else ():
            if joined and first <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return joined


def value_matcher(node: Node, analyzer: Analyzer) -> Callable[[str], bool]:
    """Return what tells whether a value of a field matches a tree."""
    matcher = Matcher(node)
    return lambda value: matcher.matches(token_texts(analyzer.tokens(value), analyzer))


# And, Or and Not are those of Kleene's three-valued logic (1938).


def _gathered(verdicts: Iterable[_Verdict]) -> tuple[set[bool | None], Collection[Run]]:
    """Return what verdicts say, and all that they mark: each run once, for words may be asked for many times."""
    holds: set[bool | None] = set()
    runs: set[Run] = set()
    for each in verdicts:
        holds.add(each.holds)
        runs.update(each.runs)
    return holds, runs


@singledispatch
def _judge(node: Node) -> _Judge:
    return _in_time(run_finder(node))


def _in_time(find: RunFinder) -> _Judge:
    """Return the judge of what a finder finds: none tells where it does not in time."""

    def judge(text: _Text) -> _Verdict:
        try:
            check()
            return _of_text(find(text.tokens), text)
        except OutOfTime:
            if text.give_up is None:
                raise
            text.give_up()
            return _Verdict(None)

    return judge


def _of_text(runs: Collection[Run], text: _Text) -> _Verdict:
    return _Verdict(True if runs else None if text.anywhere else False, runs)


@_judge.register(Term | Wildcard | Fuzzy)
def _(node: Node) -> _Judge:
    find = place_finder(node)
    return _in_time(lambda tokens: [(place, place) for place in find(tokens)])


@_judge.register
def _(node: And) -> _Judge:
    judges = list(map(_judge, dict.fromkeys(node.children)))

    def judge(text: _Text) -> _Verdict:
        holds, runs = _gathered(each(text) for each in judges)
        return _Verdict(False if False in holds else None if None in holds else True, runs)

    return judge


@_judge.register
def _(node: Or) -> _Judge:
    judges = list(map(_judge, dict.fromkeys(node.children)))

    def judge(text: _Text) -> _Verdict:
        holds, runs = _gathered(verdict for each in judges if (verdict := each(text)).holds is not False)
        return _Verdict(True if True in holds else None if holds else False, runs)

    return judge


@_judge.register
def _(node: Not) -> _Judge:
    inner = _judge(node.child)

    def judge(text: _Text) -> _Verdict:
        holds = inner(text).holds
        return _Verdict(None if holds is None else not holds)

    return judge


@_judge.register
def _(node: Prefer) -> _Judge:
    return _judge(node.must)


@_judge.register
def _(node: Boost) -> _Judge:
    return _judge(node.child)


@_judge.register
def _(node: AtLeast) -> _Judge:
    counted = _judge(node.child)
    return lambda text: _Verdict(None, counted(text).runs)


@_judge.register
def _(node: Field) -> _Judge:
    asked = _judge(node.child) if node.name == "hlead" else None
    return lambda text: _Verdict(text.holds(node), asked(text).runs if asked and text.leads else ())


@_judge.register(DateRange | AnnualDay | Undated | Length | Exactly | InArticles)
def _(node: Node) -> _Judge:
    return lambda text: _Verdict(text.holds(node))


@_judge.register
def _(_: Everything) -> _Judge:
    return lambda _: _Verdict(holds=True)


@_judge.register
def _(node: Window) -> _Judge:
    finders = list(map(place_finder, node.parts))

    def find_all(tokens: Tokens) -> list[Run]:
        positions = [find(tokens) for find in finders]
        found = places_within(positions, node.distance) if all(positions) else ()
        return [(place, place) for place in found]

    return _in_time(find_all)
