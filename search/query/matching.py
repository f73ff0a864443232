"""A tree and the tokens of one text -> does it match, and where: for marks in snippets, and for fields with few values.

The same meaning as the engines', for a single text, in plain Python. A mark is what the query asked for: a phrase is
one mark, the words of a proximity one each, nothing under NOT; and only what takes part in a match is marked.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, singledispatch
from typing import NamedTuple

from rapidfuzz.distance import OSA

from search.language import Analyzer, Token
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
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Prefer,
    Term,
    Together,
    Unit,
    Wildcard,
    Window,
)

# First and last token of what was found.
Run = tuple[int, int]
# The tokens of a text by their places; those that nobody asks for may be left out.
Tokens = Mapping[int, "TokenText"]


@dataclass(frozen=True, slots=True)
class TokenText:
    """One token of a text: its word and its stem, whether it was written in capitals, the number of its sentence."""

    word: str
    stem: str
    capitals: bool = False
    sentence: int = 0


def token_texts(tokens: Sequence[Token], analyzer: Analyzer, sentence_starts: Sequence[int] = (0,)) -> list[TokenText]:
    """Return what a tree asks of the tokens of a text whose sentences start at these offsets."""
    return [
        TokenText(token.word, analyzer.stem(token.word), token.capitals, bisect_right(sentence_starts, token.start))
        for token in tokens
    ]


# These are made for every hit that is shown; named tuples are made three times as fast as dataclasses.
class _Occurrence(NamedTuple):
    """A place where a positional node stands: its extent, and the runs that are marked for it."""

    first: int
    last: int
    runs: tuple[Run, ...]


class _Text(NamedTuple):
    """The tokens of a text; `anywhere` when other parts of the query may stand in another paragraph of the article.

    `leads` says that it is an article's first paragraph.
    """

    tokens: Tokens
    anywhere: bool = False
    leads: bool = False


class _Verdict(NamedTuple):
    """Whether a node matches, None where this text alone does not tell; and what is marked unless it does not."""

    holds: bool | None
    runs: tuple[Run, ...] = ()


def matches(node: Node, tokens: Sequence[TokenText]) -> bool:
    """Whether a text with these tokens matches a tree that asks nothing of other fields."""
    return _verdict(node, _Text(dict(enumerate(tokens)))).holds is not False


def marked_runs(node: Node, tokens: Tokens, *, anywhere: bool = False, leads: bool = False) -> list[Run]:
    """Return the first and last token of everything the tree asked for in a text, in order, overlapping ones joined.

    What is asked of the article may hold or not: what it stands beside is marked. With `anywhere` every part is marked
    by itself, for the others may stand in another paragraph of the article. `leads` says that the text is an article's
    first paragraph, of which the field hlead asks.
    """
    verdict = _verdict(node, _Text(tokens, anywhere, leads))
    joined: list[Run] = []
    for first, last in sorted(set(verdict.runs)) if verdict.holds is not False else ():
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


# And, Or and Not are those of Kleene's three-valued logic (1938).


@singledispatch
def _verdict(node: Node, text: _Text) -> _Verdict:
    runs = tuple(run for occurrence in _occurrences(node, text.tokens) for run in occurrence.runs)
    return _of_text(runs, text)


def _of_text(runs: tuple[Run, ...], text: _Text) -> _Verdict:
    return _Verdict(True if runs else None if text.anywhere else False, runs)


@_verdict.register
def _(node: And, text: _Text) -> _Verdict:
    found = [_verdict(child, text) for child in node.children]
    holds = [each.holds for each in found]
    together = False if False in holds else None if None in holds else True
    return _Verdict(together, tuple(run for each in found for run in each.runs))


@_verdict.register
def _(node: Or, text: _Text) -> _Verdict:
    found = [each for child in node.children if (each := _verdict(child, text)).holds is not False]
    holds = [each.holds for each in found]
    either = True if True in holds else None if holds else False
    return _Verdict(either, tuple(run for each in found for run in each.runs))


@_verdict.register
def _(node: Not, text: _Text) -> _Verdict:
    holds = _verdict(node.child, text).holds
    return _Verdict(None if holds is None else not holds)


@_verdict.register
def _(node: Prefer, text: _Text) -> _Verdict:
    return _verdict(node.must, text)


@_verdict.register
def _(node: Boost, text: _Text) -> _Verdict:
    return _verdict(node.child, text)


@_verdict.register
def _(node: AtLeast, text: _Text) -> _Verdict:
    return _Verdict(None, _verdict(node.child, text).runs)


@_verdict.register
def _(node: Field, text: _Text) -> _Verdict:
    return _Verdict(None, _verdict(node.child, text).runs if node.name == "hlead" and text.leads else ())


@_verdict.register(DateRange | AnnualDay | Length | Exactly | InArticles)
def _(_: Node, __: _Text) -> _Verdict:
    return _Verdict(None)


@_verdict.register
def _(_: Everything, __: _Text) -> _Verdict:
    return _Verdict(holds=True)


@_verdict.register
def _(node: Window, text: _Text) -> _Verdict:
    positions = [[place.first for place in _occurrences(part, text.tokens)] for part in node.parts]
    found: list[Run] = []
    for start in sorted({position for part in positions for position in part}):
        within = [[position for position in part if start <= position <= start + node.distance] for part in positions]
        if have_distinct(within):
            found += [(position, position) for part in within for position in part]
    return _of_text(tuple(found), text)


def have_distinct(choices: Sequence[Sequence[int]]) -> bool:
    """Whether each part can take a position of its own (a bipartite matching, Kuhn 1955)."""
    taken: dict[int, int] = {}

    def place(part: int, tried: set[int]) -> bool:
        for position in choices[part]:
            if position not in tried:
                tried.add(position)
                if position not in taken or place(taken[position], tried):
                    taken[position] = part
                    return True
        return False

    return all(place(part, set()) for part in range(len(choices)))


def _occurrences(node: Node, tokens: Tokens) -> list[_Occurrence]:
    match node:
        case Term(tokens=asked, capitals=True):
            return [_single(index) for index, token in tokens.items() if token.capitals and token.word.lower() in asked]
        case Term(tokens=asked, stemmed=stemmed):
            found = (index for index, token in tokens.items() if (token.stem if stemmed else token.word) in asked)
            return [_single(index) for index in found]
        case Wildcard(pattern=pattern):
            fits = compile_pattern(pattern).fullmatch
            return [_single(index) for index, token in tokens.items() if fits(token.word.lower())]
        case Fuzzy(word=word, edits=edits):
            return [_single(index) for index, token in tokens.items() if is_within(word, token.word.lower(), edits)]
        case Phrase(parts=parts):
            return list(_phrase(parts, tokens))
        case Or(children=children):
            return _merged(found for child in children for found in _occurrences(child, tokens))
        case Near():
            return _merged(_near(node, tokens))
        case NotNear():
            return _merged(_not_near(node, tokens))
        case Together():
            return _merged(_together(node, tokens))
    raise AssertionError(f"{type(node).__name__} has no positions")


def _merged(found: Iterable[_Occurrence]) -> list[_Occurrence]:
    """Return one occurrence a place, with all that is marked for it: there are many ways, but not many places."""
    places: dict[Run, dict[Run, None]] = {}
    for each in found:
        places.setdefault((each.first, each.last), {}).update(dict.fromkeys(each.runs))
    return [_Occurrence(first, last, tuple(runs)) for (first, last), runs in places.items()]


def _single(index: int) -> _Occurrence:
    return _Occurrence(index, index, ((index, index),))


def _phrase(parts: Sequence[Node], tokens: Tokens) -> Iterator[_Occurrence]:
    places = [{found.first for found in _occurrences(part, tokens)} for part in parts]
    for start in sorted(places[0]):
        if all(start + index in place for index, place in enumerate(places)):
            last = start + len(parts) - 1
            yield _Occurrence(start, last, ((start, last),))


def _near(node: Near, tokens: Tokens) -> Iterator[_Occurrence]:
    right = _occurrences(node.right, tokens)
    for one in _occurrences(node.left, tokens):
        for other in right:
            if 1 <= other.first - one.last <= node.distance:
                yield _Occurrence(one.first, other.last, one.runs + other.runs)
            elif not node.ordered and 1 <= one.first - other.last <= node.distance:
                yield _Occurrence(other.first, one.last, one.runs + other.runs)


def _not_near(node: NotNear, tokens: Tokens) -> Iterator[_Occurrence]:
    def is_within_reach(one: _Occurrence, other: _Occurrence) -> bool:
        if isinstance(node.reach, Unit):
            return _is_in_one(node.reach, tokens, one.first, other.first)
        after = other.first - one.last <= node.reach
        if node.ordered:
            return after and other.first >= one.first
        return after and one.first - other.last <= node.reach

    right = _occurrences(node.right, tokens)
    for one in _occurrences(node.left, tokens):
        others = (other for other in right if (other.first, other.last) != (one.first, one.last))
        if not any(is_within_reach(one, other) for other in others):
            yield one


def _together(node: Together, tokens: Tokens) -> Iterator[_Occurrence]:
    left, right = _occurrences(node.left, tokens), _occurrences(node.right, tokens)
    for ours, theirs in ((left, right), (right, left)):
        for one in ours:
            apart = (other for other in theirs if other.first > one.last or other.last < one.first)
            if any(_are_in_one(node.unit, tokens, one, other) for other in apart):
                yield one


def _are_in_one(unit: Unit, tokens: Tokens, one: _Occurrence, other: _Occurrence) -> bool:
    return _is_in_one(unit, tokens, min(one.first, other.first), max(one.last, other.last))


def _is_in_one(unit: Unit, tokens: Tokens, one: int, other: int) -> bool:
    return unit is Unit.PARAGRAPH or tokens[one].sentence == tokens[other].sentence


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression that a word in lower case must match whole to fit a wildcard's pattern."""
    first, *rest = ("".join("." if part == "?" else re.escape(part) for part in piece) for piece in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    # The leftmost place of each piece is as good as any, so there is nothing to come back to: linear on any word.
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def is_within(word: str, other: str, edits: int) -> bool:
    """Whether a word, in lower case, has the same first letter and is at most so many edits away."""
    return word[0] == other[:1] and OSA.distance(word, other, score_cutoff=edits) <= edits
