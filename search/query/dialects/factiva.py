"""A query in Factiva's search language -> our clause: nearness binds first, then fields, NOT, AND, OR last."""

from collections.abc import Sequence

import regex

from search.query.context import Clause, Context, Place
from search.query.dialects.days import plain_or_slashed
from search.query.dialects.lexer import BRACKETS, END, OPEN_QUOTE, QUOTED, Lexer, Match, infix, word
from search.query.dialects.precedence import parse_tree
from search.query.dialects.reading import IN_TEXT, Reading, read_own
from search.query.dialects.tokens import Kind, Operator, Token, checked
from search.query.dialects.words import neutral, parted, phrases, read_words, without_letters
from search.query.nearness import Nearness
from search.query.nodes import Unit
from search.query.similar import similar_name

_POWER_OF_NEARNESS = 50
_POWER_OF_PREFIX = 40
_NOT = Operator("without", 30)
_AND = Operator("and", 20, chains=True)
_OR = Operator("or", 10, chains=True)
_SAME = Operator("near", _POWER_OF_NEARNESS, nearness=Nearness(Unit.PARAGRAPH))
# What stands between two operands without an operator.
_NEXT_TO = Operator("near", _POWER_OF_NEARNESS, nearness=Nearness(1, ordered=True))

# A field, and what it is in our language.
_FIELDS = {
    "hd": "title",
    "hl": "title",
    "hlp": "hlead",
    "by": "byline",
    "sn": "agency",
    "pub": "agency",
    "se": "section",
}
_CODED = (
    *("an", "art", "clm", "co", "cr", "ct", "cx", "de", "ed", "fds", "in", "ipc", "ipd", "la", "ns", "pg", "re", "rf"),
    *("ric", "vol"),
)
# What to do instead of a field that asks what we do not know of an article, and the field to write, if there is one.
_WITHOUT_COUNTERPART = {
    "lp": ("Only the title and the first paragraph can be asked together: hlp=.", "hlp="),
    "td": ("The text without its lead cannot be asked for; without td= all of the text is.", ""),
    "rst": ("Sources have no codes here; write the name: sn=reuters.", "sn="),
    "sc": ("Sources have no codes here; write the name: sn=reuters.", "sn="),
    **dict.fromkeys(_CODED, ("Leave it out, or search for its words in the text.", None)),
}
_ANY_DATE = r"[0-9+-][0-9/-]*+"


def read(context: Context) -> Clause | None:
    """Read a query; None where nothing in it holds a word."""
    tokens = checked(context, list(phrases(_LEXER.tokens(context))), implied=_NEXT_TO)
    return Reading(context, _leaf).read(parse_tree(tokens))


def _near(context: Context, match: Match) -> Token:
    kind, number = match["kind"].lower(), match["number"]
    if not number and kind != "adj":
        message = f"{match.group()} needs its distance, such as {kind}5; put it in quotes where it is a word."
        instead = f'"{match.group()}"' if kind == "near" else f"{match.group()}1"
        context.error("bad-distance", message, *match.span(), instead=instead)
    nearness = Nearness(int((number or "1")[:9]), ordered=kind in ("adj", "w/"))
    return Token(Kind.INFIX, match.group(), *match.span(), Operator("near", _POWER_OF_NEARNESS, nearness=nearness))


def _near_the_beginning(context: Context, match: Match) -> Token:
    message = "The first words of an article cannot be asked; hlp= asks the title and the first paragraph."
    context.error("no-counterpart", message, *match.span(), instead=" ")
    return Token(Kind.VALUE, match.group(), *match.span())


def _any_word(context: Context, match: Match) -> Token:
    message = "% stands for one whole word; write adj2, at most the second word after."
    context.error("no-counterpart", message, *match.span(), instead="adj2")
    return Token(Kind.INFIX, match.group(), *match.span(), _NEXT_TO)


def _at_least(_: Context, match: Match) -> Token:
    operator = Operator("atleast", _POWER_OF_PREFIX, argument=match["count"])
    return Token(Kind.PREFIX, match.group(), *match.span(), operator)


def _field(context: Context, match: Match) -> Token:
    written, name = match.group(), match["name"].lower()
    if name in _WITHOUT_COUNTERPART:
        advice, instead = _WITHOUT_COUNTERPART[name]
        message = f"{written} has no counterpart here. {advice}"
        context.error("no-counterpart", message, *match.span(), instead=instead)
    elif name not in _FIELDS:
        message = f"There is no field {name!r}; the fields are {', '.join(f'{name}=' for name in _FIELDS)}."
        # Without a field of a name like it, it was a word.
        nearest = similar_name(name, _FIELDS)
        instead = f"{nearest}=" if nearest else f"{match['name']} "
        context.error("unknown-field", message, *match.span(), instead=instead)
    operator = Operator("field", _POWER_OF_PREFIX, argument=_FIELDS.get(name, ""))
    return Token(Kind.PREFIX, written, *match.span(), operator)


def _length(_: Context, match: Match) -> Token:
    sign, number = match["sign"], match["number"].replace(",", "")
    return Token(Kind.VALUE, f"{'' if sign == '=' else sign}{number}", *match.span(), sort="words")


def _date(context: Context, match: Match) -> Token | None:
    """Make a condition on the date; a date that is followed by none is an error, as it is there."""
    if match["name"].lower() == "upd":
        message = "When an article was updated is not known; write date, the day of publication."
        context.error("no-counterpart", message, *match.span("name"), instead="date")
    days = [plain_or_slashed(text, context.today) for text in (match["first"], match["last"]) if text]
    if not days or None in days:
        message = "Write a date as 20240824 or 8/24/2024, such as date after 20240824; put the word date in quotes."
        instead = None if match["first"] else f'"{match.group()}"'
        context.error("bad-date", message, *match.span(), instead=instead)
        days = []
    sign = {"after": ">", "before": "<"}.get((match["sign"] or "").lower(), "")
    return Token(Kind.VALUE, sign + "..".join(map(str, days)), *match.span(), sort="date")


def _leaf(context: Context, token: Token, place: Place) -> Clause | None:
    if token.sort not in ("date", "words"):
        return read_words(context, token, place, _translated)
    if place != IN_TEXT:
        message = "A date or number of words cannot be asked inside a field; put it beside."
        return context.error("nested-field", message, *token.span)
    return read_own(context, token.text, token, Place(token.sort))


def _translated(context: Context, chunk: str, start: int) -> Sequence[str]:
    """Write a chunk in our language, where * is any letters and ? is one; $3 is up to three."""
    stem, wildcards = parted(chunk, "*?$")
    limited = _LIMITED.fullmatch(stem + wildcards)
    most = 0
    if limited is not None:
        stem, wildcards, most = limited["stem"], "", int(limited["most"] or _MOST_LETTERS)
    if not stem:
        return without_letters(context, chunk, start, "*?$")
    if "$" in stem + wildcards:
        message = "$ stands at the end of a word, with how many letters at most, 1 to 9; inside one, ? is one letter."
        context.error("no-counterpart", message, start, start + len(chunk))
        return ()
    return [neutral(stem) + wildcards + "?" * letters for letters in range(most + 1)]


_LIMITED = regex.compile(r"(?P<stem>[^$]++)\$(?P<most>[1-9])?")
# What $ without a number stands for.
_MOST_LETTERS = 9
_IN_WORD = r"(?!/[nf][0-9]++/)[^\s()\[\]\"“”„«»]"
_LEXER = Lexer(
    [
        QUOTED,
        OPEN_QUOTE,
        BRACKETS,
        (rf"(?P<kind>near|adj|w/)(?P<number>[0-9]*+){END}", _near),
        (r"/(?P<kind>n)(?P<number>[0-9]++)/", _near),
        (r"/f[0-9]++/", _near_the_beginning),
        (rf"same{END}", infix(_SAME)),
        (rf"(?:and\s++)?not{END}", infix(_NOT)),
        (rf"and{END}", infix(_AND)),
        (rf"or{END}", infix(_OR)),
        (rf"atleast(?P<count>[0-9]++){END}", _at_least),
        (r"wc\s*+(?P<sign>>=|<=|[<>=])\s*+(?P<number>[0-9][0-9,]*+)", _length),
        (
            rf"""
            (?P<name>date|pd|upd) (?:=|\s++|{END}) (?:
                from\s++(?P<first>{_ANY_DATE})\s++to\s++(?P<last>{_ANY_DATE}) {END}
              | (?:(?P<sign>after|before)\s++)?(?P<first>{_ANY_DATE}) {END} )
            """,
            _date,
        ),
        (rf"(?P<name>date)(?P<first>)(?P<last>)(?P<sign>){END}", _date),
        (r"(?P<name>[a-z]++)=", _field),
        (rf"%{END}", _any_word),
        (rf"(?:{_IN_WORD})++", word),
    ]
)
