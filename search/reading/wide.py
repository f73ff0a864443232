"""UTF-16 and UTF-32 without a byte order mark, and the encodings that shift with escapes. Bytes in, a name out.

That bytes are units of 16 bits is told by what they say as such: ASCII and one alphabet, or the frequent characters of
Chinese, Japanese or Korean. Text in eight bits, read in pairs, is neither.
"""

import unicodedata
from collections import Counter

from search.reading.letters import characters

_SAMPLE = 1 << 13  # bytes; a multiple of four
_LEAST_UNITS = 4
_BELIEVED = 0.95  # the share of characters that must be of the kind
_EAST_ASIAN = ("ja", "zh-hans", "zh-hant", "ko")
_TYPOGRAPHY = range(0x2010, 0x20D0)  # dashes, quotation marks, currency signs


def shifting_encoding(data: bytes) -> str | None:
    """ISO-2022-JP or ISO-2022-KR by its escapes, in bytes that are all below 128; None for any other."""
    if b"\x1b$)C" in data[:_SAMPLE]:
        return "iso-2022-kr"
    if any(escape in data for escape in (b"\x1b$B", b"\x1b$@", b"\x1b(J")) and data.isascii():
        return "iso-2022-jp-2004" if b"\x1b$(" in data else "iso-2022-jp-ext"
    return None


def wide_encoding(data: bytes) -> str | None:
    """The UTF-32 or UTF-16 that `data` is in, without a mark; None where it is in neither."""
    sample = data[:_SAMPLE]
    for encoding in ("utf-32-le", "utf-32-be") if b"\x00" in sample else ():
        if _is_utf32(sample, encoding):
            return encoding
    return next((encoding for encoding in ("utf-16-le", "utf-16-be") if _is_text(sample, encoding)), None)


def _is_utf32(sample: bytes, encoding: str) -> bool:
    text = sample.decode(encoding, "replace")
    return len(text) >= _LEAST_UNITS and text.count("\ufffd") <= len(text) // 20 and "\x00" not in text


def _is_text(sample: bytes, encoding: str) -> bool:
    text = sample.decode(encoding, "replace")
    if len(text) < _LEAST_UNITS:
        return False
    counts = Counter(text)
    return _is_alphabetic(counts, len(text)) or _is_east_asian(counts, len(text))


def _is_alphabetic(counts: Counter[str], length: int) -> bool:
    """Whether these are ASCII, typography and letters of at most two blocks of 128 characters beside Latin ones."""
    blocks: Counter[int] = Counter()
    letters = good = 0
    for char, count in counts.items():
        code = ord(char)
        if code in _TYPOGRAPHY or char.isspace() or (code < 0x2000 and unicodedata.category(char)[0] in "LMNPSZ"):
            good += count
            letters += count if char.isalpha() else 0
            blocks[code >> 7 if code >= 0x250 else 0] += count if char.isalpha() else 0
    usual = sum(count for _, count in blocks.most_common(3))
    return good >= _BELIEVED * length and letters >= length * 0.4 and usual >= _BELIEVED * letters


def _is_east_asian(counts: Counter[str], length: int) -> bool:
    """Whether these are frequent characters of one of these languages, ASCII and typography."""
    typography = sum(
        count
        for char, count in counts.items()
        if " " <= char < "\x7f"
        or char in "\t\r\n"
        or ord(char) in _TYPOGRAPHY
        or "\u3000" <= char <= "\u3020"
        or "\uff01" <= char <= "\uff5e"
    )
    known = max(sum(count for char, count in counts.items() if char in table) for table in map(characters, _EAST_ASIAN))
    return known >= 0.3 * length and known + typography >= 0.9 * length
