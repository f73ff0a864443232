"""A file's bytes in, its text out. Nothing is lost in silence: what is not certain is refused or noted.

In this order: a byte order mark; UTF-16 by its zero bytes; UTF-8; Windows-1252 where the bytes look Western
(in a short text no statistics can tell, and most wire copy that is not UTF-8 is that); last, charset-
normalizer's guess, which comes with a remark. Control characters say that a file is no text.
"""

import codecs
import unicodedata
from dataclasses import dataclass

import charset_normalizer
import regex

_MARKS = (  # the longer first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # \x1b apart: ISO-2022-JP is written with it
_HIGH_LETTERS = regex.compile(rb"[\xc0-\xd6\xd8-\xf6\xf8-\xff\x8a\x8c\x8e\x9a\x9c\x9e\x9f]")
_HIGH_RUN = regex.compile(rb"[\xc0-\xd6\xd8-\xf6\xf8-\xff]{4}")  # four accents on end: another alphabet
_LETTERS = regex.compile(rb"[A-Za-z]")
_SAMPLE = 1 << 16


class NotTextError(ValueError):
    """Bytes that cannot be read as text; its words are the reason and what to do."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text after any byte order mark, line ends as they are; `remark` where the encoding is a guess."""

    text: str
    encoding: str
    remark: str | None = None


def decode(data: bytes) -> Decoded:
    """`data` as text; NotTextError where it is binary, empty, or in an encoding that cannot be told."""
    decoded = _by_mark(data) or _by_zero_bytes(data) or _as_utf8(data) or _as_western(data) or _by_guess(data)
    text = decoded.text.removesuffix("\x1a")  # the end-of-file mark of DOS
    if not text.strip("\ufeff \t\r\n") or text.isspace():
        raise NotTextError("is empty")
    _refuse_controls(text)
    return Decoded(text, decoded.encoding, decoded.remark)


def _refuse_controls(text: str) -> None:
    control = _CONTROL.search(text) or (regex.search("\x1b", text))
    if control:
        raise NotTextError(f"is not text: it holds the control character U+{ord(control[0]):04X}")


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                name = encoding.upper()
                raise NotTextError(
                    f"is not text: marked as {name}, but byte {error.start + len(mark)} is none"
                ) from error
    return None


def _by_zero_bytes(data: bytes) -> Decoded | None:
    """UTF-16 without a mark has its zero bytes all in even or all in odd places."""
    if b"\x00" not in data:
        return None
    even, odd = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 == 0 and 0 in {even, odd} and even + odd > len(data) // 40:
        encoding = "utf-16-le" if even == 0 else "utf-16-be"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = "\x00"
        strange = set(text) - set("\t\n\r\f\v\x1a")
        if not any(unicodedata.category(char) in {"Cn", "Co", "Cc"} for char in strange):
            return Decoded(text, encoding)
    raise NotTextError("is not text: it holds zero bytes")


def _as_utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, error)
        return None


def _refuse_damaged_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """A stray byte in what is plainly UTF-8 must not turn the whole file into another encoding's nonsense."""
    lenient = data.decode("utf-8", "replace")
    damaged = lenient.count("\ufffd")
    whole = sum(map(str.isalnum, filter(lambda char: not char.isascii(), lenient[:_SAMPLE])))
    if whole > 2 * damaged:
        reason = f"is UTF-8, but damaged at byte {error.start}: restore it, or save it anew"
        raise NotTextError(reason) from error


def _as_western(data: bytes) -> Decoded | None:
    high = len(_HIGH_LETTERS.findall(data, 0, _SAMPLE))
    if _HIGH_RUN.search(data) or high * 3 > len(_LETTERS.findall(data, 0, _SAMPLE)):
        return None
    try:
        return Decoded(data.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        return None


def _by_guess(data: bytes) -> Decoded:
    best = charset_normalizer.from_bytes(data[: 4 * _SAMPLE]).best()
    if best is None:
        raise NotTextError("is not text in an encoding that can be told: save it as UTF-8")
    try:
        text = data.decode(best.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        reason = f"is not text: it looks like {best.encoding}, but is not wholly: save it as UTF-8"
        raise NotTextError(reason) from error
    remark = f"read as {best.encoding}, which is a guess: save it as UTF-8 to be certain"
    return Decoded(text.removeprefix("\ufeff"), best.encoding, remark)
