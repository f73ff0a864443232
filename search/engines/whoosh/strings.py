"""Strings in order as arrays, and finding one of them without reading the others."""

from collections.abc import Mapping, Sequence

import numpy as np

from search.engines.sorted_arrays import Ints
from search.engines.whoosh.arrays import Array

# Bytes of a string that are its key: a number, by which most strings are found in one step.
_KEY = 8


def dictionary_arrays(texts: Sequence[str]) -> dict[str, Array]:
    """Return strings, which are in order, as the arrays of a Dictionary: UTF-8, the end of each in it, their keys."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return {
        "bytes": np.frombuffer(b"".join(encoded), np.uint8),
        "ends": np.cumsum([len(text) for text in encoded], dtype=np.uint32),
        "keys": _keys(encoded),
    }


def _keys(encoded: Sequence[bytes]) -> Array:
    """Return the first bytes of strings as numbers, in order where the strings are."""
    return np.frombuffer(b"".join([text[:_KEY].ljust(_KEY, b"\0") for text in encoded]), ">u8").astype(np.uint64)


class Dictionary:
    """Strings in order, each known by its index. UTF-8 sorts as code points do."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._data = arrays["bytes"].data
        self._ends = arrays["ends"]
        self._keys = arrays["keys"]

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> str:
        return self.bytes_at(index).decode("utf-8", "surrogatepass")

    def listed(self) -> list[str]:
        """Return all strings; none has a line feed in it."""
        if not len(self):
            return []
        lines = np.empty(len(self._data) + len(self) - 1, np.uint8)
        is_end = np.zeros(len(lines), np.bool_)
        is_end[self._ends[:-1].astype(np.int64) + np.arange(len(self) - 1)] = True
        lines[is_end] = ord("\n")
        lines[~is_end] = np.frombuffer(self._data, np.uint8)
        return lines.tobytes().decode("utf-8", "surrogatepass").split("\n")

    def bytes_at(self, index: int) -> bytes:
        """Return the string at an index as UTF-8."""
        start = int(self._ends[index - 1]) if index else 0
        return bytes(self._data[start : int(self._ends[index])])

    def bisect(self, text: bytes) -> int:
        """Return the index of the first string that is not before one."""
        key = _keys([text])[0]
        return self._bisected(text, int(self._keys.searchsorted(key)), int(self._keys.searchsorted(key, "right")))

    def _bisected(self, text: bytes, low: int, high: int) -> int:
        while low < high:
            middle = (low + high) // 2
            if self.bytes_at(middle) < text:
                low = middle + 1
            else:
                high = middle
        return low

    def rank(self, text: str) -> tuple[int, bool]:
        """Return the index of the first string that is not before one, and whether it is that."""
        encoded = text.encode("utf-8", "surrogatepass")
        index = self.bisect(encoded)
        return index, index < len(self) and self.bytes_at(index) == encoded

    def ranks(self, texts: Sequence[str]) -> Ints:
        """Return the index of the first string that is not before each of some."""
        return np.fromiter((self.rank(text)[0] for text in texts), np.int64, len(texts))

    def find(self, text: str) -> int | None:
        """Return the index of a string; None where it is not in the dictionary."""
        index, is_here = self.rank(text)
        return index if is_here else None

    def find_all(self, texts: Sequence[str]) -> list[int]:
        """Return the indexes of those of some strings that are in the dictionary."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        keys = _keys(encoded)
        lows, highs = self._keys.searchsorted(keys).tolist(), self._keys.searchsorted(keys, "right").tolist()
        found = []
        for text, low, high in zip(encoded, lows, highs, strict=True):
            index = low if high == low + 1 else self._bisected(text, low, high)
            if index < high and self.bytes_at(index) == text:
                found.append(index)
        return found
