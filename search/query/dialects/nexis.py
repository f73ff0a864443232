"""A query with Nexis's terms and connectors -> our clause: OR binds first, then nearness by its number, NOT last."""

from collections.abc import Sequence

from search.query import syntax
from search.query.context import Clause, Context, Place
from search.query.dialects.comparisons import CONDITIONS, compared
from search.query.dialects.lexer import END, OPEN_QUOTE, QUOTED, ROUND_BRACKETS, WORD, Lexer, Match, infix
from search.query.dialects.precedence import parse_tree
from search.query.dialects.reading import Reading
from search.query.dialects.tokens import Kind, Operator, Token, checked
from search.query.dialects.words import neutral, note_question, parted, phrases, read_words, without_letters
from search.query.nearness import Nearness
from search.query.nodes import Unit
from search.query.similar import similar_name

_OR = Operator("or", 1_000, chains=True)
_AND = Operator("and", 20, chains=True)
_AND_NOT = Operator("without", 10)
# The smaller the number, the sooner it binds; sentences and paragraphs come after all numbers.
_POWER_OF_NEARNESS = 900
_POWERS_OF_UNITS = {Unit.SENTENCE: 300, Unit.PARAGRAPH: 290}
_POWER_OF_PREFIX = 2_000

_UNIT = "sent|para|seg|[sp]"
_NEAR = rf"""
    (?P<negated>not\s*+)?
    (?: (?P<kind>w|near|pre|onear)/(?P<reach>[0-9]++|{_UNIT}|) | (?P<sign>[/+])(?P<reach>[0-9]++|{_UNIT}) ) {END}
"""
# A segment, and what it is in our language; "" is the article's text.
_SEGMENTS = {
    "headline": "title",
    "title": "title",
    "hlead": "hlead",
    "byline": "byline",
    "author": "byline",
    "section": "section",
    "dateline": "place",
    "publication": "agency",
    "pub": "agency",
    "source": "agency",
    "body": "",
    "text": "",
}
_INDEXED = (
    *("city", "company", "correction", "correction-date", "country", "geographic", "graphic", "highlight", "industry"),
    *("language", "organization", "person", "publication-type", "state", "subject", "term", "terms", "ticker", "type"),
)
# What to do instead of a segment or command that asks what we do not know of an article.
_WITHOUT_COUNTERPART = {
    "lead": "The nearest is hlead(...), the title and the first paragraph.",
    "caps": "A capital at the beginning cannot be asked for; allcaps(...) asks for words in capitals throughout.",
    "nocaps": "Words without capitals cannot be asked for; leave it out.",
    "plural": 'One form of a word is asked for in quotes: "jobs".',
    "singular": 'One form of a word is asked for in quotes: "job".',
    "load-date": "Write date(...), the day of publication.",
    **dict.fromkeys(_INDEXED, "Leave it out, or search for its words in the text."),
}


def read(context: Context) -> Clause | None:
    """Read a query; None where nothing in it holds a word."""
    tokens = checked(context, list(phrases(_LEXER.tokens(context))), implied=None)
    return Reading(context, _leaf).read(parse_tree(tokens))


def _near(context: Context, match: Match) -> Token:
    reach = match["reach"].lower()
    ordered = (match["kind"] or "").lower() in ("pre", "onear")
    if match["sign"] == "+":
        context.error("no-counterpart", "Write pre/ for words in this order.", *match.span(), instead=f"pre/{reach}")
    elif not reach:
        message = "The distance follows without a space, such as w/5."
        context.error("bad-distance", message, *match.span(), instead=f"{match.group()}5")
    elif reach == "seg":
        instead = None if match["negated"] else "AND"
        message = "Nothing asks for the same segment; write AND, or the segment with both words in its brackets."
        context.error("no-counterpart", message, *match.span(), instead=instead)
    elif ordered and not reach.isdigit():
        message = "Within a sentence or paragraph there is no order; write w/s or w/p."
        instead = f"{match['negated'] or ''}w/{reach}"
        context.error("no-counterpart", message, *match.span(), instead=instead)
    return Token(Kind.INFIX, match.group(), *match.span(), _nearness(reach, ordered, negated=bool(match["negated"])))


def _nearness(reach: str, ordered: bool, *, negated: bool) -> Operator:  # noqa: FBT001 - called in the order in which an operator is written
    if reach and not reach.isdigit():
        unit = Unit.SENTENCE if reach.startswith("s") else Unit.PARAGRAPH
        return Operator("near", _POWERS_OF_UNITS[unit], nearness=Nearness(unit, negated=negated))
    number = int(reach[:9] or "1")
    power = _POWER_OF_NEARNESS - min(number, syntax.MAX_DISTANCE)
    return Operator("near", power, nearness=Nearness(number, ordered, negated))


def _at_least(_: Context, match: Match) -> Token:
    operator = Operator("atleast", _POWER_OF_PREFIX, argument=match["count"])
    return Token(Kind.PREFIX, match.group(), *match.span(), operator)


def _segment(context: Context, match: Match) -> Token | None:
    """Make a segment or command before its brackets; declines a word that only stands before brackets."""
    written, name = match["name"], match["name"].lower()
    if name in _WITHOUT_COUNTERPART:
        message = f"{written}(...) has no counterpart here. {_WITHOUT_COUNTERPART[name]}"
        context.error("no-counterpart", message, *match.span("name"), instead="hlead" if name == "lead" else None)
    elif name not in (*_SEGMENTS, "allcaps"):
        if match["space"]:
            return None
        _note_unknown(context, match)
    operator = Operator("field", _POWER_OF_PREFIX, argument=_SEGMENTS.get(name, ""))
    if name == "allcaps":
        operator = Operator("caps", _POWER_OF_PREFIX)
    return Token(Kind.PREFIX, written, *match.span("name"), operator)


def _note_unknown(context: Context, match: Match) -> None:
    name = match["name"]
    message = f"There is no segment {name!r}; the segments are {', '.join(_SEGMENTS)}."
    # Without a segment of a name like it, it was a word beside brackets.
    nearest = similar_name(name, _SEGMENTS) or f"{name} AND "
    context.error("unknown-field", message, *match.span("name"), instead=nearest)


def _leaf(context: Context, token: Token, place: Place) -> Clause | None:
    if token.sort in ("date", "words"):
        return compared(context, token, place)
    return read_words(context, token, place, _translated)


def _translated(context: Context, chunk: str, start: int) -> Sequence[str]:
    """Write a chunk in our language, where * is any letters and ? is one."""
    stem, wildcards = parted(chunk, "!*?")
    if not stem:
        return without_letters(context, chunk, start, "!*?")
    end = start + len(stem) + len(wildcards)
    if "!" in stem:
        message = "! stands for any letters at the end of a word; inside one, each * is one letter."
        context.error("no-counterpart", message, start, end)
        return ()
    if wildcards and not wildcards.strip("?"):
        note_question(context, end - len(wildcards), end)
        wildcards = ""
    elif "*" in wildcards and not wildcards.endswith("!"):
        message = "Each * was read as one letter, as it is inside a word; any letters are !."
        context.warning("one-letter", message, start, end, instead=f"{stem}!")
    return ((neutral(stem) + wildcards).replace("*", "?").replace("!", "*"),)


_LEXER = Lexer(
    [
        QUOTED,
        OPEN_QUOTE,
        ROUND_BRACKETS,
        (_NEAR, _near),
        (rf"(?:(?:and|but)\s*+)?not{END}", infix(_AND_NOT)),
        (rf"(?:and|&){END}", infix(_AND)),
        (rf"or{END}", infix(_OR)),
        *CONDITIONS,
        (rf"(?:atleast|atl)(?P<count>[0-9]++){END}", _at_least),
        (r"(?P<name>[a-z]++(?:-[a-z]++)*+)(?P<space>\s*+)(?=\()", _segment),
        WORD,
    ]
)
