"""Cut a stream of JSON into the bytes of its records, without decoding them: only strings and brackets are looked at.

So an array of any size streams, each record is its own bytes, and one that is no JSON costs itself alone. Reads at most
LONGEST_VALUE bytes of one value into memory, and about as much again while it grows.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

import orjson

LONGEST_VALUE = 1 << 26  # bytes; a longer one is no article, and would take the memory
DEEPEST = 3  # objects around a list of records
MEMBERS = "\0"  # stands in a path for every key of an object

_CHUNK = 1 << 18
_SPACE = re.compile(rb"[\s,]*")
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\[\]{}\":]*")

Path = tuple[str, ...]


class BrokenError(ValueError):
    """The stream is no JSON, or ends in the midst of a value."""


class TooLongError(ValueError):
    """A value has more than LONGEST_VALUE bytes."""


class ValueReader:
    """A position in a stream of JSON. `head` are bytes before what the stream has left."""

    def __init__(self, stream: BinaryIO, head: bytes = b"") -> None:
        self._stream = stream
        self._data = head
        self._at = 0

    @classmethod
    def of(cls, data: bytes) -> "ValueReader":
        """Read bytes that are in memory."""
        return cls(io.BytesIO(), data)

    def records(self, accepts: Callable[[bytes], bool]) -> Iterator[bytes | TooLongError]:
        """The values at the top of the stream, and those of arrays there.

        Of an object too long for memory, the elements of the lists in it whose first `accepts` says is a record.
        Raises BrokenError.
        """
        while first := self._next():
            if first == b"[":
                self._at += 1
                yield from self._elements()
            elif first == b"{":
                try:
                    value = self._take()
                except TooLongError as error:
                    yield from self._records_inside(error, accepts)
                else:
                    yield value
            else:
                raise BrokenError("is not JSON: neither an object nor an array begins here")

    def _records_inside(self, error: TooLongError, accepts: Callable[[bytes], bool]) -> Iterator[bytes | TooLongError]:
        """The records in an object that is too long for memory, or the error that it is where there are none."""
        has_records = False
        for _, element in self.elements_inside(lambda _, element: accepts(element)):
            has_records = True
            yield element
        if not has_records:
            yield error

    def elements_inside(
        self, accepts: Callable[[Path, bytes], bool], path: Path = ()
    ) -> Iterator[tuple[Path, bytes | TooLongError]]:
        """The objects in lists within the object that begins here, with the keys that lead to their list.

        `accepts` is asked with a list's path and its first element, whether it is a list of records. It is asked with
        MEMBERS for the last key, and no element, whether the objects that an object has for values are records.
        """
        self._at += 1
        while (first := self._next()) != b"}":
            if first != b'"':
                raise BrokenError("is not JSON: a key is missing" if first else "ends in the midst of an object")
            key = _key(self._take())
            if self._next() != b":":
                raise BrokenError("is not JSON: a colon is missing")
            self._at += 1
            first = self._next()
            if first == b"[":
                self._at += 1
                for element in self._accepted((*path, key), accepts):
                    yield (*path, key), element
            elif first == b"{" and accepts((*path, MEMBERS), b""):
                yield (*path, MEMBERS), self._take()
            elif first == b"{" and len(path) + 1 < DEEPEST:
                yield from self.elements_inside(accepts, (*path, key))
            else:
                self._skip()
        self._at += 1

    def _accepted(self, path: Path, accepts: Callable[[Path, bytes], bool]) -> Iterator[bytes | TooLongError]:
        accepted: bool | None = None
        for element in self._elements():
            if accepted is None:
                accepted = isinstance(element, bytes) and element[:1] == b"{" and accepts(path, element)
            if accepted:
                yield element

    def _elements(self) -> Iterator[bytes | TooLongError]:
        """The elements of the array whose bracket was taken."""
        while (first := self._next()) != b"]":
            if not first:
                raise BrokenError("ends in the midst of an array")
            try:
                yield self._take()
            except TooLongError as error:
                self._skip()
                yield error
        self._at += 1

    def _next(self) -> bytes:
        """The first byte of what comes next, past white space and commas; nothing at the end."""
        while True:
            self._at = _SPACE.match(self._data, self._at).end()  # type: ignore[union-attr]  # matches nothing, too
            if self._at < len(self._data) or not self._more():
                return self._data[self._at : self._at + 1]

    def _more(self) -> bool:
        """Read on, as much again as is held, so that a long value is looked at but a few times."""
        held = self._data[self._at :]
        chunk = self._stream.read(max(_CHUNK, len(held)))
        self._data, self._at = held + chunk, 0
        return bool(chunk)

    def _take(self) -> bytes:
        """The bytes of the value that begins here. Raises TooLongError, and is then where it was."""
        end = self._end(keeps=True)
        if end is None:
            raise TooLongError(f"is longer than {LONGEST_VALUE >> 20} MiB, which no article is")
        value = self._data[self._at : end]
        self._at = end
        return value

    def _skip(self) -> None:
        end = self._end(keeps=False)
        assert end is not None, "only a value to keep is given up"
        self._at = end

    def _end(self, *, keeps: bool) -> int | None:
        """Where the value that begins here ends in what is held.

        A value to keep that is too long is given up: None. Of one not to keep, what was looked at is let go.
        """
        if self._data[self._at : self._at + 1] not in (b"{", b"[", b'"'):
            return self._scalar_end()
        depth, position = 0, self._at
        while True:
            match = _TOKEN.search(self._data, position)
            if match is not None and match[0] != b'"':
                position = match.end()
                depth += (match[0] in (b"{", b"[")) - (match[0] in (b"}", b"]"))
                if depth <= 0:
                    return position
                continue
            # No bracket in what is held, or a string that goes on beyond it.
            position = match.start() if match else len(self._data)
            if keeps and len(self._data) - self._at > LONGEST_VALUE:
                return None
            if not keeps:
                self._at = position
            if len(self._data) - position > LONGEST_VALUE:
                raise BrokenError(f"holds a string longer than {LONGEST_VALUE >> 20} MiB, which no article has")
            position -= self._at
            if not self._more():
                raise BrokenError("ends in the midst of a value")

    def _scalar_end(self) -> int:
        while True:
            end = _SCALAR.match(self._data, self._at).end()  # type: ignore[union-attr]  # matches nothing, too
            if end < len(self._data) or not self._more():
                return max(end, min(self._at + 1, len(self._data)))  # a sign out of place is passed over


def _key(written: bytes) -> str:
    try:
        return str(orjson.loads(written))
    except orjson.JSONDecodeError:
        return written[1:-1].decode("utf-8", "replace")
