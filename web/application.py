"""Put the faces of a search together: pages, JSON, files, feeds, health, with the headers that all of them have."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Response
from flask_compress import Compress
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from jinja2 import StrictUndefined

import search
from search.answering.service import SearchService
from web.api import add_document, api_blueprint
from web.basket import basket_blueprint
from web.exports import exports_blueprint
from web.feeds import feeds_blueprint
from web.forms import forms_blueprint
from web.freshness import Freshness, fingerprint_of
from web.health import Metrics, health_blueprint
from web.limits import limit_parameters
from web.pages import finalize, pages_blueprint
from web.problems import register_problems
from web.schemas import Problem

# Nothing from elsewhere, nothing inline: what an article or a query says can never become a script or a style.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

# What browsers load. JSON is left as it is: programs are near, or have a proxy between that compresses better.
_COMPRESSED = ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"]


class _App(OpenAPI):
    """Flask with an OpenAPI document, and templates in which nothing undefined or unshowable passes."""

    jinja_options: dict[str, Any] = {  # noqa: RUF012 - Flask declares it so, to be overridden in a subclass
        **OpenAPI.jinja_options,
        "finalize": finalize,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }


def create_app(service: SearchService, *, counts: Path | None = None) -> OpenAPI:
    """Return the WSGI application that answers from a service.

    Apps share nothing but, where it is given, the folder `counts`, in which processes count their requests together.
    """
    description = "Search an archive of news articles by the paragraph."
    app = _App(
        __name__,
        info=Info(title="Dateline", version=version("dateline"), description=description),
        doc_ui=False,
        validation_error_status=400,
        validation_error_model=Problem,
    )
    app.url_map.merge_slashes = False
    app.config.update(COMPRESS_MIMETYPES=_COMPRESSED, COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4)
    Compress(app)
    freshness = Freshness(version("dateline") + fingerprint_of(*_program_folders()), service.today)
    metrics = Metrics(service, counts)
    metrics.watch(app)
    limit_parameters(app)
    app.after_request(_protect)
    app.register_blueprint(pages_blueprint(service, freshness))
    app.register_blueprint(exports_blueprint(service, freshness))
    app.register_blueprint(forms_blueprint(service))
    app.register_blueprint(basket_blueprint(service))
    app.register_blueprint(feeds_blueprint(service, freshness))
    app.register_blueprint(health_blueprint(service, metrics))
    app.register_api(api_blueprint(service, freshness))
    add_document(app)
    register_problems(app)
    return app


def _program_folders() -> tuple[Path, ...]:
    return Path(__file__).parent, Path(search.__file__).parent


def _protect(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
