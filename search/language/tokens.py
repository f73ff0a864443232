"""Text -> tokens: the words of a paragraph in order, with the spans they were written at.

The rules are the token table of the README. A text is cut at white space into chunks, and each chunk into tokens by
one pattern; what a chunk means depends on the chunk alone (and on whether its line is all capitals), so the pieces
of a whole archive can be remembered and most of it is never analysed twice.

Built on NLTK's tokenizer interface; the pattern runs on `regex`, because `re` splits letters from their combining
marks.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex
from nltk.tokenize.api import TokenizerI

_APOSTROPHE = "['’‘ʼ＇]"
# One of the apostrophes is a letter to Unicode; no word begins with it.
_LETTER = r"(?!ʼ)\p{L}"
_WORD = rf"{_LETTER}[\p{{L}}\p{{M}}]*+"
# As many letters in normal form as were written.
_SHORT = r"(?:(?![ßẞæÆœŒþÞ])\p{L}){1,3}"
_TOKEN = regex.compile(
    rf"""
      # U.S., e.g.
      (?P<initials>
        (?<![\p{{L}}\p{{M}}\p{{N}}]) {_LETTER}\p{{M}}*+ (?: \. {_LETTER}\p{{M}}*+ (?![\p{{L}}\p{{N}}]) )++ \.?+ )
      # AT&T
    | (?P<joined> (?<![\p{{L}}\p{{M}}]) {_SHORT} & {_SHORT} (?![\p{{L}}\p{{M}}]) )
      # 1,000.5 and 1,00,000; 6.5 but not 24.08.2024
    | (?P<number>
          \p{{Nd}}{{1,3}} (?: , \p{{Nd}}{{2,3}} )*+ (?<= , \p{{Nd}}{{3}} ) (?! \p{{Nd}} )
          (?: \. \p{{Nd}}++ (?! \.\p{{Nd}} ) )?
        | (?<! \p{{Nd}}\. ) \p{{Nd}}++ \. \p{{Nd}}++ (?! \.\p{{Nd}} )
        | \p{{N}}++ )
      # O'Brien
    | (?P<word> {_WORD} (?: {_APOSTROPHE} {_WORD} )*+ )
    """,
    regex.VERBOSE,
)
# What most chunks are: one word of plain letters, with signs around that are of no word. A letter in front of a dot
# that ends the chunk is no initials yet.
_PLAIN = re.compile(r"""["'(\[]*([A-Za-z]+)[.,;:!?"')\]]*""")
# What most others are: such words joined, and numbers; and what is of no word around them, nor made into any by NFKC.
_AROUND = string.punctuation + "‘’“”–—…£€"
_JOINED = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*(?:[-–—/]+[A-Za-z]+(?:['’][A-Za-z]+)*)*")
_JOINTS = re.compile(r"[-–—/]+")
_JOINED_APOSTROPHES = re.compile("['’](?:[sS]$)?")
_NUMBER = re.compile(r"((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)([A-Za-z]*)")
_POSSESSIVE = regex.compile(rf"{_APOSTROPHE}[sS]$")
_POSSESSIVE_AHEAD = regex.compile(rf"{_APOSTROPHE}[sS](?![\p{{L}}\p{{M}}\p{{N}}])")
_APOSTROPHES = regex.compile(_APOSTROPHE)
_CHUNK = regex.compile(r"\S+")
_NOT_CAPITAL = regex.compile(r"[\p{L}--\p{Lu}]", regex.V1)
_LETTERS = regex.compile(r"\p{L}[\p{L}\p{M}]*")
# Marks that only decorate a letter: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs. The signs
# of Devanagari and its relatives are no such thing: they are part of the word.
_ACCENTS = regex.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670]"
)
# What is written into a word but is not of it: soft hyphens, joiners, direction marks, byte order marks.
_INVISIBLE = regex.compile(r"[\p{Cf}\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
# Letters with a stroke and ligatures, which Unicode does not decompose.
_PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ð": "d",
        "þ": "th",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
    }
)


_LONGEST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Token:
    """One token: the word in normal form and the half-open span of code points it was written at.

    `capitals` says that all its letters were written as capitals, in a line that is not all capitals.
    """

    word: str
    start: int
    end: int
    capitals: bool = False


def fold(text: str) -> str:
    """Lower case without accents: the second half of the normal form, after NFKC."""
    lower = text.lower()
    if lower.isascii():
        return lower
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", lower))
    return unicodedata.normalize("NFC", plain).translate(_PLAIN_LETTERS)


def without_invisible(text: str) -> str:
    """Return a text without what is written into words but is not of them: soft hyphens, joiners, direction marks."""
    return _INVISIBLE.sub("", text)


def is_all_capitals(line: str) -> bool:
    """Whether a line is set in capitals, so that US in it may be the pronoun.

    True where at least two words have letters and every letter is a capital; in a line with letters of a script
    without case, or of one word only, capitals keep their meaning.
    """
    if not line.isupper() or _NOT_CAPITAL.search(line):
        return False
    found = _LETTERS.finditer(line)
    return next(found, None) is not None and next(found, None) is not None


class NewsTokenizer(TokenizerI):  # type: ignore[misc]  # NLTK ships no types
    """Cuts text into words by the token table.

    `capitals_kept` holds the lower-case words whose capitals make another word (us and US).
    """

    def __init__(self, capitals_kept: frozenset[str]) -> None:
        self._capitals_kept = capitals_kept
        # Excerpts repeat the same chunks too: their tokens are remembered relative to the chunk.
        self._remembered = lru_cache(maxsize=100_000)(self.chunk_tokens)

    def tokenize(self, s: str) -> list[str]:
        """Return the words of a text in order."""
        return [token.word for token in self.tokens(s)]

    def span_tokenize(self, s: str) -> Iterator[tuple[int, int]]:
        """Yield the span of each word of a text in order."""
        return ((token.start, token.end) for token in self.tokens(s))

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text, line by line, with their spans in it."""
        found: list[Token] = []
        for line, offset in _lines(text):
            shouted = is_all_capitals(line)
            for chunk in _CHUNK.finditer(line):
                start = offset + chunk.start()
                tokens = self.remembered_tokens(chunk.group(), shouted)
                found += [Token(token.word, start + token.start, start + token.end, token.capitals) for token in tokens]
        return found

    def remembered_tokens(self, chunk: str, shouted: bool) -> tuple[Token, ...]:  # noqa: FBT001 - called for every chunk
        """Return what `chunk_tokens` does, remembered where the chunk is likely to come again."""
        analyse = self._remembered if len(chunk) <= _LONGEST_REMEMBERED else self.chunk_tokens
        return analyse(chunk, shouted=shouted)

    def chunk_tokens(self, chunk: str, *, shouted: bool = False) -> tuple[Token, ...]:
        """Return the tokens of one chunk without white space, with their spans in it."""
        if plain := _PLAIN.fullmatch(chunk):
            return (self._plain_token(plain, shouted=shouted),)
        normal, starts, ends = _normalise(chunk)
        tokens: list[Token] = []
        position = 0
        while match := _TOKEN.search(normal, position):
            start, end = match.span()
            position = end
            word = self._word(match, shouted=shouted)
            if match.lastgroup == "word":
                # The mark ends before the 's, which is no part of the word.
                end = start + len(_POSSESSIVE.sub("", match.group()))
            elif possessive := _POSSESSIVE_AHEAD.match(normal, end):
                position = possessive.end()
            if word:
                tokens.append(Token(word, starts[start], ends[end - 1], self._has_capitals(match, shouted=shouted)))
        return tuple(tokens)

    def chunk_words(self, chunk: str, *, shouted: bool) -> tuple[Sequence[str], Sequence[bool]]:
        """Return the words of one chunk and whether each is in capitals, as `chunk_tokens` has them, in less time."""
        core = chunk.strip(_AROUND)
        if core.isalpha() and core.isascii() and not core.isupper():
            return (core.lower(),), (False,)
        if written := _written_words(core):
            capitals = [not shouted and word.isupper() for word in written]
            words = zip(written, capitals, strict=True)
            return [self._keep_capitals(word) if shown else word.lower() for word, shown in words], capitals
        tokens = self.chunk_tokens(chunk, shouted=shouted)
        return [token.word for token in tokens], [token.capitals for token in tokens]

    def _plain_token(self, match: re.Match[str], *, shouted: bool) -> Token:
        """Return what the pattern would make of one plain word, in a tenth of the time."""
        written = match[1]
        word = written.lower()
        if shouted or not written.isupper():
            return Token(word, *match.span(1))
        keeps = len(word) > 1 and word in self._capitals_kept
        return Token(written if keeps else word, *match.span(1), capitals=True)

    def _word(self, match: "regex.Match[str]", *, shouted: bool) -> str:
        written = match.group()
        if match.lastgroup == "number":
            return fold(written.replace(",", ""))
        if match.lastgroup == "initials":
            # The dots say that it is an abbreviation, even in a line of capitals.
            return self._keep_capitals(written.replace(".", ""))
        if match.lastgroup == "joined":
            return fold(written)
        written = _APOSTROPHES.sub("", _POSSESSIVE.sub("", written))
        return fold(written) if shouted else self._keep_capitals(written)

    @staticmethod
    def _has_capitals(match: "regex.Match[str]", *, shouted: bool) -> bool:
        # As in _word: the dots of an abbreviation speak for it in a line of capitals too.
        says_something = match.lastgroup == "initials" or not shouted
        return says_something and _POSSESSIVE.sub("", match.group()).isupper()

    def _keep_capitals(self, written: str) -> str:
        word = fold(written)
        return word.upper() if len(word) > 1 and written.isupper() and word in self._capitals_kept else word


def _written_words(core: str) -> list[str]:
    """Return the words of a chunk that has no signs around it, as written; none where that takes a closer look."""
    if core.isalpha() and core.isascii():
        return [core]
    if _JOINED.fullmatch(core):
        return [word if word.isalpha() else _JOINED_APOSTROPHES.sub("", word) for word in _JOINTS.split(core)]
    if number := _NUMBER.fullmatch(core):
        return [part for part in (number[1].replace(",", ""), number[2]) if part]
    return []


def _lines(text: str) -> Iterator[tuple[str, int]]:
    offset = 0
    for line in text.splitlines(keepends=True):
        yield line, offset
        offset += len(line)


def _normalise(chunk: str) -> tuple[str, list[int] | range, list[int] | range]:
    """Return the chunk in NFKC without invisible characters, and for each code point of that its span in the chunk."""
    if chunk.isascii():
        return chunk, range(len(chunk)), range(1, len(chunk) + 1)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in regex.finditer(r"\X", chunk):
        piece = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cluster.group()))
        if "\N{FRACTION SLASH}" in piece:
            piece = f" {piece} "  # 6½ is six and a half, not 61 halves
        pieces.append(piece)
        starts += [cluster.start()] * len(piece)
        ends += [cluster.end()] * len(piece)
    return "".join(pieces), starts, ends
