"""Values -> what people read: counts, days, months, marked text. Knows neither Flask nor templates."""

import calendar
import datetime
import re
from collections.abc import Iterable
from typing import NamedTuple

from search.answering.answer import Mark
from search.articles import Article
from search.engines.base import Card

# What HTML or XML forbid in text: controls, surrogates, noncharacters.
_FORBIDDEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 17))
    + "]"
)


class Piece(NamedTuple):
    """A stretch of text that is marked, or not."""

    text: str
    marked: bool


def showable(text: str) -> str:
    """Return the text with what no page or feed may contain replaced, so that nothing vanishes in silence."""
    # Nothing forbidden counts as printable, and nearly everything that is shown does.
    return text if text.isprintable() else _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 article", "1,204 paragraphs"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def unit(number: int, count: int | None = None) -> str:
    """Return what a unit of an article is called: "headline" for 0, "paragraph 3" or "paragraph 3 of 12"."""
    if not number:
        return "headline"
    return f"paragraph {number}" if count is None else f"paragraph {number} of {count}"


def sign(number: int) -> str:
    """Return a unit's sign: "¶ 3", or "Headline" for 0."""
    return f"¶ {number}" if number else "Headline"


def day(value: datetime.date) -> str:
    """Return a day as people write it: "24 August 2024"."""
    return f"{value.day} {calendar.month_name[value.month]} {value.year}"


def instant(value: str) -> str:
    """Return an instant in ISO 8601 as people write it: "24 August 2024, 12:00:05 UTC"."""
    known = datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
    return f"{day(known.date())}, {known:%H:%M:%S} UTC"


def wire(article: Article | Card) -> str:
    """Return place, day and agency in one line: "Washington, 24 August 2024 (IANS)"; empty where none is known."""
    where = ", ".join(filter(None, (article.place, day(article.date) if article.date else None)))
    return " ".join(filter(None, (where, article.agency and f"({article.agency})")))


def period(value: str) -> str:
    """Return a day, month or year in ISO form as people write it: "2024-08" is "August 2024"."""
    year, *rest = value.split("-")
    if not rest:
        return year
    month = f"{calendar.month_name[int(rest[0])]} {int(year)}"
    return month if len(rest) == 1 else f"{int(rest[1])} {month}"


def span_of_days(first: datetime.date | None, last: datetime.date | None) -> str | None:
    """Return the days from first to last, or None where no day is known."""
    if first is None or last is None:
        return None
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def pieces(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """Cut a text at its marks, which are sorted and do not overlap; joined, the pieces are the text again."""
    cut: list[Piece] = []
    position = 0
    for mark in marks:
        cut.append(Piece(text[position : mark.start], marked=False))
        cut.append(Piece(text[mark.start : mark.end], marked=True))
        position = mark.end
    cut.append(Piece(text[position:], marked=False))
    return tuple(piece for piece in cut if piece.text)
