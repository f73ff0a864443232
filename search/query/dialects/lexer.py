"""The text of a query -> tokens, by a dialect's rules: the first rule that fits at a place makes the token."""

from collections.abc import Callable, Iterator, Sequence

import regex

from search.errors import QueryError
from search.language import bound
from search.query import syntax
from search.query.clauses import QUOTES
from search.query.context import PLAIN_LETTERS, Context
from search.query.dialects.tokens import Kind, Operator, Token, stop_at_enough

Match = regex.Match[str]
# What makes a token of what a pattern matched, or declines.
Maker = Callable[[Context, Match], Token | None]
Rule = tuple[str, Maker]

_QUOTED = rf"[{QUOTES}](?P<inner>[^{QUOTES}]*+)[{QUOTES}]"
_IN_WORD = rf"[^\s()\[\]{QUOTES}]"
# What an operator that is a word must have after it.
END = rf"(?!{_IN_WORD})"
_NEXT = regex.compile(r"\S")
# White space to Python, though not to patterns.
_SEPARATORS = PLAIN_LETTERS | str.maketrans("\x1c\x1d\x1e\x1f", "    ")


class Lexer:
    """Cuts text into tokens by rules that are tried in order; white space separates."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [(regex.compile(pattern, regex.IGNORECASE | regex.VERBOSE), make) for pattern, make in rules]

    def tokens(self, context: Context) -> Iterator[Token]:
        """Yield the tokens of a query."""
        text, position = bound(context.text).translate(_SEPARATORS), 0
        values = 0
        while following := _NEXT.search(text, position):
            token = self._token(context, text, following.start())
            yield token
            position = token.end
            values += token.kind is Kind.VALUE
            if values > syntax.MAX_CLAUSES:
                context.check_size(values, syntax.MAX_CLAUSES, "words or more")
                context.raise_errors()
            stop_at_enough(context)

    def _token(self, context: Context, text: str, position: int) -> Token:
        for pattern, make in self._rules:
            match = pattern.match(text, position)
            token = make(context, match) if match is not None else None
            if token is not None:
                return token
        return Token(Kind.VALUE, text[position], position, position + 1)


def infix(operator: Operator) -> Maker:
    """Return what makes this operator between two operands."""
    return lambda _, match: Token(Kind.INFIX, match.group(), *match.span(), operator)


def prefix(operator: Operator) -> Maker:
    """Return what makes this operator before an operand."""
    return lambda _, match: Token(Kind.PREFIX, match.group(), *match.span(), operator)


def word(_: Context, match: Match) -> Token:
    """Make a word."""
    return Token(Kind.VALUE, match.group(), *match.span())


def _quoted(_: Context, match: Match) -> Token:
    return Token(Kind.VALUE, match["inner"], *match.span(), sort="quoted")


def _bracket(_: Context, match: Match) -> Token:
    return Token(Kind.OPEN if match.group() in "([" else Kind.CLOSE, match.group(), *match.span())


def refuse_open_quote(context: Context, match: Match) -> Token:
    """Raise the error of quotes that are never closed."""
    context.note_open_quote(match.start())
    raise QueryError(context.diagnostics)


QUOTED: Rule = (_QUOTED, _quoted)
OPEN_QUOTE: Rule = (f"[{QUOTES}]", refuse_open_quote)
ROUND_BRACKETS: Rule = (r"[()]", _bracket)
BRACKETS: Rule = (r"[()\[\]]", _bracket)
WORD: Rule = (rf"[^\s(){QUOTES}]++", word)
