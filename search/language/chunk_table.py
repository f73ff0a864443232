"""The chunks of many texts at once -> a number for each: an exact table that numpy looks things up in.

A dictionary of hundreds of thousands of chunks is asked for one at a time and waits for memory each time: 12 us for a
paragraph of 56 chunks, cut apart before. Here no known chunk becomes a string: its bytes are two integers, which are
compared as they are, and memory is asked for thousands of them at once: 3 us.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
_Slots = npt.NDArray[np.uint32]

# In bytes of UTF-8: what two integers hold beside one byte for length and kind. Few chunks are longer.
LONGEST_KEY = 15
# Bytes after the last chunk that may be read.
SPARE = 16
# Longer ones are addresses and worse, which do not come again.
_LONGEST_REMEMBERED = 64
_FIRST_SLOTS = 1 << 16
_MIX = tuple(np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
# Which bytes of an integer are of a chunk that has so many in it.
_BYTES = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)


class Chunk(NamedTuple):
    """A chunk, and whether it stands in a line that is all capitals."""

    text: str
    shouted: bool


class Chunks(NamedTuple):
    """Chunks of UTF-8: where each begins in the data, which ends with SPARE other bytes, and ends; and their lines."""

    data: bytes
    starts: Ints
    ends: Ints
    shouted: Bools

    def some(self, indexes: Ints) -> Iterator[bytes]:
        """Yield those at some indexes as bytes, with a space behind where the line is all capitals."""
        spans = (column[indexes].tolist() for column in (self.starts, self.ends, self.shouted))
        for start, end, shouted in zip(*spans, strict=True):
            yield self.data[start:end] + b" " if shouted else self.data[start:end]

    def texts(self, indexes: Ints) -> list[str]:
        """Return the texts of those at some indexes."""
        return [_chunk(written).text for written in self.some(indexes)]


def _chunk(written: bytes) -> Chunk:
    text = written.decode("utf-8", "surrogatepass")
    return Chunk(text[:-1], shouted=True) if text[-1] == " " else Chunk(text, shouted=False)


class ChunkTable:
    """Numbers chunks from 1 in the order in which they are first met."""

    def __init__(self) -> None:
        self.size = 1
        self._slots: _Slots = np.zeros(_FIRST_SLOTS, np.uint32)
        # By number.
        self._first: Keys = np.zeros(_FIRST_SLOTS, np.uint64)
        self._second: Keys = np.zeros(_FIRST_SLOTS, np.uint64)
        self._long: dict[bytes, int] = {}

    def numbers(self, chunks: Chunks) -> tuple[Ints, list[Chunk]]:
        """Return the number of each chunk, and those that are new, whose numbers are the next ones."""
        first, second = _keys(chunks)
        is_long = chunks.ends - chunks.starts > LONGEST_KEY
        numbers = self._find(first, second)
        numbers[is_long] = 0
        unknown = np.flatnonzero(numbers == 0)
        new: dict[bytes, int] = {}
        places: list[int] = []
        found: list[int] = []
        for index, written in zip(unknown.tolist(), chunks.some(unknown), strict=True):
            number = new.get(written) or self._long.get(written)
            if number is None:
                number = new[written] = self.size + len(new)
                places.append(index)
            found.append(number)
        numbers[unknown] = found
        # Longer ones are not found by their keys, which others that begin alike have too.
        self._add(*(np.where(is_long[places], 0, keys[places]) for keys in (first, second)))
        self._remember(new, is_long[places])
        return numbers, list(map(_chunk, new))

    def _remember(self, new: dict[bytes, int], is_long: Bools) -> None:
        """Keep what is too long to be found by its keys."""
        for (written, number), long in zip(new.items(), is_long.tolist(), strict=True):
            if long and len(written) <= _LONGEST_REMEMBERED:
                self._long[written] = number

    def _find(self, first: Keys, second: Keys) -> Ints:
        slots = self._homes(first, second)
        numbers = self._slots[slots]
        others = np.flatnonzero(self._differ(numbers, first, second))
        while len(others := others[numbers[others] != 0]):
            slots[others] = (slots[others] + 1) & (len(self._slots) - 1)
            numbers[others] = self._slots[slots[others]]
            others = others[self._differ(numbers[others], first[others], second[others])]
        return numbers.astype(np.int64)

    def _add(self, first: Keys, second: Keys) -> None:
        start, self.size = self.size, self.size + len(first)
        if self.size > len(self._first):
            self._first, self._second = (np.pad(keys, (0, self.size)) for keys in (self._first, self._second))
        self._first[start : self.size], self._second[start : self.size] = first, second
        if 2 * self.size > len(self._slots):
            self._slots = np.zeros(1 << (2 * self.size).bit_length(), np.uint32)
            start = 1
        numbers = np.arange(start, self.size, dtype=np.uint32)
        self._place(numbers[self._first[numbers] != 0])

    def _place(self, numbers: _Slots) -> None:
        """Give each number the next free slot after the home of its chunk."""
        slots = self._homes(self._first[numbers], self._second[numbers])
        while len(numbers):
            free = self._slots[slots] == 0
            self._slots[slots[free]] = numbers[free]
            # Of several that came to one slot one has it.
            left = self._slots[slots] != numbers
            numbers, slots = numbers[left], (slots[left] + 1) & (len(self._slots) - 1)

    def _homes(self, first: Keys, second: Keys) -> Ints:
        mixed = first * _MIX[0] + second * _MIX[1]
        mixed ^= mixed >> np.uint64(32)
        mixed *= _MIX[2]
        return (mixed >> np.uint64(65 - len(self._slots).bit_length())).astype(np.int64)

    def _differ(self, numbers: _Slots, first: Keys, second: Keys) -> Bools:
        return np.asarray((self._first[numbers] != first) | (self._second[numbers] != second))


def _keys(chunks: Chunks) -> tuple[Keys, Keys]:
    """Return two integers for each chunk, which no other of up to LONGEST_KEY bytes has; none are 0."""
    eight = np.ndarray(len(chunks.data) - 7, "<u8", chunks.data, strides=(1,))
    lengths = chunks.ends - chunks.starts
    first = eight[chunks.starts] & _BYTES[np.minimum(lengths, 8)]
    second = eight[chunks.starts + 8] & _BYTES[np.clip(lengths - 8, 0, LONGEST_KEY - 8)]
    kinds = np.minimum(lengths, LONGEST_KEY) | (chunks.shouted.astype(np.int64) << 7)
    return first, second | (kinds.astype(np.uint64) << np.uint64(56))
