"""The query tree: what was asked for, in frozen nodes, over the tokens of `language`. No engine and no syntax in here.

Two trees share these nodes. The parser's tree keeps what stood side by side (`Words`); `plan` turns it into the
engine's, which has `And`, `Or` and `Prefer` instead.

Term, Wildcard, Fuzzy, Phrase, Near and any of them under Or match spans of token positions in one paragraph, so they
can be operands of Near. The others match paragraphs.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that paragraphs can match."""


@dataclass(frozen=True, slots=True)
class Term(Node):
    """One token that is any of `tokens`: of the stems where `stemmed`, else of the words.

    `common` says that it was typed as a bare stop word.
    """

    tokens: tuple[str, ...]
    stemmed: bool = True
    common: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Wildcard(Node):
    """A word in lower case that fits the pattern; * is any run of characters, ? is one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy(Node):
    """A word with the same first letter at most `edits` insertions, deletions, changes or swaps away."""

    word: str
    edits: int


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """The parts at neighbouring positions, in this order."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Window(Node):
    """All the parts, at different positions in any order, the last at most `distance` positions after the first."""

    parts: tuple[Node, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Near(Node):
    """Both, not overlapping, the later beginning at most `distance` positions after the earlier's last token."""

    left: Node
    right: Node
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of the children, in one paragraph (or one article, as the scope is)."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one of the children."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Everything but the child."""

    child: Node


@dataclass(frozen=True, slots=True)
class Prefer(Node):
    """What `must` matches; those that match some of `should` rank higher."""

    must: Node
    should: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Boost(Node):
    """The child, its score multiplied by `factor`."""

    child: Node
    factor: float


@dataclass(frozen=True, slots=True)
class Field(Node):
    """The child, asked of a field of the article instead of its paragraphs' text."""

    name: str
    child: Node


@dataclass(frozen=True, slots=True)
class DateRange(Node):
    """Published on a day from `start` to `end`, both included, None being open; an undated article never is."""

    start: datetime.date | None
    end: datetime.date | None


@dataclass(frozen=True, slots=True)
class Exactly(Node):
    """The field's whole value, after folding, is one of `values` (folded): a facet that was chosen."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """Every paragraph."""


@dataclass(frozen=True, slots=True)
class Words(Node):
    """Clauses typed side by side: all of them or any, as `match` says."""

    children: tuple[Node, ...]


POSITIONAL = (Term, Wildcard, Fuzzy, Phrase, Near)


def children_of(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below a node."""
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def leaves(node: Node) -> Iterator[Node]:
    """Yield the leaves below a node, in the order they were typed."""
    below = list(children_of(node))
    if not below:
        yield node
    for child in below:
        yield from leaves(child)
