"""Clauses that must stand near each other, or often: for the query language and for every dialect of it."""

import re
from dataclasses import dataclass

from search.query import syntax
from search.query.context import Clause, Context
from search.query.nodes import POSITIONAL, AtLeast, Boost, Field, Near, Node, NotNear, Or, Together, Unit

Span = tuple[int, int]

_ENDS_IN_NOT = re.compile(r"(?<![^\s(])not$", re.IGNORECASE)
# Two fields that are never one.
_NOWHERE = frozenset({None, ""})


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near: within so many words or in one unit; in this order; or, `negated`, not so near.

    Within a unit there is no order.
    """

    reach: int | Unit
    ordered: bool = False
    negated: bool = False

    @property
    def canonical(self) -> str:
        """The operator as the query language writes it."""
        return f"{'not ' if self.negated else ''}{'pre' if self.ordered else 'w'}/{self.reach}"

    def of(self, left: Node, right: Node) -> Node:
        """Return the node of two positional nodes that are so near."""
        if self.negated:
            return NotNear(left, right, self.reach, self.ordered)
        if isinstance(self.reach, Unit):
            return Together(left, right, self.reach)
        return Near(left, right, self.reach, self.ordered)


def near(context: Context, left: Clause, right: Clause, nearness: Nearness, at: Span) -> Clause:
    """Join two clauses; an error at the operator's span where they have no positions in the same field."""
    operator = context.text[slice(*at)]
    if isinstance(nearness.reach, int) and not 1 <= nearness.reach <= syntax.MAX_DISTANCE:
        message = f"The distance is a number from 1 to {syntax.MAX_DISTANCE}."
        instead = operator.rstrip("0123456789") + str(syntax.MAX_DISTANCE if nearness.reach else 1)
        return context.error("bad-distance", message, *at, instead=instead)
    fields = _fields(left.node) | _fields(right.node)
    if len(fields) != 1:
        message = f"{operator} needs words, phrases or alternatives (a OR b) of such, of the same field, on both sides."
        if isinstance(left.node, Boost) or isinstance(right.node, Boost):
            message = f"A word beside {operator} has no weight of its own; leave the ^ out."
        return context.error("bad-operand", message, *at)
    (field,) = fields
    if field is None:
        return Clause(
            nearness.of(left.node, right.node), _beside(left.canonical, nearness, right.canonical), compound=True
        )
    # Asked of a field, the words stand in one pair of brackets, a row of such operators without further ones.
    prefix = f"{field}:"
    first, second = (clause.canonical.replace(prefix, "") for clause in (left, right))
    if isinstance(left.node, Field) and isinstance(left.node.child, Near | NotNear | Together):
        first = first[1:-1]
    node = nearness.of(_without_field(left.node), _without_field(right.node))
    return Clause(Field(field, node), f"{prefix}({_beside(first, nearness, second)})")


def _beside(left: str, nearness: Nearness, right: str) -> str:
    # A comma keeps the word not a word before an operator.
    comma = "," if not nearness.negated and _ENDS_IN_NOT.search(left) else ""
    return f"{left}{comma} {nearness.canonical} {right}"


def at_least(context: Context, clause: Clause, count: int, at: Span) -> Clause:
    """Return the clause so many times in an article; an error at the function's span where it cannot be counted."""
    if not 1 <= count <= syntax.MAX_COUNT:
        message = f"How many times at least is a number from 1 to {syntax.MAX_COUNT}."
        return context.error("bad-count", message, *at, instead=f"atleast/{syntax.MAX_COUNT if count else 1}")
    if _fields(clause.node) != {None}:
        message = "What is counted is a word, a phrase in quotes or alternatives (a OR b) of such."
        return context.error("bad-operand", message, *at)
    return Clause(AtLeast(clause.node, count), f"atleast/{count}({clause.canonical})")


def _fields(node: Node) -> frozenset[str | None]:
    """Return the fields (None: the text) in which a node has positions; _NOWHERE where some of it has none."""
    if isinstance(node, Or):
        return frozenset[str | None]().union(*map(_fields, node.children))
    if isinstance(node, Field) and _fields(node.child) == {None}:
        return frozenset({node.name})
    return frozenset({None}) if isinstance(node, POSITIONAL) else _NOWHERE


def _without_field(node: Node) -> Node:
    if isinstance(node, Or):
        return Or(tuple(_without_field(child) for child in node.children))
    return node.child if isinstance(node, Field) else node
