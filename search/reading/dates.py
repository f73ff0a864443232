"""The days that sources write, as calendar days. Text in, dates out; shared by both readers.

Nothing is guessed: a day that cannot be, or that is not written YYYY-MM-DD, is a DateError that says what to
type. A date-time gives its calendar day as written, never shifted by its zone.
"""

import datetime
import difflib
import re
from dataclasses import dataclass

from search.reading.months import ENGLISH_MONTHS, MONTHS

OLDEST_YEAR = 1400  # before printing there was no news; a year such as 0001 is a program's "nothing"
LATEST = datetime.timedelta(days=366)  # embargoed copy is dated ahead, but not by more than a year

_ISO = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"\s?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?)?)?"
)
_PARTIAL = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


class DateError(ValueError):
    """A date that cannot be used; its text is the reason and what to type instead."""


class PartialDateError(DateError):
    """A month or a year alone: true, but not a day, so the article is kept without a date."""


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as a dateline writes it, often without its year."""

    month: int
    day: int
    year: int | None

    def agrees(self, date: datetime.date) -> bool:
        """Whether `date` could be the day meant."""
        return (self.month, self.day) == (date.month, date.day) and self.year in {None, date.year}


def read_date(written: str, *, today: datetime.date) -> datetime.date:
    """The calendar day that an ISO date or date-time names; raises PartialDateError or DateError."""
    match = _ISO.fullmatch(written)
    if match is None:
        if _PARTIAL.fullmatch(written):
            reason = f"the date {written!r} names no day, so it is left out: write YYYY-MM-DD"
            raise PartialDateError(reason)
        raise DateError(f"the date {written[:40]!r} is not in the form YYYY-MM-DD, such as 2024-08-24")
    try:
        date = datetime.date.fromisoformat(match["day"])
    except ValueError as error:
        raise DateError(f"there is no day {match['day']}: write YYYY-MM-DD, such as 2024-08-24") from error
    return check_date(date, today=today)


def check_date(date: datetime.date, *, today: datetime.date) -> datetime.date:
    """`date` itself where news can bear it; DateError before the year 1400 or over a year from `today`."""
    if date.year < OLDEST_YEAR:
        raise DateError(f"the date {date} is before the year {OLDEST_YEAR}: write the day it was published")
    if date > today + LATEST:
        raise DateError(f"the date {date} is more than a year ahead: write the day it was published")
    return date


def written_day(month: str, day: str, year: str | None) -> WrittenDay | None:
    """The day of a dateline, or None where the calendar has none such (Feb 31)."""
    number = MONTHS[month.casefold()]
    try:
        datetime.date(int(year) if year else 2000, number, int(day))  # 2000: a leap year, Feb 29 may be
    except ValueError:
        return None
    return WrittenDay(number, int(day), int(year) if year else None)


def resembles_month(word: str) -> bool:
    """Whether `word` is an English month with a slip of the fingers in it, as "Narch" is."""
    return bool(difflib.get_close_matches(word.casefold(), ENGLISH_MONTHS, n=1, cutoff=0.74))
