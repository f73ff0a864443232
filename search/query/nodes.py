"""The query tree: what was asked for, in frozen nodes, over the tokens of `language`. No engine and no syntax in here.

Two trees share these nodes. The parser's tree keeps what stood side by side (`Words`); `plan` turns it into the
engine's, which has `And`, `Or` and `Prefer` instead.

Term, Wildcard, Fuzzy, Phrase, Near, NotNear, Together and any of them under Or match spans of token positions in one
paragraph, so they can be operands of each other. The others match paragraphs; AtLeast, Length, Field, DateRange,
AnnualDay, Undated, Exactly and InArticles say something of an article, and match all of its paragraphs.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from operator import is_


class Unit(StrEnum):
    """What nothing that is found together may cross; the value is what follows w/ in a query."""

    SENTENCE = "s"
    PARAGRAPH = "p"


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that paragraphs can match."""


@dataclass(frozen=True, slots=True)
class Term(Node):
    """One token that is any of `tokens`: of the stems where `stemmed`, else of the words.

    A word that can be written in several ways is each of its names, see `language.names`.

    With `capitals` it is written in capitals throughout, in a line that is not; `tokens` are then folded all the same.
    `common` says that it was typed as a bare stop word.
    """

    tokens: tuple[str, ...]
    stemmed: bool = True
    common: bool = field(default=False, compare=False)
    capitals: bool = False


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
class NotNear(Node):
    """The `left` that have no `right` within reach, the very same place apart.

    Within reach is a `right` that overlaps it, or begins at most `reach` positions after its last token, or ends at
    most `reach` before its first; `ordered`, only one that begins no earlier than it does; where the reach is a Unit,
    one that begins in the same unit as it.
    """

    left: Node
    right: Node
    reach: "int | Unit"
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Together(Node):
    """Every `left` and every `right` that stands in one sentence (or paragraph) with one of the other, not overlapping.

    What stands in a sentence begins and ends in it.
    """

    left: Node
    right: Node
    unit: Unit


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
    """The child, asked of a field of the article instead of its paragraphs' text.

    The field hlead is the title and the first paragraph: the child stands in one of the two.
    """

    name: str
    child: Node


@dataclass(frozen=True, slots=True)
class DateRange(Node):
    """Published on a day from `start` to `end`, both included, None being open; an undated article never is."""

    start: datetime.date | None
    end: datetime.date | None


@dataclass(frozen=True, slots=True)
class AnnualDay(Node):
    """Published on this day of any year; `day` None is the whole month."""

    month: int
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Undated(Node):
    """The article has no day of publication."""


@dataclass(frozen=True, slots=True)
class Length(Node):
    """The article's paragraphs have from `low` to `high` words in all, both included, None being open."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """The positional child stands at least `count` times in the article's paragraphs.

    It matches all of the article's paragraphs; those that hold the child score for it.
    """

    child: Node
    count: int


@dataclass(frozen=True, slots=True)
class Exactly(Node):
    """The field's whole value, after folding, is one of `values` (folded): a facet that was chosen."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InArticles(Node):
    """One of the articles of these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """Every paragraph."""


@dataclass(frozen=True, slots=True)
class Words(Node):
    """Clauses typed side by side: all of them or any, as `match` says."""

    children: tuple[Node, ...]


POSITIONAL = (Term, Wildcard, Fuzzy, Phrase, Near, NotNear, Together)


def children_of(node: Node) -> Sequence[Node]:
    """Return the nodes directly below a node."""
    below: list[Node] = []
    for name in _places_of_nodes(type(node)):  # type: ignore[arg-type]  # a class is hashable, whatever its instances
        value = getattr(node, name)
        below += (value,) if isinstance(value, Node) else value
    return below


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node with every node directly below it changed; the node itself where none is."""
    changed: dict[str, object] = {}
    for name in _places_of_nodes(type(node)):  # type: ignore[arg-type]  # a class is hashable, whatever its instances
        value = getattr(node, name)
        if isinstance(value, Node):
            other: object = change(value)
            is_changed = other is not value
        else:
            other = tuple(map(change, value))
            is_changed = not all(map(is_, other, value))
        if is_changed:
            changed[name] = other
    return replace(node, **changed) if changed else node


@cache
def _places_of_nodes(kind: type[Node]) -> tuple[str, ...]:
    """Return the fields of a kind of node that hold other nodes: one or several."""
    return tuple(each.name for each in fields(kind) if each.type in (Node, tuple[Node, ...]))


def leaves(node: Node) -> Iterator[Node]:
    """Yield the leaves below a node, in the order they were typed."""
    below = children_of(node)
    if not below:
        yield node
    for child in below:
        yield from leaves(child)
