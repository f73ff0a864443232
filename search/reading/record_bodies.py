"""The text of a JSON record: a string, a list of paragraphs, or objects around them. A record in, paragraphs out.

Paragraphs are as written: a string is parted at blank lines, else into its lines where each ends like a sentence, else
where its lines look like paragraphs (layout.py).
"""

from collections.abc import Mapping
from typing import Any

import regex

from search.reading.layout import ends_like_a_sentence, lines_of, paragraph_spans
from search.reading.record_keys import Layout, layout_of_record

_BREAKS = regex.compile(r"[\n\r\v\f\x85\u2028\u2029]")
_BLANK_LINES = regex.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)\s*|\u2029\s*")
_TAGS = regex.compile(r"<[^<>]{1,1000}>")
_INSIDE = ("text", "content", "body", "value", "rendered", "paragraph", "plain", "#text", "html")
_STRINGS = {str}
_DEEPEST = 4  # levels of lists and objects around a text


class UnreadableError(ValueError):
    """A value under a key for text that holds none."""


def find_body(values: Mapping[str, Any], layout: Layout) -> tuple[list[str], str | None]:
    """The paragraphs of the record's text and the key they were found under; no paragraphs where it has none.

    Of several keys with text the first of the table is taken, unless another has more than twice as much. Raises
    UnreadableError where a key holds something, but no text.
    """
    best: tuple[list[str], str | None] = ([], None)
    unreadable = None
    for key in layout.body:
        value = values[key]
        if isinstance(value, Mapping) and key in layout.envelope:
            continue
        try:
            found = _paragraphs(value, key)
        except UnreadableError as error:
            unreadable = unreadable or error
            continue
        if len(layout.body) == 1:  # nearly every record
            return found, key
        if _letters(found) > 2 * _letters(best[0]):
            best = (found, key)
    if unreadable is not None and not best[0]:
        raise unreadable
    return best


def find_summary(values: Mapping[str, Any], layout: Layout) -> tuple[list[str], str | None]:
    """The paragraphs of a description or summary; none where there is no such text."""
    for key in layout.summary:
        try:
            found = _paragraphs(values[key], key)
        except UnreadableError:
            continue
        if _letters(found):
            return found, key
    return [], None


def has_body(values: Mapping[str, Any]) -> bool:
    """Whether a record has text under one of the keys for it, or an object in it has."""
    layout = layout_of_record(values)
    return _has_text(values, layout) or envelope_of(values, layout) is not None


def envelope_of(values: Mapping[str, Any], layout: Layout) -> dict[str, Any] | None:
    """The record with the values of the object in it that has its text ("_source", "fields"); None without one."""
    for key in layout.envelope:
        inner = values[key]
        if isinstance(inner, dict) and _has_text(inner, layout_of_record(inner)):
            return {**{name: value for name, value in values.items() if name != key}, **inner}
    return None


def _has_text(values: Mapping[str, Any], layout: Layout) -> bool:
    try:
        return bool(_letters(find_body(values, layout)[0]))
    except UnreadableError:
        return False


def _paragraphs(value: object, key: str) -> list[str]:
    """The paragraphs that `value` holds, as written."""
    if isinstance(value, list) and _STRINGS.issuperset(map(type, value)):
        return value
    return _texts(value, key, _DEEPEST)


def _texts(value: object, key: str, levels: int) -> list[str]:
    if isinstance(value, str):
        return _parted(value)
    if value is None:
        return []
    if isinstance(value, Mapping) and levels:
        inside = next((name for name in _INSIDE if value.get(name)), next(iter(value)) if len(value) == 1 else None)
        if inside is not None:
            return _texts(value[inside], key, levels - 1)
    if isinstance(value, list) and levels:
        if any(isinstance(each, Mapping) and layout_of_record(each).title for each in value):
            raise UnreadableError(f'"{key}" is a list of records, no text')
        found = [text for each in value for text in _elements(each, key, levels - 1)]
        if found or not value:
            return found
    raise UnreadableError(f'"{key}" should be a string or a list of strings')


def _elements(value: object, key: str, levels: int) -> list[str]:
    """The paragraphs of an element of a list; none for an element of another kind, such as a picture."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [str(value)]
    try:
        return _texts(value, key, levels)
    except UnreadableError:
        return []


def _parted(text: str) -> list[str]:
    if not _BREAKS.search(text):
        return [text]
    if _BLANK_LINES.search(text):
        return _BLANK_LINES.split(text)
    lines = [line for line in lines_of(text) if not line.blank]
    if all(ends_like_a_sentence(line.text) for line in lines):
        return [line.text for line in lines]
    return [text[start:end] for start, end in paragraph_spans(lines)]


def _letters(paragraphs: list[str]) -> int:
    """The code points of a text without its tags and the white space around it."""
    return sum(len(_TAGS.sub("", text).strip()) if "<" in text else len(text.strip()) for text in paragraphs)
