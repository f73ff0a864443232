"""When the archive first held each article and when its text last changed: carried from generation to generation.

A generation holds one file of it, whichever engine built the rest. The next rebuild reads that file, so that a feed can
be in the order in which articles came, whatever their date. What was taken out is remembered too: when it comes back
it is not new. The file carries its own checksum, for it is read also where the rest of a generation is outdated.

    line       "dateline seen 1"
    32 bytes   the sha256 of all that follows
    8 bytes    how many articles are held, little-endian
    24 bytes   for each article held, in the order they were added, then for each that is gone: digest of its id,
               digest of its text, when it was first held, when it last changed; in seconds since 1970
"""

import datetime
import hashlib
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.articles import Article
from search.index_folder import read_file

SEEN_FILE = "seen.bin"
_HEAD = b"dateline seen 1\n"
_DIGEST_BYTES = 32
_COUNT_BYTES = 8
_ROW = np.dtype([("id", "<u8"), ("text", "<u8"), ("first", "<u4"), ("changed", "<u4")])
Rows = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Instants:
    """When an article was first held, and when its text last changed: the same where it never did. In UTC."""

    first: datetime.datetime
    changed: datetime.datetime


class Seen:
    """What one generation remembers: of the `held` articles it has, and of those that are gone."""

    def __init__(self, rows: Rows, held: int) -> None:
        self.rows = rows
        self.held = held

    @classmethod
    def nothing(cls) -> "Seen":
        """Return what an archive remembers before its first generation."""
        return cls(np.empty(0, _ROW), 0)

    @classmethod
    def read(cls, folder: Path) -> "Seen":
        """Read what the generation in a folder remembers.

        Raises:
            FileNotFoundError: an earlier version built it; nothing was remembered then.
            OSError, ValueError: the file cannot be read, or is not what was written.
        """
        path = folder / SEEN_FILE
        content = read_file(path)
        start = len(_HEAD) + _DIGEST_BYTES
        body = content[start:]
        if content[:start] != _HEAD + hashlib.sha256(body).digest():
            raise ValueError(f"{path} is not what was written")
        rows = np.frombuffer(body, _ROW, offset=_COUNT_BYTES)
        return cls(rows, int.from_bytes(body[:_COUNT_BYTES], "little"))

    def added(self, articles: int) -> Rows:
        """Return when each of so many articles came, in seconds; 0 where that is not remembered, or not yet.

        Raises:
            ValueError: another number of articles is remembered.
        """
        if not self.held:
            return np.zeros(articles, np.int64)
        if self.held != articles:
            raise ValueError(f"it remembers {self.held:,} articles of {articles:,}")
        return self.rows["first"][:articles].astype(np.int64)

    def of(self, article_id: str) -> Instants | None:
        """Return when an article came and changed; None where that is not remembered."""
        places = np.flatnonzero(self.rows["id"][: self.held] == _digest(article_id))
        if not len(places):
            return None
        row = self.rows[places[0]]
        return Instants(_instant(int(row["first"])), _instant(int(row["changed"])))


def read_seen(folder: Path) -> Seen:
    """Return what a generation remembers: nothing where an earlier version built it; raises what `Seen.read` does."""
    try:
        return Seen.read(folder)
    except FileNotFoundError:
        return Seen.nothing()


class Arrivals:
    """Gathers the articles of a new generation, in the order they are added."""

    def __init__(self) -> None:
        self._ids = array("Q")
        self._texts = array("Q")

    def add(self, article: Article) -> None:
        """Add an article."""
        self._ids.append(_digest(article.id))
        self._texts.append(_digest(_text(article)))

    def save(self, folder: Path, before: Seen, now: datetime.datetime) -> None:
        """Write what the generation in a folder remembers, which is built `now` and follows one that had `before`."""
        rows = np.empty(len(self._ids), _ROW)
        rows["id"] = np.frombuffer(self._ids, np.uint64)
        rows["text"] = np.frombuffer(self._texts, np.uint64)
        # A clock that was set back makes nothing older than what was there before it.
        rows["first"] = rows["changed"] = max(int(now.timestamp()), int(before.rows["changed"].max(initial=0)))
        _keep_known(rows, before.rows)
        gone = before.rows[~np.isin(before.rows["id"], rows["id"])]
        body = len(rows).to_bytes(_COUNT_BYTES, "little") + rows.tobytes() + gone.tobytes()
        (folder / SEEN_FILE).write_bytes(_HEAD + hashlib.sha256(body).digest() + body)


def _keep_known(rows: Rows, before: Rows) -> None:
    """Give articles that were known the instants they had; of one whose text is another, the first."""
    if not len(before):
        return
    order = np.argsort(before["id"])
    ids = before["id"][order]
    places = np.minimum(np.searchsorted(ids, rows["id"]), len(ids) - 1)
    known = ids[places] == rows["id"]
    former = before[order[places]]
    rows["first"][known] = former["first"][known]
    same = known & (former["text"] == rows["text"])
    rows["changed"][same] = former["changed"][same]


def _text(article: Article) -> str:
    """Return all that a reader would see changed."""
    values = (article.title, str(article.date), article.place, article.agency, article.byline, article.section)
    return "\0".join([*(value or "" for value in values), *(paragraph.text for paragraph in article.paragraphs)])


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little")


def _instant(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
