"""Read files into Articles. Paths in; Articles, Notes and ArticleErrors out, one stream; knows no engine.

find_files lists what is below SOURCE; read_file reads one file by the reader of its format, told by its
suffix; read_files reads them all and sees to it that no two articles share an id. What cannot be an article
is yielded as an ArticleError among the others, never raised, so one bad file never stops the rest.
"""

from collections.abc import Iterable, Iterator

from search.articles import Article
from search.reading.context import ReadingContext, Survey
from search.reading.files import (
    FoundFiles,
    SourceFile,
    find_files,
    open_regular,
    printable,
    real_path,
)
from search.reading.formats import Format, format_of
from search.reading.uniqueness import Uniqueness
from search.reading.units import OnBytes, Reading, Unit, read_units, units_of

__all__ = [
    "Format",
    "FoundFiles",
    "Reading",
    "ReadingContext",
    "SourceFile",
    "Survey",
    "Unit",
    "find_files",
    "format_of",
    "open_regular",
    "printable",
    "read_file",
    "read_files",
    "read_units",
    "real_path",
]


def read_file(file: SourceFile, *, context: ReadingContext, on_bytes: OnBytes | None = None) -> Iterator[Reading]:
    """What one file holds, JSON Lines as they stream by.

    `on_bytes(n)` hears of n more bytes of the file on disk (for .gz:
    packed ones); over the whole file they add up to `file.size`.
    """
    return (each[0] for each in units_of(file, context=context, on_bytes=on_bytes) if not isinstance(each, Unit))


def read_files(
    files: Iterable[SourceFile], *, context: ReadingContext, on_bytes: OnBytes | None = None
) -> Iterator[Reading]:
    """What all the files hold. Of two articles with one id the second gets another; duplicates are noted."""
    uniqueness = Uniqueness()
    for each in read_units(files, context=context, on_bytes=on_bytes):
        if isinstance(each, Unit):
            continue
        reading, where = each
        if isinstance(reading, Article):
            yield from uniqueness.checked(reading, where)
        else:
            yield reading
