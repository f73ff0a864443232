"""Read a file of JSON: lines, an array, objects one after another, or an object with lists of records in it.

Bytes in, readings out. Which of these a file is, its first lines tell, not its suffix. Lines and elements of an array
stream by. Each reading comes with its "line N", or "record N" where records are not in lines of their own.
"""

import codecs
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from search.articles import Article, Note
from search.errors import ArticleError
from search.reading.context import ReadingContext
from search.reading.json_text import parse
from search.reading.json_values import DEEPEST, LONGEST_VALUE, MEMBERS, BrokenError, Path, TooLongError, ValueReader
from search.reading.jsonlines import read_json_record
from search.reading.record_bodies import has_body
from search.reading.record_keys import layout_of_record
from search.reading.records import RecordError

Located = tuple[Article | Note | ArticleError, str | None]

_MARKS = (  # the longer first: UTF-32's begins with UTF-16's; without a mark a bracket tells, which is ASCII
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    (b"{\x00", "utf-16-le"), (b"[\x00", "utf-16-le"), (b"\x00{", "utf-16-be"), (b"\x00[", "utf-16-be"),
)  # fmt: skip
_CHUNK = 1 << 16
_LOOKED_AT = 50  # elements of a list that tell whether they are records
_MOST_HELD = 20  # errors that wait for an article in a file that may have none


class JsonReader:
    """Reads the file `name`, whose first lines were looked at: `is_in_lines` tells whether each is read by itself."""

    def __init__(self, stream: BinaryIO, *, name: str, context: ReadingContext) -> None:
        self._name = name
        self._context = context
        self._stream, taken = _as_utf8(stream)
        self._head, begins = _first_lines(self._stream, taken)
        self.is_in_lines = _is_in_lines(begins)

    def lines(self) -> Iterator[tuple[bytes, str]]:
        """The lines that say something, without white space and comma around them, each with its "line N"."""
        lines = chain(io.BytesIO(self._head), _lines(self._stream, self._head))
        for number, raw in enumerate(lines, 1):
            if line := raw.strip().removesuffix(b","):
                yield line, f"line {number}"

    def readings(self) -> Iterator[Located]:
        """Articles, Notes before them, and ArticleErrors, whatever kind of JSON it is."""
        if not self.is_in_lines:
            yield from self._values(ValueReader(self._stream, self._head))
            return
        for line, where in self.lines():
            for reading in self.read_value(line, where):
                yield reading, where

    def readings_or_one_error(self) -> Iterator[Located]:
        """The readings; where no article is among them, all that is said is one ArticleError."""
        return _one_error_at_most(self.readings(), self._name)

    def _values(self, values: ValueReader) -> Iterator[Located]:
        number = 0
        try:
            for number, value in enumerate(values.records(self._holds_article), 1):
                where = f"record {number}"
                if isinstance(value, TooLongError):
                    yield ArticleError(self._name, str(value), where=where), where
                    continue
                for reading in self.read_value(value, where):
                    yield reading, where
        except BrokenError as error:
            where = f"record {number + 1}"
            yield ArticleError(self._name, str(error), where=where), where

    def read_value(self, data: bytes, where: str) -> Iterator[Article | Note | ArticleError]:
        """What one value is: a record, or an array or object that holds records."""
        try:
            parsed = parse(data, context=self._context)
            elements = _elements_of(data, parsed.value)
            if elements is None:
                yield from read_json_record(data, parsed, name=self._name, where=where, context=self._context)
                return
        except RecordError as error:
            elements = _several(data)
            if elements is None:
                yield ArticleError(self._name, str(error), where=where)
                return
        yield from self._elements(elements, where)

    def _elements(self, elements: Iterable[bytes], where: str) -> Iterator[Article | Note | ArticleError]:
        """The records in a value, each by its number in it."""
        for number, element in enumerate(elements, 1):
            within = f"{where}, record {number}"
            try:
                parsed = parse(element, context=self._context)
                yield from read_json_record(element, parsed, name=self._name, where=within, context=self._context)
            except RecordError as error:
                yield ArticleError(self._name, str(error), where=within)

    def _holds_article(self, data: bytes) -> bool:
        try:
            parsed = parse(data, context=self._context)
        except RecordError:
            return False
        return isinstance(parsed.value, dict) and _is_record(parsed.value)


def _one_error_at_most(readings: Iterator[Located], name: str) -> Iterator[Located]:
    """The readings, or where no Article is among them one error that says what the first was."""
    held: list[Located] = []
    more = 0
    for reading, where in readings:
        if isinstance(reading, Article):
            yield from held
            if more:
                yield ArticleError(name, f"{more:,} more values before its {where} are no articles"), None
            yield reading, where
            yield from readings
            return
        if len(held) < _MOST_HELD:
            held.append((reading, where))
        else:
            more += 1
    first = next((error for error, _ in held if isinstance(error, ArticleError)), None)
    yield ArticleError(name, f"holds no article: its {first.where} {first.reason}" if first else "is empty"), None


def _is_record(value: dict[str, Any]) -> bool:
    return _has_title(value) or has_body(value)


def _has_title(value: dict[str, Any]) -> bool:
    return any(value[key] for key in layout_of_record(value).title)


def _elements_of(data: bytes, value: object) -> list[bytes] | None:
    """The records within a value; None for one that is a record itself, or nothing."""
    try:
        if isinstance(value, list) and any(isinstance(each, dict) for each in value):
            return _in_memory(ValueReader.of(data).records(lambda _: False))
        if paths := _lists_of_records(value):
            inside = ValueReader.of(data).elements_inside(lambda path, _: path in paths)
            return _in_memory(element for _, element in inside) or None
    except BrokenError:  # in an encoding whose bytes look like signs of JSON
        pass
    return None


def _several(data: bytes) -> list[bytes] | None:
    """The values of a line that holds several, one after another; None where it is broken."""
    try:
        values = _in_memory(ValueReader.of(data).records(lambda _: False))
    except BrokenError:
        return None
    return values if len(values) > 1 else None


def _in_memory(elements: Iterable[bytes | TooLongError]) -> list[bytes]:
    return [element for element in elements if isinstance(element, bytes)]  # none is longer than what it is in


def _lists_of_records(value: object) -> set[Path] | None:
    """Where the lists are that hold the articles of an object; None for an object that is one itself, or has none.

    An object without text holds the lists whose records have text or, where it has no title either, those with titles.
    An object all of whose values are objects counts as a list of these.
    """
    if not isinstance(value, dict) or not any(map(_may_hold_records, value.values())) or has_body(value):
        return None
    lists = dict(_lists_in(value, ()))
    with_text = {path for path, records in lists.items() if any(map(has_body, records))}
    if with_text or _has_title(value):
        return with_text or None
    return {path for path, records in lists.items() if any(map(_is_record, records))} or None


def _may_hold_records(value: object) -> bool:
    """Whether to look into it; spares nearly every record the closer look."""
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict | list))


def _lists_in(value: dict[str, Any], path: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """The lists of objects within an object, each by its path and first elements."""
    members = list(islice(value.values(), _LOOKED_AT))
    if len(members) > 1 and all(isinstance(each, dict) for each in members):
        yield (*path, MEMBERS), members
    for key, inner in value.items():
        if isinstance(inner, list):
            if records := [each for each in inner[:_LOOKED_AT] if isinstance(each, dict)]:
                yield (*path, key), records
        elif isinstance(inner, dict) and len(path) + 1 < DEEPEST:
            yield from _lists_in(inner, (*path, key))


def _first_lines(stream: BinaryIO, taken: bytes) -> tuple[bytes, list[bytes]]:
    """The beginning of the stream, and its lines that say something, the first two at least, without white space."""
    head: list[bytes] = []
    begins: list[bytes] = []
    while len(begins) < 2:
        line = taken.removeprefix(codecs.BOM_UTF8) + stream.readline(_CHUNK)
        taken = b""
        if line.lstrip()[:1] != b"[":  # of an array in one line the beginning is enough
            line += stream.readline(LONGEST_VALUE) if line and line[-1:] != b"\n" else b""
        if not line:
            break
        head.append(line)
        begins += filter(None, map(bytes.strip, line.split(b"\n")))
        if line[-1:] != b"\n":
            break
    return b"".join(head), begins


def _is_in_lines(begins: list[bytes]) -> bool:
    """Whether each line is a value of its own, as the first two are taken to show."""
    first, second = (*begins, b"", b"")[:2]
    if len(first) > LONGEST_VALUE:
        return first[:1] not in (b"[", b"{")
    if first[:1] == b"[":
        return first[-1:] == b"]" and second[:1] in (b"{", b"[")
    if first[:1] != b"{" or _is_whole(first):
        return True
    return not second or (second[:1] == b"{" and first[-1:] not in (b"[", b":"))  # else it is broken off


def _is_whole(value: bytes) -> bool:
    try:
        return all(isinstance(each, bytes) for each in ValueReader.of(value).records(lambda _: False))
    except BrokenError:
        return False


def _lines(stream: BinaryIO, line: bytes) -> Iterator[bytes]:
    """The lines after `line`; of one that is far too long only as much as shows that it is."""
    while True:
        if len(line) > LONGEST_VALUE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
        line = stream.readline(LONGEST_VALUE + 1)
        if not line:
            return
        yield line


def _as_utf8(stream: BinaryIO) -> tuple[BinaryIO, bytes]:
    """The stream, in UTF-8 where it begins like UTF-16 or UTF-32, and the bytes that were taken off its head."""
    head = stream.read(4)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if encoding is None:
        return stream, head
    return io.BufferedReader(_Recoded(stream, head, codecs.getincrementaldecoder(encoding)("replace"))), b""


class _Recoded(io.RawIOBase):
    """A stream's text in UTF-8. `head` are the bytes that were taken off its head."""

    def __init__(self, stream: BinaryIO, head: bytes, decoder: codecs.IncrementalDecoder) -> None:
        self._stream = stream
        self._decoder = decoder
        self._held = decoder.decode(head).encode()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # io.RawIOBase asks for any buffer
        while not self._held and (data := self._stream.readline(len(buffer))):
            self._held = self._decoder.decode(data).encode()
        taken = self._held[: len(buffer)]
        buffer[: len(taken)] = taken
        self._held = self._held[len(taken) :]
        return len(taken)
