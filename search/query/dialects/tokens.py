"""What a dialect's lexer found -> tokens that can be parsed: located errors in their structure, operators left out.

Every dialect has the same five kinds of tokens; what they mean is for its own file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise

from search.query import syntax
from search.query.context import Context
from search.query.nearness import Nearness


class Kind(Enum):
    """What a token can be beside: values stand between operators, brackets enclose both."""

    VALUE = auto()
    OPEN = auto()
    CLOSE = auto()
    INFIX = auto()
    PREFIX = auto()


@dataclass(frozen=True, slots=True)
class Operator:
    """What an operator does; the one with more `power` takes its operands first, from left to right.

    `chains` says that a row of it is one operation; `argument` is a prefix's field or count.
    """

    name: str
    power: int
    chains: bool = False
    nearness: Nearness | None = None
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of what was typed, at a half-open span: an operator, a bracket, or a value of some `sort`.

    `text` is the piece, or what the lexer made of it; a phrase has its `parts`.
    """

    kind: Kind
    text: str
    start: int
    end: int
    operator: Operator | None = None
    sort: str = "word"
    parts: tuple["Token", ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """Where it was typed."""
        return self.start, self.end


_BEFORE_OPERAND = (Kind.INFIX, Kind.PREFIX, Kind.OPEN)
_OPERAND = (Kind.VALUE, Kind.OPEN, Kind.PREFIX)


def checked(context: Context, tokens: Sequence[Token], implied: Operator | None) -> list[Token]:
    """Return the tokens with what is `implied` between two operands put there; without that it is an error.

    Raises:
        QueryError: brackets without partners, operators without operands, or more of them than may be asked for.
    """
    _check_brackets(context, tokens)
    _check_depth(context, tokens)
    padded = [None, *tokens, None]
    for index, token in enumerate(tokens):
        _check_operator(context, padded[index], token, padded[index + 2])
        stop_at_enough(context)
    complete = list(_completed(context, tokens, implied))
    operands = 1 + sum(token.kind is Kind.INFIX for token in complete)
    if operands > syntax.MAX_TERMS:
        message = f"A query has at most {syntax.MAX_TERMS} terms; this one has {operands}."
        context.error("too-many-terms", message, 0, len(context.text))
    context.raise_errors()
    return complete


def stop_at_enough(context: Context) -> None:
    """Raise the errors that were noted, if they are many: without fixes, of which none would mend them all."""
    if len(context.diagnostics) >= syntax.MAX_DIAGNOSTICS:
        context.diagnostics[:] = [replace(diagnostic, fix=None) for diagnostic in context.diagnostics]
        context.raise_errors()


def _check_brackets(context: Context, tokens: Sequence[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind is Kind.OPEN:
            opened.append(token)
        elif token.kind is Kind.CLOSE and opened:
            opened.pop()
        elif token.kind is Kind.CLOSE:
            message = "This bracket was never opened; leave it out, or open it before."
            context.error("open-bracket", message, *token.span, instead="")
            stop_at_enough(context)
    for token in opened:
        fix = f"{context.text.rstrip()}{_closing(token)}" if len(opened) == 1 else None
        context.error(
            "open-bracket",
            f"This bracket is never closed; type {_closing(token)} where it should end.",
            *token.span,
            fix=fix,
        )
        stop_at_enough(context)
    for before, after in pairwise(tokens):
        if before.kind is Kind.OPEN and after.kind is Kind.CLOSE:
            context.error("empty-brackets", "There is nothing in these brackets.", before.start, after.end, instead="")
            stop_at_enough(context)


def _closing(token: Token) -> str:
    return "]" if token.text == "[" else ")"


def _check_depth(context: Context, tokens: Sequence[Token]) -> None:
    """Note brackets, and operators before an operand, that stand too deep in each other."""
    # How many such operators wait for their operand, in all and before each of the brackets that are open.
    waiting = 0
    outside: list[int] = []
    for token in tokens:
        if token.kind is Kind.PREFIX:
            waiting += 1
        elif token.kind is Kind.OPEN:
            outside.append(waiting)
        elif token.kind is Kind.CLOSE and outside:
            outside.pop()
        if token.kind in (Kind.VALUE, Kind.CLOSE, Kind.INFIX):
            waiting = outside[-1] if outside else 0
        if len(outside) > syntax.MAX_DEPTH or waiting > syntax.MAX_DEPTH:
            context.error("too-deep", f"{token.text} may stand {syntax.MAX_DEPTH} deep at most.", *token.span)
            return


def _check_operator(context: Context, before: Token | None, token: Token, after: Token | None) -> None:
    if token.kind is Kind.INFIX and (before is None or before.kind in _BEFORE_OPERAND):
        message = f"{token.text} needs something to search for before it."
        # Without it, what was to be left out would be asked for.
        excludes = token.operator is not None and token.operator.name == "without"
        context.error("dangling-operator", message, *token.span, instead=None if excludes else "")
    elif token.kind in (Kind.INFIX, Kind.PREFIX) and (after is None or after.kind not in _OPERAND):
        message = f"{token.text} needs something to search for after it."
        if after is not None and after.kind is Kind.INFIX:
            message = f"{token.text} and {after.text} stand side by side; only one of them can."
        is_field = token.operator is not None and token.operator.name == "field"
        code = "field-without-value" if is_field else "dangling-operator"
        context.error(code, message, *token.span, instead="")


def _completed(context: Context, tokens: Sequence[Token], implied: Operator | None) -> Iterator[Token]:
    before: Token | None = None
    for token in tokens:
        if before is not None and before.kind in (Kind.VALUE, Kind.CLOSE) and token.kind in _OPERAND:
            if implied is None:
                _refuse_side_by_side(context, before, token)
                stop_at_enough(context)
            else:
                yield Token(Kind.INFIX, "", before.end, token.start, implied)
        yield token
        before = token


def _refuse_side_by_side(context: Context, before: Token, token: Token) -> None:
    message = "Put a connector between these two, such as AND."
    fix = f"{context.text[: before.end].rstrip()} AND {context.text[token.start :].lstrip()}"
    context.error("missing-operator", message, before.start, token.end, fix=fix)
