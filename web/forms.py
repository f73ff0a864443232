"""The pages that explain and write queries: help, and the form that composes one. Parameters in, HTML out."""

from flask import Blueprint, Response, redirect, render_template, request

from search.answering.answer import Answer
from search.answering.parameters import SearchParameters
from search.answering.service import SearchService
from search.errors import QueryError
from search.query.syntax import SYNTAX
from web.addresses import pairs, search_address
from web.composing import DISTANCES, FORM, compose
from web.faults import ShownFault, shown_faults
from web.freshness import entire

_FIELDS = (*(field.name for field in FORM), "near2", "within")
KEYS = (
    ("/", "to the search box"),
    ("j", "to the next result, or the next match in an article"),
    ("k", "to the one before"),
    ("n", "to the next match in an article, as j"),
    ("p", "to the match before, as k"),
    ("o", "open it"),
    ("b", "put its paragraph into the basket, or take it out"),
    ("?", "this help"),
    ("Esc", "close what is open"),
)


class Forms:
    """The views."""

    def __init__(self, service: SearchService) -> None:
        self._service = service

    def help(self) -> Response:
        """Explain the query language and the keys."""
        return entire(_html("help.html", syntax=SYNTAX, keys=KEYS))

    def composer(self) -> Response:
        """Show the form, the query that it writes, and what that finds; or go and search for it."""
        given = {name: request.args.get(name, "") for name in _FIELDS}
        written = compose(given)
        parameters = SearchParameters(q=written, size=1, facets="none")
        if written and request.args.get("search"):
            return _seen_elsewhere(search_address(SearchParameters(q=written)))
        answer, faults = self._asked(parameters) if written else (None, ())
        page = _html(
            "compose.html",
            form=FORM,
            distances=DISTANCES,
            given=given,
            written=written,
            answer=answer,
            relaxed=answer is not None and any(each.code == "relaxed" for each in answer.diagnostics),
            faults=faults,
        )
        return entire(page)

    def _asked(self, parameters: SearchParameters) -> tuple[Answer | None, tuple[ShownFault, ...]]:
        try:
            return self._service.search(parameters), ()
        except QueryError as error:
            return None, shown_faults(error.diagnostics, pairs(parameters, size=20, facets="all"), "/search")


def forms_blueprint(service: SearchService) -> Blueprint:
    """Return /help and /compose."""
    forms = Forms(service)
    blueprint = Blueprint("forms", __name__)
    blueprint.add_url_rule("/help", view_func=forms.help)
    blueprint.add_url_rule("/compose", view_func=forms.composer)
    return blueprint


def _html(template: str, **values: object) -> Response:
    page = render_template(template, q="", parameters=SearchParameters(), **values)
    return Response(page, content_type="text/html; charset=utf-8")


def _seen_elsewhere(address: str) -> Response:
    response = redirect(address, code=303)
    assert isinstance(response, Response)
    return response
