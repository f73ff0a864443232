"""The second half of the normal form, after NFKC: lower case, and without what only decorates a letter."""

import unicodedata

import regex

from search.language.names import KEPT_LETTERS

# Marks that only decorate a letter: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs and the signs
# of the Koran. The signs of Devanagari and its relatives are no such thing: they are part of the word.
_ACCENTS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
)
_ANY_ACCENT = regex.compile(f"[{_ACCENTS}]")
# All but those that make one of the letters that are kept.
_OTHER_ACCENT = regex.compile(f"(?<=[aou])\u0308(*SKIP)(*FAIL)|(?<=a)\u030a(*SKIP)(*FAIL)|[{_ACCENTS}]")
# Letters with a stroke and ligatures, which Unicode does not decompose.
_OTHER_LETTERS = {
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
_PLAIN_LETTERS = str.maketrans(_OTHER_LETTERS | {letter: plain for letter, (plain, _) in KEPT_LETTERS.items()})
_PLAIN_OR_KEPT = str.maketrans(_OTHER_LETTERS)


def fold(text: str) -> str:
    """Lower case without accents: as values and patterns are compared."""
    return _folded(text, _ANY_ACCENT, _PLAIN_LETTERS)


def fold_word(text: str) -> str:
    """Lower case without accents, except those of ä, ö, ü, ø and å: as words are indexed."""
    return _folded(text, _OTHER_ACCENT, _PLAIN_OR_KEPT)


def _folded(text: str, accents: regex.Pattern[str], letters: dict[int, str]) -> str:
    lower = text.lower()
    if lower.isascii():
        return lower
    plain = accents.sub("", unicodedata.normalize("NFD", lower))
    return unicodedata.normalize("NFC", plain).translate(letters)
