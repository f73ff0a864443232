"""Documents -> an index in the cluster: sent many at a time, sent again where a node was busy or away.

Each document has an id of its own, so what is sent twice is there once. Its version is the number of the generation
that sends it, so that what one which was killed sent last comes too late to undo what another sent since.
"""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson

from search.engines.opensearch_client import Cluster, Json, error_of, is_busy
from search.engines.opensearch_mapping import FIRST_GENERATION
from search.errors import DiskFull, EngineError, EngineUnavailable, IndexGone

_CHUNK_BYTES = 8 << 20
_CHUNK_DOCUMENTS = 2_000
# How long a node waits for a shard that is away, and how long all of them may stay away or busy, in seconds.
_WAIT = 5.0
PATIENCE = 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0
# How long a refresh may take, in seconds.
_REFRESH = 600.0
_AWAY = frozenset({503, 504})


class Document(NamedTuple):
    """One document: its id, the article whose shard it is on, and its fields."""

    id: str
    routing: str
    fields: Json

    def lines(self, version: int) -> bytes:
        """Return the two lines that send it."""
        known = {"_id": self.id, "routing": self.routing, "version": version, "version_type": "external_gte"}
        action = {"index": known}
        return orjson.dumps(action) + b"\n" + orjson.dumps(self.fields) + b"\n"


class BulkWriter:
    """Sends the documents of one generation to its index."""

    def __init__(
        self, cluster: Cluster, index: str, *, generation: int = FIRST_GENERATION, patience: float = PATIENCE
    ) -> None:
        self._cluster = cluster
        self._index = index
        self._generation = generation
        self._patience = patience
        self._waiting: list[bytes] = []
        self._bytes = 0

    def add(self, document: Document) -> None:
        """Send a document, soon.

        Raises:
            DiskFull: the cluster takes nothing more.
            EngineError: it was away or busy for too long, or refused a document.
        """
        lines = document.lines(self._generation)
        self._waiting.append(lines)
        self._bytes += len(lines)
        if self._bytes >= _CHUNK_BYTES or len(self._waiting) >= _CHUNK_DOCUMENTS:
            self.flush()

    def flush(self) -> None:
        """Send what was not sent yet; raises what `add` does."""
        documents, self._waiting, self._bytes = self._waiting, [], 0
        until = time.monotonic() + self._patience
        pause = _FIRST_PAUSE
        while documents:
            try:
                documents = list(self._not_taken(documents))
                reason: EngineError = EngineUnavailable("OpenSearch was too busy for too long; run it again later.")
            except (DiskFull, IndexGone):
                raise
            except EngineUnavailable as error:
                reason = error  # nobody knows which of them were taken, so all are sent again
            if not documents:
                return
            if time.monotonic() + pause > until:
                raise reason
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def refresh(self) -> None:
        """Send the rest, and have every part of the index and each of its copies show what was sent.

        Raises what `add` does; EngineUnavailable where a part still does not after some time.
        """
        self.flush()
        until = time.monotonic() + self._patience
        while True:
            try:
                failed = self._cluster.write("POST", f"/{self._index}/_refresh", seconds=_REFRESH)["_shards"]["failed"]
                reason = EngineUnavailable(
                    f"{failed} parts of the index do not show what was sent; run it again later."
                )
            except IndexGone:
                raise
            except EngineUnavailable as error:
                failed, reason = 1, error
            if not failed:
                return
            if time.monotonic() > until:
                raise reason
            time.sleep(_FIRST_PAUSE)

    def _not_taken(self, documents: Sequence[bytes]) -> Iterator[bytes]:
        """Send documents; yield those to be sent again."""
        answers = self._cluster.bulk(self._index, b"".join(documents), wait=_WAIT)
        for document, (status, said) in zip(documents, answers, strict=True):
            if is_busy(status, said.get("error")) or status in _AWAY:
                yield document
            elif status >= 300:
                raise error_of(status, said.get("error"))
