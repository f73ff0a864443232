"""The engine beyond one machine: an OpenSearch cluster finds, scores and counts; what it means is ours.

The tree becomes queries over our own tokens; where the cluster's notions differ from ours (what stands near what, how
well it scores) our scripts run beside the data. The generation's folder holds what names words and values, and the
name of the index. Totals, facets and distinct articles are exact, for articles are documents too, and are counted.
Scores are ours but for the cluster's 32 bits, six to seven digits, and so is the order but for what is that near.
"""

from pathlib import Path

import numpy as np
import orjson

from search.engines.base import Engine
from search.engines.kinds import Builder, Preparer, Updater
from search.engines.opensearch_asking import OpenSearchEngine
from search.engines.opensearch_building import OpenSearchBuilder, remove_index
from search.engines.opensearch_client import Cluster
from search.engines.opensearch_contents import NUMBERS, TOTALS
from search.engines.opensearch_leaves import Lexicon
from search.engines.opensearch_preparing import prepared
from search.engines.opensearch_trees import Values
from search.engines.opensearch_updating import OpenSearchUpdater
from search.engines.opensearch_view import View, beside, index_of
from search.engines.sorted_arrays import Ints
from search.engines.vocabulary import Vocabulary
from search.errors import EngineUnavailable, IndexDamaged, SettingsError
from search.language import Analyzer, SentenceModel
from search.seen import read_seen
from search.settings import Settings

# Of what the cluster and the folder keep; another one builds anew.
_LAYOUT = "3"


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

    def updater(
        self,
        folder: Path,
        before: Path,
        analyzer: Analyzer,
        sentences: SentenceModel,  # noqa: ARG002 - what is added comes prepared, what is deleted keeps its sentences
        *,
        compact: bool = False,  # noqa: ARG002 - what no generation sees is removed by each update
    ) -> Updater:
        """Begin, in an empty folder, a generation that shares the index of the one in `before`.

        Raises:
            IndexDamaged: what lies in `before` cannot be read.
            EngineError: the index is not in the cluster any more, or cannot be written.
        """
        try:
            return OpenSearchUpdater(folder, before, Cluster(self._settings), analyzer.stem)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {before} cannot be read ({error}); run: dateline rebuild") from error

    def open(
        self,
        folder: Path,
        analyzer: Analyzer,
        *,
        cache_bytes: int,  # noqa: ARG002 - the cluster has its own caches
        seconds: float,
        before: Engine | None = None,  # noqa: ARG002 - nothing but words is open here
    ) -> Engine:
        """Open an index that was finished; whether the cluster answers shows when it is asked."""
        try:
            cluster = Cluster(self._settings)
        except SettingsError as error:
            raise EngineUnavailable(str(error)) from error
        try:
            view = View.of(folder)
            totals = orjson.loads((folder / TOTALS).read_bytes())
            vocabulary = Vocabulary.load(folder)
            numbers: Ints = np.load(folder / NUMBERS, allow_pickle=False)
            return OpenSearchEngine(
                cluster,
                view,
                Lexicon(vocabulary, numbers),
                Values(totals["values"], analyzer),
                totals,
                added=read_seen(folder).added(totals["numbered"]),
                stem=analyzer.stem,
                seconds=seconds,
            )
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexDamaged(f"The index in {folder} cannot be read ({error}); run: dateline rebuild") from error

    def promote(self, folder: Path) -> None:
        """Let the alias of this archive lead to what is live in the index of a folder, in one step."""
        prefix = self._settings.opensearch_prefix
        view = View.of(folder)
        actions = [
            {"remove": {"index": f"{prefix}-*", "alias": prefix, "must_exist": False}},
            {"add": {"index": view.index, "alias": prefix, "filter": view.live}},
        ]
        cluster = Cluster(self._settings)
        try:
            cluster.write("POST", "/_aliases", {"actions": actions})
        finally:
            cluster.close()

    def remove(self, folder: Path) -> None:
        """Remove the index that a folder names, unless one beside it names it too, whose next update clears it."""
        index = index_of(folder)
        if index in map(index_of, beside(folder)):
            return
        cluster = Cluster(self._settings)
        try:
            remove_index(cluster, index)
        finally:
            cluster.close()
