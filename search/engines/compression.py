"""Texts in small pieces, each compressed by itself with a dictionary that was learned from some of them: Zstandard."""

import sys
from collections.abc import Sequence

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# A level more takes two thirds longer and saves a thirtieth.
_LEVEL = 5
_DICTIONARY_BYTES = 400_000
# What a dictionary is learned from: more takes longer and compresses no better.
_SAMPLE_BYTES = 6_000_000
_LEAST_PIECES = 100
# A dictionary that is as large as what it is for saves nothing.
_LEAST_TIMES_DICTIONARY = 10


def learned_dictionary(pieces: Sequence[bytes]) -> bytes:
    """Return a dictionary for compressing such pieces; empty where there are too few to learn from."""
    step = max(1, sum(map(len, pieces)) // _SAMPLE_BYTES)
    sample = [piece for piece in pieces[::step] if piece]
    if len(sample) < _LEAST_PIECES:
        return b""
    size = min(_DICTIONARY_BYTES, sum(map(len, sample)) // _LEAST_TIMES_DICTIONARY)
    return zstd.train_dict(sample, size).dict_content


class Packer:
    """Compresses pieces with one dictionary, which may be empty. Not to be shared between threads."""

    def __init__(self, dictionary: bytes) -> None:
        # One for all: to make ready for a piece would take as long as to compress it.
        self._compressor = zstd.ZstdCompressor(_LEVEL, zstd_dict=_digested(dictionary))

    def pack(self, piece: bytes) -> bytes:
        """Compress a piece."""
        return self._compressor.compress(piece, mode=zstd.ZstdCompressor.FLUSH_FRAME)


class Unpacker:
    """Decompresses pieces with the dictionary they were compressed with. Safe for threads."""

    def __init__(self, dictionary: bytes) -> None:
        self._dictionary = _digested(dictionary)

    def unpack(self, packed: bytes) -> bytes:
        """Decompress a piece.

        Raises:
            ValueError: it is none that was compressed with this dictionary.
        """
        try:
            return zstd.decompress(packed, zstd_dict=self._dictionary)
        except zstd.ZstdError as error:
            raise ValueError(f"A stored text cannot be unpacked: {error}") from error


def _digested(dictionary: bytes) -> tuple[zstd.ZstdDict, int] | None:
    return zstd.ZstdDict(dictionary).as_digested_dict if dictionary else None
