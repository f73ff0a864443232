"""Datelines of Chinese, Japanese and Korean agencies, which have forms of their own. The start of a text in.

（서울=연합뉴스) 김민수 기자 =      place and agency in brackets, then the reporter
【ワシントン共同】                 place and agency without a sign between them
［東京　３日　ロイター］ -          place, day, agency
【3月3日 AFP】                     no place
新华社北京3月3日电（记者王明）      agency, place, day, "wire"
"""

import unicodedata
from dataclasses import dataclass

import regex

from search.reading import agencies
from search.reading.dates import WrittenDay, written_day

_BRACKETED = regex.compile(
    r"[(（\[［【〔](?P<inside>(?=[^)）\]］】〕]{0,40}[\p{Han}\p{Hangul}\p{Katakana}])[^()（）\[\]［］【】〔〕\n]{2,40})[)）\]］】〕]"
    r"(?:\s{0,3}(?:\d{4}[./]\d{1,2}[./]\d{1,2}\.?\s{0,2})?[\p{Hangul}·\s]{2,30}(?:기자|특파원|통신원)\s{0,2}(?P<mark>=)?)?"
    r"\s{0,3}(?P<mark>[=＝\-–—―])?\s{0,3}"
)
_CHINESE = regex.compile(
    r"[(（【]?(?P<agency>新华社|新華社|中新社|中新网|中央社|法新社|路透社|美联社|共同社)(?:记者|記者)?"
    r"(?P<place>[\p{Han}·]{2,12}?)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?:电|電|讯|訊)"
    r"(?:[(（][^()（）\n]{0,30}[)）])?[)）】]?\s{0,3}"
)
_SIGNS = regex.compile(r"[\s=＝、，,/／・]+")
_DAY = regex.compile(r"(?:(?P<month>\d{1,2})[月월]\s?)?(?P<day>\d{1,2})[日일]")
_JOINED_AGENCIES = ("共同", "時事", "ロイター", "AFP", "AP", "新華社")
_BRACKETS = frozenset("(（[［【〔")


@dataclass(frozen=True, slots=True)
class Eastern:
    """What was read: the dateline ends at `end`, the story goes on at `rest`."""

    end: int
    rest: int
    place: str | None
    agency: str
    day: WrittenDay | None


def may_be_eastern(head: str, start: int) -> bool:
    """Whether a look at the first character leaves it possible."""
    first = head[start : start + 1]
    return first in _BRACKETS or first >= "\u2e80"


def read_eastern(head: str, start: int) -> Eastern | None:
    """The dateline at `start` of `head`, where it has one of these forms and an agency that is known."""
    chinese = _CHINESE.match(head, start)
    if chinese is not None:
        end = start + len(chinese[0].rstrip())
        day = written_day(chinese["month"], chinese["day"], None)
        return Eastern(end, chinese.end(), chinese["place"], chinese["agency"], day)
    match = _BRACKETED.match(head, start)
    read = _inside(match["inside"]) if match else None
    if match is None or read is None:
        return None
    place, agency, day = read
    end = start + len(match[0].rstrip(" \u3000\n=＝-–—―"))
    return Eastern(end, match.end(), place, agency, day)


def _inside(written: str) -> tuple[str | None, str, WrittenDay | None] | None:
    """Place, agency and day of what stands in brackets; None without an agency that is known."""
    place = agency = day = None
    for part in filter(None, _SIGNS.split(unicodedata.normalize("NFKC", written))):
        if found := _DAY.fullmatch(part):
            day = written_day(found["month"], found["day"], None) if found["month"] else None
        elif agency is None and agencies.is_known(part):
            agency = agencies.spelled(part)
        elif agency is None and (joined := next((one for one in _JOINED_AGENCIES if part.endswith(one)), None)):
            place, agency = place or part.removesuffix(joined), agencies.spelled(joined)
        elif place is None and not any(map(str.isdecimal, part)):
            place = part
    return (place, agency, day) if agency else None
