"""The bytes of one JSON value in, the value out, with what was not as JSON should be.

orjson reads nearly all. What it refuses is read once more and leniently: NaN and Infinity are null, bytes that are not
UTF-8 are decoded in the encoding that they look to be in, lone surrogates are replaced, control characters and a comma
after the last element let pass.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

from search.articles import NoteKind
from search.reading.context import ReadingContext
from search.reading.decoding import NotTextError, decode
from search.reading.json_values import LONGEST_VALUE
from search.reading.records import Problem, RecordError

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_LAST_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+")|,(?=\s*[}\]])', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A decoded value, the code points of its text, and what had to be replaced or guessed."""

    value: Any
    length: int
    problems: tuple[Problem, ...] = ()


def parse(data: bytes, *, context: ReadingContext) -> Parsed:
    """Decode one JSON value. Raises RecordError where it is none, or has more than LONGEST_VALUE bytes."""
    if len(data) > LONGEST_VALUE:
        raise RecordError(f"is longer than {LONGEST_VALUE >> 20} MiB, which no article is")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _parse_leniently(data, context)
    return Parsed(value, len(data) if data.isascii() else len(data.decode()))


def _parse_leniently(data: bytes, context: ReadingContext) -> Parsed:
    text, problems = _decoded(data, context)
    try:
        value = _loads(text)
    except json.JSONDecodeError as error:
        raise RecordError(f"is not JSON: {error.msg} at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists without end
        raise RecordError(f"is not JSON that can be read: {error}") from error
    if _SURROGATE_ESCAPE.search(text):
        cleaned = _Cleaner()
        value = cleaned.value(value)
        if cleaned.replaced:
            reason = (
                f"{cleaned.replaced} halves of surrogate pairs are no characters, and are replaced by {_REPLACEMENT}"
            )
            problems = (*problems, Problem(NoteKind.CHARACTER_REPLACED, reason))
    return Parsed(value, len(text), problems)


def _loads(text: str) -> Any:
    """A value whose lists and objects may end in a comma."""
    try:
        return json.loads(text, strict=False, parse_constant=lambda _: None)
    except json.JSONDecodeError:
        repaired = _LAST_COMMA.sub(lambda match: match[1] or "", text)
        if repaired == text:
            raise
        return json.loads(repaired, strict=False, parse_constant=lambda _: None)


def _decoded(data: bytes, context: ReadingContext) -> tuple[str, tuple[Problem, ...]]:
    """The text of bytes that are UTF-8 for the most part, or in another encoding throughout."""
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        first = error.start
    if context.encoding:
        text = data.decode(context.encoding, "replace")
        return text, _replaced(text.count(_REPLACEMENT), first)
    text = data.decode("utf-8", "replace")
    damaged = text.count(_REPLACEMENT)
    whole = sum(char.isalnum() for char in text if not char.isascii())
    if whole > 2 * damaged:
        return text, _replaced(damaged, first)
    try:
        decoded = decode(data, context=context)
    except NotTextError:
        return text, _replaced(damaged, first)
    if decoded.remarks:
        return decoded.text, tuple(Problem(remark.kind, remark.reason) for remark in decoded.remarks)
    reason = f"is not UTF-8 at its byte {first + 1}: read as {decoded.encoding}"
    return decoded.text, (Problem(NoteKind.ENCODING_DOUBTFUL, reason),)


def _replaced(count: int, first: int) -> tuple[Problem, ...]:
    if not count:
        return ()
    bytes_ = "1 byte that is" if count == 1 else f"{count} bytes that are"
    reason = f"{bytes_} not in its encoding, the first its byte {first + 1}, replaced by {_REPLACEMENT}"
    return (Problem(NoteKind.CHARACTER_REPLACED, reason),)


class _Cleaner:
    """Replaces lone surrogates in all the strings of a value, and counts them."""

    def __init__(self) -> None:
        self.replaced = 0

    def value(self, value: Any) -> Any:
        if isinstance(value, str):
            text, count = _SURROGATE.subn(_REPLACEMENT, value)
            self.replaced += count
            return text
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            return {self.value(key): self.value(each) for key, each in value.items()}
        return value
