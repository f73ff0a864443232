"""What an index consists of: its segments in order, what was deleted of each, and the order of all articles' ids.

Written once into a generation's folder, last of all that the engine writes there; segments are named by it alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import orjson

from search.engines.sorted_arrays import Ints, smallest
from search.engines.whoosh.arrays import Array, read_arrays, write_arrays
from search.engines.whoosh.layout import SEGMENTS
from search.engines.whoosh.live import COUNTED, Deletions, LiveSegment, TermCounts
from search.engines.whoosh.segment import Segment

# Not named as files that are checked as they are read: it is small, and all of it is read.
FILE = "commit.bin"
_NAMES = "segments"


@dataclass(frozen=True)
class Commit:
    """Segments in order; `by_id` has the articles, numbered over all segments, in the order of their ids."""

    segments: Sequence[LiveSegment]
    by_id: Ints

    @property
    def first_articles(self) -> list[int]:
        """The number of each segment's first article, and what comes after the last of all."""
        return list(accumulate((each.segment.articles for each in self.segments), initial=0))

    def save(self, folder: Path) -> None:
        """Write it into the folder that has the segments."""
        names = [each.name for each in self.segments]
        arrays = {_NAMES: np.frombuffer(orjson.dumps(names), np.uint8), "by_id": smallest(self.by_id)}
        for number, each in enumerate(self.segments):
            if len(each.deletions.articles):
                arrays |= _arrays_of(f"{number}_", each.deletions)
        write_arrays(folder / FILE, arrays)


def read_commit(folder: Path, opened: Mapping[str, Segment] | None = None) -> Commit:
    """Read the commit of a folder; segments that are `opened` already, by their names, are taken from there.

    Raises:
        IndexDamaged, OSError, ValueError, KeyError: it cannot be read.
    """
    arrays, known = read_arrays(folder / FILE), opened or {}
    names: list[str] = orjson.loads(arrays[_NAMES].tobytes())
    segments = [
        LiveSegment(name, known.get(name) or Segment(folder / SEGMENTS / name), _deletions_of(f"{number}_", arrays))
        for number, name in enumerate(names)
    ]
    return Commit(segments, arrays["by_id"].astype(np.int64))


def _arrays_of(prefix: str, deletions: Deletions) -> dict[str, Array]:
    counts = deletions.counts.items()
    arrays = {f"{prefix}{name}_terms": smallest(each.terms) for name, each in counts}
    arrays |= {f"{prefix}{name}_docs": smallest(each.docs) for name, each in counts}
    return arrays | {f"{prefix}articles": smallest(deletions.articles)}


def _deletions_of(prefix: str, arrays: Mapping[str, Array]) -> Deletions:
    if f"{prefix}articles" not in arrays:
        return Deletions.none()
    # In eight bytes, for they are indexes.
    read = {name: array.astype(np.int64) for name, array in arrays.items() if name.startswith(prefix)}
    counts = {name: TermCounts(read[f"{prefix}{name}_terms"], read[f"{prefix}{name}_docs"]) for name in COUNTED}
    return Deletions(read[f"{prefix}articles"], counts)


def ordered_with(commit: Commit, by_id: Ints, ids: Sequence[str]) -> Ints:
    """Return the order of a commit's articles and of as many new ones after them, given by their ids.

    `by_id` is the order of the articles of the commit; the new ones are numbered from their count on.
    """
    new = sorted(range(len(ids)), key=ids.__getitem__)
    texts = [ids[place] for place in new]
    places = sum((each.segment.ids.ranks(texts) for each in commit.segments), np.zeros(len(texts), np.int64))
    return np.insert(by_id, places, np.array(new, np.int64) + len(by_id))
