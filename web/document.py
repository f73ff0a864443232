"""The OpenAPI document of the endpoints -> the same with the files and feeds that every search and article has."""

from typing import Any

from web.addresses import CITATIONS, EXPORTS
from web.formats import CITATION_KINDS, FORMATS, Format

_SEARCH = "/api/v1/search"
# What a file of all hits leaves out of account; those of articles group by article and count no facets.
_NOT_OF_EXPORTS = ("size", "cursor")
_NOT_OF_CITATIONS = (*_NOT_OF_EXPORTS, "group", "facets")
_NOT_OF_FEEDS = ("size", "sort", "facets")
_ATOM = "application/atom+xml"
_TAG = "files"


def with_files(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document of the endpoints with exports, feeds and citations."""
    search = document["paths"][_SEARCH]["get"]
    paths = dict(document["paths"])
    for made in FORMATS.values():
        paths[EXPORTS + made.kind] = {"get": _export(search, made)}
    paths["/search.atom"] = {"get": _feed(search)}
    for kind in CITATION_KINDS:
        paths[f"{CITATIONS}{kind}/{{article_id}}"] = {"get": _citation(search, FORMATS[kind])}
    tag = {"name": _TAG, "description": "Files and feeds of every search and every article."}
    return {**document, "paths": paths, "tags": [*document.get("tags", []), tag]}


def _export(search: dict[str, Any], made: Format) -> dict[str, Any]:
    summary = f"Get all that a search finds as {made.label}, without a limit."
    without = _NOT_OF_CITATIONS if made.of_articles else _NOT_OF_EXPORTS
    operation = _operation(search, f"export_{_name(made.kind)}", summary, made.content_type, without)
    operation["responses"]["200"]["headers"] = {
        "X-Total-Count": {"description": "How many records the whole file has.", "schema": {"type": "integer"}}
    }
    return operation


def _feed(search: dict[str, Any]) -> dict[str, Any]:
    summary = "Follow a search: its articles in the order in which they came into the archive, the last first."
    return _operation(search, "feed", summary, _ATOM, _NOT_OF_FEEDS)


def _citation(search: dict[str, Any], made: Format) -> dict[str, Any]:
    summary = f"Get how an article is cited, as {made.label}."
    operation = _operation(search, f"cite_{_name(made.kind)}", summary, made.content_type, ())
    description = "The id of an article, as hits give it; it may have slashes."
    article_id = {"name": "article_id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {**operation, "parameters": [{**article_id, "description": description}]}


def _operation(
    search: dict[str, Any], operation_id: str, summary: str, content_type: str, without: tuple[str, ...]
) -> dict[str, Any]:
    schema = {"schema": {"type": "string"}}
    done = {"description": "OK", "content": {content_type.partition(";")[0]: schema}}
    return {
        "operationId": operation_id,
        "summary": summary,
        "tags": [_TAG],
        "parameters": [each for each in search["parameters"] if each["name"] not in without],
        "responses": {**search["responses"], "200": done},
    }


def _name(kind: str) -> str:
    return kind.replace(".", "_")
