"""The only place that knows OpenSearch's client: requests out, JSON in, and everything that can go wrong as our errors.

A request that only reads is asked of another node where one does not answer, until the time that was set is over.
A part-answer is an error here unless the question allows it.
"""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import opensearchpy
import orjson
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ConnectionTimeout, TransportError

from search.engines.base import Partial
from search.errors import DiskFull, EngineError, EngineUnavailable, IndexGone, SettingsError
from search.settings import Settings

Json = dict[str, Any]
T = TypeVar("T")

_NODE_RESTS = 5.0  # seconds for which a node that did not answer is not asked first
_PAUSE = 0.1
_CONNECTIONS = 32
_MOVED_AWAY = frozenset({502, 503, 504})
# A node that asked another which was just ending may say so with any status.
_ENDING = frozenset(
    {
        *("node_not_connected_exception", "node_disconnected_exception", "node_closed_exception"),
        *("connect_transport_exception", "no_shard_available_action_exception", "shard_not_found_exception"),
        *("already_closed_exception", "illegal_index_shard_state_exception", "send_request_transport_exception"),
    }
)
_BLOCKED = "cluster_block_exception"


class _Again(EngineUnavailable):
    """Another node, or the same a moment later, may answer."""


class Cluster:
    """A cluster, as the settings describe it. Safe for threads; connects with the first request."""

    def __init__(self, settings: Settings) -> None:
        if not settings.opensearch_hosts:
            raise SettingsError("OpenSearch needs a cluster: set DATELINE_OPENSEARCH_HOSTS, as https://node1:9200.")
        self.timeout = settings.opensearch_timeout
        self._hosts = settings.opensearch_hosts
        try:
            self._transport = _client(settings).transport
        except (OSError, ssl.SSLError, opensearchpy.ImproperlyConfigured) as error:
            raise SettingsError(f"The cluster's certificates cannot be used ({error}).") from error

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    # Reading

    def search_all(self, index: str, searches: Sequence[Json], partial: Partial = Partial.REFUSE) -> list[Json]:
        """Return the answers to several searches of one index, asked in one request.

        Raises:
            EngineUnavailable: no node answered in time, or not from every part of the index.
            IndexGone: there is no such index.
        """
        header = {"index": index, "allow_partial_search_results": partial is Partial.ALLOW}
        body = b"".join(orjson.dumps(line) + b"\n" for each in searches for line in (header, each))

        def ask() -> list[Json]:
            answers: list[Json] = self._once("POST", "/_msearch", body=body)["responses"]
            for answer in answers:
                _check(answer, partial)
            return answers

        return self._until_answered(ask)

    def read(self, path: str, **params: object) -> Any:
        """Return what a GET gives."""
        return self._until_answered(lambda: self._once("GET", path, params=params))

    # Writing

    def write(
        self, method: str, path: str, body: object = None, *, seconds: float | None = None, **params: object
    ) -> Any:
        """Send a change, once; `seconds` is how long it may take where that is not the time set."""
        return self._once(method, path, body=body, params=params, seconds=seconds or max(self.timeout, 30.0))

    def bulk(self, index: str, lines: bytes, *, wait: float) -> Iterator[tuple[int, Json]]:
        """Send documents, each with its id; yield the status of each and what is said of it.

        `wait` are the seconds for which a node waits for a shard that is away.
        """
        answer = self._once(
            "POST", f"/{index}/_bulk", body=lines, params={"timeout": f"{wait:g}s"}, seconds=self.timeout + 2 * wait
        )
        for item in answer["items"]:
            ((_, said),) = item.items()
            yield int(said["status"]), said

    # How

    def _until_answered(self, ask: Callable[[], T]) -> T:
        """Ask until there is an answer: at most once more than there are nodes, and not for longer than was set."""
        until = time.monotonic() + self.timeout
        for last in (*[False] * len(self._hosts), True):
            try:
                return ask()
            except _Again:
                if last or time.monotonic() + _PAUSE > until:
                    raise
                time.sleep(_PAUSE)
        raise AssertionError

    def _once(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Mapping[str, object] | None = None,
        seconds: float | None = None,
    ) -> Any:
        # Half of the time for one node leaves as much for another.
        asked = {**(params or {}), "request_timeout": seconds or self.timeout / 2}
        lines = isinstance(body, bytes)
        headers = {"content-type": "application/x-ndjson" if lines else "application/json"}
        try:
            return self._transport.perform_request(method, path, params=asked, body=body, headers=headers)
        except ConnectionTimeout as error:
            raise _Again(
                f"OpenSearch did not answer within {self.timeout:g} seconds; try again in a moment."
            ) from error
        except NoConnection as error:
            where = ", ".join(self._hosts)
            raise _Again(f"OpenSearch cannot be reached at {where} ({_short(error)}); is the cluster up?") from error
        except TransportError as error:
            info = error.info if isinstance(error.info, dict) else {}
            raise error_of(int(error.status_code), info.get("error", {})) from error


def _client(settings: Settings) -> opensearchpy.OpenSearch:
    for path in (settings.opensearch_ca, settings.opensearch_client_cert, settings.opensearch_client_key):
        if path is not None:
            path.open("rb").close()  # what is missing is told now, and by name
    password = settings.password()
    return opensearchpy.OpenSearch(
        list(settings.opensearch_hosts),
        http_auth=(settings.opensearch_user, password) if settings.opensearch_user else None,
        ca_certs=str(settings.opensearch_ca) if settings.opensearch_ca else None,
        client_cert=str(settings.opensearch_client_cert) if settings.opensearch_client_cert else None,
        client_key=str(settings.opensearch_client_key) if settings.opensearch_client_key else None,
        http_compress=True,
        pool_maxsize=_CONNECTIONS,
        # What is asked again, and of whom, is decided here; but a node that did not answer rests for a while.
        max_retries=0,
        retry_on_timeout=True,
        retry_on_status=(),
        dead_timeout=_NODE_RESTS,
        timeout_cutoff=0,
    )


def _short(error: TransportError) -> str:
    return type(error.info).__name__ if isinstance(error.info, Exception) else type(error).__name__


def _check(answer: Json, partial: Partial) -> None:
    """Raise what an answer to a search says went wrong."""
    if "error" in answer:
        raise error_of(int(answer.get("status", 500)), answer["error"])
    if partial is Partial.REFUSE and is_partial(answer):
        if answer["timed_out"]:
            raise EngineUnavailable("The search took longer than was allowed; ask for fewer or rarer words.")
        shards = answer["_shards"]
        raise _Again(
            f"{shards['failed']} of {shards['total']} parts of the index did not answer; try again in a moment."
        )


def is_partial(answer: Json) -> bool:
    """Whether some part of the index is missing in an answer."""
    return bool(answer["timed_out"] or answer["_shards"]["failed"])


def error_of(status: int, error: object) -> EngineError:
    """Return what a status and the description of an error mean."""
    types = frozenset(_types(error))
    if "index_not_found_exception" in types:
        return IndexGone("The index is not in the cluster any more; run: dateline rebuild")
    if _BLOCKED in types and status == 429:
        # Busy is 429 too, but this one stays until somebody makes room.
        return DiskFull("The disks of the OpenSearch cluster are too full (flood stage); make room, then try again.")
    if "index_create_block_exception" in types:
        return DiskFull(
            "The OpenSearch cluster takes no new index, as it does with full disks; make room, or unblock it."
        )
    if _BLOCKED in types and status != 503:
        return EngineError("The OpenSearch cluster does not allow writing to this index; ask who runs it why.")
    if "circuit_breaking_exception" in types:
        return EngineUnavailable("OpenSearch has no memory left for this (circuit breaker); try again in a moment.")
    if "task_cancelled_exception" in types:
        return EngineUnavailable("OpenSearch gave this search up as too heavy; ask for fewer or rarer words.")
    if status == 429:
        return EngineUnavailable("OpenSearch is too busy; try again in a moment.")
    if status in _MOVED_AWAY or types & _ENDING:
        return _Again("Parts of the index are away from the OpenSearch cluster; try again in a moment.")
    if status in (401, 403):
        return EngineError("OpenSearch refuses this user or certificate; check the DATELINE_OPENSEARCH_ settings.")
    return EngineError(f"OpenSearch answered {status} ({', '.join(sorted(types)) or 'no reason given'}).")


def is_busy(status: int, error: object) -> bool:
    """Whether a document was refused for want of room in a queue, so that sending it again after a pause helps."""
    return status == 429 and _BLOCKED not in frozenset(_types(error))


def _types(error: object) -> Iterator[str]:
    """Yield the types of an error and of all that caused it."""
    if isinstance(error, dict):
        if isinstance(error.get("type"), str):
            yield error["type"]
        for name in ("root_cause", "caused_by", "failed_shards", "reason"):
            yield from _types(error.get(name))
    elif isinstance(error, list):
        for each in error:
            yield from _types(each)
