"""How current an index is: when it was last built, and what a watcher that keeps it so says of what still waits.

A watcher writes the file WATCH into the folder of the index, as JSON: its process, when it last looked, and how many
files were changed on disk but are not searchable yet (null while it has not looked at all of them). It is removed when
the watcher leaves; one that was killed leaves it behind, and it is soon too old to be believed.
"""

import contextlib
import datetime
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

from search.index_folder import CURRENT, WATCH, read_file, write_atomically

# A heartbeat that is older counts for nothing; heartbeats are written more often.
BELIEVED_SECONDS = 15.0
_HEARTBEAT_SECONDS = 5.0
# However often what waits changes.
_SECONDS_BETWEEN_WRITES = 0.25
_LONGEST_WATCH = 1_024


@dataclass(frozen=True, slots=True)
class Currency:
    """When the generation that serves was built, whether a watcher follows its sources, how many files wait.

    `waiting` is None where nothing watches, and where that is not known yet.
    """

    updated_at: datetime.datetime
    watched: bool
    waiting: int | None

    def seconds(self, now: datetime.datetime) -> float:
        """Return how long ago it was built; never less than 0, for instants of builds have whole seconds."""
        return max(0.0, (now - self.updated_at).total_seconds())

    def words(self, now: datetime.datetime) -> str:
        """Return it in words, such as "updated 40 seconds ago; 2 files waiting"."""
        updated = f"updated {ago(self.seconds(now))}"
        if not self.watched:
            return updated
        match self.waiting:
            case None:
                return f"{updated}; watched, looking at what has changed"
            case 0:
                return f"{updated}; watched, nothing waiting"
            case waiting:
                return f"{updated}; {waiting:,} {'file' if waiting == 1 else 'files'} waiting"


def ago(seconds: float) -> str:
    """Return how long ago something was, in its largest unit of which there are two at least, but for one second."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds / length):,} {unit}s ago"
    whole = int(seconds)
    return f"{whole} {'second' if whole == 1 else 'seconds'} ago"


def utc_now() -> datetime.datetime:
    """Return this instant in UTC."""
    return datetime.datetime.now(datetime.UTC)


def read_currency(folder: Path, built_at: str) -> Currency:
    """Return how current the index in a folder is, whose generation was built at an instant in ISO 8601.

    What a watcher says is not believed where it is too old, or cannot be read.
    """
    updated_at = datetime.datetime.fromisoformat(built_at)
    try:
        said = orjson.loads(read_file(folder / WATCH, at_most=_LONGEST_WATCH))
        age = (utc_now() - datetime.datetime.fromisoformat(said["looked_at"])).total_seconds()
        waiting = said["waiting"]
    except (OSError, ValueError, TypeError, KeyError):
        return Currency(updated_at, watched=False, waiting=None)
    believed = abs(age) <= BELIEVED_SECONDS and (waiting is None or (isinstance(waiting, int) and waiting >= 0))
    return Currency(updated_at, watched=believed, waiting=waiting if believed else None)


class Heartbeat:
    """Says in the folder of an index that it is watched, as long as a `with` lasts; once there is an index.

    A thread of its own writes: when what waits has changed, and every few seconds.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / WATCH
        self._waiting: int | None = None
        self._ended = False
        self._changed = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._changed.set()
        self._thread.join()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def tell(self, waiting: int) -> None:
        """Say how many files wait."""
        if waiting != self._waiting:
            self._waiting = waiting
            self._changed.set()

    def _beat(self) -> None:
        while not self._ended:
            self._changed.clear()
            # Without an index the folder may be anyone's.
            if (self._folder / CURRENT).is_file():
                self._write()
                time.sleep(_SECONDS_BETWEEN_WRITES)
            self._changed.wait(_HEARTBEAT_SECONDS)

    def _write(self) -> None:
        said = {"process": os.getpid(), "looked_at": utc_now().isoformat(), "waiting": self._waiting}
        with contextlib.suppress(OSError):  # where the disk is full, what was built is still served
            write_atomically(self._path, orjson.dumps(said))
