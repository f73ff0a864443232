"""Calendar days as sources write them: what is a day at all, and why one cannot be used. Shared by all readers.

`written_dates` reads the date of a field or header; `WrittenDay` is the day of a dateline.
"""

import datetime
import difflib
from dataclasses import dataclass
from typing import ClassVar

from search.articles import NoteKind
from search.reading.context import ReadingContext
from search.reading.months import ENGLISH_MONTHS, MONTHS

OLDEST_YEAR = 1500  # before printing there was no news; a year such as 0001 is a program's "nothing"


class DateError(ValueError):
    """A date that cannot be used; its text is the reason and what to write instead, `kind` that of a note on it."""

    kind: ClassVar[NoteKind] = NoteKind.DATE_UNREADABLE


class DoubtfulDateError(DateError):
    """A day before the year 1500 or more than a year ahead."""

    kind: ClassVar[NoteKind] = NoteKind.DATE_DOUBTFUL


class PartialDateError(DateError):
    """A month or a year alone: true, but not a day. `month` is None where only the year is known."""

    kind: ClassVar[NoteKind] = NoteKind.DATE_INCOMPLETE

    def __init__(self, reason: str, *, year: int, month: int | None) -> None:
        super().__init__(reason)
        self.year = year
        self.month = month


class AmbiguousDateError(DateError):
    """A numeric date whose order of day and month cannot be told; `meanings` are the two days that it can be."""

    kind: ClassVar[NoteKind] = NoteKind.DATE_AMBIGUOUS

    def __init__(self, reason: str, *, meanings: tuple[datetime.date, datetime.date]) -> None:
        super().__init__(reason)
        self.meanings = meanings


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as a dateline writes it, often without its year."""

    month: int
    day: int
    year: int | None

    def agrees(self, date: datetime.date) -> bool:
        """Whether `date` could be the day meant."""
        return (self.month, self.day) == (date.month, date.day) and self.year in {None, date.year}


def check_date(date: datetime.date, *, context: ReadingContext) -> datetime.date:
    """`date` itself; raises DoubtfulDateError before the year 1500 or more than a year ahead."""
    if date.year < OLDEST_YEAR:
        raise DoubtfulDateError(f"the date {date} is before the year {OLDEST_YEAR}: write the day it was published")
    if context.is_ahead(date):
        raise DoubtfulDateError(f"the date {date} is more than a year ahead: write the day it was published")
    return date


def written_day(month: str, day: str, year: str | None) -> WrittenDay | None:
    """The day of a dateline, its month a name or a number; None where the calendar has none such (Feb 31)."""
    number = int(month) if month.isdecimal() else MONTHS[month.casefold()]
    try:
        datetime.date(int(year) if year else 2000, number, int(day))  # 2000: a leap year, Feb 29 may be
    except ValueError:
        return None
    return WrittenDay(number, int(day), int(year) if year else None)


def resembles_month(word: str) -> bool:
    """Whether `word` is an English month with a slip of the fingers in it, as "Narch" is."""
    return bool(difflib.get_close_matches(word.casefold(), ENGLISH_MONTHS, n=1, cutoff=0.74))
