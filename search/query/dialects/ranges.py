"""A range such as [20020101 TO 20030101], or one such date -> a clause of ours on days or lengths."""

import datetime

import regex

from search.query.context import Clause, Context, Place, TypedClause
from search.query.dates import NONE, DateSyntaxError, parse_days
from search.query.dialects.days import compact, without_time
from search.query.dialects.reading import negated, read_own
from search.query.dialects.tokens import Token
from search.query.nodes import Undated

_RANGE = regex.compile(
    r'(?P<opening>[\[{])\s*+"?(?P<low>[^\s"]++)"?\s++TO\s++"?(?P<high>[^\s"\]}]++)"?\s*+(?P<closing>[\]}])'
    r"(?P<weight>\^.*+)?"
)
_NUMBER = regex.compile("[0-9]{1,9}")
_ONE_DAY = datetime.timedelta(days=1)
_DATE_FORMS = "20240824, 2024-08-24 or 2024-08-24T00:00:00Z"


def read_range(context: Context, token: Token, place: Place) -> Clause | None:
    """Read a range of dates or of lengths; other fields have no order here."""
    match = _RANGE.fullmatch(token.text.replace("\\", ""))
    if place.name not in ("date", "words"):
        message = "A range can be asked of date and words; for words of text, write them with OR, or with a wildcard."
        return context.error("no-counterpart", message, *token.span)
    code = "bad-date" if place.name == "date" else "bad-length"
    if match is None:
        return context.error(code, "Write a range as [a TO b], {a TO b} or [a TO *].", *token.span)
    if match["weight"]:
        return context.error("bad-weight", "A range has no weight; leave it out.", *token.span)
    if match["low"] == match["high"] == "*" and place.name == "date":
        return has_day(context, token)
    if match["low"] == match["high"] == "*":
        message = "Whether an article has a field cannot be asked; name one end of the range."
        return context.error("no-counterpart", message, *token.span)
    bounds = _days(match) if place.name == "date" else _numbers(match)
    if bounds is None:
        forms = _DATE_FORMS if place.name == "date" else "300"
        return context.error(code, f"What a range goes from or to is written as {forms}, or *.", *token.span)
    return read_own(context, f"{bounds[0]}..{bounds[1]}", token, place)


def has_day(context: Context, token: Token) -> Clause:
    """Read what asks for articles that have a date, whichever it is."""
    clause = negated(Clause(Undated(), f"date:{NONE}"))
    context.clauses.append(TypedClause(clause.node, *token.span))
    return clause


def read_single_date(context: Context, token: Token, text: str) -> Clause | None:
    """Read one day, month or year."""
    day, _ = without_time(text)
    return read_own(context, compact(day) or day, token, Place("date"))


def _days(match: "regex.Match[str]") -> tuple[str, str] | None:
    """Return the first and last day between the bounds, "" being open; None where one is no date."""
    low, high = _bound(match["low"]), _bound(match["high"])
    if low is None or high is None:
        return None
    (low_day, _), (high_day, high_in_day) = low, high
    # Of a day that begins before the time named, the rest still counts.
    if match["opening"] == "{" and low_day and "T" not in match["low"]:
        low_day = _shifted(low_day, last=True)
    if match["closing"] == "}" and high_day and not high_in_day:
        high_day = _shifted(high_day, last=False)
    return low_day, high_day


def _bound(text: str) -> tuple[str, bool] | None:
    if text == "*":
        return "", False
    day, in_day = without_time(text)
    written = compact(day)
    return None if written is None else (written, in_day)


def _shifted(text: str, *, last: bool) -> str:
    """Return the day after the last, or before the first, of a day, month or year; the text itself where it is none."""
    try:
        first_day, last_day = parse_days(text)
        day = last_day + _ONE_DAY if last and last_day else first_day and first_day - _ONE_DAY
    except (DateSyntaxError, OverflowError):
        return text
    return str(day)


def _numbers(match: "regex.Match[str]") -> tuple[str, str] | None:
    low, high = match["low"], match["high"]
    if not all(text == "*" or _NUMBER.fullmatch(text) for text in (low, high)):
        return None
    least = "" if low == "*" else str(int(low) + (match["opening"] == "{"))
    most = "" if high == "*" else str(int(high) - (match["closing"] == "}"))
    return least, most
