"""What each key of a JSON record should be. A decoded record in, typed values out, or the key at fault."""

import re
from dataclasses import dataclass
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)\s*")


class RecordError(ValueError):
    """A record that cannot be an article; its words say which key is at fault and what it should be."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record's values, white space tidied; `raw` is its paragraphs as written.

    `byline_field` and `section_field` are the names of the fields these two were found in.
    """

    id: str | None
    title: str | None
    date: str | None
    place: str | None
    agency: str | None
    byline: str | None
    byline_field: str | None
    section: str | None
    section_field: str | None
    topics: tuple[str, ...]
    raw: list[str]


def read_record(values: object) -> Record:
    """The values Dateline uses; unknown keys are ignored. Raises RecordError."""
    if not isinstance(values, dict):
        raise RecordError("should be a JSON object, one article a line")
    topics = _topics(values)
    byline, byline_field = _first(("byline", _text(values, "byline")), ("author", _text(values, "author")))
    section = ("section", _text(values, "section"))
    section_value, section_field = _first(section, ("topics", topics[0] if topics else None))
    return Record(
        id=_id(values),
        title=_text(values, "title"),
        date=_text(values, "date"),
        place=_text(values, "place"),
        agency=_text(values, "agency"),
        byline=byline,
        byline_field=byline_field,
        section=section_value,
        section_field=section_field,
        topics=topics,
        raw=_paragraphs(values),
    )


def _first(*fields: tuple[str, str | None]) -> tuple[str | None, str | None]:
    """Return the first value that there is, and the name of its field."""
    return next(((value, name) for name, value in fields if value), (None, None))


def tidy(text: str) -> str:
    """White space of every kind, line ends and control characters as single spaces."""
    if "  " not in text and text.isprintable():  # nearly every paragraph; only " " is printable white space
        return text.strip(" ")
    tidied = " ".join(text.split())
    return tidied if tidied.isprintable() else " ".join(_CONTROL.sub(" ", tidied).split())


def _id(values: dict[str, Any]) -> str | None:
    value = values.get("id")
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RecordError('"id" should be a string or a whole number')
    return str(value)


def _text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(f'"{key}" should be a string or null')
    return tidy(value) or None


def _topics(values: dict[str, Any]) -> tuple[str, ...]:
    value = values.get("topics")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(topic, str) for topic in value):
        raise RecordError('"topics" should be a list of strings')
    return tuple(filter(None, map(tidy, value)))


def _paragraphs(values: dict[str, Any]) -> list[str]:
    value = values.get("paragraphs")
    if value is None:
        return []
    if isinstance(value, str):
        return _BLANK_LINES.split(value)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise RecordError('"paragraphs" should be a list of strings, or one string')
    return value
