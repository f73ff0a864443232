"""Articles -> an index in the cluster, and beside it in the folder its words, values and totals.

The order of a build: a new index without copies -> documents -> refresh -> counted -> copies -> green. Only then may
the generation serve. The folder names the index before there is one, so that whatever a broken build left is found.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from search.articles import Article
from search.engines.opensearch_bulk import BulkWriter
from search.engines.opensearch_client import Cluster
from search.engines.opensearch_contents import Contents
from search.engines.opensearch_mapping import new_index
from search.engines.opensearch_preparing import read_prepared
from search.engines.opensearch_search import Index, counting, total
from search.engines.opensearch_view import View
from search.errors import EngineError, EngineUnavailable, IndexDamaged
from search.settings import Settings

# How long nothing may move before copies are given up, in seconds.
_STALLED = 60.0
_ASK_EVERY = 0.5


class OpenSearchBuilder:
    """Makes an index in one go, under a name of its own."""

    def __init__(self, folder: Path, cluster: Cluster, settings: Settings) -> None:
        self._folder = folder
        self._cluster = cluster
        self._replicas = settings.opensearch_replicas
        self._contents = Contents()
        self._view = View(f"{settings.opensearch_prefix}-{folder.name.lower()}-{secrets.token_hex(4)}")
        self._view.save(folder)
        cluster.write("PUT", f"/{self._view.index}", new_index(settings.opensearch_shards))
        self._writer = BulkWriter(cluster, self._view.index)

    def add(self, articles: Sequence[Article], prepared: bytes) -> None:
        """Add articles with what was prepared of them."""
        for article, of_article in zip(articles, read_prepared(prepared), strict=True):
            for document in self._contents.add(article, of_article, since=self._view.number):
                self._writer.add(document)

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> None:
        """Send the rest, have everything counted by the cluster, copied, and write what lies in the folder."""
        self._writer.refresh()
        check_held(self._cluster, self._view, self._contents.documents)
        self._copy()
        self._contents.save(self._folder, stems)

    def _copy(self) -> None:
        """Have the copies made, and wait until all are there.

        Raises:
            EngineUnavailable: there are not enough nodes for them, or they cannot hold them.
        """
        if self._replicas:
            self._cluster.write(
                "PUT", f"/{self._view.index}/_settings", {"index": {"number_of_replicas": self._replicas}}
            )
        moved, seen = time.monotonic(), None
        while True:
            health = self._cluster.read(f"/_cluster/health/{self._view.index}")
            if health["status"] == "green":
                return
            progress = (health["active_shards"], health["initializing_shards"])
            if progress != seen or health["initializing_shards"]:
                moved, seen = time.monotonic(), progress
            if time.monotonic() - moved > _STALLED:
                raise EngineUnavailable(
                    f"OpenSearch has no place for {health['unassigned_shards']} copies of the new index; add nodes or "
                    f"disk, or set DATELINE_OPENSEARCH_REPLICAS below {self._replicas}."
                )
            time.sleep(_ASK_EVERY)

    def cancel(self) -> None:
        """Remove the index; where the cluster is away, whoever clears the folder up does."""
        try:
            remove_index(self._cluster, self._view.index)
        except EngineError:
            return


def check_held(cluster: Cluster, view: View, documents: int) -> None:
    """Check that so many documents are live in the cluster.

    Raises:
        IndexDamaged: there are not.
    """
    (answer,) = Index(cluster, view, seconds=cluster.timeout).search_all([counting({"match_all": {}})])
    if (held := total(answer)) != documents:
        raise IndexDamaged(f"OpenSearch holds {held:,} of {documents:,} documents; run the rebuild again.")


def remove_index(cluster: Cluster, index: str) -> None:
    """Remove an index, if it is there."""
    cluster.write("DELETE", f"/{index}", ignore_unavailable="true")
