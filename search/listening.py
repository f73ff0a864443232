"""Sources -> paths that may have changed, as the operating system tells of them. Knows neither articles nor the index.

Network folders tell nothing of what other machines do there; whether a folder is one is told by its mount.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from queue import SimpleQueue

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

# In milliseconds: what comes within so long is told together, and a pause of the second ends that.
_TOGETHER, _PAUSE = 200, 20
_MOUNTS = Path("/proc/mounts")
_FAR_NAMES = """
9p afs ceph cifs fuse.glusterfs fuse.rclone fuse.s3fs fuse.sshfs ncpfs nfs nfs4 smb2 smb3 smbfs vboxsf virtiofs
"""
_FAR = frozenset(_FAR_NAMES.split())
_ESCAPED = re.compile(r"\\([0-7]{3})")


class Listener:
    """Hears what changes below folders and of single files, on threads of its own, from its beginning to `close`.

    Sets of paths that may have changed are put into `heard`; paths are below the ones that were given. `is_deaf` where
    the operating system cannot tell of all of them.
    """

    def __init__(self, sources: Sequence[Path], heard: "SimpleQueue[set[str]]") -> None:
        self._heard = heard
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self.is_deaf = False
        self._listen([source for source in sources if source.is_dir()], recursive=True)
        # A file is often replaced by another of its name, which only its folder tells of.
        self._listen(sorted({source.parent for source in sources if source.is_file()}), recursive=False)

    def close(self) -> None:
        """Hear nothing more."""
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def _listen(self, folders: Sequence[Path], *, recursive: bool) -> None:
        if not folders:
            return
        try:
            notify = RustNotify(list(map(str, folders)), False, False, 0, recursive, True)  # noqa: FBT003 - it takes them by place alone
        except (OSError, WatchfilesRustInternalError):
            self.is_deaf = True  # there are more folders than may be watched, or one is gone
            return
        self._threads.append(threading.Thread(target=self._hear, args=(notify,), daemon=True))
        self._threads[-1].start()

    def _hear(self, notify: RustNotify) -> None:
        with notify:
            while not self._closing.is_set():
                told = notify.watch(_TOGETHER, _PAUSE, 0, self._closing)
                if isinstance(told, set):
                    self._heard.put({path for _, path in told})


def tells_of_changes(path: Path, mounts: str | None = None) -> bool:
    """Whether the operating system hears of all that changes at a path; `mounts` is what /proc/mounts says.

    Where that cannot be read it is assumed so.
    """
    mounts = _read_mounts() if mounts is None else mounts
    found = [(point, kind) for point, kind in _mounts(mounts) if path.is_relative_to(point)]
    # Of those at one place the last lies on top.
    _, kind = max(reversed(found), key=lambda mount: len(mount[0].parts), default=(path, ""))
    return kind not in _FAR


def _read_mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def _mounts(mounts: str) -> Iterable[tuple[Path, str]]:
    for line in mounts.splitlines():
        if len(words := line.split(" ")) > 2:
            yield Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), words[1])), words[2]
