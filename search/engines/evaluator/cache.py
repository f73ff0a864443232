"""Arrays that were computed once and are kept while there is room: a generation never changes, so neither do they."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Protocol, TypeVar, cast


class Sized(Protocol):
    """Something that knows the memory it takes."""

    @property
    def nbytes(self) -> int:
        """The memory it takes, in bytes."""


Value = TypeVar("Value", bound=Sized)
# What an entry takes beside its arrays.
_ENTRY_BYTES = 500


class ArrayCache:
    """Keeps what was used last, up to `limit` bytes. Safe for threads; two may compute the same value once each."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Hashable, Sized] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Return the value of a key, computed where it is not here."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(Value, self._kept[key])
        value = compute()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = value
                self._size += value.nbytes + _ENTRY_BYTES
            while self._size > self._limit and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._size -= dropped.nbytes + _ENTRY_BYTES
        return value
