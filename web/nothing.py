"""Missing -> what a page says where nothing, or only some of the words, was found: counts, and wider searches."""

from dataclasses import dataclass

from search.answering.parameters import SearchParameters
from search.answering.relaxing import ClauseCount, Missing, Relaxation
from web.addresses import search_address


@dataclass(frozen=True, slots=True)
class Offer:
    """A wider search: what it does, in words and perhaps with a piece of the query, and how many paragraphs it finds.

    `code` stands between `before` and `after`.
    """

    before: str
    code: str | None
    after: str
    href: str
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """The clauses of the query with what each finds by itself, and the offers."""

    clauses: tuple[ClauseCount, ...]
    offers: tuple[Offer, ...]


def nothing_of(missing: Missing, parameters: SearchParameters) -> Nothing:
    """Return what is said of a search that lacks something; one clause alone is not counted again."""
    clauses = missing.clauses if len(missing.clauses) > 1 else ()
    return Nothing(clauses, tuple(_offer(each, parameters) for each in missing.relaxations))


def _offer(relaxation: Relaxation, parameters: SearchParameters) -> Offer:
    texts = {
        "filters": ("The same without any filter", None, ""),
        "any": ("Paragraphs with any of the words", None, ""),
        "article": ("All of it anywhere in one article, not in one paragraph", None, ""),
        "without": ("Without ", relaxation.left_out, ""),
    }
    before, code, after = texts[relaxation.reason]
    return Offer(before, code, after, search_address(parameters, **relaxation.changes), relaxation.paragraphs)
