"""An index in the cluster -> the same index for one more generation: what was added, and what of the rest is deleted.

The order of an update: a number of its own -> documents -> refresh -> counted. What is deleted is read from the
cluster, its words by their tokens, and sent again with the number from which on it is gone; all else of it stays as it
was. Nobody sees any of this who does not know the number. So an update that breaks off has
changed nothing, and what no generation sees is removed behind the back of the next one.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.articles import Article
from search.engines.opensearch_building import check_held
from search.engines.opensearch_bulk import BulkWriter
from search.engines.opensearch_client import Cluster, Json
from search.engines.opensearch_contents import Contents
from search.engines.opensearch_mapping import ARTICLE, PARAGRAPH, RECORD, TEXT
from search.engines.opensearch_pages import MOST_AT_ONCE, of_kind
from search.engines.opensearch_preparing import PreparedArticle, read_prepared
from search.engines.opensearch_search import Index, counting, total
from search.engines.opensearch_view import View, beside, claim_number, index_of
from search.engines.records import article_texts, read_article
from search.errors import IndexDamaged

# Articles that are read at a time.
_AT_A_TIME = 500


class _Found(NamedTuple):
    """An article of the generation before, what was prepared of it, and when it lived, as its documents say it."""

    article: Article
    prepared: PreparedArticle
    lived: Json


class OpenSearchUpdater:
    """Makes the next generation of an index in the cluster."""

    def __init__(self, folder: Path, before: Path, cluster: Cluster, stem: Callable[[str], str]) -> None:
        self._folder = folder
        self._cluster = cluster
        self._stem = stem
        self._contents = Contents.load(before)
        self._seen_before = View.of(before)
        self.before = self._contents.numbered
        index = self._seen_before.index
        self._view = self._seen_before.followed_by(claim_number(cluster, index))
        self._view.save(folder)
        self._writer = BulkWriter(cluster, index, generation=self._view.number)

    def add(self, articles: Sequence[Article], prepared: bytes) -> None:
        """Add articles with what was prepared of them."""
        for article, of_article in zip(articles, read_prepared(prepared), strict=True):
            for document in self._contents.add(article, of_article, since=self._view.number):
                self._writer.add(document)

    def article(self, number: int) -> Article:
        """Return a live article of the generation before; raises what `delete` does."""
        (found,) = self._read([number])
        return found.article

    def with_text(self, fits: Callable[[str], bool]) -> npt.NDArray[np.int64]:
        """Return the numbers of the live articles of the generation before of which the text of a unit fits.

        All texts are read for it.
        """
        found = {
            hit["sort"][0]
            for hit in self._every(_search(PARAGRAPH, {"match_all": {}}, source=TEXT))
            if fits(hit["_source"][TEXT])
        }
        return np.array(sorted(found), np.int64)

    def delete(self, articles: npt.NDArray[np.int64]) -> None:
        """Delete articles of the generation before.

        Raises:
            IndexDamaged: the cluster has not all of them.
        """
        for start in range(0, len(articles), _AT_A_TIME):
            some: list[int] = articles[start : start + _AT_A_TIME].tolist()
            for found in self._read(some):
                # Those that deleted it before were given up.
                lived = {**found.lived, "until": [*found.lived["until"], self._view.number]}
                for document in self._contents.delete(found.article, found.prepared, lived):
                    self._writer.add(document)

    def _read(self, numbers: list[int]) -> Iterator[_Found]:
        """Yield articles of the generation before."""
        of_these = {"terms": {"ordinal": numbers}}
        units: dict[int, list[Json]] = {number: [] for number in numbers}
        for hit in self._every(_search(PARAGRAPH, of_these, source=TEXT, fields=("tokens",))):
            units[hit["sort"][0]].append(hit)
        fields = ("title_tokens", "since", "until")
        records = list(self._every(_search(ARTICLE, of_these, source=RECORD, fields=fields)))
        if [hit["sort"][0] for hit in records] != numbers:
            raise IndexDamaged(f"OpenSearch holds {len(records):,} of {len(numbers):,} articles; run: dateline rebuild")
        for hit, number in zip(records, numbers, strict=True):
            yield self._found(hit, units[number])

    def _found(self, hit: Json, units: Sequence[Json]) -> _Found:
        record, fields = hit["_source"][RECORD], hit["fields"]
        article = read_article(record.encode(), [unit["_source"][TEXT] for unit in units])
        # From their tokens, for where sentences end may be told otherwise by now.
        title, *others = (
            self._contents.unit_of(each, self._stem)
            for each in (_tokens(hit, "title_tokens"), *(_tokens(unit, "tokens") for unit in units))
        )
        lived = {"ordinal": hit["sort"][0], "since": fields["since"][0], "until": fields.get("until", [])}
        return _Found(article, PreparedArticle(article_texts(article).record.decode(), title, others), lived)

    def _every(self, search: Json) -> Iterator[Json]:
        """Yield all that a search finds of the generation before, in order."""
        index = Index(self._cluster, self._seen_before, seconds=self._cluster.timeout)
        page = index.hits(search)
        yield from page
        while len(page) == search["size"]:
            page = index.hits({**search, "search_after": page[-1]["sort"]})
            yield from page

    def finish(self, stems: Callable[[Sequence[str]], Sequence[str]]) -> npt.NDArray[np.int64]:
        """Send the rest, have everything counted by the cluster, and write what lies in the folder."""
        self._writer.refresh()
        check_held(self._cluster, self._view, self._contents.documents)
        self._contents.save(self._folder, stems)
        self._clear()
        self._cluster.close()
        return np.arange(self._contents.numbered, dtype=np.int64)

    def _clear(self) -> None:
        """Have the cluster delete what no generation sees; it does so when this has long returned."""
        index = self._view.index
        try:
            views = [View.of(path) for path in beside(self._folder) if index_of(path) == index]
        except (OSError, ValueError, KeyError):
            return  # what one of them sees is not known, so all may be needed
        unseen = {"bool": {"must_not": [view.live for view in {self._seen_before, self._view, *views}]}}
        (found,) = self._cluster.search_all(index, [counting(unseen)])
        if total(found):
            # Where another is still at it, either deletes what the other did not.
            path = f"/{index}/_delete_by_query"
            self._cluster.write("POST", path, {"query": unseen}, conflicts="proceed", wait_for_completion="false")

    def cancel(self) -> None:
        """Let go of the connections; what was sent is seen by none."""
        self._cluster.close()


def _tokens(hit: Json, field: str) -> str:
    """Return what a hit has in a field of tokens; a text without words has nothing there."""
    return str(hit.get("fields", {}).get(field, [""])[0])


def _search(kind: str, query: Json, *, source: str, fields: Sequence[str] = ()) -> Json:
    """Return a search for documents of a kind, in order, with their texts and some of their fields."""
    return {
        "query": of_kind(kind, query),
        "sort": [{"ordinal": "asc"}, *([{"number": "asc"}] if kind == PARAGRAPH else [])],
        "docvalue_fields": list(fields),
        "_source": [source],
        "size": MOST_AT_ONCE,
    }
