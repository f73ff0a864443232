"""A search as a feed (Atom, RFC 4287, in pages, RFC 5005) and as a browser's search engine (OpenSearch 1.1).

A feed tells what is new to its reader: it has articles in the order in which they came into the archive, whatever their
date, each as published when it came and as updated when its text last changed.
"""

import datetime
import uuid
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import orjson
from flask import Blueprint, Response, request

from search.answering.answer import News, ShownHit
from search.answering.parameters import SearchParameters, read_parameters
from search.answering.service import SearchService
from search.engines.base import Sort
from web.addresses import article_address, search_address
from web.freshness import Freshness, entire
from web.words import showable

ATOM = "http://www.w3.org/2005/Atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
SUGGESTIONS = "application/x-suggestions+json"
ENTRIES = 50
# Sides in pixels of the images that browsers show beside the name; not all take vector graphics there.
_IMAGES = ("16", "32")


class Feeds:
    """The views; addresses in them are absolute, made from the one they were asked at."""

    def __init__(self, service: SearchService, freshness: Freshness) -> None:
        self._service = service
        self._freshness = freshness

    def atom(self) -> Response:
        """Return what a search finds as a feed; `sort`, `size` and `facets` are left out of account."""
        asked = read_parameters(request.args.items(multi=True), ignore_unknown=True)
        parameters = asked.model_copy(update={"sort": Sort.RECENT, "size": ENTRIES, "facets": "none"})
        if known := self._freshness.unchanged(self._service.generation_id, parameters):
            return known
        news = self._service.news(parameters)
        response = _xml(_feed(news, parameters), "application/atom+xml")
        return self._freshness.label(response, news.answer.generation.id, parameters)

    def opensearch(self) -> Response:
        """Return how a browser can search here from its address bar."""
        response = _xml(_description(), "application/opensearchdescription+xml")
        return entire(response)

    def suggestions(self) -> Response:
        """Return what was typed so far and what it may become, as browsers ask for it."""
        q = request.args.get("q", "")
        parameters = SearchParameters(q=q)
        generation = self._service.generation_id()
        if known := self._freshness.unchanged(generation, parameters):
            return known
        words = list(dict.fromkeys(self._service.suggest(q)))
        response = Response(orjson.dumps([q, words]), content_type=f"{SUGGESTIONS}; charset=utf-8")
        return self._freshness.label(response, generation, parameters)


def feeds_blueprint(service: SearchService, freshness: Freshness) -> Blueprint:
    """Return /search.atom, /opensearch.xml and /suggestions."""
    feeds = Feeds(service, freshness)
    blueprint = Blueprint("feeds", __name__)
    blueprint.add_url_rule("/search.atom", view_func=feeds.atom)
    blueprint.add_url_rule("/opensearch.xml", view_func=feeds.opensearch)
    blueprint.add_url_rule("/suggestions", view_func=feeds.suggestions)
    return blueprint


def _feed(news: News, parameters: SearchParameters) -> ET.Element:
    plain = {"facets": "all", "size": 20, "sort": Sort.RELEVANCE, "cursor": None}
    here = parameters.model_copy(update={**plain, "cursor": parameters.cursor})
    feed = ET.Element("feed", {"xmlns": ATOM})
    _add(feed, "id", _urn(search_address(parameters, **plain)))
    _add(feed, "title", f"Dateline: {parameters.q.strip() or 'everything'}")
    changes = [instants.changed for instants in news.instants.values()]
    _add(feed, "updated", _instant(max(changes)) if changes else news.answer.generation.built_at)
    _add(ET.SubElement(feed, "author"), "name", "Dateline")
    _link(feed, "self", search_address(here, "/search.atom"), "application/atom+xml")
    _link(feed, "first", search_address(here, "/search.atom", cursor=None), "application/atom+xml")
    if news.answer.next:
        _link(feed, "next", search_address(here, "/search.atom", cursor=news.answer.next), "application/atom+xml")
    _link(feed, "alternate", search_address(parameters, **plain), "text/html")
    for hit in news.answer.hits:
        _add_entry(feed, hit, news, parameters)
    return feed


def _add_entry(feed: ET.Element, hit: ShownHit, news: News, parameters: SearchParameters) -> None:
    card, instants = hit.card, news.instants[hit.card.id]
    entry = ET.SubElement(feed, "entry")
    href = article_address(card.id, SearchParameters(q=parameters.q, dialect=parameters.dialect), hit.paragraph)
    _add(entry, "id", _urn(f"{card.id}#p{hit.paragraph}" if parameters.group == "none" else card.id))
    _add(entry, "title", card.title)
    _add(entry, "published", _instant(instants.first))
    _add(entry, "updated", _instant(instants.changed))
    if author := card.byline or card.agency:
        _add(ET.SubElement(entry, "author"), "name", author)
    if card.section:
        ET.SubElement(entry, "category", term=showable(card.section))
    _link(entry, "alternate", href, "text/html")
    _add(entry, "summary", hit.context or hit.snippet.text)


def _description() -> ET.Element:
    root = ET.Element("OpenSearchDescription", {"xmlns": OPENSEARCH})
    _add(root, "ShortName", "Dateline")
    _add(root, "Description", "Search an archive of news articles by the paragraph.")
    _add(root, "InputEncoding", "UTF-8")
    for side in _IMAGES:
        image = ET.SubElement(root, "Image", width=side, height=side, type="image/png")
        image.text = _absolute(f"/static/icon-{side}.png")
    for path, kind, rel in (
        ("/search", "text/html", "results"),
        ("/search.atom", "application/atom+xml", "results"),
        ("/suggestions", SUGGESTIONS, "suggestions"),
    ):
        ET.SubElement(root, "Url", type=kind, rel=rel, template=_absolute(f"{path}?q={{searchTerms}}"))
    description = "application/opensearchdescription+xml"
    ET.SubElement(root, "Url", type=description, rel="self", template=_absolute("/opensearch.xml"))
    return root


def _link(parent: ET.Element, rel: str, path: str, kind: str) -> None:
    ET.SubElement(parent, "link", rel=rel, href=_absolute(path), type=kind)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = showable(text)


def _urn(name: str) -> str:
    """Return an id that stays the same wherever the archive is served."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"dateline:{name}").urn


def _instant(instant: datetime.datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _absolute(path: str) -> str:
    return urljoin(request.host_url, path)


def _xml(root: ET.Element, kind: str) -> Response:
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(text, content_type=f"{kind}; charset=utf-8")
