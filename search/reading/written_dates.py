"""Read the date of a field or header as a calendar day. What is written in, a day or why there is none out.

ISO 8601, RFC 822, compact and epoch forms, month names of many languages, numeric forms. 25/03/2016 says itself which
number is the day; 11/03/2016 does not, so the order that the archive's other dates have (`Survey`) decides, or nobody;
a date with dots has the day first. The rest is dateparser's, strictly, and kept only if day and year are those written.
A date-time gives the day as written, never shifted by its zone; an epoch gives the day in UTC.
"""

import datetime
import math
import unicodedata
from collections.abc import Mapping

import regex

from search.reading import date_forms, date_languages
from search.reading.answers import Answers
from search.reading.context import ReadingContext
from search.reading.dates import AmbiguousDateError, DateError, PartialDateError, check_date
from search.reading.months import MONTHS

_WRAPPERS = ("$date", "$numberLong", "@value", "#text", "value", "date", "iso")  # keys that exports put a date under
_SECONDS = 100_000_000  # epoch numbers from 1973-03 on: smaller ones are counts of something else
_SCALES = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3), (_SECONDS, 1))
_TOO_LARGE = 10**10  # seconds of the year 2286


def read_date(written: object, *, context: ReadingContext) -> datetime.date:
    """The day that a string, number, or an object around one names.

    Raises DateError: PartialDateError for a month or year, AmbiguousDateError where day and month may be exchanged,
    DoubtfulDateError before 1500 or more than a year ahead. While the archive is surveyed, counts which order certain
    numeric dates have.
    """
    if isinstance(written, str) and (match := date_forms.ISO.fullmatch(written)):
        return check_date(_day_of(match["day"]), context=context)
    text = _as_text(_unwrapped(written))
    date = _by_digits(text) or _numeric(text, context) or _named(text, context)
    if date is None:
        _refuse_partial(text)
        date = date_languages.read(text)
    if date is None:
        raise DateError(f"the date {_shown(text)} cannot be read: write YYYY-MM-DD, such as 2024-08-24")
    return check_date(date, context=context)


def _day_of(iso: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(iso)
    except ValueError as error:
        raise DateError(f"there is no day {iso}: write YYYY-MM-DD, such as 2024-08-24") from error


def _unwrapped(written: object) -> object:
    """What is inside a list of one, or an object with one of the keys that exports use; two levels at most."""
    for _ in range(2):
        if isinstance(written, list) and len(written) == 1:
            (written,) = written
        elif isinstance(written, Mapping):
            written = next((written[key] for key in _WRAPPERS if key in written), written)
    return written


def _as_text(written: object) -> str:
    if isinstance(written, float) and math.isfinite(written):
        written = int(written) if written.is_integer() else repr(written)
    if isinstance(written, bool) or not isinstance(written, str | int):
        raise DateError("its date is neither a text nor a number: write YYYY-MM-DD, such as 2024-08-24")
    text = " ".join(str(written).split())
    if len(text) > date_forms.LONGEST:
        raise DateError(f"the date {_shown(text)} is too long to be one: write YYYY-MM-DD, such as 2024-08-24")
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(char: str) -> str:
    """Digits of every script and full-width signs as ASCII; marks that only set the direction of writing as nothing."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if unicodedata.category(char) == "Cf":
        return ""
    return chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _by_digits(text: str) -> datetime.date | None:
    """Compact and epoch forms, and those that begin with a year of four digits."""
    if match := date_forms.COMPACT.fullmatch(text) or date_forms.year_month_day().fullmatch(text):
        return _calendar(text, match["year"], match["month"], match["day"])
    return _epoch(int(match["number"])) if (match := date_forms.EPOCH.fullmatch(text)) else None


def _calendar(text: str, year: str | int, month: str | int, day: str | int) -> datetime.date:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError as error:
        raise DateError(f"there is no day {_shown(text)}: write YYYY-MM-DD, such as 2024-08-24") from error


def _epoch(number: int) -> datetime.date | None:
    unit = next((unit for least, unit in _SCALES if abs(number) >= least), None)
    if unit is None or abs(number) // unit >= _TOO_LARGE:
        return None
    return datetime.date(1970, 1, 1) + datetime.timedelta(seconds=number // unit)


def _year(written: str, context: ReadingContext) -> int:
    """Of a year with two digits, the latest that is not after the next."""
    digits = written.lstrip("'’")
    return int(digits) if len(digits) > 2 else context.full_year(int(digits))


def _named(text: str, context: ReadingContext) -> datetime.date | None:
    for form in date_forms.named():
        if match := form.fullmatch(text):
            return _calendar(text, _year(match["year"], context), MONTHS[match["month"].casefold()], match["day"])
    return None


def _numeric(text: str, context: ReadingContext) -> datetime.date | None:
    match = date_forms.numeric().fullmatch(text)
    if match is None:
        return None
    one, two, three = int(match["one"]), int(match["two"]), match["three"]
    if one > 31:  # 87/03/25
        return _calendar(text, _year(match["one"], context), two, three)
    year = _year(three, context)
    if match["sign"] == "." and two <= 12:
        return _calendar(text, year, two, one)
    if one > 12 or two > 12 or one == two:
        return _certain(text, year, one, two, context)
    return _settled(text, year, one, two, context.survey)


def _certain(text: str, year: int, one: int, two: int, context: ReadingContext) -> datetime.date:
    """A numeric date that has one meaning, counted while the archive is surveyed."""
    date = _calendar(text, year, two, one) if one > 12 or one == two else _calendar(text, year, one, two)
    if context.counted is not None and one != two:
        context.counted.day_first += one > 12
        context.counted.month_first += two > 12
    return date


def _settled(text: str, year: int, one: int, two: int, survey: Answers) -> datetime.date:
    """A numeric date that may mean two days, read in the archive's order."""
    day_first, month_first = _calendar(text, year, two, one), _calendar(text, year, one, two)
    order = survey.is_day_first()
    if order is None:
        reason = (
            f"the date {_shown(text)} may be {min(day_first, month_first)} or {max(day_first, month_first)}, "
            "and no other date here says which: write YYYY-MM-DD"
        )
        raise AmbiguousDateError(reason, meanings=(day_first, month_first))
    return day_first if order else month_first


def _refuse_partial(text: str) -> None:
    match = date_forms.partial().fullmatch(text)
    if match is None:
        return
    month = _partial_month(match)
    if int(match["year"]) and (month is None or 1 <= month <= 12):
        reason = f"the date {_shown(text)} names no day, so it is left out: write YYYY-MM-DD"
        raise PartialDateError(reason, year=int(match["year"]), month=month)


def _partial_month(match: "regex.Match[str]") -> int | None:
    if match["month"]:
        return MONTHS[match["month"].casefold()]
    return int(match["number"]) if match["number"] else None
