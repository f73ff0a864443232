"""A day in a file's path -> a doubtful date for an article without one. Where a setting asks for it, and only then."""

import datetime
from collections.abc import Iterator
from dataclasses import replace

import regex

from search.articles import PATH, Article, Note, NoteKind
from search.reading.context import LATEST

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?P<year>1[5-9][0-9]{2}|20[0-9]{2})"
_MONTH = rf"(?P<month>0?[1-9]|1[0-2]|(?i:{'|'.join(_MONTHS)})[a-z]*+)"
# What stands between year, month and day: the same both times, or nothing between two digits each.
_DAYS = (
    regex.compile(rf"(?<![0-9]){_YEAR}(?P<sign>[-_./]){_MONTH}(?P=sign)(?P<day>[0-9]{{1,2}})(?![0-9])"),
    regex.compile(rf"(?<![0-9]){_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})(?![0-9])"),
)
_ONLY_YEAR = regex.compile(rf"(?<![0-9]){_YEAR}(?![0-9])")


def dated_by_path(article: Article, today: datetime.date, where: str | None) -> Iterator[Article | Note]:
    """Yield an article with the day that its file's path has, after a note; as it is where it has a date, or no day is.

    A path that has no more than a year leaves the article undated, with a note.
    """
    path = article.source.path
    if article.date is None and (found := _last_day(path, today)):
        day, written = found
        reason = f"it has no date, so {day} was taken from {written!r} in its path"
        yield Note(path, reason, where, NoteKind.DATE_DOUBTFUL)
        article = replace(article, date=day, origins=replace(article.origins, date=PATH))
    elif article.date is None and (year := _last_year(path, today)):
        reason = f"it has no date; its path has the year {year}, but no day"
        yield Note(path, reason, where, NoteKind.DATE_INCOMPLETE)
    yield article


def _last_day(path: str, today: datetime.date) -> tuple[datetime.date, str] | None:
    """Return the last day in a path that can be, and how it is written there."""
    found = [
        (match.start(), day, match.group())
        for pattern in _DAYS
        for match in pattern.finditer(path, overlapped=True)
        if (day := _day(match["year"], match["month"], match["day"])) and day <= today + LATEST
    ]
    return max(found)[1:] if found else None


def _day(year: str, month: str, day: str) -> datetime.date | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return datetime.date(int(year), number, int(day))
    except ValueError:
        return None


def _last_year(path: str, today: datetime.date) -> str | None:
    years = [match["year"] for match in _ONLY_YEAR.finditer(path) if int(match["year"]) <= today.year + 1]
    return years[-1] if years else None
