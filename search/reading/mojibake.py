"""Text that was decoded wrongly before it was saved: "CafÃ©" for "Café", "â€™" for an apostrophe. Text in, text out.

ftfy finds what was UTF-8 and read as Windows-1252 or the like, once or more. What was Windows-1251 or KOI8-R and read
as Windows-1252 ("Ïðàâèòåëüñòâî") is found by its letters, as encodings are (see guessing.py): it is all accents.
"""

import re
from dataclasses import dataclass, replace

import ftfy
import regex
from ftfy.badness import badness

from search.reading.guessing import guess

_SHOWN = 40  # code points of the sample
# One of the letters that all mojibake has. Typographic quotes and dashes are what most text that is not ASCII has
# instead: asking for these letters first takes a tenth of what the patterns below take.
_LETTER = re.compile("[À-ÿĂĹРСГВв├┬╨╤─┼╬╧╫╪┘√Γ]")
# What UTF-8 looks like where it was read as eight bits: a lead byte's letter and a sign or letter that follows it. ftfy
# looks only at lines that have some.
_SUSPICIOUS = regex.compile(
    r"[ÂÃÅÄÐÑÎÏØÙ×ãâåæçïðàá][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"  # read as Windows-1252
    r"|[ĂĹÄÂ][\x80-\xbf˘Ł¤Ą§¨ŞŠ…ľżźšťş©ˇ„]"  # as Windows-1250
    r"|Р[°-џ\x90-\xbfЃѓѕіўЎЋћ]|С[\x80-\xbfЃѓ‚„…†‡‰Љ‹ЊЌЋЏђ]|[ГВ][\xa0-\xbfЃѓ‚„…†‡‰]|вЂ"  # as Windows-1251
    r"|[├┬╨╤─┼╬╧╫╪┘√][^\x00-\x7f]|Γ[ÇÖÜ]"  # as that of DOS or of the Macintosh
)
_ACCENTS = regex.compile(r"[À-ÖØ-öø-ÿ¸¨¿³ºª]{3,}")  # a word in Cyrillic, read as Western
_LINE = regex.compile(r"[^\n\r]*[\n\r]*")


@dataclass(frozen=True, slots=True)
class Mojibake:
    """What was found in a text: in how many places, the first as written and as meant, and the text mended."""

    count: int
    start: int
    written: str
    meant: str
    mended: str

    @property
    def reason(self) -> str:
        """What to say of it."""
        places = "1 place" if self.count == 1 else f"{self.count:,} places"
        return f"mojibake in {places}: {self.written!r} for {self.meant!r}"


def find_mojibake(text: str) -> Mojibake | None:
    """The mojibake in a text; None where it has none, which costs a search or two of a text that is not ASCII."""
    if text.isascii() or _LETTER.search(text) is None:
        return None
    return _of_utf8(text) or _of_cyrillic(text)


def mend_texts(texts: list[str]) -> tuple[list[str], str | None]:
    """The texts with mojibake mended, and what to say of it; None where there is none."""
    found = {place: each for place, text in enumerate(texts) if (each := find_mojibake(text))}
    if not found:
        return texts, None
    first = replace(next(iter(found.values())), count=sum(each.count for each in found.values()))
    mended = [found[place].mended if place in found else text for place, text in enumerate(texts)]
    return mended, first.reason


def _of_utf8(text: str) -> Mojibake | None:
    if _SUSPICIOUS.search(text) is None:
        return None
    pieces: list[str] = []
    count, first = 0, None
    for match in _LINE.finditer(text):
        line = match[0]
        fixed = ftfy.fix_encoding(line) if _SUSPICIOUS.search(line) else line
        if fixed != line:
            count += max(1, badness(line))
            first = first or (match.start(), line, fixed)
        pieces.append(fixed)
    if first is None:
        return None
    start, line, fixed = first
    before, after = _differing(line, fixed)
    return Mojibake(count, start + before, _sample(line, before), _sample(fixed, after), "".join(pieces))


def _of_cyrillic(text: str) -> Mojibake | None:
    words = _ACCENTS.findall(text)
    if len(words) < 2 or sum(map(len, words)) * 4 < sum(map(str.isalpha, text[:4000])):
        return None
    data = _bytes(text)
    found = guess(data) if data else None
    if (
        data is None
        or found is None
        or found.doubtful
        or not found.encoding.startswith(("cp1251", "koi8", "iso-8859-5"))
    ):
        return None
    mended = data.decode(found.encoding, "replace")
    first = _ACCENTS.search(text)
    assert first is not None
    start = first.start()
    return Mojibake(len(words), start, _sample(text, start), _sample(mended, start), mended)


def _bytes(text: str) -> bytes | None:
    """The bytes that were read as Windows-1252; those that it lacks are as they are in Latin-1."""
    try:
        return b"".join(bytes([ord(char)]) if "\x80" <= char <= "\x9f" else char.encode("cp1252") for char in text)
    except UnicodeEncodeError:
        return None


def _differing(line: str, fixed: str) -> tuple[int, int]:
    """Where the first word begins that differs, in both."""
    same = next((at for at, (one, other) in enumerate(zip(line, fixed, strict=False)) if one != other), 0)
    begin = max(line.rfind(" ", 0, same), line.rfind("\n", 0, same)) + 1
    return begin, begin


def _sample(text: str, start: int) -> str:
    shown = text[start : start + _SHOWN]
    return shown.split(maxsplit=1)[0] if shown.strip() else shown
