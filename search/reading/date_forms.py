"""The forms in which dates are written, as patterns: digits, month names, times of day. Tables only.

Every pattern is meant for `fullmatch` on a text of at most LONGEST code points, and every repetition in it is bounded.
Those with names of months take a third of a second to compile, which is done where one is first asked for.
"""

from functools import cache

import regex

from search.reading.months import MONTHS, WEEKDAYS

LONGEST = 80  # code points of a written date, time and zone included

_CLOCK = r"\d{1,3}[:.h]\d{2}(?:[:.]\d{2}(?:[.,:]\d{1,9})?)?|\d{1,2}(?=\s?(?:h\b|Uhr|[ap]\.?\s?m\b))"
_HALF = r"(?:\s?[ap]\.?\s?m\b\.?)?(?:\s?(?:Uhr|hrs?|h)\b\.?)?"
_ZONE = r"(?:\s?(?!\L<months>\b)[A-Z]{1,5}\b)?(?:\s?[+\-−]\d{1,2}:?(?:\d{2})?(?:\sUTC|\sGMT)?)?(?:\s?\([^()]{1,40}\))?"
_AT = r"(?:(?:at|um|à|às|a\slas|alle|ore|kl|в)\b\.?\s?)?"
TIME = rf"(?:{_AT}(?:{_CLOCK}){_HALF}{_ZONE})"
_WEEKDAY = r"(?:\(?\L<weekdays>\)?[.,]{0,2})"
_LABEL = r"(?:(?:first\s)?(?:published|posted|date)(?:\son)?\s?:?\s?|on\s)"
_BEFORE = rf"{_LABEL}?(?:{TIME}[\s,]{{1,3}})?(?:{_WEEKDAY}\s{{0,2}})?(?:(?:the|le|el|il|den|am|de)\s)?"
_AFTER = rf"(?:[\s,]{{0,2}}{_WEEKDAY})?(?:[\s,T@|/·•–—:\-]{{1,3}}{TIME}|T\d\dZ?|Z|[+-]\d\d:\d\d)?[\s.,]{{0,2}}"
_OF = r"(?:(?:of|de|di|del)\s|d['’])?"
_YEAR = r"(?P<year>\d{4}|['’]?\d{2})(?!\d)(?:\s?(?:г|года|р|року|r|roku)\b\.?)?"
_ORDINAL = r"(?:st|nd|rd|th|er|re|º|ª|°|\.)?"

_FORMS = {
    # 11 March 2016, 11. März 2016, 11 de marzo de 2016, 11-MAR-1987 15:01:01.79, Fri, 11 Mar 2016 10:00:00 GMT
    "DAY_FIRST": rf"(?P<day>\d{{1,2}}){_ORDINAL}[\s/\-.]{{0,2}}{_OF}(?P<month>\L<months>)\b\.?"
    rf"(?:[\s,/\-]{{1,2}}|(?=['’]))(?:(?:de|del|of)\s)?{_YEAR}",
    # March 11, 2016, Mar. 11th 2016
    "MONTH_FIRST": rf"(?P<month>\L<months>)\b\.?[\s\-]{{1,2}}(?P<day>\d{{1,2}})(?!\d){_ORDINAL}[\s,\-]{{1,2}}{_YEAR}",
    # Fri Mar 11 10:00:00 GMT 2016
    "YEAR_LAST": rf"(?P<month>\L<months>)\b\.?\s{{1,2}}(?P<day>\d{{1,2}})\s{{1,2}}{TIME}\s{{1,2}}(?P<year>\d{{4}})",
    # 2016 March 11, 2016-Mar-11
    "YEAR_FIRST": r"(?P<year>\d{4})[\s,/\-.]{1,2}(?P<month>\L<months>)\b\.?[\s,/\-]{1,2}(?P<day>\d{1,2})(?!\d)\.?",
}
_LISTS = {"months": list(MONTHS), "weekdays": list(WEEKDAYS)}


def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE, ignore_unused=True, cache_pattern=False, **_LISTS)


ISO = regex.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"\s?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?)?)?"
)


@cache
def named() -> tuple[regex.Pattern[str], ...]:
    """The forms with the name of a month."""
    return tuple(_compiled(f"{_BEFORE}{form}{_AFTER}") for form in _FORMS.values())


@cache
def year_month_day() -> regex.Pattern[str]:
    """2016/3/11, 2016. 3. 11., 2016年3月11日, 2016년 3월 11일."""
    return _compiled(
        rf"{_BEFORE}(?P<year>\d{{4}})\s?[/.\-年년]\s?(?P<month>\d{{1,2}})\s?[/.\-月월]\s?(?P<day>\d{{1,2}})(?!\d)[日일.]?{_AFTER}"
    )


@cache
def numeric() -> regex.Pattern[str]:
    """25/03/2016, 3-25-16, 25.3.2016, 87/03/25: which of the numbers is the day, others say."""
    return _compiled(
        rf"{_BEFORE}(?P<one>\d{{1,2}})\s?(?P<sign>[/.\-])\s?(?P<two>\d{{1,2}})\s?(?P=sign)\s?(?P<three>\d{{4}}|\d{{2}})(?!\d)"
        rf"{_AFTER}"
    )


# 20160311, 20160311T100000Z, 20160311100000
COMPACT = regex.compile(
    r"(?P<year>1[5-9]\d\d|20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)"
    r"(?:[T\s\-_]?(?:[01]\d|2[0-3]):?[0-5]\d(?::?[0-6]\d(?:[.,]\d{1,9})?)?\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
# Seconds, milli-, micro- or nanoseconds since 1970; /Date(1457690400000)/ as some programs write them
EPOCH = regex.compile(r"/?(?P<wrapped>Date\()?(?P<number>-?\d{9,19})(?:\.\d{1,9})?(?:[+-]\d{4})?(?(wrapped)\))/?")


@cache
def partial() -> regex.Pattern[str]:
    """2016, 2016-03, 2016/3, 03/2016, March 2016, mars de 2016, 2016年3月."""
    return _compiled(
        r"(?P<year>\d{4})(?:[\-/年.](?P<number>\d{1,2})月?)?年?|(?P<number>\d{1,2})[/.\-](?P<year>\d{4})"
        r"|(?P<month>\L<months>)\b\.?[\s,\-]{1,2}(?:de\s)?(?P<year>\d{4})|(?P<year>\d{4})[\s,\-]{1,2}(?P<month>\L<months>)\.?"
    )


@cache
def clock() -> regex.Pattern[str]:
    """A time of day within a text."""
    return _compiled(rf"(?<!\d)(?:{TIME})")
