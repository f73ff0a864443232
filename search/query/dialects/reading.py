"""A dialect's tree -> one clause of our language: operators, brackets, fields and functions around its leaves."""

from collections.abc import Callable, Sequence

import regex

from search.query import syntax
from search.query.clauses import read_clause
from search.query.context import Clause, Context, Place, Typed, TypedClause, is_shouted
from search.query.dialects.precedence import Branch, Tree
from search.query.dialects.tokens import Token, stop_at_enough
from search.query.nearness import at_least, near
from search.query.nodes import And, Near, Node, Not, NotNear, Or, Together, children_of

IN_TEXT = Place()
LeafReader = Callable[[Context, Token, Place], Clause | None]

# What our own messages say in our own signs.
_PLAINLY = {
    "wildcard-too-short": f"A wildcard needs at least {syntax.MIN_LITERALS} letters beside it.",
    "empty-phrase": "There is no word in this.",
    "bad-form": "Words in capitals are asked without wildcards.",
}
_DIGITS = regex.compile("[0-9]+")


class Reading:
    """Reads a tree from the top, so that a leaf knows the field it is asked of."""

    def __init__(self, context: Context, leaf: LeafReader) -> None:
        self._context = context
        self._leaf = leaf

    def read(self, tree: Tree, place: Place = IN_TEXT) -> Clause | None:
        """Read one branch or leaf; None where nothing in it holds a word."""
        stop_at_enough(self._context)
        if isinstance(tree, Token):
            return self._leaf(self._context, tree, place)
        if tree.operator is None:
            return self.read(tree.operands[0], place)
        readers = {
            "and": self._and,
            "or": self._or,
            "not": self._not,
            "without": self._without,
            "must": self._must,
            "near": self._near,
            "field": self._field,
            "caps": self._caps,
            "atleast": self._at_least,
        }
        return readers[tree.operator.name](tree, place)

    def _operands(self, tree: Branch, place: Place) -> list[Clause]:
        read = [self.read(operand, place) for operand in tree.operands]
        return [clause for clause in read if clause is not None]

    def _and(self, tree: Branch, place: Place) -> Clause | None:
        return both(self._operands(tree, place))

    def _or(self, tree: Branch, place: Place) -> Clause | None:
        return either(self._operands(tree, place))

    def _must(self, tree: Branch, place: Place) -> Clause | None:
        return self.read(tree.operands[0], place)

    def _not(self, tree: Branch, place: Place) -> Clause | None:
        clause = self.read(tree.operands[0], place)
        return clause and negated(clause)

    def _without(self, tree: Branch, place: Place) -> Clause | None:
        """Read a AND NOT b, one operator of two operands."""
        left, right = (self.read(operand, place) for operand in tree.operands)
        return both([clause for clause in (left, right and negated(right)) if clause is not None])

    def _near(self, tree: Branch, place: Place) -> Clause | None:
        left, right = (self.read(operand, place) for operand in tree.operands)
        nearness = tree.operator.nearness if tree.operator else None
        assert nearness is not None
        if left is None or right is None:
            message = f"{tree.token.text} needs a word on both sides."
            return self._context.error("dangling-operator", message, *_shown(tree))
        if isinstance(nearness.reach, int) and not 1 <= nearness.reach <= syntax.MAX_DISTANCE:
            return self._bad_number(tree, "bad-distance", "The distance", syntax.MAX_DISTANCE, nearness.reach)
        return near(self._context, _beside(left, first=True), _beside(right), nearness, _shown(tree))

    def _field(self, tree: Branch, place: Place) -> Clause | None:
        name = tree.operator.argument or None if tree.operator else None
        if place.capitals or place.name not in (None, name):
            message = f"{tree.token.text} cannot be asked inside another field or function; put it beside the brackets."
            self._context.error("nested-field", message, *tree.token.span)
        return self.read(tree.operands[0], Place(name))

    def _caps(self, tree: Branch, place: Place) -> Clause | None:
        return self.read(tree.operands[0], Place(place.name, capitals=True))

    def _at_least(self, tree: Branch, place: Place) -> Clause | None:
        if place.name is not None:
            message = f"{tree.token.text} counts in the article's text; put it beside the field."
            return self._context.error("nested-field", message, *tree.token.span)
        clause = self.read(tree.operands[0], place)
        count = int(tree.operator.argument[:9]) if tree.operator else 0
        if not 1 <= count <= syntax.MAX_COUNT:
            return self._bad_number(tree, "bad-count", "How many times at least", syntax.MAX_COUNT, count)
        return clause and at_least(self._context, clause, count, tree.token.span)

    def _bad_number(self, tree: Branch, code: str, what: str, most: int, number: int) -> Clause:
        message = f"{what} is a number from 1 to {most}."
        instead = _DIGITS.sub(str(most if number else 1), tree.token.text)
        return self._context.error(code, message, *tree.token.span, instead=instead)


def read_own(context: Context, text: str, token: Token, place: Place) -> Clause | None:
    """Read a clause in our own language, for which a token stands; what is noted of it is noted of the token."""
    inner = Context(text, context.analyzer, context.today, shouted=is_shouted(context.text))
    clause = read_clause(inner, Typed(text, 0, place))
    for noted in inner.diagnostics:
        if noted.code == "no-word":
            context.note_no_word(Typed(context.text[token.start : token.end], token.start))
        elif noted.severity == "error":
            context.error(noted.code, _PLAINLY.get(noted.code, noted.message), *token.span)
        else:
            context.warning(noted.code, noted.message, *token.span)
    if clause is not None:
        context.clauses.append(TypedClause(clause.node, *token.span))
    return clause


def both(clauses: Sequence[Clause]) -> Clause | None:
    """Ask for all of the clauses."""
    return _joined(clauses, And, " AND ")


def either(clauses: Sequence[Clause]) -> Clause | None:
    """Ask for at least one of the clauses."""
    return _joined(clauses, Or, " OR ")


def negated(clause: Clause) -> Clause:
    """Ask for everything but the clause."""
    return Clause(Not(clause.node), f"NOT {_grouped(clause)}", compound=True)


def _joined(clauses: Sequence[Clause], kind: type[And | Or], sign: str) -> Clause | None:
    """Join clauses; those that are joined the same way already are spliced in, which means the same."""
    if len(clauses) < 2:
        return clauses[0] if clauses else None
    nodes: list[Node] = []
    texts: list[str] = []
    for clause in clauses:
        spliced = isinstance(clause.node, kind) and clause.compound
        nodes += children_of(clause.node) if spliced else [clause.node]
        texts.append(clause.canonical if spliced else _grouped(clause))
    return Clause(kind(tuple(nodes)), sign.join(texts), compound=True)


def _grouped(clause: Clause) -> str:
    """Return the text of a clause with brackets around AND and OR."""
    return f"({clause.canonical})" if clause.compound and isinstance(clause.node, And | Or) else clause.canonical


def _beside(clause: Clause, *, first: bool = False) -> Clause:
    """Return a clause as it stands beside a proximity: a row of those begins without brackets."""
    if not clause.compound or (first and isinstance(clause.node, Near | NotNear | Together)):
        return clause
    return Clause(clause.node, f"({clause.canonical})")


def _shown(tree: Branch) -> tuple[int, int]:
    """Return where an operator was typed; one that was only implied is all that it joins."""
    return tree.token.span if tree.token.text else (tree.start, tree.end)
