"""A file of named, aligned arrays that opens by memory map: what every file of a segment is.

    magic (8 bytes), size of the header (8 bytes, little-endian), header (JSON), arrays (each at a multiple of 64 bytes)

The header names each array with its type, length and offset, and gives the CRC-32 of every block of BLOCK bytes behind
it, so that a reader can verify what it touches.
"""

import mmap
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from search.errors import IndexDamaged

Array = npt.NDArray[Any]

BLOCK = 1 << 16
_MAGIC = b"DATELN01"
_ALIGNMENT = 64
_PREFIX = len(_MAGIC) + 8


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write one-dimensional arrays of fixed-size numbers into a file; numbers are stored little-endian."""
    stored = {name: np.ascontiguousarray(each, each.dtype.newbyteorder("<")) for name, each in arrays.items()}
    entries, size = {}, 0
    for name, each in stored.items():
        entries[name] = [each.dtype.str, len(each), size]
        size += _padded(each.nbytes)
    checksums: list[int] = []
    draft = path.with_suffix(".body")
    with draft.open("wb") as body:
        for each in stored.values():
            body.write(each.data)
            body.write(bytes(_padded(each.nbytes) - each.nbytes))
    with draft.open("rb") as body:
        while block := body.read(BLOCK):
            checksums.append(zlib.crc32(block))
    header = orjson.dumps({"arrays": entries, "checksums": checksums})
    begin = _padded(_PREFIX + len(header))
    with path.open("wb") as file, draft.open("rb") as body:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + header + bytes(begin - _PREFIX - len(header)))
        while block := body.read(1 << 24):
            file.write(block)
    draft.unlink()


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


class ArrayFile:
    """An open file of arrays; `arrays` maps each name to its array, which is read when it is touched.

    Raises:
        IndexDamaged: the file is missing, cut off, or no file of arrays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{path} cannot be read ({error}); run: dateline rebuild") from error
        try:
            self.arrays = self._opened()
        except (ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"{path} is not what was written ({error}); run: dateline rebuild") from error

    def _opened(self) -> dict[str, Array]:
        size = int.from_bytes(self._map[len(_MAGIC) : _PREFIX], "little")
        if self._map[: len(_MAGIC)] != _MAGIC or size > len(self._map):
            raise ValueError("its beginning is another")
        header = orjson.loads(self._map[_PREFIX : _PREFIX + size])
        self._begin = _padded(_PREFIX + size)
        self._checksums = header["checksums"]
        return {
            name: np.frombuffer(self._map, np.dtype(kind), length, self._begin + offset)
            for name, (kind, length, offset) in header["arrays"].items()
        }

    def verify(self) -> None:
        """Verify every block.

        Raises:
            IndexDamaged: a block is not what was written.
        """
        for number, checksum in enumerate(self._checksums):
            start = self._begin + number * BLOCK
            if zlib.crc32(self._map[start : start + BLOCK]) != checksum:
                raise IndexDamaged(f"{self._path} is damaged at byte {start:,}; run: dateline rebuild")
