"""Conditions on dates and lengths, as in date aft 8/24/2024 and length > 500 -> clauses of our language."""

from collections.abc import Callable

import regex

from search.query.context import Clause, Context, Place
from search.query.dialects.days import MONTH, american
from search.query.dialects.lexer import Match, Rule
from search.query.dialects.reading import IN_TEXT, both, read_own
from search.query.dialects.tokens import Kind, Token

_SIGNS = {
    **dict.fromkeys((">", "aft", "after", "gt"), ">"),
    **dict.fromkeys(("<", "bef", "before", "lt"), "<"),
    **dict.fromkeys((">=", "geq"), ">="),
    **dict.fromkeys(("<=", "leq"), "<="),
    **dict.fromkeys(("=", "is", "eq", ""), ""),
}
_SIGN = r">=|<=|[<>=]|(?:after|aft|before|bef|geq|leq|gt|lt|eq|is)\b"
# Those that are no other word.
_PLAIN_SIGN = r">=|<=|[<>=]|(?:aft|bef|geq|leq|gt|lt|eq)\b"
_VALUE = rf"""
    {MONTH}\s+(?:[0-9]{{1,2}}\b,?\s*)?[0-9]{{4}}\b | [0-9]{{1,2}}\s+{MONTH}\s+[0-9]{{4}}\b | [0-9][^\s()]*+
"""
_CONDITION = regex.compile(
    rf"\s*+ (?P<sign>{_SIGN}|) \s*+ (?P<open>\()? \s*+ (?P<value>{_VALUE}) \s*+ (?(open)\))",
    regex.VERBOSE | regex.IGNORECASE,
)
_CONNECTOR = regex.compile(r"\s*+(?:and\b|&)", regex.IGNORECASE)
_NUMBER = regex.compile("[0-9][0-9,]*+")


def _number(text: str) -> str | None:
    return text.replace(",", "") if _NUMBER.fullmatch(text) else None


def _rules(name: str, field: str, read_value: Callable[[str], str | None]) -> tuple[Rule, ...]:
    """Return the rules for conditions in brackets, and for one without."""

    def of_groups(context: Context, match: Match) -> Token:
        start, end = match.span("inside")
        parts = _parts(context, field, read_value, start, end)
        return Token(Kind.VALUE, match.group(), *match.span(), sort=field, parts=parts)

    return (
        (rf"{name}\s*+\((?P<inside>(?:[^()]++|\([^()]*+\))*+)\)", of_groups),
        (rf"{name}\s*+(?P<inside>(?:{_SIGN})\s*+(?:{_VALUE})|(?:{_PLAIN_SIGN})\s*+[^\s()]*+)", of_groups),
    )


def _parts(
    context: Context, field: str, read_value: Callable[[str], str | None], start: int, end: int
) -> tuple[Token, ...]:
    """Return the conditions between two places, joined by AND; an error where they are none."""
    parts = []
    position = start
    while match := _CONDITION.match(context.text, position, end):
        value = read_value(match["value"])
        if value is None:
            break
        sign = _SIGNS[match["sign"].lower()]
        parts.append(Token(Kind.VALUE, f"{sign}{value}", match.start("value"), match.end("value"), sort=field))
        position = match.end()
        connector = _CONNECTOR.match(context.text, position, end)
        if connector is None:
            break
        position = connector.end()
    if not parts or context.text[position:end].strip():
        _refuse(context, field, start, end)
    return tuple(parts)


def _refuse(context: Context, field: str, start: int, end: int) -> None:
    if field == "date":
        message = "Write a date as date aft 8/24/2024, date bef 2024 or date is August 24, 2024, with all of the year."
    else:
        message = "Write a length in words as length > 500."
    if not context.text[start:end].strip():
        start, end = start - 1, end + 1
    context.error("bad-date" if field == "date" else "bad-length", message, start, end)


def compared(context: Context, token: Token, place: Place) -> Clause | None:
    """Read conditions, each of which must hold; an error where they are asked of a field."""
    if place != IN_TEXT:
        message = "A date or length cannot be asked inside a field or function; put it beside the brackets."
        return context.error("nested-field", message, *token.span)
    read = [read_own(context, part.text, part, Place(part.sort)) for part in token.parts]
    return both([clause for clause in read if clause is not None])


CONDITIONS = (*_rules("date", "date", american), *_rules("length", "words", _number))
