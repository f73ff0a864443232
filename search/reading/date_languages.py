"""Dates in words that the patterns of date_forms do not have, by dateparser. A text in, a day or None out.

dateparser knows some forty languages, and would also read "11/03" or "yesterday", or find a day in what is none. So it
is given only a text with two numbers, a day and a year of four digits, and believed only where it finds these two.
It is slow, above all in finding nothing, so what it found is kept, and forms that it cannot read are not tried again.
"""

import datetime
import functools
from typing import Any

import regex

from search.reading import date_forms

_LANGUAGES = """
az ar be bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv mk mr ms nb nl pl pt ro ru sk sl sr sv sw
ta te th tr uk ur vi zh
"""
_SETTINGS = {
    "PARSERS": ["absolute-time"],
    "STRICT_PARSING": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RETURN_AS_TIMEZONE_AWARE": False,
}
_NUMBERS = regex.compile(r"\d+")
_WORD = regex.compile(r"[\p{L}\p{M}]{2}")
_MOST_FAILURES = 500  # forms that could not be read: at some 20 ms each no archive loses more than 10 s

_failed: set[str] = set()


def read(text: str) -> datetime.date | None:
    """The day that `text` names with a month in words; None for anything else."""
    numbers = sorted(_NUMBERS.findall(date_forms.clock().sub(" ", text)), key=len)
    if len(numbers) != 2 or len(numbers[0]) > 2 or len(numbers[1]) != 4 or not _WORD.search(text):
        return None
    form = _NUMBERS.sub("0", text)
    if form in _failed or len(_failed) >= _MOST_FAILURES:
        return None
    date = _parsed(text)
    if date is None or (date.day, date.year) != (int(numbers[0]), int(numbers[1])):
        _failed.add(form)
        return None
    return date


@functools.lru_cache(maxsize=4096)
def _parsed(text: str) -> datetime.date | None:
    parsed: datetime.datetime | None = _parser().get_date_data(text).date_obj
    return parsed.date() if parsed else None


@functools.cache
def _parser() -> Any:
    from dateparser.date import DateDataParser  # type: ignore[import-untyped] # noqa: PLC0415 - 0.2 s, seldom needed

    return DateDataParser(languages=_LANGUAGES.split(), settings=_SETTINGS, try_previous_locales=False)
