"""Errors -> problems: JSON under /api/ (RFC 9457), plain text for machines' health checks, a page for people."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

import orjson
from flask import Flask, Request, Response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from search.answering.answer import diagnostic_json
from search.errors import (
    ArticleNotFound,
    DatelineError,
    Diagnostic,
    EngineError,
    EngineUnavailable,
    GenerationGone,
    IndexMissing,
    QueryError,
)
from web.addresses import CITATIONS, EXPORTS, Pairs, address, with_value
from web.faults import shown_faults
from web.health import PLAIN_PATHS
from web.limits import TooMuchAsked

PROBLEM_JSON = "application/problem+json"
# Who takes anything, as most programs say, gets the first.
_FORMS = (PROBLEM_JSON, "text/html")
# Seconds until trying again may help: an engine that is away soon, an index that someone has to build later.
_RETRY_SOON = 5
_RETRY_LATER = 60
# A longer address is not repeated to who asked for it, a longer path not whole.
_LONGEST_INSTANCE = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong: its status, its kind for programs, its title and detail for people.

    `repeats` says whether the answer may repeat what was asked: in its instance, and in links and forms of a page.
    """

    status: int
    kind: str | None
    title: str
    detail: str
    diagnostics: tuple[Diagnostic, ...] = ()
    retry_after: int | None = None
    repeats: bool = True


def register_problems(app: Flask) -> None:
    """Answer every error of the search and of HTTP itself as a problem; others become a 500, logged by Flask."""

    def failed(error: DatelineError) -> Response:
        problem = _of_search(error)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            app.logger.warning("%s: %s", request.path, error)
        return _response(problem)

    def refused(error: HTTPException) -> Response:
        response = _response(_of_http(error))
        for name, value in error.get_headers(request.environ):
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    app.register_error_handler(DatelineError, failed)
    app.register_error_handler(HTTPException, refused)


def _of_search(error: DatelineError) -> Problem:
    match error:
        case QueryError():
            faults = tuple(fault for fault in error.diagnostics if fault.severity == "error")
            what = "parameter" if any(fault.parameter != "q" for fault in faults) else "query"
            detail = " ".join(fault.message for fault in faults)
            return Problem(400, what, f"This {what} cannot be used", detail, faults)
        case ArticleNotFound():
            return Problem(404, "article", "No such article", str(error))
        case GenerationGone():
            return Problem(410, "generation", "These results are gone", str(error))
        case EngineUnavailable():
            return Problem(503, "engine", "The search is not available now", str(error), retry_after=_RETRY_SOON)
        case EngineError():
            title = "There is no index yet" if isinstance(error, IndexMissing) else "The index cannot be used"
            return Problem(503, "index", title, str(error), retry_after=_RETRY_LATER)
    raise error


def _of_http(error: HTTPException) -> Problem:
    if isinstance(error, TooMuchAsked):
        detail = str(error.description)
        fault = Diagnostic("too-many-parameters", detail, parameter=error.parameter or "")
        return Problem(400, "parameter", "This is more than can be asked at once", detail, (fault,), repeats=False)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    details = {
        HTTPStatus.BAD_REQUEST: error.description or status.description,
        HTTPStatus.NOT_FOUND: "There is nothing at this address.",
        HTTPStatus.METHOD_NOT_ALLOWED: _allowed(error),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This is more than can be sent here: send fewer or shorter notes.",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Something failed here. It was logged; trying again may help.",
    }
    return Problem(status, None, status.phrase, details.get(status, status.description))


def _allowed(error: HTTPException) -> str:
    if isinstance(error, MethodNotAllowed) and "GET" not in (error.valid_methods or ("GET",)):
        return "This address makes files of what is sent to it (POST). Open the basket, and choose a file there."
    return "This address can be read (GET), nothing else."


def _response(problem: Problem) -> Response:
    made = _form_of(request)(problem)
    made.status_code = problem.status
    made.cache_control.no_store = True
    if problem.retry_after is not None:
        made.retry_after = problem.retry_after
    return made


def _form_of(asked: Request) -> Callable[[Problem], Response]:
    """Return what writes a problem; a file is asked for by programs, and by people with a browser."""
    path = asked.path
    is_file = path.startswith((EXPORTS, CITATIONS))
    if path.startswith("/api/") or (is_file and asked.accept_mimetypes.best_match(_FORMS) != "text/html"):
        return _as_json
    return _as_text if path in PLAIN_PATHS else _as_page


def _as_json(problem: Problem) -> Response:
    errors = [
        {name: value for name, value in diagnostic_json(fault).items() if name != "severity"}
        for fault in problem.diagnostics
    ]
    body = {
        "type": f"urn:dateline:problem:{problem.kind}" if problem.kind else "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": _instance(problem),
        "errors": errors,
    }
    return Response(orjson.dumps(body), content_type=PROBLEM_JSON)


def _instance(problem: Problem) -> str:
    """Return the address that was asked for, as far as it is short enough to be repeated."""
    path = quote(request.path)[:_LONGEST_INSTANCE]
    whole = address(path, _items()) if problem.repeats else path
    return whole if len(whole) <= _LONGEST_INSTANCE else path


def _as_text(problem: Problem) -> Response:
    return Response(f"{problem.detail}\n", content_type="text/plain; charset=utf-8")


def _as_page(problem: Problem) -> Response:
    if not problem.repeats:
        return Response(render_template("refused.html", problem=problem), content_type="text/html; charset=utf-8")
    items = _items()
    page = render_template(
        "problem.html",
        problem=problem,
        q=request.args.get("q", ""),
        dialect=request.args.get("dialect", ""),
        faults=shown_faults(problem.diagnostics, items, quote(request.path)),
        first_page=address(quote(request.path), with_value(items, "cursor", None)),
    )
    return Response(page, content_type="text/html; charset=utf-8")


def _items() -> Pairs:
    return list(request.args.items(multi=True))
