"""Read a file of plain text: decode it, part it into its articles, read each. Bytes in, readings out."""

import hashlib
from collections.abc import Iterator

from search.articles import Article, Note, NoteKind
from search.errors import ArticleError
from search.reading.context import ReadingContext
from search.reading.decoding import NotTextError, decode, line_number
from search.reading.markup import decode_markup
from search.reading.mojibake import find_mojibake
from search.reading.plain import read_plain
from search.reading.several import Part, parts_of

LONGEST_TEXT = 1 << 26  # bytes of a plain-text file, unpacked: no article comes near


def read_text(data: bytes, *, name: str, context: ReadingContext) -> Iterator[Article | Note | ArticleError]:
    """The articles of a plain text, after the notes on it as a whole; an error where it is none."""
    if len(data) > LONGEST_TEXT:
        yield ArticleError(name, f"is larger than {LONGEST_TEXT >> 20} MiB, which no article is")
        return
    try:
        decoded = decode(data, context=context)
    except NotTextError as error:
        yield ArticleError(name, str(error))
        return
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


def _read_part(
    text: str, part: Part, name: str, sha256: str, context: ReadingContext
) -> Iterator[Article | Note | ArticleError]:
    """One article of a text; where it is none, the others are still read."""
    try:
        yield from read_plain(text[part.start : part.end], name=name, sha256=sha256, context=context, part=part)
    except ArticleError as error:
        yield error
