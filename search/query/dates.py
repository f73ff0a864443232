"""Text -> days: the forms that `date:` takes, and the plainer ones of `from` and `to`; others say what day it is."""

import calendar
import datetime
from collections.abc import Callable

import regex

from search.query.nodes import AnnualDay, DateRange, Undated

Days = tuple[datetime.date | None, datetime.date | None]

FORMS = "2024-08-24, 2024-08, 2024, 2024-08..2024-09, ..2023, 2023.., >=2024-01-01 or <2024"
# What is written for articles without a day of publication.
NONE = "none"

_DATE = regex.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ANNUAL = regex.compile(r"--([0-9]{2})(?:-([0-9]{2}))?")
_LAST = regex.compile(r"last-([0-9]{1,4})-(day|week|month|year)s?", regex.IGNORECASE)
_LAST_WITHOUT_NUMBER = regex.compile(r"last[- ](day|week|month|year)", regex.IGNORECASE)
_NAMED = regex.compile(r"\b(today|yesterday)\b", regex.IGNORECASE)
# A year that has every day.
_LEAP_YEAR = 2000
_NO_DAY = datetime.timedelta()
_ONE_DAY = datetime.timedelta(days=1)


class DateSyntaxError(ValueError):
    """The text is no date or range of dates; its message says why, `better` what was probably meant."""

    def __init__(self, message: str, better: str | None = None) -> None:
        self.better = better
        super().__init__(message)


def read_date(text: str, today: datetime.date) -> tuple[DateRange | AnnualDay | Undated, str]:
    """Return what `date:` asks for, and the text without a today that asks for the same.

    Beside the forms of `parse_days`: --08-15 and --08 (in any year), last-7-days (the last of them today; weeks,
    months and years as well), today and yesterday, also in ranges; none for articles without a day.

    Raises:
        DateSyntaxError: as `parse_days`.
    """
    if text.lower() == NONE:
        return Undated(), NONE
    annual = _ANNUAL.fullmatch(text)
    if annual is not None:
        return _annual_day(text, *(int(part) if part else None for part in annual.groups())), text
    last = _LAST.fullmatch(text)
    if last is not None:
        first = _days_back(today, int(last[1]), last[2].lower())
        return DateRange(first, today), f"{first}..{today}" if first < today else str(today)
    if without_number := _LAST_WITHOUT_NUMBER.fullmatch(text):
        better = f"last-1-{without_number[1].lower()}"
        raise DateSyntaxError(f"How many does {text!r} mean? Write {better}, which ends with today.", better)
    try:
        text = _NAMED.sub(lambda match: str(today - (_ONE_DAY if match[1].lower() == "yesterday" else _NO_DAY)), text)
    except OverflowError as error:
        raise DateSyntaxError("The calendar has no yesterday.") from error
    return DateRange(*parse_days(text)), text


def _annual_day(text: str, month: int | None, day: int | None) -> AnnualDay:
    assert month is not None
    try:
        datetime.date(_LEAP_YEAR, month, 1 if day is None else day)
    except ValueError as error:
        better = None if not 1 <= month <= 12 else f"--{month:02}-{calendar.monthrange(_LEAP_YEAR, month)[1]}"
        raise DateSyntaxError(f"The calendar has no {text}.", better) from error
    return AnnualDay(month, day)


def _days_back(today: datetime.date, number: int, unit: str) -> datetime.date:
    """Return the first of the last so many days, weeks, months or years, of which today is the last day."""
    if not number:
        raise DateSyntaxError(f"The last 0 {unit}s are no day at all; write last-1-{unit}.", f"last-1-{unit}")
    try:
        if unit in ("day", "week"):
            return today - datetime.timedelta(days=number * (7 if unit == "week" else 1) - 1)
        months = today.year * 12 + today.month - 1 - number * (12 if unit == "year" else 1)
        year, month = divmod(months, 12)
        day = min(today.day, calendar.monthrange(year, month + 1)[1]) if year >= 1 else 1
        return datetime.date(year, month + 1, day) + _ONE_DAY
    except (OverflowError, ValueError) as error:
        raise DateSyntaxError(f"The calendar does not reach back {number} {unit}s.") from error


def parse_days(text: str) -> Days:
    """Return the first and last day a text stands for, both included, None where it is open.

    Raises:
        DateSyntaxError: not one of FORMS, a day the calendar does not have, or a range that ends before it begins.
    """
    for sign in (">=", "<=", ">", "<"):
        if text.startswith(sign):
            return _compared(sign, text[len(sign) :])
    if ".." in text:
        return _between(*text.split("..", 1))
    return _period(text)


def _period_of(text: str, range_of: Callable[[str], str]) -> tuple[datetime.date, datetime.date]:
    """Return the first and last day of a period that is part of a range, which is mended as a whole."""
    try:
        return _period(text)
    except DateSyntaxError as error:
        better = _sound(range_of(error.better)) if error.better else None
        raise DateSyntaxError(str(error), better) from error


def _sound(text: str) -> str | None:
    """Return a range in which one date was mended, the rest mended too; None where that cannot be."""
    try:
        parse_days(text)
    except DateSyntaxError as error:
        return error.better
    return text


def _period(text: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and last day of a year, a month or a day."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise DateSyntaxError(f"{text!r} is not a date; write {FORMS}.", _reordered(text))
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = datetime.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError as error:
        raise DateSyntaxError(f"The calendar has no {text}.", _last_possible(year, month, day)) from error
    if day is not None:
        return first, first
    last_month = 12 if month is None else month
    return first, datetime.date(year, last_month, calendar.monthrange(year, last_month)[1])


def _compared(sign: str, text: str) -> Days:
    first, last = _period_of(text, lambda better: f"{sign}{better}")
    if sign == ">=":
        return first, None
    if sign == "<=":
        return None, last
    try:
        return (last + _ONE_DAY, None) if sign == ">" else (None, first - _ONE_DAY)
    except OverflowError as error:
        raise DateSyntaxError(f"There is no day {'after' if sign == '>' else 'before'} {text}.") from error


def _between(low: str, high: str) -> Days:
    if not low and not high:
        raise DateSyntaxError(f"A range needs a date on at least one side of the dots; write {FORMS}.")
    start = _period_of(low, lambda better: f"{better}..{high}")[0] if low else None
    end = _period_of(high, lambda better: f"{low}..{better}")[1] if high else None
    if start and end and start > end:
        raise DateSyntaxError(f"The range ends before it begins: {low} is after {high}.", f"{high}..{low}")
    return start, end


def _reordered(text: str) -> str | None:
    """Offer the ISO order for dates whose order leaves no doubt: 24-08-2024, 24.8.2024, 2024/8/24."""
    parts = regex.split(r"[-./]", text)
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, month, day = parts if len(parts[0]) == 4 else parts[::-1]
    if len(year) != 4 or (len(parts[0]) != 4 and int(day) <= 12):
        return None
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _last_possible(year: int, month: int | None, day: int | None) -> str | None:
    if year < 1 or month is None or not 1 <= month <= 12 or day is None:
        return None
    return f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}" if day > 28 else None
