"""Text -> tokens: the words of a paragraph in order, with the spans they were written at.

The rules are the token table of the README. A text is cut at white space into chunks, and each chunk into tokens by
one pattern; what a chunk means depends on the chunk alone (and on whether its line is all capitals), so the pieces
of a whole archive can be remembered and most of it is never analysed twice. What spaces do not divide is joined to one
chunk before, see `initials`; a word that can be written in several ways keeps how it was written, see `names`.

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

from search.language.elision import APOSTROPHES, ELIDED
from search.language.folding import fold, fold_word
from search.language.initials import BINDER, DEGREE_PARTS, bound

# What a reader writes between the halves of a word that a line end divided, where it cannot tell whether the hyphen was
# the word's own: each half and the whole are then found.
UNDECIDED_HYPHEN = "-\N{INVISIBLE SEPARATOR}"

_APOSTROPHE = f"[{APOSTROPHES}]"
_HYPHEN = "[-‐‑]"
# One of the apostrophes is a letter to Unicode; no word begins with it.
_LETTER = r"(?!ʼ)\p{L}"
_WORD = rf"{_LETTER}[\p{{L}}\p{{M}}]*+"
_JOINED_WORD = rf"{_WORD} (?: {_APOSTROPHE} {_WORD} )*+"
_OF_WORD = r"[\p{L}\p{M}\p{N}]"
# As many letters in normal form as were written.
_ONE = r"(?![ßẞæÆœŒþÞ])\p{L}"
_SHORT = rf"(?:{_ONE}){{1,3}}"
_TOKEN = regex.compile(
    rf"""
      # U.S., e.g.
      (?P<initials>
        (?<!{_OF_WORD}) {_LETTER}\p{{M}}*+ (?: \.{BINDER}*+ {_LETTER}\p{{M}}*+ (?![\p{{L}}\p{{N}}]) )++ \.?+ )
      # Ph.D., M.Sc.
    | (?P<degree> (?<![\p{{L}}\p{{M}}\p{{N}}.])
        (?i: (?:{DEGREE_PARTS}) \.{BINDER}*+ [BDM] | [BDM] \.{BINDER}*+ (?:{DEGREE_PARTS}) ) (?!{_OF_WORD}) \.?+ )
      # AT&T
    | (?P<joined> (?<![\p{{L}}\p{{M}}]) {_SHORT} & {_SHORT} (?![\p{{L}}\p{{M}}]) )
      # e-mail, T-shirt, but not vis-a-vis or A-to-Z
    | (?P<hyphenated> (?<! {_OF_WORD} {_HYPHEN}?+ ) (?!ʼ) {_ONE}\p{{M}}*+ {_HYPHEN}
        (?= (?: {_LETTER}\p{{M}}*+ ){{3}} | (?: {_LETTER}\p{{M}}*+ ){{2}} (?! {_HYPHEN}?+ [\p{{L}}\p{{N}}] ) )
        {_JOINED_WORD} )
      # govern-ment, divided by a line end
    | (?P<divided> (?! {ELIDED} ) {_JOINED_WORD} (?: {UNDECIDED_HYPHEN} {_JOINED_WORD} )++ )
      # 1,000.5 and 1,00,000; 6.5 but not 24.08.2024
    | (?P<number>
          \p{{Nd}}{{1,3}} (?: , \p{{Nd}}{{2,3}} )*+ (?<= , \p{{Nd}}{{3}} ) (?! \p{{Nd}} )
          (?: \. \p{{Nd}}++ (?! \.\p{{Nd}} ) )?
        | (?<! \p{{Nd}}\. ) \p{{Nd}}++ \. \p{{Nd}}++ (?! \.\p{{Nd}} )
        | \p{{N}}++ )
      # The l of l'Élysée
    | (?P<elided> {ELIDED} )
      # O'Brien
    | (?P<word> {_JOINED_WORD} )
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
_ELISION = regex.compile(ELIDED, regex.VERBOSE)
_LONE_LETTER = re.compile(r"(?<![A-Za-z])[A-Za-z]-")
_POSSESSIVE = regex.compile(rf"{_APOSTROPHE}[sS]$")
_POSSESSIVE_AHEAD = regex.compile(rf"{_APOSTROPHE}[sS](?![\p{{L}}\p{{M}}\p{{N}}])")
_APOSTROPHES = regex.compile(_APOSTROPHE)
_HYPHENS = regex.compile(f"{_HYPHEN}{UNDECIDED_HYPHEN[1]}?")
_WITH_APOSTROPHES = ("word", "hyphenated", "divided")
_CHUNK = regex.compile(r"\S+")
_NOT_CAPITAL = regex.compile(r"[\p{L}--\p{Lu}]", regex.V1)
_LETTERS = regex.compile(r"\p{L}[\p{L}\p{M}]*")
# What is written into a word but is not of it: soft hyphens, joiners, direction marks, byte order marks, and the
# stroke that makes an Arabic word longer.
_INVISIBLE = regex.compile(r"[\p{Cf}\ufe00-\ufe0f\U000e0100-\U000e01ef\u0640]+")
# Where no space is written between words, a space of no width is one.
_UNSPACED = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD_BREAK = regex.compile(rf"(?<=[{_UNSPACED}])\u200b(?=[{_UNSPACED}])")
_DOTS = str.maketrans("", "", f".{BINDER}")

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
        for line, offset in _lines(bound(text)):
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
        elided: regex.Match[str] | None = None
        position = 0
        while match := _TOKEN.search(normal, position):
            start, end = match.span()
            position = end
            word = self._word(match, shouted=shouted)
            if match.lastgroup in _WITH_APOSTROPHES:
                # The mark ends before the 's, which is no part of the word.
                end = start + len(_POSSESSIVE.sub("", match.group()))
                word = _after_elided(word, match, elided)
            elif possessive := _POSSESSIVE_AHEAD.match(normal, end):
                position = possessive.end()
            elided = match if match.lastgroup == "elided" else None
            if word:
                tokens.append(Token(word, starts[start], ends[end - 1], self._has_capitals(match, shouted=shouted)))
        return tuple(tokens)

    def chunk_words(self, chunk: str, *, shouted: bool) -> tuple[Sequence[str], Sequence[bool]]:
        """Return the words of one chunk and whether each is in capitals, as `chunk_tokens` has them, in less time."""
        if word := plain_word(chunk):
            return (word,), (False,)
        core = chunk.strip(_AROUND)
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
        match match.lastgroup:
            case "number":
                return fold(written.replace(",", ""))
            case "initials":
                # The dots say that it is an abbreviation, even in a line of capitals.
                return self._keep_capitals(written.translate(_DOTS))
            case "degree":
                return fold(written.translate(_DOTS))
            case "joined" | "elided":
                return fold(written)
            case "hyphenated" | "divided":
                parts = _HYPHENS.split(_POSSESSIVE.sub("", written))
                return "-".join(fold_word(_APOSTROPHES.sub("", part)) for part in parts)
        written = _APOSTROPHES.sub("", _POSSESSIVE.sub("", written))
        return fold_word(written) if shouted else self._keep_capitals(written)

    @staticmethod
    def _has_capitals(match: "regex.Match[str]", *, shouted: bool) -> bool:
        # As in _word: the dots of an abbreviation speak for it in a line of capitals too.
        says_something = match.lastgroup == "initials" or not shouted
        return says_something and _POSSESSIVE.sub("", match.group()).isupper()

    def _keep_capitals(self, written: str) -> str:
        word = fold_word(written)
        return word.upper() if len(word) > 1 and written.isupper() and word in self._capitals_kept else word


def plain_word(chunk: str) -> str:
    """Return the only word of a chunk, where it is plain letters with signs around them and no name; else nothing."""
    core = chunk.strip(_AROUND)
    return core.lower() if core.isascii() and core.isalpha() and not core.isupper() else ""


def _written_words(core: str) -> list[str]:
    """Return the words of a chunk that has no signs around it, as written; none where that takes a closer look."""
    if core.isalpha() and core.isascii():
        return [core]
    if _JOINED.fullmatch(core):
        if _LONE_LETTER.search(core) or _ELISION.search(core):
            return []
        return [word if word.isalpha() else _JOINED_APOSTROPHES.sub("", word) for word in _JOINTS.split(core)]
    if number := _NUMBER.fullmatch(core):
        return [part for part in (number[1].replace(",", ""), number[2]) if part]
    return []


def _after_elided(word: str, match: "regex.Match[str]", elided: "regex.Match[str] | None") -> str:
    """Return a word as it is indexed after an elided one, which is perhaps part of a name: D'Angelo, L'Aquila."""
    if elided is None or match.start() != elided.end() + 1 or word != word.lower():
        return word
    before = elided.group()
    is_name = before[0].isupper() or (before == "d" and match.group()[0].isupper())
    return f"{fold(before)}'{word}" if is_name else word


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
    breaks = {match.start() for match in _WORD_BREAK.finditer(chunk)}
    for cluster in regex.finditer(r"\X", chunk):
        written = cluster.group()
        # Some letters are more than they seem in NFKC: Arabic signs that are written alone stand on a stroke.
        piece = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", written)))
        if "\N{FRACTION SLASH}" in piece:
            piece = f" {piece} "  # 6½ is six and a half, not 61 halves
        elif cluster.start() in breaks:
            piece = " "
        elif written == UNDECIDED_HYPHEN[1] and pieces[-1:] == [UNDECIDED_HYPHEN[0]]:
            piece = written
        pieces.append(piece)
        starts += [cluster.start()] * len(piece)
        ends += [cluster.end()] * len(piece)
    return "".join(pieces), starts, ends
