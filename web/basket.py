"""The basket: its page, which the browser fills from what it keeps, and the cutting files made from its ids.

Nothing is kept here. The browser sends the ids of the paragraphs that were marked; what they say, their citations and
whether the archive still holds them comes from the archive each time, for the page and for every file alike.
"""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from search.answering.service import SearchService
from web.cutting_files import FILES, Clippings
from web.cuttings import MOST, CuttingsError, collect, read_wanted
from web.freshness import entire

# A full basket: 200 ids, titles and notes of Devanagari, each of whose letters takes nine bytes in a form.
LARGEST_FORM = 4 << 20
MOST_FIELDS = 1_000


class Basket:
    """The views; each asks the service and renders what it answers."""

    def __init__(self, service: SearchService) -> None:
        self._service = service

    def page(self) -> Response:
        """Show the page that a script fills with what this browser keeps."""
        return entire(
            Response(render_template("basket.html", q="", most=MOST), content_type="text/html; charset=utf-8")
        )

    def cuttings(self) -> Response:
        """Show the paragraphs that a form asks for, as the part of the page that lists them."""
        shown = render_template("basket_list.html", cuttings=self._clippings().cuttings)
        response = Response(shown, content_type="text/html; charset=utf-8")
        response.cache_control.no_store = True
        return response

    def file(self, kind: str) -> Response:
        """Make a file of the paragraphs that a form asks for."""
        clippings = self._clippings()
        made = FILES[kind]
        response = Response(made.write(clippings), content_type=made.content_type)
        name = f"cuttings-{clippings.day.isoformat()}.{kind}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.cache_control.no_store = True
        return response

    def _clippings(self) -> Clippings:
        request.max_content_length = request.max_form_memory_size = LARGEST_FORM
        # Millions of empty fields fit into a form that is not too large, and take a hundred times its memory.
        if request.mimetype == "application/x-www-form-urlencoded" and request.get_data().count(b"&") >= MOST_FIELDS:
            raise BadRequest(f"A form can have {MOST_FIELDS:,} fields: send fewer paragraphs.")
        try:
            wanted = read_wanted(request.form)
        except CuttingsError as error:
            raise BadRequest(str(error)) from error
        return Clippings(tuple(collect(self._service, wanted)), self._service.today(), request.host_url.rstrip("/"))


def basket_blueprint(service: SearchService) -> Blueprint:
    """Return /basket and the addresses that list it and make files of it."""
    basket = Basket(service)
    blueprint = Blueprint("basket", __name__)
    blueprint.add_url_rule("/basket", view_func=basket.page)
    blueprint.add_url_rule("/basket/cuttings", view_func=basket.cuttings, methods=["POST"])
    kinds = ",".join(FILES)
    blueprint.add_url_rule(f"/basket/cutting.<any({kinds}):kind>", view_func=basket.file, methods=["POST"])
    return blueprint
