"""What cannot be read, told once: each file, record and reason, as long as the file holds the same bytes."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from search.errors import ArticleError
from search.reading import open_regular
from search.settling import Stamp, stamp_of

_Known = tuple[str, str | None, str, str]


class Rejections:
    """Remembers what was told."""

    def __init__(self) -> None:
        self._told: set[_Known] = set()
        self._checksums: dict[Path, tuple[Stamp, str]] = {}

    def new(self, errors: Sequence[ArticleError], sources: Sequence[Path]) -> Iterator[ArticleError]:
        """Yield those that were not yielded before, of files below these sources."""
        for error in errors:
            known = (error.path, error.where, error.reason, self._content(error.path, sources))
            if known not in self._told:
                self._told.add(known)
                yield error

    def _content(self, name: str, sources: Sequence[Path]) -> str:
        """Return a checksum of what the file of a name holds; nothing where none can be read."""
        for source in sources:
            path = source if source.is_file() else source / name
            if (stamp := stamp_of(path)) and path.name == name.rpartition("/")[2]:
                if self._checksums.get(path, (None, ""))[0] != stamp:
                    self._checksums[path] = stamp, _checksum(path)
                return self._checksums[path][1]
        return ""


def _checksum(path: Path) -> str:
    try:
        with open_regular(path) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""
