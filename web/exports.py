"""All that a search finds as a file, streamed as it is read, and how one article is cited. Parameters in, files out.

An export is of one generation from its first byte to its last, whatever is rebuilt or pruned meanwhile. Where something
fails on the way the connection is cut, so that what came cannot be taken for all; `X-Total-Count` says how many records
a whole one has, for those who are behind a proxy that hides the cut.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from threading import BoundedSemaphore

from flask import Blueprint, Response, request

from search.answering.answer import Whole, WholeHit, article_path
from search.answering.parameters import SearchParameters, read_parameters
from search.answering.service import SearchService
from search.engines.base import Group
from search.errors import EngineUnavailable
from web.addresses import CITATIONS, EXPORTS
from web.citations import Citation, Cited, citation_of, coins, dublin_core, news_article
from web.formats import CITATION_KINDS, FORMATS, Format, Job, cited
from web.freshness import Freshness

# A client that reads slowly keeps a thread; some must be left for those who search.
_AT_A_TIME = 4
_CHUNK_BYTES = 1 << 15
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 50


class Exports:
    """The views."""

    def __init__(self, service: SearchService, freshness: Freshness) -> None:
        self._service = service
        self._freshness = freshness
        self._running = BoundedSemaphore(_AT_A_TIME)

    def search(self, kind: str) -> Response:
        """Return all that a search finds; `size` and `cursor` are left out of account, and nothing else."""
        made = FORMATS[kind]
        parameters = self._asked(made)
        if known := self._freshness.unchanged(self._service.generation_id, parameters):
            return known
        if not self._running.acquire(blocking=False):
            raise EngineUnavailable(f"{_AT_A_TIME} exports are running already; try again in a moment.")
        try:
            whole = self._service.whole(parameters)
        except BaseException:  # raised again; else the place would be taken for ever
            self._running.release()
            raise
        response = self._stream(made, whole, ended=_once(whole.close, self._running.release))
        response.headers["X-Total-Count"] = str(whole.answer.size)
        name = _NOT_IN_NAMES.sub("-", parameters.q.lower()).strip("-")[:_LONGEST_NAME].strip("-")
        _as_file(response, f"dateline-{name or 'everything'}.{kind}")
        return self._freshness.label(response, whole.answer.generation.id, parameters)

    def citation(self, kind: str, article_id: str) -> Response:
        """Return how an article is cited."""
        if known := self._freshness.unchanged(self._service.generation_id):
            return known
        answer = self._service.article(article_id, SearchParameters())
        response = Response(cited(self.cite(answer.article), kind), content_type=FORMATS[kind].content_type)
        _as_file(response, f"{_NOT_IN_NAMES.sub('-', article_id.lower()).strip('-')}.{kind}")
        return self._freshness.label(response, answer.generation.id)

    def cite(self, article: Cited) -> Citation:
        """Return how an article is cited by who reads it here, today."""
        return _cite(article, request.host_url, self._service.today())

    def _asked(self, made: Format) -> SearchParameters:
        asked = read_parameters(request.args.items(multi=True))
        changes = {"group": Group.ARTICLE, "facets": "none"} if made.of_articles else {}
        return asked.model_copy(update={"size": 20, "cursor": None, **changes})

    def _stream(self, made: Format, whole: Whole, ended: Callable[[], None]) -> Response:
        # The request is over when the stream is read.
        host, today = request.host_url, self._service.today()

        def cite(hit: WholeHit) -> Citation:
            return _cite(hit.card, host, today)

        def read() -> Iterator[bytes]:
            try:
                yield from _chunks(made.write(Job(whole, host, cite)))
            finally:
                ended()

        response = Response(read(), content_type=made.content_type)
        response.call_on_close(ended)  # what is never read never ends
        # Else it would be read whole for its length, which nobody needs.
        response.implicit_sequence_conversion = False
        return response


def exports_blueprint(service: SearchService, freshness: Freshness) -> Blueprint:
    """Return /search.csv and its like, and /citations/, with what templates use of them."""
    exports = Exports(service, freshness)
    blueprint = Blueprint("exports", __name__)
    for kind in FORMATS:
        blueprint.add_url_rule(f"{EXPORTS}{kind}", "search", exports.search, defaults={"kind": kind})
    for kind in CITATION_KINDS:
        rule = f"{CITATIONS}{kind}/<path:article_id>"
        blueprint.add_url_rule(rule, "citation", exports.citation, defaults={"kind": kind})
    helpers = {
        "citation_kinds": tuple((kind, FORMATS[kind].content_type, FORMATS[kind].label) for kind in CITATION_KINDS),
        "citation_of": exports.cite,
        "export_kinds": tuple((made.kind, made.label) for made in FORMATS.values()),
        "coins": coins,
        "dublin_core": dublin_core,
        "news_article": news_article,
    }
    blueprint.record_once(lambda state: state.app.jinja_env.globals.update(helpers))
    return blueprint


def _cite(article: Cited, host: str, today: datetime.date) -> Citation:
    return citation_of(article, host.rstrip("/") + article_path(article.id), today)


def _as_file(response: Response, name: str) -> None:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'


def _chunks(pieces: Iterable[str | bytes]) -> Iterator[bytes]:
    """Yield the same bytes in fewer pieces."""
    gathered: list[bytes] = []
    size = 0
    for piece in pieces:
        gathered.append(piece if isinstance(piece, bytes) else piece.encode(errors="replace"))
        size += len(gathered[-1])
        if size >= _CHUNK_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)


def _once(*steps: Callable[[], object]) -> Callable[[], None]:
    """Return what takes these steps when it is called first, and nothing afterwards."""
    waiting = list(steps)

    def run() -> None:
        while waiting:
            waiting.pop(0)()

    return run
