"""Words -> the terms that tantivy knows them by: their numbers, written in a few letters that are all alike in length.

Terms of any length would be joined to text and cut apart again one by one; these are cut out of a table, thousands at
once, and take less room.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from search.engines.columns import Ints
from search.engines.vocabulary import Vocabulary

_DIGITS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~", np.uint8)
_BITS = 6
# A thousand million words.
_LENGTH = 5
_SHIFTS = _BITS * np.arange(_LENGTH)[::-1]
_VALUE = np.zeros(256, np.int64)
_VALUE[_DIGITS] = np.arange(len(_DIGITS))
_SPACE = 0x20


def joined_terms(numbers: Ints, places: Ints, counts: Ints) -> list[str]:
    """Return units of terms joined by spaces: `counts` says how many of `places` in the list of numbers each has."""
    terms = np.full((len(numbers), _LENGTH + 1), _SPACE, np.uint8)
    terms[:, :_LENGTH] = _digits(numbers)
    text = terms[places].tobytes().decode("ascii")
    ends = (np.cumsum(counts) * (_LENGTH + 1)).tolist()
    return [text[start : max(start, end - 1)] for start, end in zip([0, *ends], ends, strict=False)]


def numbers_of(terms: Sequence[str]) -> Ints:
    """Return the number of each term."""
    digits = np.frombuffer("".join(terms).encode("ascii"), np.uint8).reshape(-1, _LENGTH)
    return np.asarray((_VALUE[digits] << _SHIFTS).sum(axis=1))


class Terms:
    """The terms of an archive's words; `numbers` are those of the vocabulary's words in their order."""

    def __init__(self, vocabulary: Vocabulary, numbers: Ints) -> None:
        self._vocabulary = vocabulary
        self._numbers = numbers

    def of(self, words: Sequence[str]) -> list[str]:
        """Return the terms of those of the words that the archive has."""
        digits = _digits(self._numbers[self._vocabulary.places(words)])
        return [each.tobytes().decode("ascii") for each in digits]


def _digits(numbers: Ints) -> npt.NDArray[np.uint8]:
    return np.asarray(_DIGITS[(numbers[:, np.newaxis] >> _SHIFTS) & ((1 << _BITS) - 1)])
