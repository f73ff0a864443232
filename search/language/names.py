"""A word of the index -> the names it is found by, for what is written in several ways is kept as it was written.

Nearly every word has one name, itself. These have others, so that any spelling finds them and none finds too much:

- müller has ä, ö, ü, ø or å in it: it is found as muller and as mueller. The word Muller is never found as mueller.
- e-mail is one letter and a word joined by a hyphen (so is what a line end divided, see UNDECIDED_HYPHEN): it is found
  as email and by each of its parts.
- d'angelo follows an elided d' that may be part of a name: it is found as angelo and as dangelo.

Such a word has one position in the text, whatever its names are, so phrases and distances count it once; a token filter
of Lucene would put its synonyms at that position. The alternative, to expand what is typed, would look for müller where
only `does` or `poet` (dös, pöt) was meant, and could not tell Müller from Muller, for `mueller` finds only the first.
"""

import re
from functools import lru_cache

# Letters that keep their mark in a word; the letter without it, and how it is written where there is no such letter.
KEPT_LETTERS = {"ä": ("a", "ae"), "ö": ("o", "oe"), "ü": ("u", "ue"), "ø": ("o", "oe"), "å": ("a", "aa")}
_WITHOUT_MARKS = str.maketrans({letter: plain for letter, (plain, _) in KEPT_LETTERS.items()})
_WRITTEN_OUT = str.maketrans({letter: longer for letter, (_, longer) in KEPT_LETTERS.items()})
_OTHERWISE_WRITTEN = re.compile(f"['{''.join(KEPT_LETTERS)}-]")
_JOINTS = re.compile("['-]")
_WORDS_REMEMBERED = 50_000


def is_otherwise_written(word: str) -> bool:
    """Whether a word of the index has other names than itself."""
    return _OTHERWISE_WRITTEN.search(word) is not None


def spellings(word: str) -> tuple[str, ...]:
    """Return the names of the whole word: without joints, marks left out first, then letters written out."""
    joined = _JOINTS.sub("", word)
    return tuple(dict.fromkeys((joined.translate(_WITHOUT_MARKS), joined.translate(_WRITTEN_OUT))))


@lru_cache(maxsize=_WORDS_REMEMBERED)
def names_of(word: str) -> tuple[str, ...]:
    """Return all names of a word of the index: of the whole first, then of its parts; without others, the word."""
    if not is_otherwise_written(word):
        return (word,)
    _, elided, rest = word.partition("'")
    parts = names_of(rest) if elided else [name for part in word.split("-") for name in spellings(part)]
    return tuple(dict.fromkeys((*spellings(word), *parts)))
