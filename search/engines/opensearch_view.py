"""What a generation sees of its index in the cluster, which it shares with those it came from and those that follow.

Each generation that writes into an index has a number there. A document says which one added it (`since`) and, once
that is so, which ones deleted it (`until`). A generation sees what those it came from did, itself among them, and
nothing else: neither what follows, nor what one that was given up left behind. So nothing that is written to an index
changes an answer until a generation that saw it serves, and a rollback changes nothing there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from search.engines.base import ELSEWHERE
from search.engines.opensearch_client import Cluster, Json
from search.engines.opensearch_mapping import FIRST_GENERATION


@dataclass(frozen=True, slots=True)
class View:
    """The name of an index, and the numbers of the generations that are seen: ranges, each with its first and last."""

    index: str
    came_from: tuple[tuple[int, int], ...] = ((FIRST_GENERATION, FIRST_GENERATION),)

    @classmethod
    def of(cls, folder: Path) -> "View":
        """Return what the generation in a folder sees.

        Raises:
            OSError, ValueError, KeyError: that cannot be read.
        """
        known = _read(folder)
        return cls(str(known["index"]), tuple((int(first), int(last)) for first, last in known["came_from"]))

    def save(self, folder: Path) -> None:
        """Write it into the folder of a generation."""
        (folder / ELSEWHERE).write_bytes(orjson.dumps({"index": self.index, "came_from": self.came_from}))

    @property
    def number(self) -> int:
        """The number of the generation itself."""
        return self.came_from[-1][1]

    @property
    def live(self) -> Json:
        """A query for the documents that are seen."""
        return {"bool": {"filter": [self._is_seen("since")], "must_not": [self._is_seen("until")]}}

    def _is_seen(self, field: str) -> Json:
        ranges = [{"range": {field: {"gte": first, "lte": last}}} for first, last in self.came_from]
        return {"bool": {"should": ranges, "minimum_should_match": 1}}

    def followed_by(self, number: int) -> "View":
        """Return what a generation of this number sees that comes from this one."""
        *earlier, (first, last) = self.came_from
        # What lies between was given up.
        own = [(first, number)] if number == last + 1 else [(first, last), (number, number)]
        return View(self.index, (*earlier, *own))


def index_of(folder: Path) -> str:
    """Return the index that the folder of a generation names, whichever version wrote it; raises as `View.of`."""
    return str(_read(folder)["index"])


def beside(folder: Path) -> Iterator[Path]:
    """Yield the other folders of generations, finished or not, that name an index."""
    for path in folder.parent.iterdir():
        if path != folder and (path / ELSEWHERE).is_file():
            yield path


def claim_number(cluster: Cluster, index: str) -> int:
    """Return a number in an index that no generation had before, nor will have again, whatever becomes of this one.

    Raises:
        IndexGone: there is no such index.
    """
    (known,) = cluster.read(f"/{index}/_mapping").values()
    number = int(known["mappings"]["_meta"]["generation"]) + 1
    cluster.write("PUT", f"/{index}/_mapping", {"_meta": {"generation": number}})
    return number


def _read(folder: Path) -> Json:
    known: Json = orjson.loads((folder / ELSEWHERE).read_bytes())
    return known
