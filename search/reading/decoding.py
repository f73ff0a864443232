"""A file's bytes in, its text out. Nothing is lost in silence: what is not certain, or was replaced, is a remark.

In this order: the encoding that was given; a byte order mark; UTF-16 and UTF-32 without one; encodings that shift with
escapes; UTF-8, also where some of its bytes are damaged; last, the most probable of the encodings of eight bits and of
East Asian ones (see guessing.py), with charset-normalizer's choice where none of them is probable. A byte that cannot
be decoded becomes U+FFFD, a control character U+2060 (WORD JOINER, which parts no word) or a blank, so that offsets
stay those of the file's characters. Where many are bad, the file is no text.
"""

import codecs
from dataclasses import dataclass

import charset_normalizer
import regex

from search.articles import NoteKind
from search.reading.answers import Answers
from search.reading.context import ReadingContext
from search.reading.guessing import guess
from search.reading.wide import shifting_encoding, wide_encoding

_MARKS = (  # the longer first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = {  # how files begin that are no text, whatever their name says
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF-": "a PDF document",
    b"\x1f\x8b\x08": "gzip data",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a Microsoft Office document",
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x7fELF": "a program",
    b"SQLite format 3\x00": "an SQLite database",
}
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
_MANY_CONTROLS = regex.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f]")
_BLANKS = {7: " ", 0x1E: "-"}  # the mark of a table's cell, and the unbreakable hyphen, of word processors
_JOINER = "\u2060"
# Whole sequences of UTF-8 that no other encoding has by chance: letters, dashes, quotation marks, currency signs.
_WHOLE = regex.compile(r"[À-žʼ\u0370-\uffef\U00010000-\U0010ffff&&[\p{L}\p{N}\p{S}\p{P}]--\ufffd]", regex.V1)
# The quotation marks, apostrophes and dashes of Windows-1252 where English has them.
_ENGLISH_SIGNS = regex.compile(
    rb"(?<=[A-Za-z])\x92(?=(?:s|t|d|m|re|ve|ll)?[\s.,;:!?)\x94])|(?<![A-Za-z0-9.,\x80-\xff])[\x91\x93](?=[A-Za-z0-9])"
    rb"|(?<=[A-Za-z0-9.,!?])[\x92\x94](?=[\s.,;:)\x97]|$)|(?<=\s)[\x96\x97](?=\s)|(?<=[a-z.])\x85(?=[\s\x94])"
)
_HIGH = regex.compile(rb"[\x80-\xff]")
_SAMPLE = 1 << 16
_MOST_BAD, _FEW_BAD = 0.02, 2  # the share of bad characters beyond which a file is no text; so few never make it that


class NotTextError(ValueError):
    """Bytes that cannot be read as text; its words are the reason and what to do."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about how a text was decoded; `where` is a place in it."""

    reason: str
    kind: NoteKind
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text after any byte order mark, line ends as they are; `remarks` on what is a guess or was replaced."""

    text: str
    encoding: str
    remarks: tuple[Remark, ...] = ()


def decode(data: bytes, *, context: ReadingContext | None = None) -> Decoded:
    """`data` as text; NotTextError where it is binary, empty, or in an encoding that cannot be told."""
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise NotTextError(f"is not text: it is {what}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if _CONTROL.search(text) is None and text[:1] != "\ufeff" and not (context and context.encoding):
        found = Decoded(text, "utf-8")  # as nearly every file is
    else:
        found = _decoded(data, context)
    if not found.text.strip("\ufeff \t\r\n") or found.text.isspace():
        raise NotTextError("is empty")
    return found


def _decoded(data: bytes, context: ReadingContext | None) -> Decoded:
    encoding, mark, remarks = _encoding(data, context)
    data = data[mark:]
    text = data.decode(encoding, "replace")
    text = text.removeprefix("\ufeff").removesuffix("\x1a")  # the end-of-file mark of DOS
    bad = _damage(data, mark, encoding, text)
    text = _CONTROL.sub(lambda match: _BLANKS.get(ord(match[0]), _JOINER), text)
    if context and context.counted is not None and not remarks:
        context.counted.encodings[encoding] += 1
    return Decoded(text, encoding, (*remarks, *bad))


def _encoding(data: bytes, context: ReadingContext | None) -> tuple[str, int, tuple[Remark, ...]]:
    """The encoding, the length of the mark that says so, and what to remark on it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark), ()
    if context and context.encoding:
        return context.encoding, 0, ()
    is_utf8 = _is_utf8(data)
    if not is_utf8 or _holds_controls(data):
        encoding_told = shifting_encoding(data) or wide_encoding(data)
        if encoding_told:
            return encoding_told, 0, ()
    if is_utf8:
        return "utf-8", 0, ()
    return _guessed(data, context.survey if context else None)


def _is_utf8(data: bytes) -> bool:
    """Whether these bytes are UTF-8, perhaps damaged: a stray byte must not make nonsense of all others."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")[:_SAMPLE]
        whole = len(_WHOLE.findall(text))
        return whole > 0 and whole >= text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    return True


def _holds_controls(data: bytes) -> bool:
    return _MANY_CONTROLS.search(data, 0, _SAMPLE) is not None or b"\x1b" in data


def _guessed(data: bytes, survey: Answers | None) -> tuple[str, int, tuple[Remark, ...]]:
    if _HIGH.search(_ENGLISH_SIGNS.sub(b"", data[:_SAMPLE])) is None and _is_cp1252(data):
        return "cp1252", 0, ()
    usual = survey.usual_encodings() if survey else {}
    found = guess(data, usual)
    if found is None:
        return _by_charset_normalizer(data)
    if not found.doubtful:
        return found.encoding, 0, ()
    others = "as the archive's other files are" if usual.get(found.encoding) else "by its letters"
    rival = f", but {found.rival} is nearly as probable" if found.rival else ""
    return found.encoding, 0, (_doubt(f"{found.encoding} in {found.language_name}, {others}{rival}"),)


def _is_cp1252(data: bytes) -> bool:
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def _by_charset_normalizer(data: bytes) -> tuple[str, int, tuple[Remark, ...]]:
    best = charset_normalizer.from_bytes(data[: 4 * _SAMPLE]).best()
    if best is None:
        raise NotTextError("is not text in an encoding that can be told: save it as UTF-8, or name it with --encoding")
    return best.encoding, 0, (_doubt(f"{best.encoding}, which charset-normalizer takes it for"),)


def _doubt(what: str) -> Remark:
    reason = f"read as {what}; this is a guess: if it is wrong, give the encoding with --encoding, or save it as UTF-8"
    return Remark(reason, NoteKind.ENCODING_DOUBTFUL)


def _damage(data: bytes, mark: int, encoding: str, text: str) -> list[Remark]:
    """Remarks on what cannot be decoded and on control characters. Raises NotTextError where there is too much."""
    controls = _CONTROL.findall(text)
    replaced = text.count("\ufffd") - _written_replacements(data, encoding) if "\ufffd" in text else 0
    bad = len(controls) + replaced
    if not bad:
        return []
    good = any(map(str.isalnum, text))
    if not good or (bad > _FEW_BAD and bad > _MOST_BAD * len(text)):
        raise NotTextError(f"is not text: {bad:,} of its {len(text):,} characters, read as {encoding}, are none")
    remarks = []
    if replaced:
        what = "a byte" if replaced == 1 else f"{replaced:,} places"
        first = _first_bad_byte(data, encoding)
        where = f"byte {first + mark:,}, line {_line_of(data[:first], encoding)}"
        reason = f"{what} that {encoding} cannot decode: replaced by U+FFFD, first at byte {first + mark:,}"
        remarks.append(Remark(reason, NoteKind.CHARACTER_REPLACED, where))
    if controls:
        match = _CONTROL.search(text)
        assert match is not None
        what = "a control character" if len(controls) == 1 else f"{len(controls):,} control characters"
        before = text[: match.start()]
        offset = len(before.encode(encoding, "replace")) + mark
        where = f"byte {offset:,}, line {line_number(text, match.start())}"
        reason = f"{what} dropped, the first U+{ord(match[0]):04X} at byte {offset:,}"
        remarks.append(Remark(reason, NoteKind.CHARACTER_REPLACED, where))
    return remarks


def _written_replacements(data: bytes, encoding: str) -> int:
    """How many U+FFFD the file itself holds, which were lost before it came here."""
    try:
        written = "\ufffd".encode(encoding)
    except UnicodeEncodeError:
        return 0
    return data.count(written)


def _first_bad_byte(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _line_of(before: bytes, encoding: str) -> int:
    text = before.decode(encoding, "replace")
    return line_number(text, len(text))


def line_number(text: str, position: int) -> int:
    """The number of the line, from 1 on, that a position in a text lies in."""
    return 1 + len(regex.findall(r"\r\n|[\n\r\u2028\u2029]", text[:position]))
