"""Find the paragraphs in a plain text's lines. Text in, spans out; what they say is plain.py's business.

Archives mark paragraphs in three ways, and wrap lines or not:
- blank lines between paragraphs; lines within are joined;
- an indented first line (two columns, a tab, an ideographic space), relative to the text's own margin;
- a line a paragraph, told by lines too long to be wrapped, or by every line ending like a sentence.
Hard-wrapped text with neither blank lines nor indents breaks only after a sentence whose line stops well short.

A paragraph separator (U+2029), a vertical tab and a form feed break a paragraph like a blank line, but a form feed in
the midst of a sentence is only the end of a page. In double-spaced text, whose every second line is blank, one blank
line is no break.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

WIDEST_WRAP = 132  # columns of a wide printer; text wrapped by hand or telex is narrower

_PARAGRAPH_ENDS = frozenset("\v\f\u2029")
_ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_INVISIBLE_AROUND = regex.compile(rf"^[\s{_ZERO_WIDTH}]+|[\s{_ZERO_WIDTH}]+$")
_RUNS_ON = regex.compile(r"\s*\p{Ll}")
_WIDTHS = {"\t": 4, "\u3000": 2} | dict.fromkeys(_ZERO_WIDTH, 0)
_NARROWEST_WRAP = 40
_CLOSES = "\"'”’»)]} "
_SENTENCE_MARKS = (".", "!", "?", "।", "。", "！", "？", "…")


class Line(NamedTuple):  # made for every line of an archive, so it has to be made fast
    """A line's text without the white space around it, its span in the source, its indent in columns."""

    start: int
    end: int
    indent: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether nothing is written on it."""
        return not self.text


Block = Sequence[Line]


def lines_of(text: str, start: int = 0) -> list[Line]:
    """The lines of `text` from `start` on, whatever ends them: LF, CRLF, CR CR LF, a lone CR, a form feed, U+2028.

    What ends a paragraph (U+2029, a vertical tab, a form feed that is not in the midst of a sentence) is followed by an
    empty line.
    """
    lines: list[Line] = []
    begin = start
    for raw in _raw_lines(text[start:] if start else text):
        stripped = raw.strip()
        if not stripped:
            if not (raw[-1] == "\f" and lines and _runs_on(lines[-1], text, begin + len(raw))):
                lines.append(Line(begin, begin, 0, ""))
        elif raw[0] == stripped[0] and stripped[0] not in _ZERO_WIDTH and stripped[-1] not in _ZERO_WIDTH:
            lines.append(Line(begin, begin + len(stripped), 0, stripped))
        else:
            lines.append(_line(raw, stripped, begin))
        begin += len(raw)
        if raw[-1] in _PARAGRAPH_ENDS and not (raw[-1] == "\f" and lines and _runs_on(lines[-1], text, begin)):
            lines.append(Line(begin, begin, 0, ""))
    return lines


def _raw_lines(text: str) -> list[str]:
    """The lines with their ends. CR CR LF, what CR LF becomes when its LF is made CR LF once more, is one end."""
    lines = text.splitlines(keepends=True)
    if "\r\r\n" not in text:
        return lines
    joined: list[str] = []
    for line in lines:
        if line == "\r\n" and joined and joined[-1].endswith("\r"):
            joined[-1] += line
        else:
            joined.append(line)
    return joined


def _line(raw: str, stripped: str, start: int) -> Line:
    """A line with white space around it, or signs of no width."""
    if stripped[0] in _ZERO_WIDTH or stripped[-1] in _ZERO_WIDTH:
        stripped = _INVISIBLE_AROUND.sub("", raw)
    before = raw.index(stripped)
    return Line(start + before, start + before + len(stripped), _columns(raw[:before]), stripped)


def _runs_on(line: Line, text: str, position: int) -> bool:
    """Whether the sentence in `line` goes on in the line that begins at `position`."""
    return (
        not line.blank and (line.text[-1].isalpha() or line.text[-1] in ",-") and bool(_RUNS_ON.match(text, position))
    )


def _columns(space: str) -> int:
    return sum(_WIDTHS.get(char, 1) for char in space)


def ends_like_a_sentence(text: str) -> bool:
    """Whether `text` ends in a full stop or its like, quotes and brackets apart."""
    return text.rstrip(_CLOSES).endswith(_SENTENCE_MARKS)


def paragraph_spans(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The half-open spans of the paragraphs, in order; none is empty."""
    blocks = _blocks(single_spaced(lines))
    if not blocks:
        return []
    breaks = _Breaks(blocks)
    return [span for block in blocks for span in breaks.spans(block)]


def single_spaced(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of double-spaced text with one blank line less in each gap; of other text as they are."""
    if not _is_double_spaced(lines):
        return lines
    first, *_ = lines
    rest = [line for before, line in pairwise(lines) if not line.blank or before.blank]
    return [first, *rest]


def _is_double_spaced(lines: Sequence[Line]) -> bool:
    """Whether nearly every line is alone between blank ones, and most of them stop in the midst of a sentence.

    The lines of a list, of verse or of a table are not full, and those of unwrapped paragraphs are far longer.
    """
    if any(len(line.text) > WIDEST_WRAP for line in lines):
        return False
    width = max((len(line.text) for line in lines), default=0)
    if width < _NARROWEST_WRAP:
        return False
    triples = zip(lines, lines[1:], lines[2:], strict=False)
    spaced = [(before, after) for before, gap, after in triples if gap.blank and not (before.blank or after.blank)]
    touching = sum(not (before.blank or after.blank) for before, after in pairwise(lines))
    if len(spaced) < 2 or touching * 10 > len(spaced):
        return False
    full = [(before, after) for before, after in spaced if len(before.text) * 5 >= width * 3]
    open_ended = sum(not ends_like_a_sentence(before.text) for before, _ in full)
    running_on = sum(not after.text[0].isupper() for _, after in full)
    return open_ended * 2 > len(spaced) and running_on * 3 > len(spaced)


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if not line.blank:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


class _Breaks:
    """Where this text's paragraphs begin, decided once for the whole of it."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        lines = [line for block in blocks for line in block]
        lengths = sorted(len(line.text) for line in lines)
        margin = min(line.indent for line in lines[1:] or lines)
        indented = sum(line.indent >= margin + 2 for line in lines)
        self._width = lengths[-1]
        self._first_indent = margin + 2 if 0 < indented <= len(lines) * 2 // 3 else None
        self._sole_block = len(blocks) == 1
        self._line_each = self._has_a_line_each(lines, lengths)

    def _has_a_line_each(self, lines: Block, lengths: Sequence[int]) -> bool:
        long = sum(length > WIDEST_WRAP for length in lengths)
        if long * 5 >= len(lengths):  # a long address on one line does not make the text unwrapped
            return True
        return self._sole_block and len(lines) > 2 and all(ends_like_a_sentence(line.text) for line in lines)

    def spans(self, block: Block) -> list[tuple[int, int]]:
        """The paragraphs within one block of lines that no blank line parts."""
        starts = [block[0]]
        ends = []
        for before, line in pairwise(block):
            if self._parts(before, line):
                ends.append(before)
                starts.append(line)
        return [(first.start, last.end) for first, last in zip(starts, [*ends, block[-1]], strict=True)]

    def _parts(self, before: Line, line: Line) -> bool:
        if self._line_each:
            return True
        if self._first_indent is not None:
            return line.indent >= self._first_indent
        if not self._sole_block or not ends_like_a_sentence(before.text):
            return False
        next_word = len(line.text.split(maxsplit=1)[0])
        return len(before.text) + 1 + next_word < self._width * 3 // 4
