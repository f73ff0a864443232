"""The dates that other archives take -> ours: 2024-08-24, 2024-08 or 2024. Knows forms, not the calendar."""

import datetime

import regex

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)

_SLASHED = regex.compile(r"([0-9]{1,2})[/-](?:([0-9]{1,2})[/-])?([0-9]{4})")
_ISO = regex.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_NAMED = regex.compile(rf"({MONTH})\s+(?:([0-9]{{1,2}}),?\s+)?([0-9]{{4}})", regex.IGNORECASE)
_DAY_FIRST = regex.compile(rf"([0-9]{{1,2}})\s+({MONTH})\s+([0-9]{{4}})", regex.IGNORECASE)
_COMPACT = regex.compile(r"([0-9]{4})([0-9]{2})?([0-9]{2})?")
_EITHER_ORDER = regex.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})")
_FROM_TODAY = regex.compile(r"[+-][0-9]{1,7}")
_TIME = regex.compile(r"(?P<day>[0-9]{4}-?[0-9]{2}-?[0-9]{2})T(?P<time>[0-9:.]*)Z?")
# Two digits of a year from here on are of the century before.
_FIRST_OF_CENTURY = 60


def american(text: str) -> str | None:
    """Read 8/24/2024, 8/2024, 2024, 2024-08-24, August 24, 2024 or 24 Aug 2024; None where it is none of them."""
    text = text.strip()
    if slashed := _SLASHED.fullmatch(text):
        month, day, year = slashed.groups()
        return _iso(year, month, day)
    if named := _NAMED.fullmatch(text):
        return _iso(named[3], _month(named[1]), named[2])
    if day_first := _DAY_FIRST.fullmatch(text):
        return _iso(day_first[3], _month(day_first[2]), day_first[1])
    return text if _ISO.fullmatch(text) else None


def plain_or_slashed(text: str, today: datetime.date) -> str | None:
    """Read 20240824, -7 (days before today), or a date with slashes whose order leaves no doubt; else None."""
    if _FROM_TODAY.fullmatch(text):
        try:
            return (today + datetime.timedelta(days=int(text))).isoformat()
        except OverflowError:
            return None
    if len(text) == 8 and _COMPACT.fullmatch(text):
        return compact(text)
    slashed = _EITHER_ORDER.fullmatch(text)
    if slashed is None:
        return None
    first, second, year = slashed.groups()
    if int(first) <= 12 and int(second) <= 12 and int(first) != int(second):
        return None
    month, day = (second, first) if int(first) > 12 else (first, second)
    return _iso(_whole_year(year), month, day)


def compact(text: str) -> str | None:
    """Read 20240824, 202408 or 2024, with or without hyphens; None where it is none of them."""
    if _ISO.fullmatch(text):
        return text
    match = _COMPACT.fullmatch(text)
    return _iso(*match.groups()) if match else None


def without_time(text: str) -> tuple[str, bool]:
    """Return a date without its time of day, and whether it had one that is not midnight."""
    match = _TIME.fullmatch(text)
    if match is None:
        return text, False
    return match["day"], bool(match["time"].strip("0:."))


def _iso(year: str, month: str | None = None, day: str | None = None) -> str:
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part is not None)])


def _month(name: str) -> str:
    return str(_MONTHS.index(name[:3].lower()) + 1)


def _whole_year(year: str) -> str:
    if len(year) == 4:
        return year
    return f"{19 if int(year) >= _FIRST_OF_CENTURY else 20}{year}"
