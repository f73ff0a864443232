"""The engine beyond one machine: an OpenSearch cluster finds, scores and counts; what it means is ours.

The tree becomes queries over our own tokens; where the cluster's notions differ from ours (what stands near what, how
well it scores) our scripts run beside the data. The generation's folder holds what names words and values, and the
name of the index. Totals, facets and distinct articles are exact, for articles are documents too, and are counted.
Scores are ours but for the cluster's 32 bits, six to seven digits, and so is the order but for what is that near.
"""

from pathlib import Path

import numpy as np
import orjson

from search.engines.base import (
    ELSEWHERE,
    Builder,
    Engine,
    Preparer,
)
from search.engines.opensearch_asking import OpenSearchEngine
from search.engines.opensearch_building import (
    NUMBERS,
    TOTALS,
    OpenSearchBuilder,
    prepared,
    remove_index,
)
from search.engines.opensearch_client import Cluster
from search.engines.opensearch_leaves import Lexicon
from search.engines.opensearch_trees import Values
from search.engines.sorted_arrays import Ints
from search.engines.vocabulary import Vocabulary
from search.errors import EngineUnavailable, IndexDamaged, SettingsError
from search.language import Analyzer, SentenceModel
from search.seen import read_seen
from search.settings import Settings

# Of what the cluster and the folder keep; another one builds anew.
_LAYOUT = "2"


class OpenSearchKind:
    """How to build an index in a cluster and how to open one; without settings it can only analyse."""

    name = "opensearch"
    version = _LAYOUT

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()

    def preparer(self, analyzer: Analyzer, sentences: SentenceModel) -> Preparer:
        """Return what analyses articles."""
        indexer = analyzer.indexer(sentences)
        return lambda articles: prepared(articles, indexer, analyzer.stem)

    def builder(self, folder: Path) -> Builder:
        """Begin an index in the cluster, named in an empty folder."""
        return OpenSearchBuilder(folder, Cluster(self._settings), self._settings)

    def open(self, folder: Path, analyzer: Analyzer, *, cache_bytes: int, seconds: float) -> Engine:  # noqa: ARG002 - the cluster has its own caches
        """Open an index that was finished; whether the cluster answers shows when it is asked."""
        try:
            cluster = Cluster(self._settings)
        except SettingsError as error:
            raise EngineUnavailable(str(error)) from error
        try:
            index = _index_of(folder)
            totals = orjson.loads((folder / TOTALS).read_bytes())
            vocabulary = Vocabulary.load(folder)
            numbers: Ints = np.load(folder / NUMBERS, allow_pickle=False)
            return OpenSearchEngine(
                cluster,
                index,
                Lexicon(vocabulary, numbers),
                Values(totals["values"], analyzer),
                totals,
                added=read_seen(folder).added(totals["articles"]),
                stem=analyzer.stem,
                seconds=seconds,
            )
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild") from error

    def promote(self, folder: Path) -> None:
        """Let the alias of this archive lead to the index of a folder, in one step."""
        prefix = self._settings.opensearch_prefix
        actions = [
            {"remove": {"index": f"{prefix}-*", "alias": prefix, "must_exist": False}},
            {"add": {"index": _index_of(folder), "alias": prefix}},
        ]
        cluster = Cluster(self._settings)
        try:
            cluster.write("POST", "/_aliases", {"actions": actions})
        finally:
            cluster.close()

    def remove(self, folder: Path) -> None:
        """Remove the index that a folder names."""
        cluster = Cluster(self._settings)
        try:
            remove_index(cluster, _index_of(folder))
        finally:
            cluster.close()


def _index_of(folder: Path) -> str:
    return str(orjson.loads((folder / ELSEWHERE).read_bytes())["index"])
