"""Tell what some lines of a text begin with: an article, a title, or more of the article above. Lines in, verdicts out.

An article begins with a header, with a title above a byline or dateline, or with a dateline that has its day or agency.
"""

from collections.abc import Sequence
from enum import Enum, auto

import regex

from search.reading.dateline import read_opening
from search.reading.headers import Field, read_block
from search.reading.layout import Line, ends_like_a_sentence, lines_of
from search.reading.top import LONGEST_TITLE, byline_in, is_rule

_MOST_LINES = 30  # looked at
_MOST_LINES_ABOVE = 5  # from a title to its dateline: byline, labels, a second line of the title
_LONGEST_DATE_LINE = 40
_DATE_LINE = regex.compile(r"[Dd]ate[ \t]\d{4}-\d\d-\d\d\b")


class Opens(Enum):
    """What follows a rule: an article, a text with a title, a title alone, or more of the same article."""

    ARTICLE = auto()
    TITLE = auto()
    TITLE_ALONE = auto()
    TEXT = auto()


def has_text(lines: Sequence[Line]) -> bool:
    """Whether lines say more than a header and a title: something below the header, a sentence, a dateline, a table."""
    _, end = read_block(lines)
    rest = [line.text for line in lines[end:] if not line.blank and not is_rule(line.text)]
    if any(ends_like_a_sentence(line) or len(line) > LONGEST_TITLE // 2 for line in rest):
        return True
    return len(rest) > 2 or (end > 0 and bool(rest)) or any(read_opening(line) for line in rest)


def header_of(lines: Sequence[Line]) -> list[Field]:
    """The fields of a header at the top of some lines, a `date 2024-08-24` line among them."""
    written = next((index for index, line in enumerate(lines) if not line.blank), len(lines))
    fields, _ = read_block(lines)
    if not fields and written < len(lines) and _DATE_LINE.match(lines[written].text):
        alone = len(lines[written].text) < _LONGEST_DATE_LINE  # or there is text below the date in its line
        return [Field("date", lines[written].text[:4], lines[written].text[5:15], written + alone)]
    return fields


def what_opens(text: str, *, stars: bool, above: Sequence[str]) -> Opens:
    """What `text`, which follows a rule or form feed, opens with. `above` are the first lines of the whole text."""
    text = "".join(text.lstrip("\f").splitlines(keepends=True)[:_MOST_LINES]).partition("\f")[0]
    lines = _before_rule(lines_of(text))
    fields = header_of(lines)
    if {field.name for field in fields} & {"title", "date", "byline", "subject"}:
        return Opens.ARTICLE
    written = [line for line in lines if not line.blank and not is_rule(line.text)][: _MOST_LINES_ABOVE + 1]
    repeated = [line for line in written if line.text in above]
    if not written or repeated == written:
        return Opens.TEXT  # running heads, or nothing at all
    for number, line in enumerate(line for line in written if line not in repeated):
        opening = read_opening(text[line.start : line.start + 400])
        if opening is not None:
            certain = opening.day is not None or opening.agency is not None
            untitled = stars and bool(above) and read_opening(above[0]) is None
            alone = number == 0 and (untitled or bool(repeated))
            return Opens.ARTICLE if not alone and (certain or (number and not stars)) else Opens.TEXT
        if number and byline_in(line.text):
            return Opens.ARTICLE
        if not is_title_like(line):
            break
    if stars:
        return Opens.TEXT
    if _is_titled_text(lines):
        return Opens.TITLE
    return Opens.TITLE_ALONE if len(written) < 3 and is_title_like(written[0]) else Opens.TEXT


def _before_rule(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines up to a rule below a blank line, which parts them from what follows; those around a title do not."""
    begun = False
    for index, line in enumerate(lines):
        if begun and not line.blank and is_rule(line.text) and lines[index - 1].blank:
            return lines[:index]
        begun = begun or not (line.blank or is_rule(line.text))
    return lines


def is_title_like(line: Line) -> bool:
    """Whether a line could be a title: short, no sentence, and not in the midst of one."""
    text = line.text
    if len(text) > LONGEST_TITLE or text[0].islower() or not any(map(str.isalpha, text)):
        return False
    return not ends_like_a_sentence(text) and not text.endswith((",", ";", ":", "-"))


def _is_titled_text(lines: Sequence[Line]) -> bool:
    """Whether the first line is set off from a sentence below it."""
    written = [index for index, line in enumerate(lines) if not line.blank]
    if len(written) < 2 or not is_title_like(lines[written[0]]) or len(lines[written[0]].text.split()) < 2:
        return False
    below = [line for line in lines[written[1] :] if not line.blank][:4]
    return written[1] > written[0] + 1 and any(ends_like_a_sentence(line.text) for line in below)
