"""The folder of an index: what in it is Dateline's own, and how its files are read and written. Knows no article.

Nothing that Dateline did not make is removed, and nothing is read that is not a file: a pipe would never end, a link
could lead anywhere.
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from search.errors import RebuildRefused

CURRENT = "CURRENT"
LOCK = "LOCK"
# What says that the index is watched, see currency.py.
WATCH = "WATCH"
GENERATIONS = "generations"
_WRITTEN = (CURRENT, f"{CURRENT}.new", WATCH, f"{WATCH}.new")
# Written first into the folder of a generation, and removed last: the folder is ours.
MARK = ".dateline"
MANIFEST = "manifest.json"
# Files that end so carry checksums of their own, by which what is read of them is checked as it is read.
SELF_CHECKED = ".arrays"
_MARKED = b"Made by Dateline, which removes this folder when it is no longer needed.\n"

_STAMP = "%Y%m%dT%H%M%S%f"
_ID = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{6}")
# What file managers and file systems leave anywhere, beside all files whose names begin with a dot.
_LEFT_ANYWHERE = frozenset({"Thumbs.db", "desktop.ini", "lost+found", ".Trashes", ".Spotlight-V100", ".fseventsd"})
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFLNK: "a link",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NotAFile(OSError):
    """There is something else where a file of Dateline's should be."""


def is_id(text: str) -> bool:
    """Whether a text has the form of a generation's id."""
    return _ID.fullmatch(text) is not None


def new_id(*, after: str) -> str:
    """Return an id that sorts by the time it was made, and after `after` even if a clock was set back."""
    now = datetime.now(UTC)
    with contextlib.suppress(ValueError):
        now = max(
            now, datetime.strptime(after.partition("-")[0], _STAMP).replace(tzinfo=UTC) + timedelta(microseconds=1)
        )
    return f"{now:{_STAMP}}-{secrets.token_hex(3)}"


def is_own(folder: Path) -> bool:
    """Whether the folder of a generation was made by Dateline: by its name, and its mark or manifest.

    An empty one was made by a process that was killed before it set the mark.
    """
    if not is_id(folder.name) or folder.is_symlink() or not folder.is_dir():
        return False
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError:
        return False
    return not names or not names.isdisjoint((MARK, MANIFEST))


def mark(folder: Path) -> None:
    """Mark the folder of a generation as made by Dateline."""
    (folder / MARK).write_bytes(_MARKED)


def remove(folder: Path) -> None:
    """Remove the folder of a generation, its mark last: what is left of it by a crash can still be told."""
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if path.name != MARK:
                _remove_one(path)
    shutil.rmtree(folder, ignore_errors=True)


def _remove_one(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def check_folder(folder: Path) -> None:
    """Check, before anything is written, that a folder is there for an index, or is not there yet.

    Raises:
        RebuildRefused: it holds other things and no index, or something else is where a file of the index is written.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return  # it is not there, or cannot be written either
    others = [name for name in names if not _may_be_there(folder, name)]
    if _is_home(folder) or (others and not _has_index(folder)):
        # Only what begins with a dot, in a home.
        held = f"{(others or names or ['the files of a user'])[0]!r}"
        better = folder / "index"
        raise RebuildRefused(
            f"{folder} holds other things than an index ({held}), so nothing was written; "
            f"give the index a folder of its own: --index {better}"
        )
    for name in _WRITTEN:
        if _kind(folder / name) == "a folder":
            raise RebuildRefused(f"{folder / name} is a folder, but a file is to be written there; remove it first.")
    if (kind := _kind(folder / LOCK)) is not None:
        raise RebuildRefused(f"{folder / LOCK} is {kind} and no file; remove it first, Dateline writes a new one.")


def _may_be_there(folder: Path, name: str) -> bool:
    if name in (*_WRITTEN, LOCK, GENERATIONS) or name in _LEFT_ANYWHERE:
        return True
    return name.startswith(".") and _kind(folder / name) is None


def _is_home(folder: Path) -> bool:
    with contextlib.suppress(RuntimeError, OSError):
        return folder.resolve() == Path.home().resolve()
    return False


def _has_index(folder: Path) -> bool:
    """Whether there is an index already, beside which someone has put something."""
    with contextlib.suppress(OSError):
        generations = folder / GENERATIONS
        return any(is_id(path.name) and (path / MARK).is_file() for path in generations.iterdir())
    return False


def _kind(path: Path) -> str | None:
    """Return what is there where it is no file; None for a file, or where nothing is."""
    try:
        mode = stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return None
    return None if mode == stat.S_IFREG else _KINDS.get(mode, "something else")


def read_file(path: Path, *, at_most: int | None = None) -> bytes:
    """Return what a file says, or its first bytes; anything but a file is refused at once.

    Raises:
        NotAFile: it is a pipe, a folder, a link, or the like.
        OSError: it is not there, or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if (kind := _kind(path)) is not None:
            raise NotAFile(f"it is {kind} and no file") from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotAFile(f"it is {_kind(path)} and no file")
        if at_most is not None:
            # Every search reads CURRENT; a file object would cost twice as much.
            return os.read(descriptor, at_most)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, on disk before this returns: what is there before is there whole until then."""
    draft = path.with_name(f"{path.name}.new")
    # What a broken build left there, which need not be a file.
    draft.unlink(missing_ok=True)
    draft.write_bytes(content)
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def files_below(folder: Path) -> dict[str, Path]:
    """Return all files below a folder, by their paths in it."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have the operating system write a file or a folder to disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
