"""Read the head of a document from a database of newspapers: publication, date and title in lines of their own.

Above fields such as `BYLINE:`, `SECTION:` and `LENGTH:` some put publication, date and title, others title, publication
and date. Which line is which is told from the place of the date: what follows it is the title, or, where nothing
follows, what comes first.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from search.reading.context import ReadingContext
from search.reading.dates import DateError
from search.reading.headers import read_block
from search.reading.layout import Line, ends_like_a_sentence
from search.reading.months import MONTHS
from search.reading.written_dates import read_date

_MOST_BLOCKS = 10
_LONGEST_LINE = 200
_LONGEST_NAME = 60  # of a newspaper's name that ends in "Ltd."
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
)
_BARE_DATE = regex.compile(
    rf"(?:{_WEEKDAY},?\s+)?"
    r"(?:(?P<month>\L<months>)\.?\s+(?P<day>\d{1,2}),?\s+|(?P<day>\d{1,2})\.?\s+(?:de\s+)?(?P<month>\L<months>)\.?,?\s+(?:de\s+)?)"
    rf"(?P<year>\d{{4}})(?:,?\s+{_WEEKDAY})?(?:,?\s+\d{{1,2}}:\d\d\b.{{0,20}})?",
    regex.IGNORECASE,
    months=list(MONTHS),
    cache_pattern=False,
)
_RIGHTS = regex.compile(r"(?:copyright|©|\(c\))\s?.{0,10}\d{4}.*|all rights reserved\.?", regex.IGNORECASE)
MARKER = regex.compile(
    r"(?i:(?:document|dokument|article|record|item|story|result)\s+(?P<number>\d{1,6})\s+(?:of|von|de|sur)\s+(?P<total>\d{1,6})"
    r"|(?P<number>\d{1,6})\s+(?:of|von|de|sur)\s+(?P<total>\d{1,6})\s+(?:documents?|dokumente?n?|articles?|records?|items?|stories|results?))"
    r"\s?[:.]?"
)


def is_marker(line: str) -> bool:
    """Whether a line says which of how many documents begins: `Document 1 of 20`, `1 of 12 DOCUMENTS`."""
    return len(line) <= _LONGEST_NAME and any(map(str.isdecimal, line)) and MARKER.fullmatch(line) is not None


@dataclass(frozen=True, slots=True)
class Masthead:
    """The title's lines, the date or why there is none, the other lines, and the index of the line after it all."""

    title: tuple[Line, ...]
    date: datetime.date | None
    unread: DateError | None
    others: tuple[Line, ...]
    end: int


def read_masthead(lines: Sequence[Line], first: int, *, context: ReadingContext) -> Masthead | None:
    """The head that begins at `lines[first]`; None unless one line of it is a date and fields follow."""
    blocks, end = _blocks_above_fields(lines, first)
    dated = [index for index, block in enumerate(blocks) if _BARE_DATE.fullmatch(lines[block[0]].text)]
    if len(dated) != 1:
        return None
    free = [block for block in blocks if not all(_is_furniture(lines[at]) for at in block)]
    position = free.index(blocks[dated[0]])
    titled = free[position + 1] if position + 1 < len(free) else free[0] if position else None
    if titled is None:
        return None
    date, unread = _read(lines[blocks[dated[0]][0]].text, context)
    others = tuple(lines[at] for block in blocks if block is not titled for at in block)
    return Masthead(tuple(lines[at] for at in titled), date, unread, others, end)


def _is_furniture(line: Line) -> bool:
    return is_marker(line.text) or (line.text[0] in "cC©(aA" and _RIGHTS.fullmatch(line.text) is not None)


def _blocks_above_fields(lines: Sequence[Line], first: int) -> tuple[list[list[int]], int]:
    """The blocks of lines, by index, down to the first field; none where there is no field below, or text before it."""
    blocks: list[list[int]] = []
    for index in range(first, len(lines)):
        line = lines[index]
        if line.blank:
            continue
        if _begins_fields(lines, index):
            return blocks, index
        if _is_text(line) and not _is_furniture(line):
            return [], first
        touches = bool(blocks) and blocks[-1][-1] == index - 1
        if touches and not _stands_alone(line) and not _stands_alone(lines[index - 1], date=False):
            blocks[-1].append(index)
        elif len(blocks) == _MOST_BLOCKS:
            return [], first
        else:
            blocks.append([index])
    return [], first


def _is_text(line: Line) -> bool:
    long = len(line.text) > _LONGEST_NAME and ends_like_a_sentence(line.text) and not line.text.endswith(("?", "!"))
    return long or len(line.text) > _LONGEST_LINE


def _stands_alone(line: Line, *, date: bool = True) -> bool:
    return _is_furniture(line) or (date and _BARE_DATE.fullmatch(line.text) is not None)


def _begins_fields(lines: Sequence[Line], index: int) -> bool:
    if ":" not in lines[index].text and lines[index].text.lower() != "body":
        return False
    fields, _ = read_block(lines[index : index + 40])
    return bool(fields) and fields[0].name not in {"title", "subject", None}


def _read(written: str, context: ReadingContext) -> tuple[datetime.date | None, DateError | None]:
    match = _BARE_DATE.fullmatch(written)
    if match is None:
        return None, None
    try:
        iso = f"{match['year']}-{MONTHS[match['month'].casefold()]:02}-{int(match['day']):02}"
        return read_date(iso, context=context), None
    except DateError as error:
        return None, error
