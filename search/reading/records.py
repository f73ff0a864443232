"""What each key of a JSON record should be. A decoded record in, typed values and what could not be read out.

No field costs an article: one that cannot be read is left empty and is among the record's `problems`. A record without
any text or title is a RecordError that names the keys it has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from search.articles import NoteKind
from search.reading.record_bodies import UnreadableError, envelope_of, find_body, find_summary
from search.reading.record_keys import Layout, layout_of_record, listed
from search.reading.record_values import id_of, listed_names_of, names_of, text_of, tidy, title_of

__all__ = ["Problem", "Record", "RecordError", "read_record", "tidy"]

_PROSE = 80  # code points under an unknown key that may be text where a key for it says nothing
_Value = TypeVar("_Value", str, tuple[str, ...])


class RecordError(ValueError):
    """A record that cannot be an article; its words say why, and what it should be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A field that could not be read, or what else is worth a note."""

    kind: NoteKind
    reason: str


@dataclass(slots=True)
class Record:
    """One record's values, white space tidied; `raw` is its paragraphs as written.

    `dates` are the keys and values that may be its date, the best first. `keys` has the key that each other value was
    found under, by the names of the values here.
    """

    id: str | None = None
    title: str | None = None
    dates: list[tuple[str, Any]] = field(default_factory=list)
    place: str | None = None
    agency: str | None = None
    source: str | None = None
    byline: str | None = None
    section: str | None = None
    topics: tuple[str, ...] = ()
    raw: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_record(values: object) -> Record:
    """The values Dateline uses; unknown keys are ignored. Raises RecordError."""
    if not isinstance(values, dict):
        raise RecordError("should be a JSON object, one for each article")
    record, layout = Record(), layout_of_record(values)
    if (inner := _read_text(record, values, layout)) is not None:
        values, record, layout = inner, Record(), layout_of_record(inner)
        _read_text(record, values, layout)
    reader = _Fields(record, values)
    record.id = reader.first("id", layout.id, id_of)
    record.dates = [(key, value) for key in layout.date if _may_be_date(value := values[key])]
    record.place = reader.first("place", layout.place, text_of)
    record.agency = reader.first("agency", layout.agency, text_of)
    record.source = _quietly(layout.source, values)
    record.byline = ", ".join(reader.first("byline", layout.byline, names_of) or ()) or None
    record.topics = reader.first("topics", layout.topics, listed_names_of) or ()
    record.section = next(iter(reader.first("section", layout.section, names_of) or ()), None)
    if record.section is None and record.topics:
        record.section, record.keys["section"] = record.topics[0], record.keys["topics"]
    record.topics = record.topics or reader.first("topics", layout.tags, listed_names_of) or ()
    return record


class _Fields:
    """Reads the values of one record, and keeps what cannot be read among its problems."""

    def __init__(self, record: Record, values: Mapping[str, Any]) -> None:
        self._record = record
        self._values = values

    def first(self, name: str, keys: tuple[str, ...], read: Callable[[object, str], _Value | None]) -> _Value | None:
        """The first value among those of `keys` that says something; where none does, a problem with one is kept."""
        unreadable = None
        for key in keys:
            try:
                value = read(self._values[key], key)
            except UnreadableError as error:
                unreadable = unreadable or error
                continue
            if value:
                self._record.keys[name] = key
                return value
        if unreadable is not None:
            self._record.problems.append(Problem(NoteKind.FIELD_UNREADABLE, f"{unreadable}, so it is left out"))
        return None


def _read_text(record: Record, values: dict[str, Any], layout: Layout) -> dict[str, Any] | None:
    """Read title and paragraphs, which tell whether a record is an article at all.

    Where they stand in an object within it, the record with the values of that object is returned.
    """
    reader = _Fields(record, values)
    try:
        record.raw, _ = find_body(values, layout)
    except UnreadableError as error:
        record.problems.append(Problem(NoteKind.FIELD_UNREADABLE, f"{error}, so it is left out"))
    has_text = _says(record.raw)
    record.title = reader.first("title", layout.title + (layout.name if has_text else ()), title_of)
    if has_text:
        return None
    if "$schema" in values:  # a description of data, whose title and description are no news
        record.title = None
    if record.title is not None:
        record.raw = find_summary(values, layout)[0]
    if _says(record.raw):
        return None
    inner = envelope_of(values, layout)
    if inner is None:
        _tell_keys(record, values, layout)
    return inner


def _says(paragraphs: list[str]) -> bool:
    return any(map(tidy, paragraphs))


def _tell_keys(record: Record, values: dict[str, Any], layout: Layout) -> None:
    keys = listed(tuple(values))
    if record.title is None:
        raise RecordError(
            f'has no text: no "text", "body", "paragraphs" or the like says anything; its keys are {keys}'
        )
    least = _PROSE if layout.body else 1
    if any(_is_prose(values[key], least) for key in layout.unknown):
        reason = f'has a title, but no "text", "body", "paragraphs" or the like that says anything; its keys are {keys}'
        record.problems.append(Problem(NoteKind.BODY_MISSING, reason))


def _is_prose(value: object, least: int) -> bool:
    """Whether a value is words, at least so many code points of them, or a list or object with such."""
    if isinstance(value, list | dict):
        inside = list(value.values() if isinstance(value, dict) else value)[:20]
        return any(isinstance(each, str) and _is_prose(each, least) for each in inside)
    return isinstance(value, str) and len(value) >= least and value.count(" ") * 12 > len(value)


def _may_be_date(value: object) -> bool:
    """Whether to read it: it is there, and no flag such as `"published": true`."""
    return not (value is None or isinstance(value, bool) or value in ("", [], {}))


def _quietly(keys: tuple[str, ...], values: Mapping[str, Any]) -> str | None:
    """A text under one of the keys; None where there is none, which is no problem."""
    for key in keys:
        try:
            if text := text_of(values[key], key):
                return text
        except UnreadableError:
            continue
    return None
