"""A tree and the tokens of one text -> does it match, and where: for marks in snippets, and for fields with few values.

The same meaning as the engines', for a single text, in plain Python. A mark is what the query asked for: a phrase is
one mark, the words of a proximity one each, nothing under NOT; and only what takes part in a match is marked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, singledispatch

from rapidfuzz.distance import OSA

from search.query.nodes import (
    And,
    Boost,
    DateRange,
    Everything,
    Exactly,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Term,
    Wildcard,
    Window,
)

# First and last token of what was found.
Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TokenText:
    """One token of a text: its word and its stem."""

    word: str
    stem: str


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """A place where a positional node stands: its extent, and the runs that are marked for it."""

    first: int
    last: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """The tokens of a text; `anywhere` when other parts of the query may stand in another paragraph."""

    tokens: Sequence[TokenText]
    anywhere: bool


def matches(node: Node, tokens: Sequence[TokenText]) -> bool:
    """Whether a text with these tokens matches a tree that asks nothing of other fields."""
    return _runs(node, _Text(tokens, anywhere=False)) is not None


def marked_runs(node: Node, tokens: Sequence[TokenText], *, anywhere: bool = False) -> list[Run]:
    """Return the first and last token of everything the tree asked for in a text, in order, overlapping ones joined.

    What is asked of fields and dates is taken as true: the engine has seen to it. With `anywhere` every part is
    marked by itself, for the other parts may stand in another paragraph of the article.
    """
    runs = _runs(node, _Text(tokens, anywhere)) or []
    joined: list[Run] = []
    for first, last in sorted(set(runs)):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


@singledispatch
def _runs(node: Node, text: _Text) -> list[Run] | None:
    """Return what to mark where the node matches, else None."""
    found = [run for occurrence in _occurrences(node, text.tokens) for run in occurrence.runs]
    return found or None


@_runs.register
def _(node: And, text: _Text) -> list[Run] | None:
    found = [_runs(child, text) for child in node.children]
    if not text.anywhere and any(runs is None for runs in found):
        return None
    return [run for runs in found if runs is not None for run in runs]


@_runs.register
def _(node: Or, text: _Text) -> list[Run] | None:
    found = [runs for child in node.children if (runs := _runs(child, text)) is not None]
    return [run for runs in found for run in runs] if found else None


@_runs.register
def _(node: Not, text: _Text) -> list[Run] | None:
    return [] if text.anywhere or _runs(node.child, text) is None else None


@_runs.register
def _(node: Prefer, text: _Text) -> list[Run] | None:
    return _runs(node.must, text)


@_runs.register
def _(node: Boost, text: _Text) -> list[Run] | None:
    return _runs(node.child, text)


@_runs.register(Field | DateRange | Exactly | Everything)
def _(_: Node, __: _Text) -> list[Run] | None:
    return []


@_runs.register
def _(node: Window, text: _Text) -> list[Run] | None:
    positions = [[place.first for place in _occurrences(part, text.tokens)] for part in node.parts]
    found: list[Run] = []
    for start in sorted({position for part in positions for position in part}):
        within = [[position for position in part if start <= position <= start + node.distance] for part in positions]
        if have_distinct(within):
            found += [(position, position) for part in within for position in part]
    return found or None


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


def _occurrences(node: Node, tokens: Sequence[TokenText]) -> list[_Occurrence]:
    match node:
        case Term(tokens=asked, stemmed=stemmed):
            found = (index for index, token in enumerate(tokens) if (token.stem if stemmed else token.word) in asked)
            return [_single(index) for index in found]
        case Wildcard(pattern=pattern):
            fits = compile_pattern(pattern).fullmatch
            return [_single(index) for index, token in enumerate(tokens) if fits(token.word.lower())]
        case Fuzzy(word=word, edits=edits):
            return [_single(index) for index, token in enumerate(tokens) if _is_within(word, token.word.lower(), edits)]
        case Phrase(parts=parts):
            return list(_phrase(parts, tokens))
        case Or(children=children):
            return [found for child in children for found in _occurrences(child, tokens)]
        case Near():
            return list(_near(node, tokens))
    raise AssertionError(f"{type(node).__name__} has no positions")


def _single(index: int) -> _Occurrence:
    return _Occurrence(index, index, ((index, index),))


def _phrase(parts: Sequence[Node], tokens: Sequence[TokenText]) -> Iterator[_Occurrence]:
    places = [{found.first for found in _occurrences(part, tokens)} for part in parts]
    for start in sorted(places[0]):
        if all(start + index in place for index, place in enumerate(places)):
            last = start + len(parts) - 1
            yield _Occurrence(start, last, ((start, last),))


def _near(node: Near, tokens: Sequence[TokenText]) -> Iterator[_Occurrence]:
    right = _occurrences(node.right, tokens)
    for one in _occurrences(node.left, tokens):
        for other in right:
            if 1 <= other.first - one.last <= node.distance:
                yield _Occurrence(one.first, other.last, one.runs + other.runs)
            elif not node.ordered and 1 <= one.first - other.last <= node.distance:
                yield _Occurrence(other.first, one.last, one.runs + other.runs)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression that a word in lower case must match whole to fit a wildcard's pattern."""
    first, *rest = ("".join("." if part == "?" else re.escape(part) for part in piece) for piece in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    # The leftmost place of each piece is as good as any, so there is nothing to come back to: linear on any word.
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def _is_within(word: str, other: str, edits: int) -> bool:
    return word[0] == other[:1] and OSA.distance(word, other, score_cutoff=edits) <= edits
