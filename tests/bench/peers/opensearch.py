"""An OpenSearch that runs already, spoken to over HTTP on loopback: an index of its own, filled, asked, removed."""

import contextlib
import itertools
import os
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import orjson
from corpus import VALUE_FIELDS, rows
from questions import Question, Shape

VARIABLE = "DATELINE_OPENSEARCH_URL"
SIZE = 20
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_BATCH = 1_000
_SECONDS = 120
_EXACT = "text.exact"
_MAPPING: dict[str, Any] = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0},
    "mappings": {
        "properties": {
            "text": {
                "type": "text",
                "analyzer": "english",
                "fields": {"exact": {"type": "text", "analyzer": "standard"}},
            },
            "title": {"type": "text", "analyzer": "english"},
            "number": {"type": "integer"},
            "date": {"type": "date"},
        }
        | {name: {"type": "keyword"} for name in ("article_id", *VALUE_FIELDS)}
    },
}
FACETS: dict[str, Any] = {name: {"terms": {"field": name, "size": 10}} for name in VALUE_FIELDS} | {
    "date": {"date_histogram": {"field": "date", "calendar_interval": "month", "min_doc_count": 1}}
}


@dataclass(frozen=True, slots=True)
class Filled:
    """An index that holds the paragraphs: where it is and how long it took to fill."""

    host: str
    port: int
    path: str
    seconds: float


def reachable() -> tuple[str | None, str]:
    """Return the address of the OpenSearch to measure, or None and why there is none."""
    address = os.environ.get(VARIABLE, "")
    if not address:
        return None, f"OpenSearch: not measured, {VARIABLE} is not set"
    if urlsplit(address).hostname not in _LOOPBACK or urlsplit(address).scheme != "http":
        return None, f"OpenSearch: not measured, {VARIABLE} is no http address of this machine"
    try:
        _call("GET", address)
    except (URLError, OSError) as error:
        return None, f"OpenSearch: not measured, {address} does not answer ({error})"
    return address, ""


@contextlib.contextmanager
def filled(address: str, analysed: Path) -> Iterator[Filled]:
    """Fill an index and remove it afterwards."""
    name = f"dateline-bench-{os.getpid()}"
    begun = time.perf_counter()
    _call("PUT", f"{address}/{name}", orjson.dumps(_MAPPING))
    try:
        found = (_without_tokens(row) for row in rows(analysed))
        while batch := list(itertools.islice(found, _BATCH)):
            lines = b"".join(b'{"index":{}}\n' + orjson.dumps(row) + b"\n" for row in batch)
            if orjson.loads(_call("POST", f"{address}/{name}/_bulk", lines))["errors"]:
                raise SystemExit("OpenSearch refused some of the paragraphs.")
        _call("POST", f"{address}/{name}/_refresh")
        seconds = time.perf_counter() - begun
        yield Filled(urlsplit(address).hostname or "", urlsplit(address).port or 80, f"/{name}/_search", seconds)
    finally:
        _call("DELETE", f"{address}/{name}")


def body(question: Question, facets: dict) -> bytes:
    """Return a question in the query DSL: exact total, 20 hits with highlighted excerpts, these facets."""
    filters: list[dict] = [{"term": {name: value}} for name, value in question.filters]
    if question.start and question.end:
        filters.append({"range": {"date": {"gte": question.start.isoformat(), "lte": question.end.isoformat()}}})
    asked: dict[str, Any] = {
        "query": {"bool": {"must": [_text_query(question)], "filter": filters}},
        "size": SIZE,
        "track_total_hits": True,
        "highlight": {"fields": {"text": {"fragment_size": 320, "number_of_fragments": 1}, _EXACT: {}}},
    }
    return orjson.dumps(asked | {"aggs": facets} if facets else asked)


def _text_query(question: Question) -> dict:
    words = " ".join(question.words)
    match question.shape:
        case Shape.PATTERN if words.endswith("*") and words.count("*") == 1 and "?" not in words:
            return {"prefix": {_EXACT: {"value": words[:-1]}}}
        case Shape.PATTERN:
            return {"wildcard": {_EXACT: {"value": words}}}
        case Shape.PHRASE:
            return {"match_phrase": {_EXACT: words}}
        case Shape.NEAR:
            return {"match_phrase": {"text": {"query": words, "slop": question.distance}}}
    return {"match": {"text": {"query": words, "operator": "or" if question.shape is Shape.ANY else "and"}}}


def _without_tokens(row: dict) -> dict:
    return {name: value for name, value in row.items() if name not in ("words", "stems")}


def _call(method: str, address: str, content: bytes | None = None) -> bytes:
    request = urllib.request.Request(address, content, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=_SECONDS) as response:
        return response.read()
