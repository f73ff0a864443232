"""When the archive first held each article and when its text last changed: carried from generation to generation.

A generation holds one file of it, whichever engine built the rest. The next rebuild reads that file, so that a feed can
be in the order in which articles came, whatever their date. What was taken out is remembered too: when it comes back
it is not new. The file carries its own checksum, for it is read also where the rest of a generation is outdated.

    line       "dateline seen 1"
    32 bytes   the sha256 of all that follows
    8 bytes    how many articles are held, little-endian
    24 bytes   for each article held, by its number, then for each that is gone: digest of its id, digest of its text,
               when it was first held, when it last changed, in seconds since 1970; zeros for one that was deleted
               and still has a number
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
Ints = npt.NDArray[Any]
# Of an article that was deleted and still has a number.
_NO_ID = 0


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
    """Gathers the articles that a new generation adds, in the order they are added."""

    def __init__(self) -> None:
        self._ids = array("Q")
        self._texts = array("Q")

    def add(self, article: Article) -> None:
        """Add an article."""
        self._ids.append(_digest(article.id))
        self._texts.append(_digest(_text(article)))

    def save(
        self,
        folder: Path,
        before: Seen,
        now: datetime.datetime,
        *,
        deleted: Ints | None = None,
        numbers: Ints | None = None,
    ) -> None:
        """Write what the generation in a folder remembers, which is built `now` and follows one that had `before`.

        Where it keeps articles of the one before, `deleted` are the numbers of those that it does not keep, and
        `numbers` has for each article of before, then for each added one, the number that it has now, or -1.
        """
        rows = np.empty(len(self._ids), _ROW)
        rows["id"] = np.frombuffer(self._ids, np.uint64)
        rows["text"] = np.frombuffer(self._texts, np.uint64)
        # A clock that was set back makes nothing older than what was there before it.
        rows["first"] = rows["changed"] = max(int(now.timestamp()), int(before.rows["changed"].max(initial=0)))
        kept = np.empty(0, _ROW) if numbers is None else before.rows[: before.held].copy()
        kept["id"][[] if deleted is None else deleted] = _NO_ID
        former = before.rows[before.rows["id"] != _NO_ID]
        gone = former[~np.isin(former["id"], np.concatenate([kept["id"], rows["id"]]))]
        _keep_known(rows, former, gone)
        held = np.concatenate([kept, rows])
        if numbers is not None:
            renumbered = np.zeros(int(numbers.max(initial=-1)) + 1, _ROW)
            renumbered[numbers[numbers >= 0]] = held[numbers >= 0]
            held = renumbered
        body = len(held).to_bytes(_COUNT_BYTES, "little") + held.tobytes() + gone.tobytes()
        (folder / SEEN_FILE).write_bytes(_HEAD + hashlib.sha256(body).digest() + body)


def _keep_known(rows: Rows, former: Rows, gone: Rows) -> None:
    """Give articles that were known the instants they had; of one whose text is another, the first.

    One whose text is that of an article that is gone is that one, by another name.
    """
    at, known = _found(rows["id"], former["id"])
    rows["first"][known] = former["first"][at[known]]
    same = known & (former["text"][at] == rows["text"]) if len(former) else known
    rows["changed"][same] = former["changed"][at[same]]
    # Of several it is that which came first.
    gone = gone[np.lexsort((gone["changed"], gone["first"]))]
    at, renamed = _found(rows["text"], gone["text"])
    renamed &= ~known
    for instant in ("first", "changed"):
        rows[instant][renamed] = gone[instant][at[renamed]]


def _found(asked: Ints, among: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return where each of some numbers is among others, and whether it is there at all."""
    if not len(among):
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.bool_)
    order = np.argsort(among, kind="stable")
    places = order[np.minimum(among[order].searchsorted(asked), len(among) - 1)]
    return places, among[places] == asked


def _text(article: Article) -> str:
    """Return all that a reader would see changed."""
    values = (article.title, str(article.date), article.place, article.agency, article.byline, article.section)
    return "\0".join([*(value or "" for value in values), *(paragraph.text for paragraph in article.paragraphs)])


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little")


def _instant(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
