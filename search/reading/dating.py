"""What the date of an article is: that of its field or header, of its dateline, or of a line of its own.

What was read of each in; the date, where it was found and what to report about it out. Shared by all readers.
"""

import datetime
from dataclasses import replace

from search.articles import DATELINE, LINE, NoteKind
from search.reading.context import ReadingContext
from search.reading.dateline import Opening, settled
from search.reading.dateline_parts import Day
from search.reading.dates import AmbiguousDateError, DateError, PartialDateError, WrittenDay
from search.reading.locating import date_of, nearest

_TURN_OF_YEAR = 7  # days that a dateline of December may lie before a date in January
_TOLD_ANYWAY = {NoteKind.DATE_UNREADABLE, NoteKind.DATE_DOUBTFUL}


def date_from(
    opening: Opening | None, bare: Day | None, unread: DateError | None, context: ReadingContext
) -> tuple[datetime.date | None, str | None]:
    """The date of a dateline, else that of a line of its own, and where it was found; None for what news cannot bear.

    `unread` is why the date of a field or header could not be used: where that has at least a year, it may say of which
    year the dateline is.
    """
    date = _day_of_dateline(opening.day if opening else None, unread, context=context)
    if date is not None or bare is None:
        return date, DATELINE if date else None
    day = settled(bare.either, context.survey) if bare.either else bare.day
    date = date_of(day, context=context)
    return date, LINE if date else None


def date_note(
    opening: Opening | None, date: datetime.date | None, unread: DateError | None
) -> tuple[str, NoteKind] | None:
    """What to report on an article's date, and its kind: that it is `unread`, or is not that of the dateline."""
    if unread is not None and (date is None or unread.kind in _TOLD_ANYWAY):
        return str(unread), unread.kind
    reason = _note_on_dateline(opening, date) if opening else None
    return (reason, NoteKind.DATE_CONFLICT if date else NoteKind.DATE_INCOMPLETE) if reason else None


def _note_on_dateline(opening: Opening, date: datetime.date | None) -> str | None:
    """What to report on a dateline's day: that the date given is another, or why it gives no date.

    A day without a year is taken in the year that brings it nearest to `date`, and over the turn of a year a dateline
    may be some days older than its story without a note.
    """
    if opening.day is None:
        return _note_on_either(opening.either, date)
    day = opening.day
    if date is None and day.year is None:
        return "its dateline has a day but no year, so it has no date: give it one, such as `date 2024-08-24`"
    if date is None:
        return f"its dateline says {_iso(day)}, which cannot be its date: give it one, such as `date 2024-08-24`"
    said = nearest(day, date)
    if day.agrees(date) or (said.year != date.year and abs((said - date).days) <= _TURN_OF_YEAR):
        return None
    return f"its date is {date}, but its dateline says {said}; {date} is kept"


def _note_on_either(either: tuple[WrittenDay, WrittenDay] | None, date: datetime.date | None) -> str | None:
    if either is None or (date is not None and any(day.agrees(date) for day in either)):
        return None
    one, other = (_iso(day) for day in either)
    kept = f"its date {date} is neither" if date else "it has no date: give it one, such as `date 2024-08-24`"
    return f"the day in its dateline may be {one} or {other}; {kept}"


def _iso(day: WrittenDay) -> str:
    return f"{day.year or '----'}-{day.month:02}-{day.day:02}"


def _day_of_dateline(
    day: WrittenDay | None, unread: DateError | None, *, context: ReadingContext
) -> datetime.date | None:
    """The day of a dateline as the article's date, with its own year or what a date that was not read says of it.

    A month or year without a day, and the two meanings of a numeric date, are known from `unread`. In the last week of
    a year a year alone is not enough, for the story may be of the next.
    """
    if day is not None and day.year is None:
        day = replace(day, year=_year_from(unread, day))
    return date_of(day, context=context)


def _year_from(unread: DateError | None, day: WrittenDay) -> int | None:
    if isinstance(unread, AmbiguousDateError):
        return next((meaning.year for meaning in unread.meanings if day.agrees(meaning)), None)
    if isinstance(unread, PartialDateError) and (unread.month == day.month or _is_of_one_year(unread, day)):
        return unread.year
    return None


def _is_of_one_year(unread: PartialDateError, day: WrittenDay) -> bool:
    return unread.month is None and (day.month, day.day) < (12, 25)
