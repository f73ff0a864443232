"""The time that a search has: set where it begins, looked at in every loop that may be long.

It is kept beside the call and not handed through it, for the loops lie deep below what is remembered for many searches
(posting arrays, marks), where a time of one search is no argument. Each thread has its own.
"""

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")

# By `time.monotonic`.
_until: ContextVar[float] = ContextVar("until", default=math.inf)
# Reading the clock takes a twentieth of a microsecond; a step of a loop, some of them.
_STEPS = 256


class OutOfTime(Exception):
    """The time is over, or the memory that was to do: what is being done is given up."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give what is done inside so many seconds, or what is left where it has less."""
    token = _until.set(min(_until.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(token)


def is_over() -> bool:
    """Whether the time is over."""
    return time.monotonic() > _until.get()


def check() -> None:
    """Raise OutOfTime when the time is over."""
    if is_over():
        raise OutOfTime


def checked(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the same items; raise OutOfTime among them when the time is over."""
    for step, item in enumerate(items):
        if not step % _STEPS:
            check()
        yield item
