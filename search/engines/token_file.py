"""The tokens of a field as numbers, one after the other, in a file that is mapped: what stands where, read forwards.

An inverted index answers which units hold a word; this answers where it stands in them, and which word stands at a
place, for as many units as are asked and no others. Two bytes a token: the most frequent words have a number of their
own, all others, which are called rare, share the next one and are listed beside, by word.
"""

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from search.engines.columns import Bools, Ints, ranges
from search.engines.limits import OWN_NUMBERS
from search.engines.postings import contains

_NUMBER = np.dtype("<u2")
_DRAFT = np.dtype("<u4")
_TOKENS_AT_A_TIME = 1 << 22
# So many lie in the processor's nearest memory while one word after the other is looked for in them.
_SCANNED_AT_A_TIME = 1 << 17
# More words are looked up in a table, which takes as long as looking for so many.
_FEW_WORDS = 16


class TokenWriter:
    """Writes one field's tokens: first as they come, under numbers of any size, then by frequency."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.tokens"
        self._draft = folder / f"{name}.draft"
        self._file = self._draft.open("wb")
        self._capitals = array("q")
        self.tokens = 0

    def add(self, numbers: Ints, capitals: Ints) -> None:
        """Add tokens by their words' numbers, and the places among them that were written in capitals."""
        self._capitals.frombytes((capitals.astype(np.int64) + self.tokens).tobytes())
        self._file.write(numbers.astype(_DRAFT).tobytes())
        self.tokens += len(numbers)

    def finish(self, ranks: Ints, own_numbers: int) -> None:
        """Write the file; `ranks` gives for each number under which a token was added the one it is to have.

        Those below `own_numbers` are words of their own.
        """
        self._file.close()
        places, numbers = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        with self._path.open("wb") as out:
            for start, draft in self._read_draft():
                ranked = ranks[draft]
                out.write(np.minimum(ranked, own_numbers).astype(_NUMBER).tobytes())
                rare = np.flatnonzero(ranked >= own_numbers)
                places.append(rare + start)
                numbers.append(ranked[rare])
        self._draft.unlink()
        place, number = np.concatenate(places), np.concatenate(numbers)
        by_number = np.lexsort((place, number))
        small = np.min_scalar_type(max(self.tokens, 1))
        with self._path.with_suffix(".npz").open("wb") as file:
            np.savez_compressed(
                file,
                allow_pickle=False,
                own_numbers=np.array(own_numbers),
                place=place[by_number].astype(small),
                number=number[by_number].astype(_DRAFT),
                capital=np.frombuffer(self._capitals, np.int64).astype(small),
            )

    def cancel(self) -> None:
        """Close the file; what was written may be deleted."""
        self._file.close()

    def _read_draft(self) -> Iterator[tuple[int, npt.NDArray[np.uint32]]]:
        with self._draft.open("rb") as file:
            start = 0
            while draft := file.read(_TOKENS_AT_A_TIME * _DRAFT.itemsize):
                numbers = np.frombuffer(draft, _DRAFT)
                yield start, numbers
                start += len(numbers)


class TokenFile:
    """One field's tokens, mapped. A place is that of a token in the whole file, in which units follow each other."""

    def __init__(self, folder: Path, name: str, lengths: Ints) -> None:
        """Open what was written; `lengths` counts the tokens of each unit.

        Raises:
            OSError, ValueError: files are missing or cannot be read.
        """
        path = folder / f"{name}.tokens"
        self.size = int(lengths.sum())
        if path.stat().st_size != self.size * _NUMBER.itemsize:
            raise ValueError(f"{path} does not hold {self.size:,} tokens")
        # As a plain array: pieces of a memmap are memmaps, which takes longer than looking at them.
        self._numbers = np.asarray(np.memmap(path, _NUMBER, "r")) if self.size else np.empty(0, _NUMBER)
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as file:
            self.own_numbers = int(file["own_numbers"])
            self._rare_place = file["place"].astype(np.int64)
            self._rare_number = file["number"].astype(np.int64)
            self._capital = file["capital"].astype(np.int64)
        self._lengths = lengths
        self.units = len(lengths)
        self.starts: Ints = np.cumsum(lengths) - lengths

    def everywhere(self, words: Ints) -> Ints:
        """Return all places of these words, in order, by looking at every token."""
        found = [self.rare_places(words)]
        common = self._common(words)
        if len(common):
            for start in range(0, self.size, _SCANNED_AT_A_TIME):
                numbers = self._numbers[start : start + _SCANNED_AT_A_TIME]
                found.append(np.flatnonzero(_is_one_of(numbers, common)) + start)
        return merged(found)

    def rare_places(self, words: Ints) -> Ints:
        """Return all places of those of these words that are rare, in order; nothing else is looked at."""
        slices = (
            self._rare_place[slice(*np.searchsorted(self._rare_number, (word, word + 1)))]
            for word in words[words >= self.own_numbers]
        )
        return merged(list(slices))

    def in_units(self, words: Ints, units: Ints) -> Ints:
        """Return the places of these words in these units, which are in order."""
        places = self._places_of(units)
        return places[self.are_at(places, words)]

    def are_at(self, places: Ints, words: Ints) -> Bools:
        """Whether one of these words stands at each of these places."""
        numbers = self._numbers[places]
        holds = _is_one_of(numbers, self._common(words))
        rare = self.rare_places(words)
        if len(rare):
            maybe = (numbers == self.own_numbers).nonzero()[0]
            holds[maybe] = contains(rare, places[maybe])
        return holds

    def capitals(self, places: Ints) -> Bools:
        """Whether what stands at each of these places was written in capitals."""
        return contains(self._capital, places)

    def units_of(self, places: Ints) -> Ints:
        """Return the unit of each place."""
        return np.asarray(self.starts.searchsorted(places, "right") - 1)

    def are_in(self, places: Ints, units: Ints) -> Bools:
        """Whether each place is in the unit given for it."""
        starts = self.starts[units]
        return np.asarray((places >= starts) & (places < starts + self._lengths[units]))

    def _places_of(self, units: Ints) -> Ints:
        return ranges(self.starts[units], self.starts[units] + self._lengths[units])

    def _common(self, words: Ints) -> Ints:
        return words[words < self.own_numbers]


def _is_one_of(numbers: npt.NDArray[np.uint16], words: Ints) -> Bools:
    if 0 < len(words) <= _FEW_WORDS:
        first, *others = words.astype(_NUMBER)
        found = numbers == first
        for word in others:
            found |= numbers == word
        return np.asarray(found)
    is_asked = np.zeros(OWN_NUMBERS + 1, np.bool_)
    is_asked[words] = True
    return np.asarray(is_asked[numbers])


def merged(parts: Sequence[Ints]) -> Ints:
    """Return the places of several words in order."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return np.empty(0, np.int64)
    return parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))
