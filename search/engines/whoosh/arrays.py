"""A file of named, aligned arrays that opens by memory map: what every file of a segment is.

    magic (8 bytes), size and checksum of the header (8 bytes each), header (JSON), arrays (each at a multiple of 64
    bytes), the checksum of each block of the arrays (8 bytes)

All numbers are little-endian, checksums are XXH3. The header names each array with its type, length and offset, says
how many bytes of arrays there are, and has the checksum of those of the blocks. A block is checked when it is first
read, so that a file opens at once whatever its size, and no answer comes from what was not written.
"""

import mmap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import xxhash

from search.errors import IndexDamaged

Array = npt.NDArray[Any]
_Ints = npt.NDArray[np.int64]

_MAGIC = b"DATELN02"
_ALIGNMENT = 64
_PREFIX = len(_MAGIC) + 16
# A block has 2 ** 14 bytes: a text and its record lie in one or two, and checking it takes a microsecond.
_BLOCK_BITS = 14
_BLOCK = 1 << _BLOCK_BITS


def write_arrays(path: Path, arrays: Mapping[str, Array | Sequence[Array]]) -> None:
    """Write one-dimensional arrays of fixed-size numbers into a file.

    An array may be given as its pieces, one or more of one type, so that it need not be in memory as a whole.
    """
    stored = {name: _little_endian(each) for name, each in arrays.items()}
    entries, size, padding = {}, 0, {}
    for name, pieces in stored.items():
        length = sum(map(len, pieces))
        entries[name] = [pieces[0].dtype.str, length, size]
        used = length * pieces[0].itemsize
        padding[name] = bytes(_padded(used) - used)
        size += _padded(used)
    blocks = _Blocks()
    for name, pieces in stored.items():
        for each in pieces:
            blocks.add(each.data.cast("B"))
        blocks.add(padding[name])
    checksums = np.array(blocks.checksums(), "<u8")
    header = orjson.dumps({"arrays": entries, "size": size, "blocks": xxhash.xxh3_64_intdigest(checksums.data)})
    begin = _padded(_PREFIX + len(header))
    with path.open("wb") as file:
        digest = xxhash.xxh3_64_intdigest(header)
        file.write(_MAGIC + len(header).to_bytes(8, "little") + digest.to_bytes(8, "little") + header)
        file.write(bytes(begin - _PREFIX - len(header)))
        for name, pieces in stored.items():
            for each in pieces:
                file.write(each.data)
            file.write(padding[name])
        file.write(checksums.data)


def _little_endian(given: Array | Sequence[Array]) -> list[Array]:
    """Return the pieces of an array, or the one that it is, as they are written."""
    pieces = [given] if isinstance(given, np.ndarray) else given
    return [np.ascontiguousarray(each, each.dtype.newbyteorder("<")) for each in pieces]


class _Blocks:
    """The checksums of the blocks of what is added, piece by piece."""

    def __init__(self) -> None:
        self._found: list[int] = []
        self._begun = xxhash.xxh3_64()
        self._size = 0

    def add(self, data: bytes | memoryview) -> None:
        at = 0
        while at < len(data):
            part = data[at : at + _BLOCK - self._size]
            self._begun.update(part)
            self._size += len(part)
            at += len(part)
            if self._size == _BLOCK:
                self._found.append(self._begun.intdigest())
                self._begun.reset()
                self._size = 0

    def checksums(self) -> list[int]:
        return [*self._found, *([self._begun.intdigest()] if self._size else [])]


class ArrayFile:
    """An open file of arrays. Safe for threads: two may check the same block once each.

    Raises:
        IndexDamaged: the file is missing, cut off, or no file of arrays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{path} cannot be read ({error}); run: dateline rebuild") from error
        size = int.from_bytes(self._data[len(_MAGIC) : len(_MAGIC) + 8], "little")
        header = self._data[_PREFIX : _PREFIX + size]
        digest = self._data[len(_MAGIC) + 8 : _PREFIX]
        if self._data[: len(_MAGIC)] != _MAGIC or xxhash.xxh3_64_intdigest(header).to_bytes(8, "little") != digest:
            raise self._damaged()
        known = orjson.loads(header)
        self._begin, self._size = _padded(_PREFIX + size), known["size"]
        blocks = -(-self._size // _BLOCK)
        if len(self._data) != self._begin + self._size + 8 * blocks:
            raise self._damaged()
        self._checksums = np.frombuffer(self._data, "<u8", blocks, self._begin + self._size)
        if xxhash.xxh3_64_intdigest(self._checksums.data) != known["blocks"]:
            raise self._damaged()
        self._unread = np.ones(blocks, np.bool_)
        self._entries: dict[str, tuple[str, int, int]] = known["arrays"]

    def whole(self, name: str) -> Array:
        """Return an array, after checking all of it."""
        kind, length, offset = self._entries[name]
        array = np.frombuffer(self._data, np.dtype(kind), length, self._begin + offset)
        self.check(offset, offset + array.nbytes)
        return array

    def checked(self, name: str) -> "CheckedArray":
        """Return an array that is checked as it is read."""
        kind, length, offset = self._entries[name]
        return CheckedArray(self, np.frombuffer(self._data, np.dtype(kind), length, self._begin + offset), offset)

    def names(self) -> Sequence[str]:
        """Return the names of the arrays."""
        return list(self._entries)

    def check(self, start: int, end: int) -> None:
        """Check the blocks of a range of bytes of the arrays that were not checked yet.

        Raises:
            IndexDamaged: one is not what was written.
        """
        first, last = start >> _BLOCK_BITS, (max(start, end - 1) >> _BLOCK_BITS) + 1
        unread = self._unread[first:last]
        if unread.any():
            for block in unread.nonzero()[0].tolist():
                self._check_block(first + block)

    def check_at(self, offsets: _Ints) -> None:
        """Check the same of the blocks that hold bytes at some offsets."""
        blocks = offsets >> _BLOCK_BITS
        unread = self._unread[blocks]
        if unread.any():
            for block in set(blocks[unread].tolist()):
                self._check_block(block)

    def _check_block(self, block: int) -> None:
        start = self._begin + block * _BLOCK
        end = min(start + _BLOCK, self._begin + self._size)
        with memoryview(self._data) as data:
            found = xxhash.xxh3_64_intdigest(data[start:end])
        if found != int(self._checksums[block]):
            raise self._damaged()
        self._unread[block] = False

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(f"{self._path} is not what was written; run: dateline rebuild")


class CheckedArray:
    """An array of a file whose blocks are checked when they are first read."""

    def __init__(self, file: ArrayFile, array: Array, offset: int) -> None:
        self._file = file
        self._array = array
        self._offset = offset
        self._bytes = array.itemsize
        self._end = offset + array.nbytes

    def __len__(self) -> int:
        return len(self._array)

    def of_ranges(self, starts: "_Ints", ends: "_Ints", indexes: "_Ints") -> Array:
        """Return the numbers at some indexes, which are those of half-open ranges, none longer than a block."""
        if len(starts):
            self._file.check_at(self._offset + starts * self._bytes)
            self._file.check_at(self._offset + (ends - 1) * self._bytes)
        return self._array[indexes]

    def __getitem__(self, at: "slice | _Ints") -> Array:
        """Return the numbers of a slice with a start and an end, or at some indexes."""
        if isinstance(at, slice):
            self._file.check(self._offset + at.start * self._bytes, self._offset + at.stop * self._bytes)
        else:
            self._file.check_at(self._offset + at * self._bytes)
        return self._array[at]


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays of a file by their names, after checking all of it; they keep the file mapped.

    Raises:
        IndexDamaged: the file is missing or is not what was written.
    """
    file = ArrayFile(path)
    return {name: file.whole(name) for name in file.names()}


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
