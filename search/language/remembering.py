"""What is asked of texts that are shown: who pages, sorts or narrows a search is shown the same paragraphs again."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Answer = TypeVar("Answer")

# In code points, each with how many texts of at most that length are remembered: no size of texts fills the memory.
_REMEMBERED = ((2_000, 1_000), (20_000, 100), (200_000, 10))


def remembered(answer: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Return a function of texts that remembers what it answered for those it was last asked for."""
    known = [(longest, lru_cache(maxsize=texts)(answer)) for longest, texts in _REMEMBERED]

    def ask(text: str) -> Answer:
        length = len(text)
        for longest, remembering in known:
            if length <= longest:
                return remembering(text)
        return answer(text)

    return ask
