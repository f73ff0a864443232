"""Find the dateline among the first lines of a text. Lines in; which of them has it, and the day of a bare date, out.

Between a headline and the story agencies put a note to editors, bullets, a line below the headline, a date, a source,
an address, a slug. Such lines are short and no sentences, or marked as what they are. The search goes on past them, not
past prose, and what it finds there needs a day or a known agency: the first line alone may have less.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import regex

from search.reading.context import ReadingContext
from search.reading.dateline import LOOKED_AT, Opening, moved, read_opening
from search.reading.dateline_parts import Day, day_at, weekday_at
from search.reading.dates import WrittenDay, check_date
from search.reading.layout import ends_like_a_sentence, lines_of

MOST_LINES = 8
_LOOKED_AT_LINES = 2000  # code points of a paragraph whose lines are looked at
_LONGEST_BETWEEN = 200  # code points of a line that is no prose

_OPENING_BRACKETS, _CLOSING_BRACKETS = frozenset("([{<"), frozenset(")]}>")
_MARKED = regex.compile(
    r"(?:[*•·▪◦●■►>+]|[-–—]{1,2}\s)"
    r"|(?:Eds?|Editors?(?:'s|’s|s)?(?: note)?|Source|Quelle|Fuente|Fonte|Byline|By|Von|Par|Por|Photo|Location|Contact"
    r"|Published|Updated|Posted|Last updated|Copyright|Attention)\b[.:]?\s",
    regex.IGNORECASE,
)
_ADDRESS = regex.compile(r"\S{1,60}@\S{1,60}\.\w|(?:https?://|www\.)\S", regex.IGNORECASE)
_DATE_LABEL = regex.compile(
    r"(?:date|dated|published|updated|posted|last updated)(?:\s+on)?\s{0,2}:?\s{0,3}", regex.IGNORECASE
)
_TIME = regex.compile(
    r"[\s,.|@–—-]{0,5}(?:at\s)?(?:\d{1,2}[:.h]?\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?)?(?:\s?(?:[A-Z]{2,5}|[+-]\d{2}:?\d{2}))?)?[\s.]*",
    regex.IGNORECASE,
)


class Candidate(NamedTuple):
    """A line that a dateline may begin: the paragraph it is in, where it begins there, and the text from there on."""

    paragraph: int
    start: int
    line: str
    onward: str


@dataclass(frozen=True, slots=True)
class Located:
    """The dateline, its offsets within the paragraph `index`, and the day of a date in a line of its own before it.

    `line` is where the dateline's line begins in that paragraph.
    """

    index: int = 0
    opening: Opening | None = None
    day: Day | None = None
    line: int = 0


NOWHERE = Located()


def lines_of_paragraphs(paragraphs: Iterable[str]) -> Iterator[Candidate]:
    """The lines of the paragraphs that say something, as they are asked for.

    Within a paragraph only a line with capitals or a bracket is looked at: prose wraps anywhere.
    """
    for index, paragraph in enumerate(paragraphs):
        lines = lines_of(paragraph[:_LOOKED_AT_LINES]) if "\n" in paragraph or "\r" in paragraph else None
        if lines is None:
            if paragraph and not paragraph.isspace():
                yield Candidate(index, 0, paragraph, paragraph[:LOOKED_AT])
            continue
        first = True
        for line in lines:
            if line.blank:
                continue
            is_likely = first or line.text[:2].isupper() or "(" in line.text
            onward = paragraph[line.start : line.start + LOOKED_AT] if is_likely else ""
            yield Candidate(index, line.start, line.text, onward)
            first = False


def locate(candidates: Iterable[Candidate], context: ReadingContext) -> Located:
    """Look for the dateline in the first lines, and for a bare date before it.

    A dateline without a place that is all of its line gives way to one with a place below it.
    """
    fallback: Located | None = None
    bare: Day | None = None
    for count, each in enumerate(islice(candidates, MOST_LINES)):
        opening = read_opening(each.onward, context) if each.onward else None
        if opening is not None and (count == 0 or opening.is_strong):
            found = Located(each.paragraph, moved(opening, each.start), bare, each.start)
            if opening.place or opening.rest < len(each.line):
                return found
            fallback = fallback or found
        elif bare is None:
            bare = bare_day(each.line)
        if not may_precede(each.line):
            break
    return replace(fallback, day=bare or fallback.day) if fallback else Located(day=bare) if bare else NOWHERE


def may_precede(line: str) -> bool:
    """Whether `line` can stand between headline and dateline: short, and no sentence unless it is marked."""
    return len(line) <= _LONGEST_BETWEEN and (not ends_like_a_sentence(line.strip()) or is_furniture(line))


def is_furniture(line: str) -> bool:
    """Whether `line` is marked as no part of the story: a note in brackets, a bullet, a source, an address, a date."""
    text = line.strip()
    if len(text) > _LONGEST_BETWEEN:
        return False
    if text[:1] in _OPENING_BRACKETS:
        return text[-1:] in _CLOSING_BRACKETS
    is_address = ("@" in text or "www." in text or "://" in text) and _ADDRESS.search(text)
    return bool(_MARKED.match(text) or is_address or bare_day(text))


def bare_day(line: str) -> Day | None:
    """The day, with its year, that is all `line` says ("Wednesday, Nov. 14, 2018, 10:30 GMT"); None for any other."""
    if len(line) > 60 or not any(map(str.isdecimal, line)):
        return None
    label = _DATE_LABEL.match(line)
    position = label.end() if label else 0
    position = weekday_at(line, position) or position
    day = day_at(line, position)
    if day is None or not _TIME.fullmatch(line, day.end):
        return None
    read = day.day or (day.either and day.either[0])
    return day if read and read.year else None


def date_of(day: WrittenDay | None, *, context: ReadingContext) -> datetime.date | None:
    """The date of a day with its year; None where it has none or news cannot bear it (`check_date`)."""
    if day is None or day.year is None:
        return None
    try:
        return check_date(datetime.date(day.year, day.month, day.day), context=context)
    except ValueError:  # February 29, or a DateError
        return None


def nearest(day: WrittenDay, date: datetime.date) -> datetime.date:
    """The date of `day`, in the year that brings it nearest to `date` where it names none."""
    years = [day.year] if day.year else [date.year - 1, date.year, date.year + 1]
    dates = []
    for year in years:
        try:
            dates.append(datetime.date(year, day.month, day.day))
        except ValueError:  # Feb 29
            dates.append(datetime.date(year, 2, 28))
    return min(dates, key=lambda one: abs(one - date))
