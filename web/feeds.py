"""A search as a feed (Atom, RFC 4287) and as a browser's search engine (OpenSearch 1.1)."""

import datetime
import uuid
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, request

from search.answering.answer import Answer, ShownHit
from search.answering.parameters import SearchParameters, read_parameters
from search.answering.service import SearchService
from search.engines.base import Sort
from web.addresses import article_address, search_address
from web.freshness import Freshness, entire
from web.words import showable

ATOM = "http://www.w3.org/2005/Atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_ENTRIES = 20


class Feeds:
    """The views; addresses in them are absolute, made from the one they were asked at."""

    def __init__(self, service: SearchService, freshness: Freshness) -> None:
        self._service = service
        self._freshness = freshness

    def atom(self) -> Response:
        """Return what a search finds, newest first, as a feed."""
        asked = read_parameters(request.args.items(multi=True), ignore_unknown=True)
        changes = {"sort": Sort.NEWEST, "size": _ENTRIES, "cursor": None, "facets": "none"}
        parameters = asked.model_copy(update=changes)
        if known := self._freshness.unchanged(self._service.generation_id(), parameters):
            return known
        answer = self._service.search(parameters)
        response = _xml(_feed(answer, parameters), "application/atom+xml")
        return self._freshness.label(response, answer.generation.id, parameters)

    def opensearch(self) -> Response:
        """Return how a browser can search here from its address bar."""
        response = _xml(_description(), "application/opensearchdescription+xml")
        return entire(response)


def feeds_blueprint(service: SearchService, freshness: Freshness) -> Blueprint:
    """Return /search.atom and /opensearch.xml."""
    feeds = Feeds(service, freshness)
    blueprint = Blueprint("feeds", __name__)
    blueprint.add_url_rule("/search.atom", view_func=feeds.atom)
    blueprint.add_url_rule("/opensearch.xml", view_func=feeds.opensearch)
    return blueprint


def _feed(answer: Answer, parameters: SearchParameters) -> ET.Element:
    page = _absolute(search_address(parameters, facets="all", size=20, sort=Sort.RELEVANCE))
    feed = ET.Element("feed", {"xmlns": ATOM})
    _add(feed, "id", _urn(search_address(parameters)))
    _add(feed, "title", f"Dateline: {parameters.q.strip() or 'everything'}")
    _add(feed, "updated", answer.generation.built_at)
    _add(ET.SubElement(feed, "author"), "name", "Dateline")
    ET.SubElement(
        feed,
        "link",
        rel="self",
        href=_absolute(search_address(parameters, "/search.atom")),
        type="application/atom+xml",
    )
    ET.SubElement(feed, "link", rel="alternate", href=page, type="text/html")
    for hit in answer.hits:
        _add_entry(feed, hit, answer, parameters)
    return feed


def _add_entry(feed: ET.Element, hit: ShownHit, answer: Answer, parameters: SearchParameters) -> None:
    card = hit.card
    entry = ET.SubElement(feed, "entry")
    href = article_address(card.id, SearchParameters(q=parameters.q, dialect=parameters.dialect), hit.paragraph)
    _add(entry, "id", _urn(f"{card.id}#p{hit.paragraph}" if parameters.group == "none" else card.id))
    _add(entry, "title", card.title)
    _add(entry, "updated", _instant(card.date) if card.date else answer.generation.built_at)
    if author := card.byline or card.agency:
        _add(ET.SubElement(entry, "author"), "name", author)
    if card.section:
        ET.SubElement(entry, "category", term=showable(card.section))
    ET.SubElement(entry, "link", rel="alternate", href=_absolute(href), type="text/html")
    _add(entry, "summary", hit.snippet.text)


def _description() -> ET.Element:
    root = ET.Element("OpenSearchDescription", {"xmlns": OPENSEARCH})
    _add(root, "ShortName", "Dateline")
    _add(root, "Description", "Search an archive of news articles by the paragraph.")
    _add(root, "InputEncoding", "UTF-8")
    for path, kind in (("/search", "text/html"), ("/search.atom", "application/atom+xml")):
        ET.SubElement(root, "Url", type=kind, template=_absolute(f"{path}?q={{searchTerms}}"))
    return root


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = showable(text)


def _urn(name: str) -> str:
    """Return an id that stays the same wherever the archive is served."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"dateline:{name}").urn


def _instant(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _absolute(path: str) -> str:
    return urljoin(request.host_url, path)


def _xml(root: ET.Element, kind: str) -> Response:
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(text, content_type=f"{kind}; charset=utf-8")
