"""Text -> a range of days: the forms that `date:`, `from` and `to` take. Plain calendar dates, no clock, no zone."""

import calendar
import datetime

import regex

Days = tuple[datetime.date | None, datetime.date | None]

FORMS = "2024-08-24, 2024-08, 2024, 2024-08..2024-09, ..2023, 2023.., >=2024-01-01 or <2024"

_DATE = regex.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ONE_DAY = datetime.timedelta(days=1)


class DateSyntaxError(ValueError):
    """The text is no date or range of dates; its message says why, `better` what was probably meant."""

    def __init__(self, message: str, better: str | None = None) -> None:
        self.better = better
        super().__init__(message)


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
    first, last = _period(text)
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
    start = _period(low)[0] if low else None
    end = _period(high)[1] if high else None
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
