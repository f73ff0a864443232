"""The distinct values of a field that has few (places, bylines): which of them match a node of the query."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from search.language import Analyzer
from search.query.matching import value_matcher
from search.query.nodes import And, Near, Node, Or, Phrase, Term, Together, Window

_NOT_LETTERS = re.compile(r"[^0-9a-z\n]+")


class FieldValues:
    """The values, each known by its index. Safe for threads.

    A value is held against a node only where it may match: letters of a word that must be in it are side by side in it
    too, once all signs are left out. That is so of ASCII; other values are always looked at.
    """

    def __init__(self, values: Sequence[str], analyzer: Analyzer) -> None:
        self._values = values
        self._analyzer = analyzer

    def matching(self, node: Node) -> list[int]:
        """Return the values that match a node of the query."""
        needed = _needed(node)
        candidates = range(len(self._values)) if needed is None else self._with_letters(map(_letters, needed))
        return self._fitting(candidates, value_matcher(node, self._analyzer))

    def equal(self, folded: Iterable[str]) -> list[int]:
        """Return the values that are, folded, one of some."""
        wanted = frozenset(folded)
        return self._fitting(
            self._with_letters(map(_letters, wanted)), lambda value: self._analyzer.fold(value) in wanted
        )

    def _fitting(self, candidates: Iterable[int], fits: Callable[[str], bool]) -> list[int]:
        return [index for index in candidates if fits(self._values[index])]

    def _with_letters(self, asked: Iterable[str]) -> Iterator[int]:
        text, starts, others = self._squeezed
        asked = set(asked)
        if "" in asked:  # signs alone are in any value
            yield from range(len(self._values))
            return
        yield from others
        found = {bisect_right(starts, at) - 1 for letters in asked for at in _places(letters, text)}
        yield from sorted(found.difference(others))

    @cached_property
    def _squeezed(self) -> tuple[str, list[int], frozenset[int]]:
        """All values' letters and digits, one to a line, where each line begins; and the values that are not ASCII."""
        others = frozenset(index for index, value in enumerate(self._values) if not value.isascii())
        lines = ["" if index in others else " ".join(value.split()) for index, value in enumerate(self._values)]
        text = _NOT_LETTERS.sub("", "\n".join(lines).lower())
        starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        return text, starts, others


def _letters(word: str) -> str:
    return _NOT_LETTERS.sub("", word.lower())


def _places(letters: str, text: str) -> Iterator[int]:
    at = text.find(letters)
    while at >= 0:
        yield at
        at = text.find(letters, at + 1)


def _needed(node: Node) -> Sequence[str] | None:
    """Return words of which one must be in what matches a node; None where that is not known."""
    match node:
        case Term(tokens=tokens, stemmed=False):
            return tokens
        case Or(children=children):
            each = [_needed(child) for child in children]
            return [word for words in each if words is not None for word in words] if None not in each else None
        case And(children=parts) | Phrase(parts=parts) | Window(parts=parts):
            return _longest(parts)
        case Near(left=left, right=right) | Together(left=left, right=right):
            return _longest((left, right))
    return None


def _longest(parts: Sequence[Node]) -> Sequence[str] | None:
    """Return those words needed of one of the parts that are the longest: few values have them."""
    needed = [words for words in map(_needed, parts) if words is not None]
    return max(needed, key=lambda words: min(map(len, words))) if needed else None
