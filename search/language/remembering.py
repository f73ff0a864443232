"""What is asked of texts that are shown: who pages, sorts or narrows a search is shown the same paragraphs again."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Answer = TypeVar("Answer")

_TEXTS_REMEMBERED = 1_000
# In code points; longer ones would fill the memory.
_LONGEST_REMEMBERED = 20_000


def remembered(answer: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Return a function of texts that remembers what it answered for those it was last asked for."""
    known = lru_cache(maxsize=_TEXTS_REMEMBERED)(answer)
    return lambda text: known(text) if len(text) <= _LONGEST_REMEMBERED else answer(text)
