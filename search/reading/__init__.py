"""Read files into Articles. Paths in; Articles, Notes and ArticleErrors out, one stream; knows no engine.

find_files lists what is below SOURCE; read_file reads one file by the reader of its format, told by its
suffix; read_files reads them all and sees to it that no two articles share an id. What cannot be an article
is yielded as an ArticleError among the others, never raised, so one bad file never stops the rest.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from search.articles import Article, Note, NoteKind
from search.errors import ArticleError
from search.reading.context import ReadingContext, Survey
from search.reading.decoding import NotTextError, decode, line_number
from search.reading.files import (
    FoundFiles,
    NotRegularError,
    SourceFile,
    find_files,
    open_bytes,
    open_regular,
    printable,
    real_path,
)
from search.reading.json_files import read_json
from search.reading.markup import decode_markup
from search.reading.mojibake import find_mojibake
from search.reading.path_dates import dated_by_path
from search.reading.plain import read_plain
from search.reading.several import Part, parts_of
from search.reading.uniqueness import Uniqueness

__all__ = [
    "Format",
    "FoundFiles",
    "Reading",
    "ReadingContext",
    "SourceFile",
    "Survey",
    "find_files",
    "format_of",
    "open_regular",
    "printable",
    "read_file",
    "read_files",
    "real_path",
]

Reading = Article | Note | ArticleError
OnBytes = Callable[[int], None]
_Located = tuple[Reading, str | None]

LONGEST_TEXT = 1 << 26  # bytes of a plain-text file, unpacked: no article comes near

_JSON_LINES = {".jsonl", ".ndjson", ".jl", ".jsonlines"}
_JSON = {".json", *_JSON_LINES}
_UNREAD_TEXT = """
.7z .avi .bmp .bz2 .css .csv .db .doc .docx .eml .epub .gif .htm .html .jpeg .jpg .js .log .md .mp3
.mp4 .nitf .odt .parquet .pdf .pickle .pkl .png .ppt .pptx .py .rst .rtf .sgm .sgml .sqlite .svg .tar .tex
.tgz .tif .tiff .toml .tsv .wav .webp .xhtml .xls .xlsx .xml .xz .yaml .yml .zip .zst
"""
_UNREAD = frozenset(_UNREAD_TEXT.split())


class Format(Enum):
    """How a file is read."""

    TEXT = "plain text"
    JSON = "JSON"


def format_of(name: str) -> Format | None:
    """The format that a file's suffix tells; None for one that Dateline does not read."""
    suffix = _suffix(name)
    return None if suffix in _UNREAD else Format.JSON if suffix in _JSON else Format.TEXT


def read_file(file: SourceFile, *, context: ReadingContext, on_bytes: OnBytes | None = None) -> Iterator[Reading]:
    """What one file holds, JSON Lines as they stream by.

    `on_bytes(n)` hears of n more bytes of the file on disk (for .gz:
    packed ones); over the whole file they add up to `file.size`.
    """
    return (reading for reading, _ in _read_located(file, context, on_bytes))


def read_files(
    files: Iterable[SourceFile], *, context: ReadingContext, on_bytes: OnBytes | None = None
) -> Iterator[Reading]:
    """What all the files hold. Of two articles with one id the second gets another; duplicates are noted."""
    uniqueness = Uniqueness()
    for file in files:
        for reading, where in _read_located(file, context, on_bytes):
            if isinstance(reading, Article):
                dated = dated_by_path(reading, context.today, where) if context.dates_from_paths else (reading,)
                for each in dated:
                    if isinstance(each, Article):
                        yield from uniqueness.checked(each, where)
                    else:
                        yield each
            else:
                yield reading


def _read_located(file: SourceFile, context: ReadingContext, on_bytes: OnBytes | None) -> Iterator[_Located]:
    """Readings, each with its "line N" where it has one; errors of the system become readings too."""
    if file.reason:
        yield ArticleError(file.name, file.reason), None
        return
    counter = _Counter(file.size, on_bytes)
    try:
        yield from _read_format(file, context, counter)
    except ArticleError as error:
        yield error, error.where
    except NotTextError as error:
        yield ArticleError(file.name, str(error)), None
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        yield ArticleError(file.name, f"is damaged: its gzip data cannot be unpacked ({error})"), None
    except NotRegularError as error:
        yield ArticleError(file.name, str(error.strerror)), None
    except OSError as error:
        yield ArticleError(file.name, f"cannot be read: {error.strerror or error}"), None
    counter.finish()


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


def _read_format(file: SourceFile, context: ReadingContext, counter: _Counter) -> Iterator[_Located]:
    suffix = _suffix(file.name)
    form = format_of(file.name)
    if form is None:
        reason = f"is not a format Dateline reads ({suffix}): convert it to .txt or .jsonl"
        raise ArticleError(file.name, reason)
    with open_bytes(file.path, on_bytes=counter) as stream:
        if form is Format.JSON:
            yield from read_json(stream, name=file.name, context=context, lines=suffix in _JSON_LINES)
            return
        data = stream.read(LONGEST_TEXT + 1)
    yield from ((reading, None) for reading in _read_text(data, file.name, context))


def _suffix(name: str) -> str:
    """The suffix that tells the format, in small letters, that of .gz apart."""
    base = name.rpartition("/")[2].lower().removesuffix(".gz")
    return "." + base.rpartition(".")[2] if "." in base[1:] else ""


def _read_text(data: bytes, name: str, context: ReadingContext) -> Iterator[Reading]:
    """The articles of a plain text, after the notes on it as a whole."""
    if len(data) > LONGEST_TEXT:
        raise ArticleError(name, f"is larger than {LONGEST_TEXT >> 20} MiB, which no article is")
    decoded = decode(data, context=context)
    for note in decoded.remarks:
        yield Note(name, note.reason, note.where, note.kind)
    text = decoded.text
    if found := find_mojibake(text):
        yield Note(name, found.reason, f"line {line_number(text, found.start)}", NoteKind.MOJIBAKE)
        text = found.mended if context.mends_mojibake else text
    text, remark = decode_markup(text)
    if remark:
        yield Note(name, remark, kind=NoteKind.MARKUP_DECODED)
    parts = parts_of(text)
    if len(parts) > 1:
        yield Note(name, f"holds {len(parts)} articles: each is read by itself", kind=NoteKind.ARTICLES_SPLIT)
    sha256 = hashlib.sha256(data).hexdigest()
    for part in parts:
        if part.doubt:
            yield Note(name, part.doubt, part.where, NoteKind.ARTICLES_SPLIT)
        yield from _read_part(text, part, name, sha256, context)


def _read_part(text: str, part: Part, name: str, sha256: str, context: ReadingContext) -> Iterator[Reading]:
    """One article of a text; where it is none, the others are still read."""
    try:
        yield from read_plain(text[part.start : part.end], name=name, sha256=sha256, context=context, part=part)
    except ArticleError as error:
        yield error
