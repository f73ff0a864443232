"""The parts of a dateline, each read where it begins: a day, a weekday, an agency or region in brackets, a dash.

A text and a position in; what was read and where it ends out, or None. What the parts amount to, dateline.py judges.
Every repetition is bounded, so no input can make this slow.
"""

from dataclasses import dataclass

import regex

from search.reading.dates import WrittenDay, written_day
from search.reading.months import MONTHS, WEEKDAYS

_FLAGS = regex.VERBOSE | regex.IGNORECASE

_GAP = r"[\s,.;:]{0,4}"
_NUMERIC = r"""
    (?P<year>20\d\d|19\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)
  | (?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>(?:19|20)\d\d|\d\d))?(?!\d)
  | (?P<one>\d{1,2})(?P<sign>[/\-])(?P<other>\d{1,2})(?:(?P=sign)(?P<year>(?:19|20)\d\d|\d\d))?(?![\d/])
"""
_NAMED = r"""
    (?P<month>\L<months>)(?:\.\s{0,2}|\s{1,3})(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\w/]|[.,:]\d)
    (?: ,?\s{1,3}(?P<year>(?:1[4-9]|20)\d\d)(?!\w) )?
  | (?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?:\s{1,3}|-)(?:de\s|of\s)?(?P<month>\L<months>)(?!\w)\.?
    (?: ,?(?:\s{1,3}|-)(?:de\s)?(?P<year>(?:1[4-9]|20)\d\d)(?!\w) )?
"""


def _compiled(pattern: str) -> regex.Pattern[str]:
    names = {"months": list(MONTHS), "weekdays": list(WEEKDAYS)}
    return regex.compile(pattern, _FLAGS, ignore_unused=True, cache_pattern=False, **names)


NAMED_DAY = _compiled(rf"(?<![\w])(?:{_NAMED})")
_NUMERIC_DAY = _compiled(rf"(?<![\w./\-])(?:{_NUMERIC})")
_DAY_NEXT = _compiled(rf"{_GAP}(?P<open>\()?(?:{_NAMED}|{_NUMERIC})(?(open)\))")
# Before a small letter it is a word of the story: "(PTI) Sun shone".
_WEEKDAY_NEXT = _compiled(r"[\s,.]{0,4}(?:on\s)?\L<weekdays>(?!\w)\.?(?=[\s,.:;|(–—―\-])(?!\s+(?-i:\p{Ll}))")
_BRACKET_NEXT = regex.compile(r"[\s,.:|]{0,4}(?:--?|[–—])?\s?[(\[]\s{0,2}(?P<inside>[^()\[\]\n]{1,48}?)\s{0,2}[)\]]")
_SLASHES_NEXT = regex.compile(r"[\s,.]{1,4}/\s?(?P<inside>[\p{L}\p{M}][\p{L}\p{M}\s\-.]{1,30}?)\s?/")
_BARE_NEXT = regex.compile(
    r"[\s,.|]{1,4}(?P<inside>[\p{L}\p{M}][\p{L}\p{M}\d.\-]{1,14}(?:\s[\p{L}\p{M}]{2,12})?)"
    r"(?=\s{0,3}(?:-{1,2}\s|[–—―|:]|\.\s?[-–—]))"
)
_NAME_ONLY = regex.compile(r"[\p{L}\p{M}\d][\p{L}\p{M}\d\s./&'’!\-,–]{1,46}")
MARK = regex.compile(
    r"[\s,.]{0,4}(?P<mark>-{1,3}(?![\d\-])|_{1,2}|[–—―]|:|\||=(?=\s)|(?<=\s)/(?=\s))\s{0,4}|(?P<mark>)\s{0,4}"
)
_AFTER_MARK = regex.compile(
    r"(?P<inside>[\p{L}\p{M}][\p{L}\p{M}\d.\-]{1,14}(?:\s[\p{L}\p{M}]{2,12})?)(?:\s?[.:]\s{1,3}|\s{0,2}[-–—]{1,2}\s{1,3})"
)
_CLOSING = regex.compile(r"[.,:;]?(?=\s{0,2}(?:[-–—―_|]|$))|\.(?=\s{1,3}\p{Lu})")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as read: `day` is None where the calendar has none such, or where `either` says which two it may be."""

    end: int
    day: WrittenDay | None
    either: tuple[WrittenDay, WrittenDay] | None = None


@dataclass(frozen=True, slots=True)
class Bracket:
    """What stands in brackets, and where they end."""

    inside: str
    end: int
    is_square: bool
    is_after_dash: bool


def first_day(text: str, start: int, stop: int) -> int | None:
    """Where the first day between `start` and `stop` begins; a day may end up to 12 code points later."""
    if not any(map(str.isdecimal, text[start : stop + 12])):
        return None
    found = [pattern.search(text, start, stop + 12) for pattern in (NAMED_DAY, _NUMERIC_DAY)]
    begins = [match.start() for match in found if match is not None and match.start() < stop]
    return min(begins, default=None)


def day_at(text: str, position: int) -> Day | None:
    """The day written at `position`, after any comma or full stop."""
    match = _DAY_NEXT.match(text, position)
    if match is None:
        return None
    if match["one"]:
        return _either(match)
    if match["month"].isdecimal():
        return Day(match.end(), _numbered(match["month"], match["day"], match["year"]))
    return Day(match.end(), written_day(match["month"], match["day"], match["year"]))


def weekday_at(text: str, position: int) -> int | None:
    """Where a weekday at `position` ends."""
    match = _WEEKDAY_NEXT.match(text, position)
    return int(match.end()) if match else None


def bracket_at(text: str, position: int) -> Bracket | None:
    """What stands in round or square brackets, or between slashes ("/TASS/"), at `position`."""
    match = _BRACKET_NEXT.match(text, position) or _SLASHES_NEXT.match(text, position)
    if match is None:
        return None
    before = text[position : match.start("inside")]
    inside = " ".join(match["inside"].split())
    return Bracket(inside, match.end(), is_square="[" in before, is_after_dash=not {"-", "–", "—"}.isdisjoint(before))


def bare_at(text: str, position: int) -> tuple[str, int] | None:
    """One or two words at `position` before a dash, without brackets ("March 12, Reuter -")."""
    return _inside(_BARE_NEXT.match(text, position))


def after_mark(text: str, position: int) -> tuple[str, int, int] | None:
    """One or two words that follow the dash and are closed by a full stop or another dash ("- РИА Новости. ").

    The words, where they end, and where the story begins.
    """
    match = _AFTER_MARK.match(text, position)
    return (" ".join(match["inside"].split()), match.end("inside"), match.end()) if match else None


def closed(text: str, end: int) -> int:
    """`end`, or the place after a full stop that closes the dateline before its dash ("(EFE).- ")."""
    match = _CLOSING.match(text, end)
    return int(match.end()) if match else end


def is_name(written: str) -> bool:
    """Whether it can be the name of an agency, a person or a region: letters, and not too many."""
    return _NAME_ONLY.fullmatch(written) is not None


def _inside(match: regex.Match[str] | None) -> tuple[str, int] | None:
    return (" ".join(match["inside"].split()), int(match.end())) if match else None


def _either(match: regex.Match[str]) -> Day:
    one, other, year = match["one"], match["other"], match["year"]
    day_first, month_first = _numbered(other, one, year), _numbered(one, other, year)
    if day_first and month_first and day_first != month_first:
        return Day(match.end(), None, (day_first, month_first))
    return Day(match.end(), day_first or month_first)


def _numbered(month: str, day: str, year: str | None) -> WrittenDay | None:
    whole = year if year is None or len(year) == 4 else ("20" if int(year) < 70 else "19") + year
    return written_day(month, day, whole)
