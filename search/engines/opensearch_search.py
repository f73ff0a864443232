"""One index of the cluster, searched by one question: what is live, in its time, and what did not answer noted."""

from collections.abc import Sequence

from search.engines.base import Partial
from search.engines.opensearch_client import Cluster, Json, is_partial
from search.engines.opensearch_view import View


class Index:
    """What a generation sees of an index, for the time of one question, which may take so many seconds.

    `is_partial` grows true by its answers.
    """

    def __init__(self, cluster: Cluster, view: View, *, seconds: float, partial: Partial = Partial.REFUSE) -> None:
        self._cluster = cluster
        self._name = view.index
        self._live = view.live
        self._timeout = f"{max(round(seconds * 1000), 1)}ms"
        self._partial = partial
        self.is_partial = False

    def search_all(self, searches: Sequence[Json]) -> list[Json]:
        """Return the answers to several searches, in one request."""
        asked = [
            {"timeout": self._timeout, "track_total_hits": False, **each, "query": self._of_live(each["query"])}
            for each in searches
        ]
        answers = self._cluster.search_all(self._name, asked, self._partial)
        self.is_partial |= any(map(is_partial, answers))
        return answers

    def _of_live(self, query: Json) -> Json:
        """Return a query with its scores, for what is live."""
        # An article and its paragraphs live and die together, so that no join needs to be told.
        return {"bool": {"must": [query], "filter": [self._live]}}

    def hits(self, search: Json) -> list[Json]:
        """Return the hits of one search."""
        (answer,) = self.search_all([search])
        hits: list[Json] = answer["hits"]["hits"]
        return hits


def counting(query: Json, **aggregations: Json) -> Json:
    """Return a search that shows nothing of what it finds but how much that is."""
    search: Json = {"query": query, "size": 0, "track_total_hits": True}
    return {**search, "aggs": aggregations} if aggregations else search


def total(answer: Json) -> int:
    """Return how many documents a search that counts found."""
    return int(answer["hits"]["total"]["value"])


def buckets(answer: Json, name: str) -> dict[int, int]:
    """Return the numbers that an aggregation found, and how many documents have each."""
    return {int(bucket["key"]): bucket["doc_count"] for bucket in answer["aggregations"][name]["buckets"]}
