"""Long paragraphs in parts: at ends of sentences, else at blanks, else between any two characters. Spans in, spans out.

What is done for a paragraph (highlights, the page that shows it, an answer's size) grows with its length, and engines
have a longest word. So a paragraph has at most LONGEST code points, and of a word at most LONGEST_WORD. All of the text
but the white space at the cuts is in the parts. The time is linear in the length.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import regex

LONGEST = 20_000
LONGEST_WORD = 8_000  # 32,000 bytes of UTF-8 at most; a term of Lucene has at most 32,766

_UNBROKEN = re.compile(rf"(?<!\S)\S{{{LONGEST_WORD + 1}}}")  # what a word that is too long stands in
# What may be one word: neither white space nor punctuation, but for that which joins letters and digits.
_RUN = regex.compile(r"[[^\s\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}]||[.,&'’ʼ＇]]++", regex.V1)
_SENTENCE_END = regex.compile(
    r"(?:(?<=\p{Ll}{3}|[\p{Nd}\p{Pe}\p{Pf}%])\.|[!?…।])[\p{Pe}\p{Pf}\"']*(?=\s+[^\s\p{Ll}])|[。！？][」』”’）]*"
)
_BLANK = regex.compile(r"\s+|[、，；：]")
_FLAG_LETTERS = regex.compile(r"[\U0001f1e6-\U0001f1ff]*$")  # two by two they are one character
_CLUSTER = regex.compile(r"\X")
_AROUND = 64  # code points on either side in which the borders of characters are looked for

Span = tuple[int, int]


def cut_spans(text: str, spans: Iterable[Span]) -> tuple[list[Span], str | None]:
    """The spans of paragraphs of `text` with long ones in parts, and what to note of it; None where nothing was cut."""
    kept: list[Span] = []
    parts = []
    for start, end in spans:
        found = list(cut(text, start, end))
        kept += found
        if len(found) > 1:
            parts.append(len(found))
    return kept, _note(parts)


def cuts_noted(texts: Iterable[str]) -> str | None:
    """What to note of the paragraphs that `texts` are; None where none of them is cut."""
    counts = [sum(1 for _ in cut(text, 0, len(text))) for text in texts if len(text) > LONGEST_WORD]
    return _note([count for count in counts if count > 1])


def _note(parts: list[int]) -> str | None:
    """What to note of long paragraphs by the numbers of their parts."""
    if not parts:
        return None
    what = "a paragraph was" if len(parts) == 1 else f"{len(parts):,} paragraphs were"
    limits = f"at most {LONGEST:,} characters, or {LONGEST_WORD:,} without a blank"
    return f"{what} cut into {sum(parts):,} parts of {limits}"


def cut(text: str, start: int, end: int) -> Iterator[Span]:
    """The parts of the paragraph that is `text[start:end]`; that itself where it is short enough."""
    if end - start <= LONGEST_WORD:
        yield start, end
        return
    borders = [start, *_word_borders(text, start, end), end]
    for first, last in pairwise(borders):
        yield from _parts(text, first, last)


def _word_borders(text: str, start: int, end: int) -> Iterator[int]:
    """Where to cut for the sake of words that are too long: before, within and after each."""
    if _UNBROKEN.search(text[start:end]) is None:
        return
    for match in _RUN.finditer(text, start, end):
        begin, after = match.span()
        if after - begin > LONGEST_WORD:
            while after - begin > LONGEST_WORD:
                yield begin
                begin = _character_border(text, begin, begin + LONGEST_WORD, end)
            yield begin
            yield after


def _parts(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST:
        border = _border(text, start, start + LONGEST, end)
        yield from _trimmed(text, start, border)
        start = border
    yield from _trimmed(text, start, end)


def _border(text: str, start: int, latest: int, end: int) -> int:
    """Where a part that begins at `start` ends best: in its later half, at `latest` at the latest."""
    middle = (start + latest) // 2
    for pattern in (_SENTENCE_END, _BLANK):
        ends = [match.end() for match in pattern.finditer(text, middle, latest)]
        if ends:
            return int(ends[-1])
    return _character_border(text, start, latest, end)


def _character_border(text: str, start: int, latest: int, end: int) -> int:
    """The last border of what is seen as one character (an extended grapheme cluster) from `start` to `latest`."""
    begin = latest - _AROUND
    if flags := _FLAG_LETTERS.search(text, start, begin):
        begin = flags.start()
    near = text[begin : min(latest + _AROUND, end)]
    borders = [match.start() for match in _CLUSTER.finditer(near) if 0 < match.start() <= latest - begin]
    return begin + borders[-1] if borders else latest


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
