"""The size of a request: how many parameters it may have, checked before anything else looks at them.

A page repeats the parameters of its search in every link, so that what a page costs grows with their square. What is
refused here is answered without them: shortly, and without reading more than the query string.
"""

from urllib.parse import unquote_to_bytes

from flask import Flask, request
from werkzeug.exceptions import HTTPException

MOST_VALUES = 50
MOST_PARAMETERS = 200
# In bytes of what the percent signs stand for: a query of 2,048 letters has three times as many in most scripts.
LONGEST_QUERY_STRING = 8 * 1024
_LONGEST_NAME = 40


class TooMuchAsked(HTTPException):
    """A request with more parameters than are read. `parameter` names the one there is too much of, if it is one."""

    code = 400

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


def limit_parameters(app: Flask) -> None:
    """Refuse every request of the app whose query string is too long or has too many parameters."""
    app.before_request(_check)


def _check() -> None:
    written: bytes = request.query_string
    if not written:
        return
    if len(written) > LONGEST_QUERY_STRING and len(unquote_to_bytes(written)) > LONGEST_QUERY_STRING:
        raise TooMuchAsked(f"What follows the ? of an address can have {LONGEST_QUERY_STRING:,} bytes. Ask for less.")
    if written.count(b"&") >= MOST_PARAMETERS:
        raise TooMuchAsked(f"A request can have {MOST_PARAMETERS} parameters. Ask with fewer.")
    for name, values in request.args.lists():
        if len(values) > MOST_VALUES:
            short = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
            message = (
                f"A parameter can have {MOST_VALUES} values; there are {len(values)} of {short!r}. Ask with fewer."
            )
            raise TooMuchAsked(message, parameter=short)
