"""The endpoints under /api/v1: parameters in, JSON out, described by an OpenAPI 3.1 document. Asks the service only."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, Field

from search.answering.answer import answer_json, article_json, article_path
from search.answering.completing import Completion
from search.answering.parameters import SearchParameters, read_parameters, short
from search.answering.service import SearchService
from search.engines.base import Scope
from search.errors import Diagnostic, QueryError
from search.query import Dialect, Match
from web.addresses import search_address
from web.document import with_files
from web.freshness import Freshness, entire
from web.problems import PROBLEM_JSON
from web.schemas import ArticleResponse, SearchResponse, SuggestResponse

JSON = "application/json; charset=utf-8"
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
PROBLEM_STATUSES = {
    400: "The query or a parameter cannot be used.",
    404: "There is no such article.",
    410: "The cursor belongs to a generation that is no longer kept.",
    500: "Something failed here; it was logged.",
    503: "There is no index, or it cannot answer now.",
}


class ArticleId(BaseModel):
    """Which article."""

    article_id: str = Field(description="The id of an article, as hits give it; it may have slashes.")


class Completed(BaseModel):
    """What to complete."""

    q: str = Field("", description="A query as typed so far.")


class Marked(BaseModel):
    """What to mark in an article: as a search with these would."""

    q: str = Field("", description="A query, in the query language; empty to mark nothing.")
    dialect: Dialect = Field(Dialect.DATELINE, description="The language q is written in.")
    match: Match = Field(Match.AUTO, description="Whether all words of the query must be found, or any.")
    scope: Scope = Field(Scope.PARAGRAPH, description="Where all words must be found together.")


class Documented(APIBlueprint):
    """Describes operations by their models, and reads their parameters with `read_parameters`.

    The extension would read them by rules of its own (its own shape of error, empty values not ignored); page,
    endpoint and terminal must read alike.
    """

    @staticmethod
    def create_view_func(
        func: Callable[..., Response],
        header: object,  # noqa: ARG004 - the extension hands it over
        cookie: object,  # noqa: ARG004 - the extension hands it over
        path: type[BaseModel] | None,
        query: type[BaseModel],
        *others: object,  # noqa: ARG004 - the extension hands it over
        **options: object,  # noqa: ARG004 - the extension hands it over
    ) -> Callable[..., Response]:
        """Return the view that reads an operation's `path` and `query` and calls it."""

        @wraps(func)
        def view(**path_values: str) -> Response:
            known = {"path": path.model_validate(path_values)} if path else {}
            return func(query=_read(query, list(request.args.items(multi=True))), **known)

        return view


class Api:
    """The operations; the first line of each is its summary in the document."""

    def __init__(self, service: SearchService, freshness: Freshness) -> None:
        self._service = service
        self._freshness = freshness

    def search(self, query: SearchParameters) -> Response:
        """Search the archive by the paragraph."""
        if known := self._freshness.unchanged(self._service.generation_id, query):
            return known
        answer = self._service.search(query)
        response = json_response(answer_json(answer))
        if answer.next:
            response.headers["Link"] = f'<{search_address(query, request.path, cursor=answer.next)}>; rel="next"'
        return self._freshness.label(response, answer.generation.id, query)

    def article(self, path: ArticleId, query: Marked) -> Response:
        """Get a whole article, its paragraphs marked where they have what the query asks for."""
        parameters = SearchParameters(**query.model_dump())
        if known := self._freshness.unchanged(self._service.generation_id, parameters):
            return known
        answer = self._service.article(path.article_id, parameters)
        return self._freshness.label(json_response(article_json(answer)), answer.generation.id, parameters)

    def suggest(self, query: Completed) -> Response:
        """Complete a query with words, names and titles of the archive."""
        parameters = SearchParameters(q=query.q)
        generation = self._service.generation_id()
        if known := self._freshness.unchanged(generation, parameters):
            return known
        completions = self._service.complete(query.q)
        shown = {
            "q": query.q,
            "suggestions": self._service.suggest(query.q),
            "completions": [_completion_json(each) for each in completions],
        }
        response = json_response(shown)
        return self._freshness.label(response, generation, parameters)


def api_blueprint(service: SearchService, freshness: Freshness) -> APIBlueprint:
    """Return the endpoints, documented."""
    api = Api(service, freshness)
    problems: ResponseDict = {
        str(status): {"description": meaning, "content": {PROBLEM_JSON: {"schema": PROBLEM_SCHEMA}}}
        for status, meaning in PROBLEM_STATUSES.items()
    }
    tag = Tag(name="archive", description="Articles, searched by the paragraph.")
    blueprint = Documented("api", __name__, url_prefix="/api/v1", abp_responses=problems, abp_tags=[tag])
    blueprint.get("/search", operation_id="search", responses={200: SearchResponse})(api.search)
    blueprint.get("/articles/<path:article_id>", operation_id="article", responses={200: ArticleResponse})(api.article)
    blueprint.get("/suggest", operation_id="suggest", responses={200: SuggestResponse})(api.suggest)
    return blueprint


def add_document(app: OpenAPI) -> None:
    """Serve the OpenAPI document of everything that was registered."""
    document = orjson.dumps(with_files(app.api_doc), option=orjson.OPT_INDENT_2)

    def openapi() -> Response:
        return entire(Response(document, content_type=JSON))

    app.add_url_rule("/api/v1/openapi.json", "api.openapi", openapi)


def json_response(value: dict[str, Any]) -> Response:
    """Return a value as JSON."""
    return Response(orjson.dumps(value), content_type=JSON)


def _completion_json(completion: Completion) -> dict[str, Any]:
    article_id = completion.article_id
    href = article_path(article_id) if article_id else search_address(SearchParameters(q=completion.q))
    return {
        "kind": completion.kind,
        "text": completion.text,
        "q": completion.q,
        "total": completion.total,
        "field": completion.field,
        "links": {"html": href},
    }


def _read(model: type[BaseModel], items: Sequence[tuple[str, str]]) -> BaseModel:
    if model is SearchParameters:
        return read_parameters(items)
    strangers = [name for name, _ in items if name not in model.model_fields]
    if strangers:
        names = ", ".join(model.model_fields)
        name = short(strangers[0])
        message = f"There is no parameter {name!r} here; there is {names}."
        raise QueryError([Diagnostic("unknown-parameter", message, parameter=name)])
    return model.model_validate(read_parameters(items).model_dump(include=set(model.model_fields)))
