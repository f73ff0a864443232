"""Find the articles in a text that holds several. A text in, its parts out; what each says is plain.py's.

Parts are told by the first of these that the text has:
- numbered markers (`Document 1 of 20`, `1 of 12 DOCUMENTS`) and lines that end a document (`End of Document`);
- form feeds, rules (`-----`, `=====`, `* * *`), front matter and headers (`Title: ...`), where what follows opens an
  article: a header, or a title with a dateline or byline, or a dateline with its day or agency (after stars only if the
  text itself begins with one). A rule right below a title is its underline.

A rule or a form feed before anything else parts sections or pages of one article. Where titles without a dateline
follow them the text may hold several articles, and `doubt` says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from search.reading.beginnings import Opens, has_text, header_of, is_title_like, what_opens
from search.reading.dateline import read_opening
from search.reading.frontmatter import read_front_matter
from search.reading.headers import Field, read_block
from search.reading.kickers import is_label
from search.reading.layout import lines_of
from search.reading.masthead import MARKER
from search.reading.top import LONGEST_TITLE, RULE_SIGNS, is_rule

_LOOKED_AT = 4000  # code points in which an article's opening is looked for
_LONGEST_FRONT_MATTER = 70_000
_LONGEST_PREAMBLE = 1000
_LONGEST_KEY = 60
_OPENING = 1200  # code points of a header or of a title, byline and dateline
_ALIKE = 8  # characters of a rule that is long enough to be known again

_ENDS = r"\n\r\v\f\x85\u2028\u2029"
_BEGIN = rf"(?:(?<=[{_ENDS}])|\A)[^\S{_ENDS}]*"
_END = rf"[^\S{_ENDS}]*(?=[{_ENDS}]|\Z)"
_MARKER_LINE = regex.compile(_BEGIN + MARKER.pattern + _END)
# The second is the accession number that Factiva puts at the end of a document.
_END_LINE = regex.compile(rf"{_BEGIN}(?:(?i:end\s+of\s+document)|Document\s[A-Z]{{3,8}}\d{{4,}}\w{{8,30}}){_END}")
_BREAK = regex.compile(rf"(?P<feed>\f)|{_BEGIN}(?P<rule>[{RULE_SIGNS}][{RULE_SIGNS} \t\xa0]*+){_END}")
_HEADER_LINE = regex.compile(
    rf"{_BEGIN}(?P<key>[\p{{L}}][\p{{L}}\p{{M}} _\-]{{0,28}})(?::|[ \t](?=\d{{4}}-\d\d-\d\d\b))"
)
_FRONT_MATTER_ENDS = regex.compile(rf"[{_ENDS}](?:---|\.\.\.){_END}")
# Cheap looks, which most texts fail.
_RULES = ("\f", "---", "===", "***", "___", "~~~", "###", "+++", "* * *", "- - -", "•••", "———", "–––", "···", "• •")
_MARKED = ("document", "dokument", "article", "record", "item", "story", "stories", "result")
_MAY_BEGIN_HEADER = re.compile(r"\s*(?:[^\n\r:]{1,40}[:：]|(?P<date>[Dd]ate ))")


@dataclass(frozen=True, slots=True)
class Part:
    """One article's part of a text: `text[start:end]`, of which the first `preamble` code points are above its head.

    `number` counts from 1; 0 is a text that is one article. `doubt` is a reason to think that it is several.
    """

    start: int = 0
    end: int = 0
    preamble: int = 0
    number: int = 0
    doubt: str | None = None

    @property
    def where(self) -> str | None:
        """Which article of the file it is, for a report."""
        return f"article {self.number}" if self.number else None


WHOLE = Part()


@dataclass(frozen=True, slots=True)
class _Border:
    """Where a part ends and where the next begins, with the offset of its head and what parts them."""

    end: int
    start: int
    head: int
    mark: str


def parts_of(text: str) -> list[Part]:
    """The parts of `text` in order: one or more, that cover all of it but rules, form feeds and white space."""
    borders, doubts = _numbered(text), 0
    if not borders:
        borders, doubts = _unnumbered(text)
    if borders:
        return _parts(text, borders)
    doubt = (
        f"may hold {doubts + 1} articles, but no header or dateline says so, so it was read as one" if doubts else None
    )
    return [Part(0, len(text), doubt=doubt)]


def _parts(text: str, borders: Sequence[_Border]) -> list[Part]:
    """The parts between borders. What is above the first goes with it, unless that is a text of its own."""
    bounds = [_Border(0, 0, 0, ""), *borders]
    ends = [*(border.end for border in borders), len(text)]
    first = text[: ends[0]]
    if not first.strip() or _is_preamble(first, borders[0].mark):
        bounds[1:2] = [_Border(0, 0, bounds[1].head, "")]
        del bounds[0], ends[0]
    trimmed = [(bound, _trimmed(text, bound.start, end)) for bound, end in zip(bounds, ends, strict=True)]
    kept = [(bound, end) for bound, end in trimmed if end > bound.start]
    return [Part(bound.start, end, bound.head - bound.start, number) for number, (bound, end) in enumerate(kept, 1)]


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of a part without the white space and the rules that part it from the next."""
    last = [line for line in lines_of(text[max(start, end - _LOOKED_AT) : end]) if not line.blank]
    while last and is_rule(last[-1].text):
        last.pop()
    return max(start, end - _LOOKED_AT) + last[-1].end if last else start


def _is_preamble(text: str, mark: str) -> bool:
    """Whether a text above the first article is no article: short, and nothing but titles."""
    return mark not in {"end", "header"} and len(text) <= _LONGEST_PREAMBLE and not has_text(lines_of(text))


def _numbered(text: str) -> list[_Border]:
    """The borders that numbered markers and ends of documents make."""
    lowered = text.lower()
    if not any(map(lowered.__contains__, _MARKED)):
        return []
    markers = _consecutive(list(_MARKER_LINE.finditer(text)))
    if markers:
        return [_Border(match.start(), match.start(), match.end(), "marker") for match in markers]
    ends = [match.end() for match in _END_LINE.finditer(text)] if "document" in lowered else []
    return [_Border(end, end, end, "end") for end in ends if any(map(str.isalnum, text[end : end + 2000]))]


def _consecutive(markers: Sequence["regex.Match[str]"]) -> Sequence["regex.Match[str]"]:
    """The markers, where they count one by one towards one total; else none."""
    numbers = [int(match["number"]) for match in markers]
    totals = {int(match["total"]) for match in markers}
    counts = len(markers) > 1 and all(second == first + 1 for first, second in pairwise(numbers))
    return markers if counts and len(totals) == 1 and numbers[-1] <= max(totals) else []


def _unnumbered(text: str) -> tuple[list[_Border], int]:
    """The borders that form feeds, rules and headers make, and the number of those that are doubtful."""
    is_ruled = any(map(text.__contains__, _RULES))
    begins = _MAY_BEGIN_HEADER.match(text)
    is_headed = begins is not None and (begins["date"] is None or _dates(text.lower(), "date") > 1)
    if not (is_ruled or is_headed):
        return [], 0
    found = _Finder(text)
    if is_ruled:
        for match in _BREAK.finditer(text):
            found.look_after(match)
    if is_headed and found.first and _repeats(text, found.first):
        for match in _HEADER_LINE.finditer(text):
            found.look_at_header(match)
    return found.borders()


def _repeats(text: str, fields: Sequence[Field]) -> bool:
    """Whether a key of the first header occurs again: a cheap look."""
    lowered = text.lower()
    keys = {field.key.lower() for field in fields}
    return any(lowered.count(f"{key}:") + lowered.count(f"{key} :") + _dates(lowered, key) > 1 for key in keys)


def _dates(lowered: str, key: str) -> int:
    return lowered.count("date 1") + lowered.count("date 2") if key == "date" else 0


class _Finder:
    """Collects the borders of a text; `first` is the header that the text itself begins with."""

    def __init__(self, text: str) -> None:
        self._text = text
        lines = lines_of(text[:_LOOKED_AT])
        self._top = [line.text for line in lines if not (line.blank or is_label(line.text))][:2]
        self.first = header_of(lines)
        self._certain: list[_Border] = []
        self._doubtful: list[_Border] = []
        self._brief: list[_Border] = []
        self._begins = len(text) - len(text.lstrip())
        self._reach = 0

    def look_after(self, match: "regex.Match[str]") -> None:
        """Take a form feed or rule for a border where an article begins after it, or, of an underline, above it."""
        if match.start() < self._reach or not (match["feed"] or is_rule(match["rule"])):
            return
        mark = (match["rule"] or "\f").strip()
        if mark == "---" and (end := self._front_matter_ends(match.start("rule"))):
            self._reach = end
            self._add(self._certain, match.start(), match.start("rule"), mark)
            return
        if self._text[match.end() : match.end() + 1000].lstrip()[:1] in {"", *RULE_SIGNS}:
            return  # another rule, or nothing
        title = self._underlined(match)
        begin = match.end() if title is None else title
        opens = what_opens(self._text[begin : begin + _OPENING], stars="*" in mark, above=self._top)
        if opens is not Opens.TEXT:
            end = match.start() if title is None else title
            found = {Opens.ARTICLE: self._certain, Opens.TITLE: self._doubtful}
            self._add(found.get(opens, self._brief), end, begin, mark)

    def _front_matter_ends(self, start: int) -> int | None:
        closing = _FRONT_MATTER_ENDS.search(self._text, start + len("---"), start + _LONGEST_FRONT_MATTER)
        if closing is None or ":" not in self._text[start : start + _LONGEST_KEY]:
            return None
        source = self._text[start : closing.end()]
        found = read_front_matter(source, lines_of(source), 0)
        return int(closing.end()) if found else None

    def _underlined(self, match: "regex.Match[str]") -> int | None:
        """Where the line right above a rule begins, if it is a title."""
        begin = max(0, match.start() - 2 * LONGEST_TITLE)
        last = "".join(self._text[begin : match.start()].splitlines(keepends=True)[-3:])
        above = lines_of(last)
        if match["rule"] is None or not above or above[-1].blank or not is_title_like(above[-1]):
            return None
        set_off = len(above) < 2 or above[-2].blank or is_rule(above[-2].text)
        return match.start() - len(last) + above[-1].start if set_off else None

    def look_at_header(self, match: "regex.Match[str]") -> None:
        """Take a line for a border where a header begins in it that is like that of the first article."""
        key = match["key"].strip().lower()
        if match.start() < self._reach or key not in {field.key.lower() for field in self.first}:
            return
        start = match.start("key")
        lines = lines_of(self._text[start : start + _OPENING])
        fields = header_of(lines)
        if fields and fields[-1].end + 2 > len(lines):
            lines = lines_of(self._text[start : start + _LOOKED_AT])
            fields = header_of(lines)
        if not fields or not any(not line.blank for line in lines[fields[-1].end - (fields[-1].name == "body") :]):
            return
        self._reach = start + (lines[fields[-1].end - 1].end if fields[-1].end else 1)
        common = {field.key.lower() for field in fields} & {field.key.lower() for field in self.first}
        touches = not lines_of(self._text[max(0, start - 100) : start] + "|")[-2:][0].blank
        if len(common) > 1 or (not touches and fields[0].name in {"title", "date"}):
            self._add(self._certain, start, start, "header")

    def _add(self, borders: list[_Border], end: int, start: int, mark: str) -> None:
        if end > self._begins:
            borders.append(_Border(end, start, start, mark))

    def borders(self) -> tuple[list[_Border], int]:
        """The certain borders in order, each with text before it, and the number of doubtful ones.

        Where there are several certain ones, and at least as many as others that have the same long rule, so are these.
        """
        alike = {border.mark for border in self._certain if border.mark == "\f" or len(border.mark) >= _ALIKE}
        same = [border for border in (*self._doubtful, *self._brief) if border.mark in alike]
        certain = [*self._certain, *(same if 1 < len(self._certain) >= len(same) else ())]
        kept: list[_Border] = []
        for border in sorted(certain, key=lambda border: (border.start, border.end)):
            begin = kept[-1].start if kept else 0
            if border.start > begin and self._is_below_article(begin, border):
                kept.append(border)
        others = set(self._doubtful).difference(kept)
        return kept, sum(self._is_below_article(0, border) for border in others)

    def _is_below_article(self, begin: int, border: _Border) -> bool:
        """Whether what is above a border is an article, or a title that what is below does not need."""
        lines = lines_of(self._text[begin : min(border.end, begin + _OPENING)])
        if has_text(lines):
            return True
        opens = self._text[border.start : border.start + _OPENING].lstrip()[:400]
        return not read_block(lines)[0] and read_opening(opens) is None
