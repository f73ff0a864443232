"""What every kind of engine is: Protocols to build an index, to update one, to open it. Knows no engine."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from search.articles import Article
from search.engines.base import ArticleTexts, Engine
from search.language import Analyzer, SentenceModel


class Preparer(Protocol):
    """Analyses articles for `Builder.add`; remembers what it met, so a process makes one and keeps it."""

    def __call__(self, articles: Sequence[ArticleTexts]) -> bytes:
        """Analyse some articles; what is returned stands for itself, in any process."""


class Builder(Protocol):
    """Makes an index in an empty folder, in one go: add batches in order, then finish or cancel."""

    def add(self, articles: Sequence[Article], prepared: bytes) -> None:
        """Add some articles with what a Preparer returned of their texts."""

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Write everything that was added; the folder then holds the complete index.

        `stems` returns the stem of each of many words; of one that has several, all of them, joined by blanks.

        Raises:
            EngineError: the library failed, or does not hold what it was given.
        """

    def cancel(self) -> None:
        """Let go of everything without finishing; the folder may be deleted."""


class Updater(Protocol):
    """Makes the index of another generation from that of the one before, which stays as it is.

    Articles have numbers: those of the generation before keep theirs, in the order in which they were added, and what
    is added is numbered from there on. `before` counts them, deleted ones among them.
    """

    @property
    def before(self) -> int:
        """How many articles were numbered before."""

    def add(self, articles: Sequence[Article], prepared: bytes) -> None:
        """Add some articles with what a Preparer returned of their texts; their ids are not those of live articles."""

    def article(self, number: int) -> Article:
        """Return a live article of the generation before."""

    def with_text(self, fits: Callable[[str], bool]) -> npt.NDArray[np.int64]:
        """Return the numbers of the live articles of the generation before of which the text of a unit fits.

        All texts are read for it.
        """

    def delete(self, articles: npt.NDArray[np.int64]) -> None:
        """Delete live articles of the generation before, given by their numbers, ascending. Called once at most."""

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> npt.NDArray[np.int64]:
        """Write the index; the folder then holds all that it is opened from. `stems` as for a Builder.

        Returns for each article, by its number, the number that it has from now on; -1 where it has none any more.
        Raises what `Builder.finish` does.
        """

    def cancel(self) -> None:
        """Let go of everything without finishing; the folder may be deleted."""


class EngineKind(Protocol):
    """One kind of engine: how to build it and how to open what was built."""

    @property
    def name(self) -> str:
        """The name by which it is chosen."""

    @property
    def version(self) -> str:
        """The version of its library; an index is opened only with the one that built it."""

    def preparer(self, analyzer: Analyzer, sentences: SentenceModel) -> Preparer:
        """Return what prepares articles for a builder; needs no index, may run in another process."""

    def builder(self, folder: Path) -> Builder:
        """Begin an index in an empty folder."""

    def updater(
        self, folder: Path, before: Path, analyzer: Analyzer, sentences: SentenceModel, *, compact: bool = False
    ) -> Updater:
        """Begin, in an empty folder, an index that differs from the one in the folder `before`.

        Where it is to `compact`, what is left of deleted articles is removed.

        Raises:
            IndexDamaged: what is needed of the index before cannot be read.
        """

    def open(
        self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float, before: Engine | None = None
    ) -> Engine:
        """Open an index that was finished; `seconds` bounds one search.

        What it shares with the index of an open engine, that of the generation before, is not opened again.

        Raises:
            IndexDamaged: files are missing or cannot be read.
        """


@runtime_checkable
class KeptElsewhere(Protocol):
    """What the kind of an engine offers beside, that keeps an index outside its folder."""

    def promote(self, folder: Path) -> None:
        """Let the index of a folder be the one that others are led to, in one step."""

    def remove(self, folder: Path) -> None:
        """Remove what the folder of an index, finished or not, points to, unless one beside it needs it.

        Nothing happens where that is gone.
        """
