"""Files that were touched, until they stand still: what is being written is not read half."""

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

# A file has to stand still for so many seconds, and longer while it keeps growing.
STILL_SECONDS = 0.5
_LONGEST_SECONDS = 5.0
_SHARE_OF_GROWING = 0.5


class State(NamedTuple):
    """What tells one state of a file from another: its size, when it was changed (since 1970), which file it is."""

    size: int
    changed: float
    inode: int


# None: no file is there.
Stamp = State | None


@dataclass(slots=True)
class _Touched:
    """A file that was touched: its last known state, since when it is so, when it was noticed first."""

    stamp: Stamp
    since: float
    first: float


class Settling:
    """Files that changed on disk and are not in the index yet. Instants are those of `time.monotonic`."""

    def __init__(self, *, least: float = STILL_SECONDS, trusts_times: bool = True) -> None:
        """Wait `least` seconds at least.

        Where `trusts_times`, what was last changed longer ago need not be waited for at all; elsewhere another
        machine's clock may have set the time of change.
        """
        self._least = least
        self._trusts_times = trusts_times
        self._files: dict[str, _Touched] = {}

    def __len__(self) -> int:
        return len(self._files)

    @property
    def paths(self) -> list[str]:
        """All of them."""
        return list(self._files)

    def touch(self, path: str, now: float) -> None:
        """Take down the state of a file that may have changed."""
        stamp = stamp_of(path)
        since = now - (_age(stamp) if self._trusts_times else 0.0)
        known = self._files.get(path)
        if known is None:
            self._files[path] = _Touched(stamp, since, now)
        elif known.stamp != stamp:
            known.stamp, known.since = stamp, since

    def look(self, now: float) -> None:
        """Take down the states of all files that are not still yet."""
        for path in [path for path, touched in self._files.items() if not self._is_still(touched, now)]:
            self.touch(path, now)

    def still(self, now: float) -> dict[str, Stamp]:
        """Return the files that stand still, with their states."""
        return {path: touched.stamp for path, touched in self._files.items() if self._is_still(touched, now)}

    def being_written(self, now: float) -> frozenset[str]:
        """Return the files that are there and do not stand still yet."""
        return frozenset(
            path for path, touched in self._files.items() if touched.stamp and not self._is_still(touched, now)
        )

    def forget(self, files: dict[str, Stamp]) -> None:
        """Forget files that are in the index now, unless they were touched again since they had these states."""
        for path, stamp in files.items():
            if path in self._files and self._files[path].stamp == stamp:
                del self._files[path]

    def drop(self, path: str) -> None:
        """Forget a file that is as it is in the index."""
        self._files.pop(path, None)

    def next(self, now: float) -> float:
        """Return when the next of those that do not stand still yet may do so; infinity where there is none."""
        waits = (touched.since + self._quiet(touched) for touched in self._files.values())
        return min((until for until in waits if until > now), default=math.inf)

    def _is_still(self, touched: _Touched, now: float) -> bool:
        return now - touched.since >= self._quiet(touched)

    def _quiet(self, touched: _Touched) -> float:
        """Return for how long a file has to stand still; an empty one is about to grow."""
        if touched.stamp and touched.stamp.size == 0:
            return max(self._least, _LONGEST_SECONDS)
        grew = touched.since - touched.first
        return max(self._least, min(grew * _SHARE_OF_GROWING, _LONGEST_SECONDS))


def stamp_of(path: str | Path) -> Stamp:
    """Return the state of a file."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return State(status.st_size, status.st_mtime, status.st_ino)


def _age(stamp: Stamp) -> float:
    """Return how long ago a file was changed; 0 for what is gone, which may come again at once."""
    return max(0.0, time.time() - stamp.changed) if stamp else 0.0
