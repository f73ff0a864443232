"""The sources of an archive as a watcher sees them: where they are, which paths concern it, what files are there."""

import os
from collections.abc import Sequence
from pathlib import Path

from search.listening import tells_of_changes
from search.reading import find_files, real_path
from search.reading.rubbish import rubbish
from search.settling import Stamp, stamp_of


class Watched:
    """Some sources, which may come and go, and the index that may lie among them. Paths are below the real ones."""

    def __init__(self, sources: Sequence[Path], index: Path, *, follow_links: bool) -> None:
        self.roots = [str(real_path(source)) for source in sources]
        self._index = index
        self._real_index = str(real_path(index))
        self._follow_links = follow_links
        self._identities = self._now()

    @property
    def paths(self) -> list[Path]:
        """Where the sources are that are there."""
        return [Path(root) for root in self.roots if _identity(root)]

    @property
    def tell_of_changes(self) -> bool:
        """Whether the operating system hears of all that changes in them."""
        return all(map(tells_of_changes, map(Path, self.roots)))

    def concerns(self, path: str) -> bool:
        """Whether an update would read what is at a path, as far as its name tells."""
        real = os.path.realpath(path)
        if _is_below(real, self._real_index):
            return False
        if not self._follow_links and not any(_is_below(real, root) for root in self.roots):
            return False
        return any(
            _is_below(path, root) and not any(map(rubbish, path[len(root) :].split("/")[1:])) for root in self.roots
        )

    def files(self) -> dict[str, Stamp]:
        """Return what all files are like; raises SettingsError where a source goes away just now."""
        found = find_files(self.paths, follow_links=self._follow_links, without=self._index)
        return {str(file.path): stamp_of(str(file.path)) for file in found}

    def files_below(self, folder: str) -> dict[str, Stamp]:
        """Return what the files in one folder of theirs are like."""
        paths = (f"{parent}/{name}" for parent, _, names in os.walk(folder) for name in names)
        return {path: stamp_of(path) for path in paths if self.concerns(path)}

    def vanished(self) -> list[str]:
        """Return the sources that are not there, or of which only the empty place is left where they were mounted."""
        return [
            root
            for root, before, identity in zip(self.roots, self._identities, self._now(), strict=True)
            if identity is None or (before not in (None, identity) and _is_empty_folder(root))
        ]

    def came_back(self) -> bool:
        """Whether others are in their places than when they were last asked so, and none has vanished."""
        identities = self._now()
        if identities == self._identities or self.vanished():
            return False
        self._identities = identities
        return True

    def _now(self) -> list[tuple[int, int] | None]:
        return list(map(_identity, self.roots))


def _identity(root: str) -> tuple[int, int] | None:
    """Return which folder or file is at a path; None where nothing is. A file that was replaced counts as the same."""
    try:
        status = Path(root).stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if Path(root).is_dir() else (0, 0)


def _is_empty_folder(path: str) -> bool:
    try:
        return not any(os.scandir(path))
    except OSError:
        return False


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
