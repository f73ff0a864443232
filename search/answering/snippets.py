"""A paragraph and what was asked -> its excerpt and marks, as data. The same for every engine."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

from search.answering.answer import Mark, Snippet
from search.answering.marking import Marker
from search.language import Analyzer, SentenceModel, bound
from search.query.nodes import Node

LONGEST = 320
# An excerpt that begins inside a sentence shows some words before the first mark.
_LEAD = 60
# A cut at the end of a sentence is preferred where it leaves at least so much.
_SHORTEST = 160


class Sentences(Protocol):
    """What finds the sentences of a text."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return their half-open spans, in order."""


def marks_in(
    text: str,
    node: Node,
    analyzer: Analyzer,
    *,
    sentences: SentenceModel | None = None,
    anywhere: bool = False,
    paragraph: int = 1,
) -> tuple[Mark, ...]:
    """Return what the tree asked for in an article's paragraph, sorted, not overlapping; offsets into its text.

    Without `sentences` it is one sentence. `anywhere` says that parts of the tree may stand in other paragraphs.
    """
    return Marker(node, analyzer, sentences=sentences, anywhere=anywhere).marks(text, paragraph=paragraph)


def marks_of_part(text: str, marks: Sequence[Mark], part: str) -> tuple[Mark, ...]:
    """Return the marks that a part of a text has, with offsets into the part; none where the text does not hold it."""
    start = text.find(part)
    return marks_within(marks, start, start + len(part)) if start >= 0 else ()


def marks_within(marks: Sequence[Mark], start: int, end: int) -> tuple[Mark, ...]:
    """Return what of the marks lies between two offsets of their text, with offsets counted from the first."""
    clipped = (Mark(max(mark.start, start) - start, min(mark.end, end) - start) for mark in marks)
    return tuple(mark for mark in clipped if mark.start < mark.end)


def make_snippet(text: str, marks: Sequence[Mark], sentences: Sentences) -> Snippet:
    """Return an excerpt of at most LONGEST code points with as many different marked words as possible.

    It begins and ends at borders of sentences, or of words where sentences are too long.
    """
    if len(text) <= LONGEST:
        return Snippet(text, 0, tuple(marks))
    # The initials of one name are one word: no excerpt is cut between them.
    words = bound(text)
    spans = sentences.spans(words)
    start = _best_start(words, marks, [first for first, _ in spans])
    end = _best_end(words, start, marks, [last for _, last in spans])
    shown = tuple(Mark(mark.start - start, min(mark.end, end) - start) for mark in marks if start <= mark.start < end)
    return Snippet(text[start:end], start, shown)


def _best_start(text: str, marks: Sequence[Mark], sentence_starts: Sequence[int]) -> int:
    starts = {_start_for(text, mark, sentence_starts) for mark in marks}
    if len(starts) <= 1:
        return next(iter(starts), 0)
    return _worthiest(sorted(starts), text, marks)


def _worthiest(starts: Sequence[int], text: str, marks: Sequence[Mark]) -> int:
    """Return the first of the starts, in order, from which most different words are shown whole, or most marks."""
    words = [text[mark.start : mark.end].lower() for mark in marks]
    # How often each word is shown from a start on, by the marks from `first` to before `after`.
    shown: dict[str, int] = {}
    first = after = 0
    best, most = 0, (-1, -1)
    for start in starts:
        while after < len(marks) and marks[after].end <= start + LONGEST:
            shown[words[after]] = shown.get(words[after], 0) + 1
            after += 1
        while first < after and marks[first].start < start:
            shown[words[first]] -= 1
            if not shown[words[first]]:
                del shown[words[first]]
            first += 1
        worth = len(shown), after - first
        if worth > most:
            best, most = start, worth
    return best


def _start_for(text: str, mark: Mark, sentence_starts: Sequence[int]) -> int:
    """Return where an excerpt that shows a mark should begin."""
    index = bisect_right(sentence_starts, mark.start) - 1
    sentence = sentence_starts[index] if index >= 0 else 0
    # Also the sentence before, where there is room: a paragraph is read from its front.
    if mark.end - sentence <= LONGEST * 2 // 3:
        return sentence
    earliest = max(sentence, min(mark.start - _LEAD, len(text) - LONGEST))
    if mark.end - mark.start <= LONGEST:
        # A mark that fits is shown whole, with fewer words before it if need be.
        earliest = max(earliest, mark.end - LONGEST)
    return _word_start(text, earliest, mark.start)


def _word_start(text: str, position: int, latest: int) -> int:
    """Return the first start of a word from a position on, at the latest `latest`."""
    while 0 < position < latest and not (text[position - 1].isspace() and not text[position].isspace()):
        position += 1
    return position


def _best_end(text: str, start: int, marks: Sequence[Mark], sentence_ends: Sequence[int]) -> int:
    limit = start + LONGEST
    if limit >= len(text):
        return len(text.rstrip())
    # A phrase is one mark or none, unless it is longer than any excerpt.
    cut = (mark.start for mark in marks if start < mark.start < limit < mark.end <= mark.start + LONGEST)
    limit = next(cut, limit)
    last_mark = max((mark.end for mark in marks if start <= mark.start and mark.end <= limit), default=start)
    shortest = max(start + _SHORTEST, last_mark)
    at_sentence = max((end for end in sentence_ends if shortest <= end <= limit), default=None)
    if at_sentence is not None:
        return at_sentence
    # Where no mark is whole, one longer than any excerpt fills it: a border before that one, or soon after, is no end.
    fills = bool(marks) and last_mark == start
    border = text.rfind(" ", shortest if fills else max(last_mark, start + 1), limit + 1)
    if border > start:
        return border
    # A run without white space, such as an address or Chinese, is cut after a word that was found, or where it must be.
    return last_mark if last_mark > start else limit
