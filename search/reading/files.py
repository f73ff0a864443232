"""Find the files below SOURCE and open them, counting the bytes taken from disk. Paths in, bytes out.

Only regular files are ever read. A pipe, socket or device, a link in a circle, to nothing or out of the source, is
found with the reason why it is not read. What a path leads to is looked at again when it is opened, for it may have
been replaced since.
"""

import errno
import gzip
import io
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from search.articles import Note
from search.errors import SettingsError
from search.reading.rubbish import rubbish

_KINDS = {
    stat.S_IFIFO: "is a named pipe, not a file",
    stat.S_IFSOCK: "is a socket, not a file",
    stat.S_IFCHR: "is a device, not a file",
    stat.S_IFBLK: "is a device, not a file",
    stat.S_IFDIR: "is a folder, not a file",
}
# Paths are texts where there are many of them: to make objects of them takes as long as to find them.
StrPath = str | os.PathLike[str]
_ARTICLE_SUFFIXES = (".txt", ".text", ".jsonl", ".ndjson", ".jl", ".json", ".gz")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: where it is, its posix path below SOURCE (a lone file's name), its size in bytes.

    `reason` says why it cannot be read, where that is known. `real` is its path without links, or that of a link that
    leads to no file; `modified_ns` when its bytes were last changed, as far as the system knows, in nanoseconds. So
    find_files tells them; of a file that it did not find they are empty.
    """

    path: StrPath
    name: str
    size: int
    reason: str | None = None
    real: str = ""
    modified_ns: int = 0


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files below the sources by name, and a note on each that is left out because its name is no article's."""

    files: tuple[SourceFile, ...]
    left_out: tuple[Note, ...] = ()

    def __iter__(self) -> Iterator[SourceFile]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def find_files(sources: Sequence[Path], *, follow_links: bool = False, without: Path | None = None) -> FoundFiles:
    """Every file below the sources; a source that is a link is followed.

    A file reached twice (sources that overlap, links) counts once, by its own path where it lies below a source. Links
    out of the sources are followed where `follow_links` is set. What cannot be read is among the files, with the
    reason. Nothing below the folder `without` is found. Raises SettingsError for a source that does not exist.
    """
    for source in sources:
        if not source.exists():
            raise SettingsError(f"There is no file or folder {source}: check the path of SOURCE.")
    roots = [real_path(source) for source in sources]
    search = _Search(roots, follow_links=follow_links)
    if without is not None and without.is_dir():
        search.pass_over(without)
    for source in sources:
        search.add_source(source)
    search.follow()
    return FoundFiles(
        tuple(sorted(search.found.values(), key=lambda file: (file.name, file.real))),
        tuple(sorted(search.left_out.values(), key=lambda note: note.path)),
    )


def printable(path: Path | str) -> str:
    """The path with slashes; bytes of a name that are not UTF-8 are written out, so it can be printed."""
    text = path if isinstance(path, str) else path.as_posix()
    return text if text.isascii() else os.fsencode(text).decode("utf-8", "backslashreplace")


def real_path(path: Path) -> Path:
    """The path without links, as far as they can be followed; one in a circle raises nothing, unlike `resolve`."""
    return Path(os.path.realpath(path))


class _Place(NamedTuple):
    """Where something lies: its path, the real one of its folder with its name, its name below its source.

    The name of a source that is a folder is "".
    """

    path: str
    real: str
    name: str


@dataclass(slots=True)
class _Search:
    """Walks the sources: first what lies in them, then where links lead. Paths are texts where there are many."""

    roots: list[Path]
    follow_links: bool
    found: dict[str, SourceFile] = field(default_factory=dict)  # by their real paths
    left_out: dict[str, Note] = field(default_factory=dict)
    _entered: set[tuple[int, int]] = field(default_factory=set)  # folders by device and inode
    _links: list[_Place] = field(default_factory=list)

    def pass_over(self, folder: Path) -> None:
        """Find nothing below a folder."""
        self._entered.add(_identity(folder))

    def add_source(self, source: Path) -> None:
        """Find what is at a source, which was named, so that its own name is no matter."""
        real = os.path.realpath(source)
        if source.is_dir():
            self._enter(_Place(str(source), real, ""))
        else:
            self._add(_Place(str(source), real, source.name), source)

    def follow(self) -> None:
        """Find what is at the ends of the links that were met, and of those that are met there."""
        while self._links:
            links, self._links = self._links, []
            for link in links:
                self._follow(link)

    def _enter(self, folder: _Place) -> None:
        """Find what is below a folder, unless it was entered before."""
        pending = [folder]
        while pending:
            here = pending.pop()
            try:
                entries = self._entries(here.path)
            except OSError as error:
                place = here if here.name else here._replace(name=Path(here.path).name)
                self._refuse(place, f"cannot be read: {error.strerror or error}")
                continue
            if entries == [] and here.name.lower().endswith(_ARTICLE_SUFFIXES):
                self._refuse(here, "is a folder, not a file, and empty")
            for entry in entries or ():
                pending += self._take(entry, here)

    def _entries(self, folder: str) -> "list[os.DirEntry[str]] | None":
        """What is in a folder, by name; None where it was entered before."""
        if (identity := _identity(folder)) in self._entered:
            return None
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        self._entered.add(identity)
        return listed

    def _take(self, entry: "os.DirEntry[str]", folder: _Place) -> list[_Place]:
        """Take down an entry of a folder; the folder to enter that it is."""
        real = f"{folder.real.removesuffix(os.sep)}{os.sep}{entry.name}"
        name = f"{folder.name}/{entry.name}" if folder.name else entry.name
        if (what := rubbish(entry.name)) is not None:
            self.left_out.setdefault(real, Note(printable(name), what))
            return []
        place = _Place(entry.path, real, name)
        if entry.is_symlink():
            self._links.append(place)
        elif entry.is_dir(follow_symlinks=False):
            return [place]
        else:
            self._add(place, entry)
        return []

    def _follow(self, link: _Place) -> None:
        path = Path(link.path)
        target = real_path(path)
        try:
            status = path.stat()
        except OSError as error:
            self._refuse(link, _broken(path, error))
            return
        if not self.follow_links and not any(target.is_relative_to(root) for root in self.roots):
            self._refuse(link, f"is a link out of the source, to {printable(target)}: --follow-links reads it")
        elif stat.S_ISDIR(status.st_mode):
            self._enter(link._replace(real=str(target)))
        else:
            self._add(link._replace(real=str(target)), path)

    def _add(self, place: _Place, entry: "Path | os.DirEntry[str]") -> None:
        """Take down a file. `entry` says what it is: an entry of a folder knows that already."""
        try:
            status = entry.stat()
        except OSError as error:
            self._refuse(place, f"cannot be read: {error.strerror or error}")
            return
        if not stat.S_ISREG(status.st_mode):
            self._refuse(place, _not_a_file(status.st_mode))
            return
        path, real, name = place
        file = SourceFile(path, printable(name), status.st_size, None, real, status.st_mtime_ns)
        self.found.setdefault(real, file)

    def _refuse(self, place: _Place, reason: str) -> None:
        """Take down what cannot be read: a link by itself, not by its end, at which many may lie."""
        path, real, name = place
        self.found.setdefault(real, SourceFile(path, printable(name), 0, reason, real))


def _identity(folder: StrPath) -> tuple[int, int]:
    status = os.stat(folder)  # noqa: PTH116 - a text, as most paths are here
    return status.st_dev, status.st_ino


def _broken(link: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"cannot be read: {error.strerror} (it is a link to {printable(link.readlink())})"
    if error.errno == errno.ELOOP:
        return "cannot be read: it is a link that leads back to itself"
    return f"cannot be read: {error.strerror or error}"


class NotRegularError(OSError):
    """A path at which something else than a file is; `strerror` says what."""


def open_regular(path: StrPath) -> io.FileIO:
    """Open a file to read its bytes. Raises OSError, at once where it is a pipe, socket, device or folder."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return io.FileIO(descriptor)
    os.close(descriptor)
    raise NotRegularError(errno.EINVAL, _not_a_file(mode))


def _not_a_file(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "is not a file")


class _Counted(io.RawIOBase):
    """A file that says how many of its bytes were taken. It ends where it ended when it was opened."""

    def __init__(self, path: StrPath, on_bytes: Callable[[int], None]) -> None:
        self._file = open_regular(path)
        self._left = os.fstat(self._file.fileno()).st_size
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int | None:  # type: ignore[override]  # io.RawIOBase asks for any buffer
        count = self._file.readinto(memoryview(buffer)[: self._left])
        if count:
            self._left -= count
            self._on_bytes(count)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def open_bytes(path: StrPath, *, on_bytes: Callable[[int], None]) -> io.BufferedReader:
    """The file's bytes, unpacked where its name ends in .gz; `on_bytes` hears of each read from disk.

    Raises OSError here or while reading; for gzip data that is damaged also EOFError or zlib.error.
    """
    packed: io.BufferedReader = io.BufferedReader(_Counted(path, on_bytes), 1 << 16)
    if not os.fspath(path).lower().endswith(".gz"):
        return packed
    return io.BufferedReader(_Unpacked(packed), 1 << 18)


class _Unpacked(gzip.GzipFile):
    """A gzip stream that closes the file below it too."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__(fileobj=packed, mode="rb")
        self._packed = packed

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # io.RawIOBase asks for any buffer
        data = self.read1(len(buffer))  # what could be unpacked before a break is not lost with it
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        super().close()
        self._packed.close()
