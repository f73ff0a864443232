"""The pages for people: home, results, an article. Parameters in, HTML out; useful without any script."""

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from search.answering.answer import article_path
from search.answering.parameters import SearchParameters, read_parameters
from search.answering.service import SearchService
from search.query import Dialect
from search.query.syntax import SYNTAX
from web import words
from web.addresses import article_address, changed, citation_address, export_address, search_address
from web.citing import citation_parts
from web.freshness import Freshness
from web.headlines import headline_of_article, headline_of_hit
from web.origins import record_rows
from web.reading import shown_paragraphs
from web.results import results_of
from web.timeline import HEIGHT, draw

# What templates call; imported ones see no context, so these are globals of the environment.
_HELPERS = {
    "article_address": article_address,
    "citation_address": citation_address,
    "count": words.count,
    "day": words.day,
    "dialects": tuple((dialect.value, dialect.capitalize()) for dialect in Dialect),
    "export_address": export_address,
    "headline_of_hit": headline_of_hit,
    "instant": words.instant,
    "pieces": words.pieces,
    "search_address": search_address,
    "sign": words.sign,
    "timeline_height": HEIGHT,
    "unit": words.unit,
    "wire": words.wire,
}
_EXAMPLES = ("defence minister", '"minister of defence"', "india w/5 china", "date:2024-08")


class Pages:
    """The views; each asks the service and renders one template."""

    def __init__(self, service: SearchService, freshness: Freshness) -> None:
        self._service = service
        self._freshness = freshness

    def home(self) -> Response:
        """Say what the archive holds and how to ask it."""
        status = self._service.status()
        if known := self._freshness.unchanged(status.generation.id):
            return known
        page = render_template(
            "home.html",
            status=status,
            days=words.span_of_days(status.first, status.last),
            timeline=draw(status.months),
            examples=_EXAMPLES,
            syntax=SYNTAX,
            parameters=SearchParameters(),
        )
        return self._freshness.label(_html(page), status.generation.id)

    def results(self) -> Response:
        """Show what a search finds."""
        parameters = read_parameters(request.args.items(multi=True), ignore_unknown=True)
        if known := self._freshness.unchanged(self._service.generation_id, parameters):
            return known
        with self._service.in_time():
            answer = self._service.search(parameters)
            shown = results_of(answer, parameters, self._service)
        page = render_template("results.html", answer=answer, parameters=parameters, shown=shown, q=parameters.q)
        response = _html(page)
        if shown.next_href:
            response.headers["Link"] = f'<{shown.next_href}>; rel="next"'
        return self._freshness.label(response, answer.generation.id, parameters)

    def article(self, article_id: str) -> Response:
        """Show an article, marked with what it was found by."""
        parameters = read_parameters(request.args.items(multi=True), ignore_unknown=True)
        if known := self._freshness.unchanged(self._service.generation_id, parameters):
            return known
        # The cursor is for the way back to the results; the article itself has none.
        answer = self._service.article(article_id, changed(parameters))
        page = render_template(
            "article.html",
            article=answer.article,
            generation=answer.generation,
            headline=headline_of_article(answer),
            paragraphs=shown_paragraphs(answer),
            remarks=answer.diagnostics,
            record=record_rows(answer.article),
            citation=citation_parts(answer.article),
            address=f"{request.host_url.rstrip('/')}{article_path(answer.article.id)}",
            parameters=parameters,
            back=search_address(parameters) if parameters != SearchParameters() else None,
            only_q=SearchParameters(q=parameters.q, dialect=parameters.dialect),
            q=parameters.q,
        )
        return self._freshness.label(_html(page), answer.generation.id, parameters)


def pages_blueprint(service: SearchService, freshness: Freshness) -> Blueprint:
    """Return the pages, with what their templates use."""
    pages = Pages(service, freshness)
    blueprint = Blueprint("pages", __name__)
    blueprint.add_url_rule("/", view_func=pages.home)
    blueprint.add_url_rule("/search", view_func=pages.results)
    blueprint.add_url_rule("/articles/<path:article_id>", view_func=pages.article)
    blueprint.record_once(lambda state: state.app.jinja_env.globals.update(_HELPERS))
    return blueprint


def finalize(value: object) -> object:
    """Return a template's value as a page may contain it; autoescaping follows."""
    if isinstance(value, Markup):
        return value
    return words.showable(value) if isinstance(value, str) else value


def _html(page: str) -> Response:
    return Response(page, content_type="text/html; charset=utf-8")
