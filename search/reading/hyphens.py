"""Join the wrapped lines of a paragraph. A slice of a text in, one line out; words divided at a line's end made whole.

- After a soft hyphen a word is joined, for that mark says that it was divided.
- After a hyphen it is joined where the text or the archive has the word (`govern-` `ment`: government), and keeps the
  hyphen where they have only that form (`well-` `known`).
- Where they have neither, the hyphen becomes UNDECIDED_HYPHEN, with which the word is found in both forms.
- A hyphen before a capital, a digit or a numeral stays (`Anglo-` `American`), and one before a conjunction keeps its
  space as well (`two-` `and three-year`).
"""

from collections.abc import Set

import regex

from search.language import UNDECIDED_HYPHEN
from search.reading.answers import Answers

_BREAK = r"\n\r\v\f\x85\u2028\u2029"
_AT_LINE_END = regex.compile(rf"(\u00ad?[-\u2010]|\u00ad)[^\S{_BREAK}]*[{_BREAK}]\s*")
_BEFORE = regex.compile(r"(?:[\p{L}\p{M}]+[-\u2010])*[\p{L}\p{M}\p{Nd}]+$")
_AFTER = regex.compile(r"[\p{L}\p{M}]+|\p{Nd}")
_DIVIDED = "\x00"
_LONGEST_WORD = 80  # code points looked at on either side of a hyphen
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:[-\u2010][\p{L}\p{M}]+)*")
_CONJUNCTIONS_TEXT = "and or to nor und oder bis et ou y e o u i en of och eller og и или"
_CONJUNCTIONS = frozenset(_CONJUNCTIONS_TEXT.split())


class KnownWords:
    """The words by which a divided word is judged: those of the text itself, counted when first needed, and others.

    Those are the archive's, as its survey tells.
    """

    def __init__(self, text: str, survey: Answers | None = None) -> None:
        self._text = text
        self._survey = survey
        self._own: Set[str] | None = None

    @property
    def own(self) -> Set[str]:
        """The words of the text."""
        if self._own is None:
            self._own = words_of(self._text)
        return self._own

    def __contains__(self, word: str) -> bool:
        return word in self.own or (self._survey is not None and self._survey.has_word(word))


def words_of(text: str) -> set[str]:
    """The words of a text in lower case, hyphenated ones whole and in parts, without those divided at line ends."""
    whole = _AT_LINE_END.sub(_DIVIDED, text).replace("\u00ad", "")
    words: set[str] = set()
    for match in _WORD.finditer(whole):
        if _DIVIDED in whole[max(0, match.start() - 1) : match.end() + 1]:
            continue
        word = match[0].lower().replace("\u2010", "-")
        words.add(word)
        if "-" in word:
            words.update(word.split("-"))
    return words


def joined(text: str, known: KnownWords) -> str:
    """`text` in one line, its white space single spaces."""
    if "  " not in text and text.isprintable():  # one line; only " " is printable white space
        return text.strip(" ")
    if "-" in text or "\u00ad" in text or "\u2010" in text:
        text = _AT_LINE_END.sub(lambda match: _joint(text, match, known), text)
    return " ".join(text.split())


def _joint(text: str, match: regex.Match[str], known: KnownWords) -> str:
    """What to write between the two halves of a word, or of two words, for the hyphen and the line break."""
    before = _BEFORE.search(text[max(0, match.start() - _LONGEST_WORD) : match.start()])
    after = _AFTER.match(text, match.end(), match.end() + _LONGEST_WORD)
    if before is None or after is None:
        return str(match[0])
    hyphen = match[1].strip("\u00ad")
    if not hyphen:
        return ""
    if not _is_divided(before[0], after[0]):
        return hyphen
    left, right = before[0].lower().replace("\u2010", "-"), after[0].lower()
    kept = f"{left}-{right}" in known
    if left + right in known and (left + right in known.own or f"{left}-{right}" not in known.own):
        return ""
    if right in _CONJUNCTIONS and not kept:
        return f"{hyphen} "
    return hyphen if kept else UNDECIDED_HYPHEN


def _is_divided(left: str, right: str) -> bool:
    """Whether two halves may be those of one word: it goes on in the case in which it began."""
    return not left[-1].isdecimal() and (right.islower() or (right.isupper() and left.isupper() and len(left) > 1))
