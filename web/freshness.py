"""ETags: an answer is the same as long as its generation, its parameters, its address, the program and the day are.

A tag is made of these alone, so a client that has the answer is told so before anything is searched.
"""

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path

import orjson
from flask import Response, request

from search.answering.parameters import SearchParameters
from search.engines.base import Partial
from web.addresses import pairs

# RFC 9110, section 13.1, as WSGI spells them.
_CONDITIONS = frozenset(
    f"HTTP_IF_{name}" for name in ("MATCH", "NONE_MATCH", "MODIFIED_SINCE", "UNMODIFIED_SINCE", "RANGE")
)


def fingerprint_of(*folders: Path) -> str:
    """Return a digest of the program's files, so that pages of another version are not taken for fresh."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class Freshness:
    """Makes and compares ETags for the current request. They are weak: `took_ms` differs from answer to answer.

    `today` returns the day that the last days are counted back from.
    """

    def __init__(self, program: str, today: Callable[[], datetime.date]) -> None:
        self._program = program
        self._today = today

    def unchanged(
        self, generation: str | Callable[[], str], parameters: SearchParameters | None = None
    ) -> Response | None:
        """Return the answer 304 if the client has this very answer; a callable is asked only if it has any."""
        if _may_be_partial(parameters) or not _asks_conditionally():
            return None
        tag = self._tag(generation if isinstance(generation, str) else generation(), parameters)
        if request.if_none_match.contains_weak(tag) and not request.if_none_match.star_tag:
            return _labelled(Response(status=304), tag)
        return None

    def label(self, response: Response, generation: str, parameters: SearchParameters | None = None) -> Response:
        """Give an answer its ETag; it becomes a 304 if the client has it."""
        if _may_be_partial(parameters):
            # The next answer to the same question may be whole.
            response.cache_control.no_store = True
            return response
        return _conditional(_labelled(response, self._tag(generation, parameters)))

    def _tag(self, generation: str, parameters: SearchParameters | None) -> str:
        asked = pairs(parameters) if parameters else []
        # Not request.host_url, which writes a whole address first: a third of the work of a tag.
        asked_at = [request.scheme, request.host, request.path]
        whole = orjson.dumps([self._program, self._today(), generation, *asked_at, asked])
        return hashlib.sha256(whole).hexdigest()[:32]


def _may_be_partial(parameters: SearchParameters | None) -> bool:
    return parameters is not None and parameters.partial is Partial.ALLOW


def entire(response: Response) -> Response:
    """Give an answer that no generation changes an ETag of its own bytes."""
    response.add_etag()
    response.cache_control.no_cache = True
    return _conditional(response)


def _asks_conditionally() -> bool:
    return not _CONDITIONS.isdisjoint(request.environ)


def _conditional(response: Response) -> Response:
    if _asks_conditionally():
        response.make_conditional(request)
    return response


def _labelled(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
