"""A query in the syntax of Lucene's classic parser -> our clause: any of what stands side by side, + and - aside."""

from functools import partial

import regex

from search.query import syntax
from search.query.clauses import QUOTES
from search.query.context import Clause, Context, Place
from search.query.dialects.lexer import OPEN_QUOTE, ROUND_BRACKETS, Lexer, Match, infix, prefix, word
from search.query.dialects.precedence import Branch, parse_tree
from search.query.dialects.ranges import has_day, read_range, read_single_date
from search.query.dialects.reading import Reading, both, either, read_own
from search.query.dialects.tokens import Kind, Operator, Token, checked
from search.query.dialects.words import alone, neutral, parted
from search.query.nodes import Everything, leaves
from search.query.similar import similar_name

_OR = Operator("or", 10, chains=True)
_AND = Operator("and", 20, chains=True)
_MUST = Operator("must", 100)
_NOT = Operator("not", 100)
_POWER_OF_FIELD = 200
_TEXT_FIELDS = dict.fromkeys(("text", "body", "content", "contents"), "")
_FIELDS = {**{name: name for name in syntax.FIELDS}, **syntax.OTHER_NAMES, **_TEXT_FIELDS}

_ESCAPED = regex.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<sign>.?))", regex.DOTALL)
_WORD_PARTS = regex.compile(r"(?P<base>(?:\\.|[^\\~^])++)(?P<edits>~[0-9.]*+)?(?P<weight>\^.*+)?", regex.DOTALL)
_SIMILARITY = regex.compile(r"~(?:0?\.[0-9]{1,9}|1\.0*+)")
_END = r"(?=[\s()]|$)"


def read(context: Context) -> Clause | None:
    """Read a query; None where nothing in it holds a word."""
    if context.text.strip() == "*:*":
        return Clause(Everything(), "")
    tokens = checked(context, list(_LEXER.tokens(context)), implied=_OR)
    _check_brackets_have_no_weight(context, tokens)
    context.raise_errors()
    return _Reading(context, _leaf).read(parse_tree(tokens))


class _Reading(Reading):
    """Reads what stands side by side: of the clauses with + all, of those without one any, of those with - none."""

    def _or(self, tree: Branch, place: Place) -> Clause | None:
        self._warn_of_mixed_operators(tree)
        found: dict[str, list[Clause]] = {"must": [], "not": [], "": []}
        for operand in tree.operands:
            operator = operand.operator if isinstance(operand, Branch) else None
            clause = self.read(operand, place)
            if clause is not None:
                found[operator.name if operator and operator.name in found else ""].append(clause)
        return self._preferring(found["must"], found[""], found["not"])

    def _preferring(self, required: list[Clause], optional: list[Clause], excluded: list[Clause]) -> Clause | None:
        """Return what has all that is required, in which what is optional ranks higher, but nothing excluded."""
        must, should = both(required), either(optional)
        if must is not None and should is not None:
            together = both([*required, should])
            should = either([must, together]) if together else must
        found = both([clause for clause in (should or must, *excluded) if clause is not None])
        self._check_size(found)
        return found

    def _check_size(self, clause: Clause | None) -> None:
        """Refuse what is required twice over, in brackets in brackets, before it becomes huge."""
        count = sum(1 for _ in leaves(clause.node)) if clause else 0
        if count > syntax.MAX_TERMS:
            message = f"A query has at most {syntax.MAX_TERMS} terms; written out, this one has {count}."
            self._context.error("too-many-terms", message, 0, len(self._context.text))
            self._context.raise_errors()

    def _warn_of_mixed_operators(self, tree: Branch) -> None:
        if not any(isinstance(operand, Branch) and operand.operator == _AND for operand in tree.operands):
            return
        pieces = []
        for operand in tree.operands:
            piece = self._context.text[operand.start : operand.end]
            joined = isinstance(operand, Branch) and operand.operator == _AND
            pieces.append(f"({piece})" if joined else piece)
        instead = " OR ".join(pieces)
        message = f"AND was taken to bind before OR, so this was read as {instead}; brackets make it plain."
        self._context.warning("mixed-operators", message, tree.start, tree.end, instead=instead)


def _field(context: Context, match: Match) -> Token:
    written, name = match["field"], match["field"].lower()
    if name == "_exists_":
        message = "Whether an article has a field cannot be asked; search for what is in it."
        context.error("no-counterpart", message, *match.span())
    elif name not in _FIELDS:
        message = f"There is no field {written!r}; the fields are text, {', '.join(syntax.FIELDS)}."
        nearest = similar_name(name, syntax.FIELDS)
        # Without a field of a name like it, it was a word with a colon.
        instead = f"{nearest}:" if nearest else rf"{written}\:"
        context.error("unknown-field", message, *match.span(), instead=instead)
    operator = Operator("field", _POWER_OF_FIELD, argument=_FIELDS.get(name, ""))
    return Token(Kind.PREFIX, match.group(), *match.span(), operator)


def _refused(message: str, context: Context, match: Match) -> Token:
    context.error("no-counterpart", message, *match.span())
    return Token(Kind.VALUE, match.group(), *match.span())


def _everything(context: Context, match: Match) -> Token:
    message = "*:* stands alone here; leave it out beside something else, as in NOT a for everything without a."
    context.error("no-counterpart", message, *match.span(), instead="")
    return Token(Kind.VALUE, match.group(), *match.span())


def _open_range(context: Context, match: Match) -> Token:
    message = "A range is written as [a TO b] or {a TO b}; a bracket that is a sign follows a \\."
    context.error("open-bracket", message, *match.span(), instead=f"\\{match.group()}")
    return Token(Kind.VALUE, match.group(), *match.span())


def _quoted(_: Context, match: Match) -> Token:
    return Token(Kind.VALUE, match.group(), *match.span(), sort="quoted")


def _exists(_: Context, match: Match) -> Token:
    return Token(Kind.VALUE, match.group(), *match.span(), sort="exists")


def _range(_: Context, match: Match) -> Token:
    return Token(Kind.VALUE, match.group(), *match.span(), sort="range")


def _check_brackets_have_no_weight(context: Context, tokens: list[Token]) -> None:
    for token in tokens:
        after_bracket = context.text[: token.start][-1:] in tuple(")]}")
        if after_bracket and token.text[:1] in ("^", "~"):
            message = f"Brackets have no {token.text[0]} here; write it after each of the words in them."
            context.error("no-counterpart", message, *token.span, instead="")


def _leaf(context: Context, token: Token, place: Place) -> Clause | None:
    if token.sort == "range":
        return read_range(context, token, place)
    if token.sort == "exists" or (place.name == "date" and token.text == "*"):
        return has_day(context, token)
    if place.name == "date":
        return read_single_date(context, token, _unescaped(token.text).strip(QUOTES))
    if place.name == "words":
        return read_own(context, _unescaped(token.text), token, place)
    return (_quoted_leaf if token.sort == "quoted" else _word_leaf)(context, token, place)


def _quoted_leaf(context: Context, token: Token, place: Place) -> Clause | None:
    match = _QUOTED_PARTS.fullmatch(token.text)
    assert match is not None
    if regex.search(r"(?<!\\)[*?][^\s*?]|[^\s*?\\]\*", match["inner"]):
        message = "Wildcards mean nothing inside quotes there; write the words without quotes, or without wildcards."
        return context.error("no-counterpart", message, *token.span)
    slop = "" if match["slop"] == "~0" else match["slop"] or ""
    return read_own(context, f'"{_plain(match["inner"])}"{slop}{match["weight"] or ""}', token, place)


def _word_leaf(context: Context, token: Token, place: Place) -> Clause | None:
    match = _WORD_PARTS.fullmatch(token.text)
    if match is None:
        return read_own(context, _plain(token.text), token, place)
    base = _plain(match["base"])
    if base == "*" and place.name is not None:
        message = "Whether an article has a field cannot be asked; search for what is in it."
        return context.error("no-counterpart", message, *token.span)
    edits, weight = match["edits"] or "", match["weight"] or ""
    if edits and ("*" in base or "?" in base):
        message = "A word has wildcards or a ~, not both."
        return context.error("bad-edits", message, *token.span, instead=f"{match['base']}{weight}")
    if _SIMILARITY.fullmatch(edits) or edits == "~0":
        return _similarity(context, token, base, edits)
    stem, wildcards = parted(base, "*?")
    text = alone(stem + wildcards) if stem else base
    return read_own(context, f"{text}{'~2' if edits == '~' else edits}{weight}", token, place)


def _similarity(context: Context, token: Token, stem: str, edits: str) -> Clause:
    """Refuse a similarity from 0 to 1, as it once was written, with the number of letters that it stood for."""
    similarity = float(edits[1:]) or 1.0
    letters = max(1, min(syntax.MAX_EDITS, int((1 - similarity) * len(stem))))
    message = f"Write how many letters may differ, 1 or 2, such as {stem}~{letters}."
    return context.error("bad-edits", message, *token.span, instead=f"{stem}~{letters}")


def _plain(text: str) -> str:
    """Return a text without escapes, in which signs that were escaped mean nothing."""
    return neutral(_unescaped(text))


def _unescaped(text: str) -> str:
    def sign(match: "regex.Match[str]") -> str:
        if match["code"]:
            return chr(int(match["code"], 16))
        return "/" if match["sign"] in ("*", "?", "\\", "") else match["sign"]

    return _ESCAPED.sub(sign, text)


_INNER = rf"[{QUOTES}](?P<inner>(?:\\.|[^\\{QUOTES}])*+)[{QUOTES}]"
_QUOTED = rf"{_INNER}(?P<slop>~[0-9.]*+)?(?P<weight>\^[^\s()]*+)?"
_QUOTED_PARTS = regex.compile(_QUOTED, regex.DOTALL)
_LEXER = Lexer(
    [
        (_QUOTED, _quoted),
        OPEN_QUOTE,
        ROUND_BRACKETS,
        (rf"(?:(?-i:AND)|&&){_END}", infix(_AND)),
        (rf"(?:(?-i:OR)|\|\|){_END}", infix(_OR)),
        (rf"(?-i:NOT){_END}|[!-](?=[^\s)])", prefix(_NOT)),
        (r"\+(?=[^\s)])", prefix(_MUST)),
        (rf"\*:\*{_END}", _everything),
        (rf"_exists_:date{_END}", _exists),
        (r"(?P<field>[a-z_][\w.-]*+):", _field),
        (r"[\[{][^\[\]{}]*+[\]}](?:\^[^\s()]*+)?", _range),
        (r"[\[\]{}]", _open_range),
        (r"/(?:\\.|[^\\/])*+/", partial(_refused, "Words are not found by regular expressions here; write * and ?.")),
        (rf"(?:\\(?:.|$)|[^\\\s()\[\]{{}}{QUOTES}])++", word),
    ]
)
