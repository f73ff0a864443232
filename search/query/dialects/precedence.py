"""Checked tokens -> a tree: operators by how tightly they bind, as each dialect's table says."""

from collections.abc import Sequence
from dataclasses import dataclass

from search.query.dialects.tokens import Kind, Operator, Token


@dataclass(frozen=True, slots=True)
class Branch:
    """An operator with its operands, or brackets with what is in them: `operator` is None there."""

    token: Token
    operands: tuple["Tree", ...]
    start: int
    end: int
    operator: Operator | None = None


Tree = Token | Branch


def parse_tree(tokens: Sequence[Token]) -> Tree:
    """Return the tree of tokens whose structure was checked."""
    return _Parser(tokens).expression(0)


class _Parser:
    """Operator precedence by binding powers. Its depth is bounded by the checks before it."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def expression(self, power: int) -> Tree:
        """Read as far as operators bind more tightly than `power`."""
        left = self._operand()
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind is not Kind.INFIX or token.operator is None or token.operator.power <= power:
                break
            self._next += 1
            left = _joined(token, token.operator, left, self.expression(token.operator.power))
        return left

    def _operand(self) -> Tree:
        token = self._tokens[self._next]
        self._next += 1
        if token.kind is Kind.PREFIX and token.operator is not None:
            inner = self.expression(token.operator.power)
            return Branch(token, (inner,), token.start, inner.end, token.operator)
        if token.kind is Kind.OPEN:
            inner = self.expression(0)
            closing = self._tokens[self._next]
            self._next += 1
            return Branch(token, (inner,), token.start, closing.end)
        return token


def _joined(token: Token, operator: Operator, left: Tree, right: Tree) -> Branch:
    """Join two operands; a row of one operator that chains is a single branch."""
    goes_on = operator.chains and isinstance(left, Branch) and left.operator == operator
    operands = (*left.operands, right) if goes_on and isinstance(left, Branch) else (left, right)
    return Branch(token, operands, left.start, right.end, operator)
