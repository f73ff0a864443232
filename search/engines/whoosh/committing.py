"""Put an index together in a generation's folder: new segments, those of the generation before, what was deleted.

A segment that stays is hard links to the very files that the generation before has, so it takes no room and no time.
"""

import os
import secrets
import shutil
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from search.articles import Article
from search.engines.kinds import Preparer
from search.engines.sorted_arrays import Ints
from search.engines.whoosh.building import NAME_BYTES, SEGMENT_TOKENS, SegmentBuilder
from search.engines.whoosh.commit import Commit, ordered_with, read_commit
from search.engines.whoosh.deleting import article_of, articles_with_text, with_deleted
from search.engines.whoosh.layout import SEGMENTS
from search.engines.whoosh.live import Deletions, LiveSegment
from search.engines.whoosh.merge_policy import Size, merges
from search.engines.whoosh.merging import merge
from search.engines.whoosh.segment import Segment

_NOTHING = Commit((), np.empty(0, np.int64))


class _Writer:
    """Writes the segments of what is added into a folder."""

    def __init__(self, folder: Path, *, segment_tokens: int) -> None:
        self._folder = folder
        self._segments = SegmentBuilder(folder, segment_tokens=segment_tokens)
        self._ids: list[str] = []

    def add(self, articles: Sequence[Article], prepared: bytes) -> None:
        """Add a batch of articles with what the preparer made of them."""
        self._segments.add(articles, prepared)
        self._ids += [article.id for article in articles]

    def cancel(self) -> None:
        """Close the spools; the folder may be deleted."""
        self._segments.close()

    def _extended(self, commit: Commit, stems: Callable[[Sequence[str]], Sequence[str]]) -> Commit:
        """Write what was added; return a commit with its segments after those that it has."""
        segments = [_opened(self._folder, name) for name in self._segments.finish(stems)]
        return Commit([*commit.segments, *segments], ordered_with(commit, commit.by_id, self._ids))


class IndexBuilder(_Writer):
    """Builds an index in an empty folder."""

    def __init__(self, folder: Path, *, segment_tokens: int = SEGMENT_TOKENS) -> None:
        super().__init__(folder, segment_tokens=segment_tokens)

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Sort the postings and write the segments and the commit."""
        self._extended(_NOTHING, stems).save(self._folder)


class IndexUpdater(_Writer):
    """Builds, in an empty folder, an index that shares its segments with that of the generation before.

    Segments are merged where there are too many of them, or too little of one is live; all of them where it is to
    `compact`.
    """

    def __init__(
        self,
        folder: Path,
        before: Path,
        prepare: Preparer,
        *,
        compact: bool = False,
        segment_tokens: int = SEGMENT_TOKENS,
    ) -> None:
        self._commit = read_commit(before)  # before any spool is opened, for it may be damaged
        super().__init__(folder, segment_tokens=segment_tokens)
        self._before = before
        self._firsts = self._commit.first_articles[:-1]
        self._prepare = prepare
        self._compact = compact
        self._most = segment_tokens

    @property
    def before(self) -> int:
        """How many articles were numbered before, deleted ones among them."""
        return len(self._commit.by_id)

    def article(self, number: int) -> Article:
        """Return a live article of the index before."""
        place = bisect_right(self._firsts, number) - 1
        return article_of(self._commit.segments[place].segment, number - self._firsts[place])

    def with_text(self, fits: Callable[[str], bool]) -> Ints:
        """Return the numbers of the live articles of the index before of which the text of a unit fits."""
        segments = zip(self._commit.segments, self._firsts, strict=True)
        return np.concatenate([articles_with_text(segment, fits) + first for segment, first in segments])

    def delete(self, articles: Ints) -> None:
        """Delete live articles of the index before, given by their numbers, ascending."""
        firsts = self._firsts
        parts = np.split(articles, articles.searchsorted(firsts[1:]))
        segments = [
            with_deleted(segment, part - first, self._prepare) if len(part) else segment
            for segment, part, first in zip(self._commit.segments, parts, firsts, strict=False)
        ]
        self._commit = Commit(segments, self._commit.by_id)

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> npt.NDArray[np.int64]:
        """Write the new segments, link or merge the others, write the commit; return what numbers articles have now."""
        commit = self._extended(self._commit, stems)
        groups = merges([Size.of(each) for each in commit.segments], most=self._most, compact=self._compact)
        merged = {number for group in groups for number in group}
        kept = [number for number in range(len(commit.segments)) if number not in merged]
        for number in kept:
            self._link(commit.segments[number].name)
        written = [(group, self._merged([commit.segments[number] for number in group])) for group in groups]
        for number in merged:
            shutil.rmtree(self._folder / SEGMENTS / commit.segments[number].name, ignore_errors=True)
        numbers, by_id = _renumbered(commit, kept, groups)
        segments = [*(commit.segments[number] for number in kept), *(each for _, each in written if each is not None)]
        Commit(segments, by_id).save(self._folder)
        return numbers

    def _link(self, name: str) -> None:
        """Have a segment of the index before in this one too."""
        target = self._folder / SEGMENTS / name
        if target.is_dir():
            return  # a new one
        target.mkdir(parents=True)
        for path in (self._before / SEGMENTS / name).iterdir():
            try:
                os.link(path, target / path.name)
            except OSError:  # a file system without hard links
                shutil.copyfile(path, target / path.name)

    def _merged(self, segments: Sequence[LiveSegment]) -> LiveSegment | None:
        """Merge segments into a new one; None where nothing of them is live."""
        if not any(each.live_articles.any() for each in segments):
            return None
        name = secrets.token_hex(NAME_BYTES)
        merge(segments, self._folder / SEGMENTS / name)
        return _opened(self._folder, name)


def _opened(folder: Path, name: str) -> LiveSegment:
    return LiveSegment(name, Segment(folder / SEGMENTS / name), Deletions.none())


def _renumbered(commit: Commit, kept: Sequence[int], groups: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Return the number of each article once some segments are kept and groups of others merged, and their order."""
    firsts = commit.first_articles
    numbers = np.full(len(commit.by_id), -1)
    following = 0
    for number in kept:
        count = firsts[number + 1] - firsts[number]
        numbers[firsts[number] : firsts[number + 1]] = np.arange(following, following + count)
        following += count
    for number in (number for group in groups for number in group):
        live = commit.segments[number].live_articles.nonzero()[0]
        numbers[firsts[number] + live] = np.arange(following, following + len(live))
        following += len(live)
    by_id = numbers[commit.by_id]
    return numbers, by_id[by_id >= 0]
