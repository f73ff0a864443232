"""Read what is above the first paragraph: front matter, header, date, labels, title, bylines. Text in, Top out.

Read from the top, each once, for as long as a line is one of these:
- YAML front matter (frontmatter.py) and blocks of `Key: value` lines (headers.py);
- `date 2024-08-24`, alone in its line or before the dateline;
- the head of a newspaper database's document (masthead.py), and `Document 1 of 20`;
- a label (`FOR IMMEDIATE RELEASE`, kickers.py), a rule or an underline;
- a title, where what follows it makes it one (a blank line, a byline, a dateline, a date), and `By NAME` lines.

Whatever a line's words give, they stay searchable: as a field, or as a line of the headline.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import regex

from search.reading import agencies, titles
from search.reading.context import ReadingContext
from search.reading.dateline import read_opening
from search.reading.dates import DateError, read_date
from search.reading.frontmatter import read_front_matter
from search.reading.headers import Field, read_block
from search.reading.kickers import is_label, split_kicker
from search.reading.layout import Line, ends_like_a_sentence, lines_of, single_spaced
from search.reading.masthead import is_marker, read_masthead

LONGEST_TITLE = 150
RULE_SIGNS = "-=_*#~+•·–—―"
_FEWEST_SIGNS = 3
_LONGEST_KEY = 45
_TOP = 6000  # code points in which to look for all that is above the first paragraph
_FRONT_MATTER = 70_000
_DATE = regex.compile(r"date:?[ \t]{1,8}(?P<date>\S{1,40})[ \t]{0,40}")
_DATE_BEGINS = regex.compile(r"(?:\p{Nd}|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$)")
_ISO_DAY = regex.compile(r"\d{4}-\d\d-\d\d")
_REST_OF_DATE = regex.compile(r"[\d:.,+\-\s]{0,30}(?:[ap]\.?m\.?)?\s?\(?[A-Z]{0,4}\)?")
_BODY = frozenset({"body", "full text"})
_WORD = (
    r"(?:\p{Lu}[\p{L}\p{M}.'’\-]*|a|an|and|at|bin|correspondent|de|della?|der|desk|editor|for|in|of|our"
    r"|reporters?|special|staff|the|to|van|von|writers?)"
)
_BYLINE = regex.compile(rf"(?:By|BY)\s{{1,4}}(?P<name>{_WORD}(?:,?\s{{1,3}}{_WORD}){{0,11}})")
_WEB_SLUG = regex.compile(r"[\p{Ll}\p{Nd}]+(?:-[\p{Ll}\p{Nd}]+)+")
_INITIAL_ENDS = regex.compile(r"\b(?:Jr|Sr|\p{Lu})\.$")
_LIST_SEPARATOR = regex.compile(r"\s*[;,|]\s*")
_PAGE = regex.compile(
    r"\s*[;,]\s*(?:pg?s?\.?|pages?|col(?:\.|umn))\s?[\p{L}\p{Nd}.\- ]{1,12}(?=$|[;,])", regex.IGNORECASE
)
# The order in which the fields of a header become lines of the headline.
_ORDER = {name: number for number, name in enumerate(("kicker", "title", "subject", "summary", "byline"))}


def is_rule(line: str) -> bool:
    """Whether a line is nothing but a rule: `-----`, `=====`, `* * *`."""
    if line[0] not in RULE_SIGNS or line.strip(RULE_SIGNS + " \t\xa0"):
        return False
    return len(line) - sum(map(line.count, " \t\xa0")) >= _FEWEST_SIGNS


@dataclass(slots=True)
class Top:
    """What was found above the first paragraph.

    `headline` has its lines, `body` is where the rest begins, `titled` the span of the title's line. `unread` says why
    a date that is given could not be read, `remark` what else is worth reporting.
    """

    date: datetime.date | None = None
    has_date: bool = False
    unread: DateError | None = None
    title: str | None = None
    titled: tuple[int, int] | None = None
    byline: str | None = None
    agency: str | None = None
    section: str | None = None
    place: str | None = None
    topics: tuple[str, ...] = ()
    kickers: list[str] = field(default_factory=list)
    remark: str | None = None
    headline: list[str] = field(default_factory=list)
    body: int = 0

    @property
    def kicker(self) -> str | None:
        """The labels, in order."""
        return ", ".join(self.kickers) or None


def byline_in(line: str) -> str | None:
    """The name in a `By NAME` line; None for any other line, such as a sentence that begins with "By"."""
    match = _BYLINE.fullmatch(line) if len(line) <= 100 else None
    return " ".join(match["name"].split()).rstrip(",") if match and not _is_sentence(match["name"]) else None


def _is_sentence(name: str) -> bool:
    return ends_like_a_sentence(name) and not _INITIAL_ENDS.search(name)


def read_top(text: str, context: ReadingContext, *, start: int = 0) -> Top:
    """Take all that is above the first paragraph off the top of `text`, from `start` on."""
    longest = _FRONT_MATTER if text[start : start + 40].lstrip()[:3] == "---" else _TOP
    top = Top(body=start)
    return _Reader(text, lines_of(text[: start + longest], start), context, top).read()


class _Reader:
    """Reads the lines of a text from the top; `_at` is the index of the next one."""

    def __init__(self, text: str, lines: list[Line], context: ReadingContext, top: Top) -> None:
        self._text = text
        self._lines = list(single_spaced(lines))
        self._is_double_spaced = len(self._lines) < len(lines)
        self._context = context
        self._at = 0
        self._has_header = False
        self._ended = False
        self._top = top

    def read(self) -> Top:
        while not self._ended and self._skip_blank() and self._take():
            pass
        return self._top

    def _skip_blank(self) -> bool:
        """Go on to the next line that is not blank; False where there is none."""
        while self._at < len(self._lines) and self._lines[self._at].blank:
            self._at += 1
        return self._at < len(self._lines)

    def _take(self) -> bool:
        """Read what begins in the next line; False where that is the text itself."""
        line = self._lines[self._at]
        taken = self._take_front_matter(line) or self._take_header(line) or self._take_date(line)
        return taken or self._take_label(line) or self._take_title(line) or self._take_byline(line)

    def _advance(self, end: int) -> bool:
        """Make the line with the index `end` the next one."""
        self._top.body = self._lines[end - 1].end
        self._at = end
        return True

    def _take_front_matter(self, line: Line) -> bool:
        if line.text != "---" or self._top.headline or self._has_header:
            return False
        found = read_front_matter(self._text, self._lines, self._at)
        if found is None:
            return False
        self._has_header = True
        self._top.remark = found.remark
        self._apply(found.fields, (line.start, self._lines[found.end - 1].end))
        return self._advance(found.end)

    def _take_date(self, line: Line) -> bool:
        """Read a `date` line, or a date before the dateline in its line."""
        top = self._top
        match = None if top.has_date else _DATE.match(line.text[0].lower() + line.text[1:])
        if match is None or not _DATE_BEGINS.match(match["date"]):
            return False
        written, colon = match["date"], ":" in match[0][: match.start("date")]
        if line.text[0] == "D" and not colon and not written[:4].isdecimal():
            return False  # "Date 7 was ..." is a sentence; "date 7/23/17" a header gone wrong
        rest = line.text[match.end("date") :]
        if _REST_OF_DATE.fullmatch(rest) or not (_ISO_DAY.match(written) or (rest and not colon)):
            self._set_date(line.text[match.start("date") :])
            return self._advance(self._at + 1)
        self._set_date(written)
        position = line.start + int(match.end())
        self._lines[self._at : self._at + 1] = lines_of(self._text[: line.end], position)
        top.body = position
        return True

    def _set_date(self, written: str) -> None:
        top = self._top
        try:
            top.date, top.unread = read_date(" ".join(written.split()), today=self._context.today), None
        except DateError as error:
            top.unread = error
        top.has_date = True

    def _take_header(self, line: Line) -> bool:
        if line.text.lower().rstrip(":") in _BODY and self._has_header:
            self._ended = True
            return self._advance(self._at + 1)
        if ":" not in line.text[:_LONGEST_KEY] and "：" not in line.text[:_LONGEST_KEY]:
            return False
        fields, end = read_block(self._lines[self._at :], begun=self._has_header or bool(self._top.kickers))
        if not fields or (len(fields) == 1 and fields[0].name == "body" and not self._has_header):
            return False
        self._has_header = True
        self._apply([each for each in fields if each.name != "body"], (line.start, line.end))
        self._advance(self._at + end)
        if fields[-1].name == "body":
            self._ended = True
            self._top.body = fields[-1].start
        return True

    def _apply(self, fields: Iterable[Field], span: tuple[int, int]) -> None:
        """Set what the fields of a header give; the others become lines of the headline."""
        known = list(fields)
        titled = any(each.name == "title" and each.value for each in known) or self._top.title is not None
        for each in sorted(known, key=lambda each: _ORDER.get(each.name or "", len(_ORDER))):
            name = "title" if each.name == "subject" and not titled else each.name
            if each.value and not self._set(name, each, span):
                self._top.headline.append(each.line)

    def _set(self, name: str | None, each: Field, span: tuple[int, int]) -> bool:
        """Set one field; False where its value has to be kept as text."""
        top, value = self._top, each.value
        if name == "title" and top.title is None:
            return self._set_title(value, (each.start, each.stop) if each.stop else span)
        if name == "kicker" and not _WEB_SLUG.fullmatch(value):
            top.kickers.append(value)
        elif name == "byline":
            author = byline_in(value) or (value if _INITIAL_ENDS.search(value) else value.rstrip("."))
            top.byline = f"{top.byline}, {author}" if top.byline else author
        elif name == "date" and not top.has_date:
            self._set_date(value)
            return top.unread is None
        elif name == "section" and top.section is None:
            top.section = _PAGE.sub("", each.values[0] if each.values else value) or value
            return top.section == value
        elif name == "place" and top.place is None:
            top.place = value
        else:
            return self._set_other(name, each)
        if name in {"kicker", "byline"}:
            top.headline.append(value)
        return True

    def _set_other(self, name: str | None, each: Field) -> bool:
        """Set a field whose words are kept as text all the same."""
        if name in {"topics", "subject"}:
            items = each.values if len(each.values) > 1 else _LIST_SEPARATOR.split(each.value)
            self._top.topics = (*self._top.topics, *filter(None, items))
        elif name in {"agency", "source"} and self._top.agency is None:
            known = agencies.is_known(each.value)
            self._top.agency = agencies.spelled(each.value) if known else each.value if name == "agency" else None
        return False

    def _set_title(self, written: str, span: tuple[int, int]) -> bool:
        kicker, self._top.title = split_kicker(written)
        if kicker:
            self._top.kickers.append(kicker)
        self._top.titled = span
        self._top.headline.append(written)
        return True

    def _take_label(self, line: Line) -> bool:
        """Take a label, a marker such as `Document 1 of 20`, or a rule."""
        if self._next_written() is None:
            return False
        if is_rule(line.text):
            return self._advance(self._at + 1)
        if is_marker(line.text):
            self._top.headline.append(line.text)
        elif is_label(line.text):
            self._top.kickers.append(" ".join(line.text.split()).strip("*()[]:- "))
            self._top.headline.append(" ".join(line.text.split()))
        else:
            return False
        return self._advance(self._at + 1)

    def _next_written(self) -> int | None:
        """The index of the next line but one that is not blank."""
        rest = range(self._at + 1, len(self._lines))
        return next((index for index in rest if not self._lines[index].blank), None)

    def _take_title(self, line: Line) -> bool:
        top = self._top
        if top.title is not None:
            return self._repeats_title(line) and self._advance(self._at + 1)
        if top.byline is not None and not self._has_header:
            return False
        masthead = None if self._has_header else read_masthead(self._lines, self._at, today=self._context.today)
        if masthead is not None:
            self._set_title(" ".join(each.text for each in masthead.title), _span(masthead.title))
            top.headline.extend(each.text for each in masthead.others)
            if not top.has_date:
                top.date, top.unread, top.has_date = masthead.date, masthead.unread, True
            return self._advance(masthead.end)
        if byline_in(line.text) or not self._is_title(line):
            return False
        self._set_title(" ".join(line.text.split()), (line.start, line.end))
        return self._advance(self._at + 1)

    def _repeats_title(self, line: Line) -> bool:
        """Whether a line says the title of the header once more."""
        return (
            self._has_header and " ".join(line.text.split()) in self._top.headline and self._next_written() is not None
        )

    def _take_byline(self, line: Line) -> bool:
        name = byline_in(line.text)
        if name is None or self._next_written() is None:
            return False
        top = self._top
        if name not in (top.byline or ""):
            top.byline = f"{top.byline}, {name}" if top.byline else name
        top.headline.append(" ".join(line.text.split()))
        return self._advance(self._at + 1)

    def _is_title(self, line: Line) -> bool:
        """Whether the next line is a title: short, no sentence, and set off by what follows it."""
        index = self._next_written()
        if index is None or len(line.text) > LONGEST_TITLE or not any(map(str.isalpha, line.text)):
            return False
        if line.text[0].islower():
            return False
        if ends_like_a_sentence(line.text) or line.text.endswith((",", ";", ":", "-")):
            return False
        if read_opening(line.text) is not None or titles.sentence_end(line.text) is not None:
            return False
        return self._is_set_off(line, index)

    def _is_set_off(self, line: Line, index: int) -> bool:
        following = self._lines[index]
        if index > self._at + 1 or following.indent >= line.indent + 2 or is_rule(following.text):
            return True
        if self._is_double_spaced and len(line.text) * 4 < len(following.text) * 3:
            return True
        if byline_in(following.text) or _DATE.match(following.text) or read_block(self._lines[index : index + 40])[0]:
            return True
        return read_opening(self._text[following.start : following.start + 400]) is not None


def _span(lines: Sequence[Line]) -> tuple[int, int]:
    return lines[0].start, lines[-1].end
