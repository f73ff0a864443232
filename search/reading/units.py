"""Read files by units: what is read by itself, known by its bytes, and depends on nothing else but what it asked.

Files in; readings out, each with its "line N" or "record N" where it has one, and after those of each unit the Unit. A
unit is a line of a JSON Lines file, where that is read line by line, else a whole file.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from xxhash import xxh3_64, xxh3_64_intdigest

from search.articles import Article, Note
from search.errors import ArticleError
from search.reading.answers import Asked, Recording
from search.reading.context import ReadingContext
from search.reading.files import NotRegularError, SourceFile, open_bytes
from search.reading.formats import Format, format_of, is_json_lines, suffix_of
from search.reading.json_files import JsonReader
from search.reading.path_dates import dated_by_path
from search.reading.texts import LONGEST_TEXT, read_text

Reading = Article | Note | ArticleError
Located = tuple[Reading, str | None]
OnBytes = Callable[[int], None]
IsKnown = Callable[[SourceFile, int], bool]

_CHUNK = 1 << 18
# So that a file is no line that has the same bytes.
_STREAMED = 1
_DAMAGED = (gzip.BadGzipFile, zlib.error, EOFError)


class Unit(NamedTuple):
    """What was read by itself: the line `where` of a file or, where that is None, all of it.

    `key` is the XXH3 of its unpacked bytes, those of a line without the white space and comma around it; 0 where they
    could not be read to the end. `asked` are the questions about the archive that reading it depended on, with their
    answers. Of a unit that was `known` nothing was read.
    """

    file: SourceFile
    key: int
    where: str | None = None
    known: bool = False
    asked: Asked = ()


def none_known(file: SourceFile, key: int) -> bool:  # noqa: ARG001 - an IsKnown
    """Nothing was read before."""
    return False


def read_units(
    files: Iterable[SourceFile],
    *,
    context: ReadingContext,
    is_known: IsKnown = none_known,
    on_bytes: OnBytes | None = None,
) -> Iterator[Located | Unit]:
    """What all the files hold, unit by unit; ids are as they are written, and may be those of several articles.

    `is_known(file, key)` is asked before a line or a text is read, and spares it that. Other JSON is read as it streams
    by, so that its key is known at its end only, and nobody is asked.
    """
    for file in files:
        units = units_of(file, context=context, is_known=is_known, on_bytes=on_bytes)
        yield from _dated_by_path(units, context) if context.dates_from_paths else units


def _dated_by_path(units: Iterator[Located | Unit], context: ReadingContext) -> Iterator[Located | Unit]:
    for each in units:
        if isinstance(each, Unit) or not isinstance(each[0], Article):
            yield each
        else:
            for dated in dated_by_path(each[0], context.today, each[1]):
                yield dated, each[1]


def units_of(
    file: SourceFile,
    *,
    context: ReadingContext,
    is_known: IsKnown = none_known,
    on_bytes: OnBytes | None = None,
    most: int | None = None,
) -> Iterator[Located | Unit]:
    """What one file holds. Errors of the system become readings, of a unit without a key.

    `on_bytes(n)` hears of n more bytes of the file on disk (for .gz: packed ones); over the whole file they add up to
    `file.size`. Of JSON that streams only the articles in its first `most` code points are read, where that is given,
    and then its unit has no key.
    """
    counter = _Counter(file.size, on_bytes)
    reader = _Reader(file, context, is_known, most)
    try:
        yield from reader.read(counter)
    except ArticleError as error:
        yield error, error.where
        yield reader.unit(0)
    except (*_DAMAGED, OSError) as error:
        yield ArticleError(file.name, _told(error)), None
        yield reader.unit(0)
    counter.finish()


def key_of(file: SourceFile) -> int:
    """The key of a file as one unit, without reading it; 0 where its bytes cannot be read to the end."""
    try:
        with open_bytes(file.path, on_bytes=lambda _: None) as stream:
            return _Hashed(stream).rest()
    except OSError:
        return 0


def _told(error: Exception) -> str:
    if isinstance(error, _DAMAGED):
        return f"is damaged: its gzip data cannot be unpacked ({error})"
    if isinstance(error, NotRegularError):
        return str(error.strerror)
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


class _Counter:
    """Passes on counts of bytes, and sees to it that they add up to the file's size, however reading ends."""

    def __init__(self, size: int, on_bytes: OnBytes | None) -> None:
        self._left = size
        self._on_bytes = on_bytes

    def __call__(self, count: int) -> None:
        told = min(count, self._left)
        self._left -= told
        if told and self._on_bytes is not None:
            self._on_bytes(told)

    def finish(self) -> None:
        """Tell of the bytes that were not needed."""
        self(self._left)


class _Reader:
    """Reads one file."""

    def __init__(self, file: SourceFile, context: ReadingContext, is_known: IsKnown, most: int | None) -> None:
        self._file = file
        self._recording = Recording(context.survey)
        self._context = replace(context, survey=self._recording)
        self._is_known = is_known
        self._most = most

    def unit(self, key: int, where: str | None = None) -> Unit:
        """What was read since the last."""
        return Unit(self._file, key, where, asked=self._recording.taken())

    def read(self, counter: _Counter) -> Iterator[Located | Unit]:
        """Raises ArticleError, or what the system says, where the file cannot be read."""
        file = self._file
        form = format_of(file.name)
        if file.reason:
            raise ArticleError(file.name, file.reason)
        if form is None:
            reason = f"is not a format Dateline reads ({suffix_of(file.name)}): convert it to .txt or .jsonl"
            raise ArticleError(file.name, reason)
        with open_bytes(file.path, on_bytes=counter) as stream:
            if form is Format.JSON:
                yield from self._json(stream)
                return
            data = stream.read(LONGEST_TEXT + 1)
        yield from self._text(data)

    def _text(self, data: bytes) -> Iterator[Located | Unit]:
        key = xxh3_64_intdigest(data)
        if self._is_known(self._file, key):
            yield Unit(self._file, key, known=True)
            return
        for reading in read_text(data, name=self._file.name, context=self._context):
            yield reading, None
        yield self.unit(key)

    def _json(self, stream: io.BufferedReader) -> Iterator[Located | Unit]:
        hashed = _Hashed(stream)
        reader = JsonReader(io.BufferedReader(hashed, _CHUNK), name=self._file.name, context=self._context)
        in_lines = is_json_lines(self._file.name)
        if in_lines and reader.is_in_lines:
            yield from self._lines(reader)
            return
        yield from self._beginning(reader.readings() if in_lines else reader.readings_or_one_error())
        yield self.unit(hashed.rest() if self._most is None else 0)

    def _lines(self, reader: JsonReader) -> Iterator[Located | Unit]:
        file, is_known = self._file, self._is_known
        for line, where in reader.lines():
            key = xxh3_64_intdigest(line)
            if is_known(file, key):
                yield Unit(file, key, where, known=True)
                continue
            for reading in reader.read_value(line, where):
                yield reading, where
            yield self.unit(key, where)

    def _beginning(self, readings: Iterator[Located]) -> Iterator[Located]:
        left = self._most
        for reading, where in readings:
            yield reading, where
            if left is not None and isinstance(reading, Article):
                left -= reading.source.end - reading.source.start
                if left <= 0:
                    return


class _Hashed(io.RawIOBase):
    """A stream whose bytes are hashed as they are read."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._hash = xxh3_64(seed=_STREAMED)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # io.RawIOBase asks for any buffer
        data = self._stream.read1(len(buffer))
        self._hash.update(data)
        buffer[: len(data)] = data
        return len(data)

    def rest(self) -> int:
        """The hash of all bytes, once those that are left were read as well; 0 where they cannot be."""
        try:
            while data := self._stream.read(_CHUNK):
                self._hash.update(data)
        except (*_DAMAGED, OSError):
            return 0
        return self._hash.intdigest()
