"""Find the paragraphs in a plain text's lines. Text in, spans out; what they say is plain.py's business.

Archives mark paragraphs in three ways, and wrap lines or not: - blank lines between paragraphs; lines within
are joined; - an indented first line (two columns, a tab, an ideographic space), relative to the text's own
margin; - a line a paragraph, told by lines too long to be wrapped, or by every line ending like a sentence.
Hard-wrapped text with neither blank lines nor indents breaks only after a sentence whose line stops well
short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

WIDEST_WRAP = 132  # columns of a wide printer; text wrapped by hand or telex is narrower

_ENDS = r"\n\r\v\f\x85\u2028\u2029"
_LINE = regex.compile(rf"([^{_ENDS}]*)(?:\r\n|[{_ENDS}]|$)")
_CLOSES = "\"'”’»)]} "
_SENTENCE_MARKS = (".", "!", "?", "।", "。", "！", "？", "…")


@dataclass(frozen=True, slots=True)
class Line:
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
    """The lines of `text` from `start` on, whatever ends them: LF, CRLF, a lone CR, a form feed."""
    lines: list[Line] = []
    for match in _LINE.finditer(text, start):
        if lines and match.start() == len(text):
            break  # the end is no line of its own
        raw = match[1]
        stripped = raw.strip()
        begin = match.start() + len(raw) - len(raw.lstrip())
        lines.append(Line(begin, begin + len(stripped), _columns(raw[: begin - match.start()]), stripped))
    return lines


def _columns(space: str) -> int:
    return sum(4 if char == "\t" else 2 if char == "\u3000" else 1 for char in space)


def ends_like_a_sentence(text: str) -> bool:
    """Whether `text` ends in a full stop or its like, quotes and brackets apart."""
    return text.rstrip(_CLOSES).endswith(_SENTENCE_MARKS)


def paragraph_spans(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The half-open spans of the paragraphs, in order; none is empty."""
    blocks = _blocks(lines)
    if not blocks:
        return []
    breaks = _Breaks(blocks)
    return [span for block in blocks for span in breaks.spans(block)]


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
