"""Where words stand in a tantivy index: it says in which units, the token file says where in them."""

from collections.abc import Sequence

import numpy as np

from search.engines.columns import Bools, Ints, run_starts
from search.engines.limits import Limits
from search.engines.postings import UNIT_GAP
from search.engines.tantivy_store import LONGEST_WORD, StoreReader
from search.engines.token_file import TokenFile, merged
from search.engines.vocabulary import Vocabulary


class Numbers:
    """The numbers under which words stand in the token files, and about how many paragraphs hold them."""

    def __init__(self, vocabulary: Vocabulary, numbers: Ints, spared: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._numbers = numbers
        self._spared = spared

    def are_indexed(self, words: Sequence[str]) -> bool:
        """Whether tantivy can be asked for all of these words: not for what stands everywhere, or is too long."""
        return self._spared.isdisjoint(words) and max(map(len, words), default=0) <= LONGEST_WORD

    def numbers(self, words: Sequence[str]) -> Ints:
        """Return the numbers of those of the words that the archive has."""
        return self._numbers[self._vocabulary.places(words)]

    def frequency(self, words: Sequence[str]) -> int:
        """Return at most how many paragraphs hold one of these words."""
        return sum(self._vocabulary.frequencies(words))


class Positions:
    """The positions of words in one field: tantivy says in which units, the token file where in them.

    Titles are indexed with the first paragraph and belong to the article, which `unit_of` gives for each document.
    """

    def __init__(
        self,
        field: str,
        index: StoreReader,
        tokens: TokenFile,
        words: Numbers,
        *,
        limits: Limits,
        unit_of: Ints | None = None,
    ) -> None:
        self._field = field
        self._index = index
        self._tokens = tokens
        self._words = words
        self._limits = limits
        self._unit_of = unit_of

    def positions(self, words: Sequence[str], *, capitals: bool) -> Ints:
        """Return all positions of these words, in any case those in capitals where only these are asked."""
        return self._placed(self._places(self._asked(words, capitals=capitals)), capitals=capitals)

    def positions_in(self, words: Sequence[str], units: Ints, *, capitals: bool) -> Ints:
        """Return their positions in these units."""
        numbers = self._words.numbers(self._asked(words, capitals=capitals))
        return self._placed(self._tokens.in_units(numbers, units), capitals=capitals)

    def stand_at(self, positions: Ints, units: Ints, words: Sequence[str], *, capitals: bool) -> Bools:
        """Whether one of the words stands at each position, in the unit given for it."""
        places = positions - UNIT_GAP * units
        inside = np.flatnonzero(self._tokens.are_in(places, units))
        numbers = self._words.numbers(self._asked(words, capitals=capitals))
        stands = np.zeros(len(positions), np.bool_)
        stands[inside] = self._tokens.are_at(places[inside], numbers)
        if capitals:
            stands[inside] &= self._tokens.capitals(places[inside])
        return stands

    def count(self, words: Sequence[str], *, capitals: bool) -> int | None:
        """Return how many units hold one of these words."""
        if capitals:
            return None
        if self._words.are_indexed(words):
            return self._index.count(self._field, words) if words else 0
        spared = [word for word in words if not self._words.are_indexed([word])]
        if len(spared) > 1 or self._unit_of is not None:
            return None
        others = [word for word in words if word not in spared]
        units = self._index.holding(self._field, others) if others else np.empty(0, np.int64)
        both = run_starts(self._tokens.units_of(self._tokens.in_units(self._words.numbers(spared), units)))
        return self._words.frequency(spared) + len(units) - len(both)

    @staticmethod
    def _asked(words: Sequence[str], *, capitals: bool) -> Sequence[str]:
        # What was written in capitals may be kept so.
        return [*words, *(word.upper() for word in words)] if capitals else words

    def _places(self, words: Sequence[str]) -> Ints:
        numbers = self._words.numbers(words)
        one_of = self._limits.scan_one if len(words) == 1 else self._limits.scan_several
        if self._words.frequency(words) * one_of > self._tokens.units or not self._words.are_indexed(words):
            return self._tokens.everywhere(numbers)
        common = [word for word in words if (self._words.numbers([word]) < self._tokens.own_numbers).any()]
        if not common:
            return self._tokens.rare_places(numbers)
        docs = self._index.holding(self._field, common)
        units = docs if self._unit_of is None else self._unit_of[docs]
        return merged(
            [
                self._tokens.in_units(numbers[numbers < self._tokens.own_numbers], units),
                self._tokens.rare_places(numbers),
            ]
        )

    def _placed(self, places: Ints, *, capitals: bool) -> Ints:
        if capitals:
            places = places[self._tokens.capitals(places)]
        return places + UNIT_GAP * self._tokens.units_of(places)
