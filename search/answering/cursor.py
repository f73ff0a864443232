"""Where the next page begins, as an opaque text. It belongs to a generation and to one search."""

import base64
import datetime
import hashlib
from dataclasses import dataclass

import orjson

from search.answering.parameters import SearchParameters
from search.engines.base import Position
from search.errors import Diagnostic, QueryError
from search.query import Match

_DIGEST_LENGTH = 12
# No answer has so many hits, and no article so many paragraphs.
_ENDLESS = 1 << 50
# `canonical` says what q does, and a cursor has its match beside the digest.
_DECIDING = tuple(
    name for name in SearchParameters.model_fields if name not in ("q", "cursor", "size", "facets", "match", "partial")
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last hit that was shown: its position, its rank, and what was asked of which generation on which day."""

    generation: str
    day: datetime.date
    match: Match
    rank: int
    position: Position
    digest: str

    def text(self) -> str:
        """Return the cursor as it travels in URLs."""
        position = self.position
        values = [
            self.generation,
            self.day.isoformat(),
            self.match,
            self.rank,
            float(position.key),
            position.article_id,
            position.paragraph,
            self.digest,
        ]
        return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def search_digest(parameters: SearchParameters, canonical: str) -> str:
    """Return a name of everything that decides what is found and in which order."""
    asked = {name: getattr(parameters, name) for name in _DECIDING}
    return hashlib.sha256(orjson.dumps([canonical, asked])).hexdigest()[:_DIGEST_LENGTH]


def check_cursor(cursor: Cursor, parameters: SearchParameters, canonical: str) -> None:
    """Check that a cursor belongs to a search.

    Raises:
        QueryError: it is one of another search.
    """
    if cursor.digest != search_digest(parameters, canonical) or parameters.match not in (
        Match.AUTO,
        cursor.match,
    ):
        raise _bad_cursor("This cursor belongs to another search; leave it out for the first page of this one.")


def read_cursor(text: str) -> Cursor:
    """Return the cursor of a text; whether it belongs to this search is known once the query was read.

    Raises:
        QueryError: it is no cursor.
    """
    message = "This is not a cursor; take page.next of an answer, or leave it out for the first page."
    try:
        generation, day, match, rank, key, article_id, paragraph, digest = orjson.loads(
            base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        )
        position = Position(float(key), str(article_id), int(paragraph))
        asked_on = datetime.date.fromisoformat(day)
        cursor = Cursor(str(generation), asked_on, Match(match), int(rank), position, str(digest))
        is_ours = cursor.text() == text  # 5.5, NaN and the like come back as something else
    except (ValueError, TypeError, OverflowError) as error:
        raise _bad_cursor(message) from error
    if cursor.match is Match.AUTO or not is_ours or not 1 <= cursor.rank < _ENDLESS or position.paragraph >= _ENDLESS:
        raise _bad_cursor(message)
    return cursor


def _bad_cursor(message: str) -> QueryError:
    return QueryError([Diagnostic("bad-cursor", message, parameter="cursor")])
