"""The grammar's tree -> one clause: operators, brackets, fields and functions around what clauses.py reads."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources

from lark import Lark, Token, Tree
from lark.exceptions import LarkError, UnexpectedCharacters

from search.errors import QueryError
from search.language import bound
from search.query import syntax
from search.query.checks import check_structure, span
from search.query.clauses import QUOTES, read_clause
from search.query.context import PLAIN_LETTERS, Clause, Context, Place, Typed
from search.query.nearness import Nearness, at_least, near
from search.query.nodes import And, Node, Not, Or, Unit, Words

Branch = Tree[Token]
_QUOTE = re.compile(f"[{QUOTES}]")
_INCHES = re.compile(f"(?<=[0-9])[{QUOTES}](?=[\\s)]|$)")
_IN_TEXT = Place()

# The tokens of simple queries by a letter each, and what makes one of them.
_KINDS = {"WORD": "w", "QUOTED": "w", "FIELD": "f", "OR": "o"}
_SIMPLE = re.compile("(?:f?w)+|f?w(?:of?w)+")
_CLAUSE = re.compile("f?w|o")


def read_query(context: Context) -> Clause | None:
    """Read a query in our own language; None where nothing in it holds a word.

    Raises:
        QueryError: its structure is none; other errors are noted.
    """
    tokens = _tokens(context)
    context.check_size(len(tokens), syntax.MAX_PIECES, "words, brackets and operators")
    context.raise_errors()
    context.check_size(sum(token.type in ("WORD", "QUOTED") for token in tokens), syntax.MAX_CLAUSES)
    context.raise_errors()
    check_structure(context, tokens)
    context.raise_errors()
    return _Reader(context).read(_simple_tree(tokens) or _parse_tree(context))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_grammar(), parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)


@lru_cache(maxsize=1)
def _lexer() -> Lark:
    # One that parses too would make its lexer anew for every text that is only to be cut into tokens.
    return Lark(_grammar(), parser=None, lexer="basic")


def _grammar() -> str:
    return resources.files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")


def _plain(text: str) -> str:
    """Return the text, as long as it was, with initials bound and quotes left over after a digit as inches."""
    text = bound(text.translate(PLAIN_LETTERS))
    if len(_QUOTE.findall(text)) % 2 == 0:
        return text
    return _INCHES.sub("\N{DOUBLE PRIME}", text, count=1)


def _tokens(context: Context) -> list[Token]:
    try:
        return list(_lexer().lex(_plain(context.text)))
    except UnexpectedCharacters as error:
        # Only a quote without its partner begins no token.
        start = error.pos_in_stream
        assert start is not None
        context.note_open_quote(start)
        raise QueryError(context.diagnostics) from error


def _simple_tree(tokens: Sequence[Token]) -> Branch | None:
    """Return the tree of clauses that stand side by side, or of single ones between ORs; None for all else.

    Most queries are such, and the parser takes a fifth of a millisecond, of the two or three that an answer takes.
    """
    kinds = "".join(_KINDS.get(token.type, "?") for token in tokens)
    if _SIMPLE.fullmatch(kinds) is None:
        return None
    children: list[Branch | Token] = []
    for match in _CLAUSE.finditer(kinds):
        part: list[Branch | Token] = [*tokens[slice(*match.span())]]
        children.append(part[0] if match.group() == "o" else Tree("clause", part))
    both = Tree("either" if "o" in kinds else "words", children)
    return Tree("start", [both] if len(children) > 1 else children)


def _parse_tree(context: Context) -> Branch:
    try:
        return _parser().parse(_plain(context.text))
    except LarkError as error:  # check_structure is there to make this impossible
        message = "This cannot be read as a query; put words that belong together in quotes."
        context.error("syntax", message, 0, len(context.text))
        raise QueryError(context.diagnostics) from error


class _Reader:
    """Reads the grammar's tree from the top, so that a clause knows the field it is asked of."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._depth = 0

    def read(self, tree: Branch, place: Place = _IN_TEXT) -> Clause | None:
        """Read one branch; None where nothing in it holds a word."""
        readers: dict[str, Callable[[Branch, Place], Clause | None]] = {
            "start": lambda tree, place: self._operand(tree.children[0], place),
            "either": self._either,
            "both": self._both,
            "words": self._words,
            "negation": self._negation,
            "proximity": self._proximity,
            "group": self._group,
            "clause": self._clause,
        }
        return readers[tree.data](tree, place)

    def _operand(self, child: Branch | Token, place: Place) -> Clause | None:
        assert isinstance(child, Tree)
        return self.read(child, place)

    def _joined(self, tree: Branch, place: Place, make: Callable[[tuple[Node, ...]], Node], sign: str) -> Clause | None:
        read = [self.read(child, place) for child in tree.children if isinstance(child, Tree)]
        clauses = [clause for clause in read if clause is not None]
        if len(clauses) < 2:
            return clauses[0] if clauses else None
        canonical = sign.join(clause.canonical for clause in clauses)
        return Clause(make(tuple(clause.node for clause in clauses)), canonical, compound=True)

    def _both(self, tree: Branch, place: Place) -> Clause | None:
        return self._joined(tree, place, And, " AND ")

    def _words(self, tree: Branch, place: Place) -> Clause | None:
        return self._joined(tree, place, Words, " ")

    def _either(self, tree: Branch, place: Place) -> Clause | None:
        if any(isinstance(child, Tree) and child.data in ("both", "words") for child in tree.children):
            self._warn_of_mixed_operators(tree)
        return self._joined(tree, place, Or, " OR ")

    def _warn_of_mixed_operators(self, tree: Branch) -> None:
        text = self._context.text
        pieces = []
        for child in tree.children:
            if isinstance(child, Tree):
                piece = text[child.meta.start_pos : child.meta.end_pos]
                pieces.append(f"({piece})" if child.data in ("both", "words") else piece)
        instead = " OR ".join(pieces)
        message = f"AND binds before OR, so this was read as {instead}; brackets make it plain."
        self._context.warning("mixed-operators", message, tree.meta.start_pos, tree.meta.end_pos, instead=instead)

    def _negation(self, tree: Branch, place: Place) -> Clause | None:
        if self._depth == syntax.MAX_DEPTH:
            message = f"NOT may stand {syntax.MAX_DEPTH} deep at most."
            return self._context.error("too-deep", message, tree.meta.start_pos, tree.meta.end_pos)
        self._warn_of_number(tree)
        self._depth += 1
        clause = self._operand(tree.children[1], place)
        self._depth -= 1
        return clause and Clause(Not(clause.node), f"NOT {clause.canonical}", compound=True)

    def _warn_of_number(self, tree: Branch) -> None:
        """Warn where a minus stands before digits: it may have been a number below zero."""
        operator, operand = tree.children
        assert isinstance(operator, Token)
        assert isinstance(operand, Tree)
        start, end = operator.start_pos or 0, operand.meta.end_pos
        text = self._context.text[start + 1 : end]
        if operator.type == "MINUS" and text.replace(",", "").replace(".", "").isdigit():
            message = f"-{text} was read as NOT {text}; in quotes it is a number like any other."
            self._context.warning("minus-number", message, start, end, instead=f'"{text}"')

    def _group(self, tree: Branch, place: Place) -> Clause | None:
        inner = next(child for child in tree.children if isinstance(child, Tree))
        function: Token | None = None
        for token in (child for child in tree.children if isinstance(child, Token)):
            if token.type == "FIELD":
                place = self._entered(token, place)
            elif token.type == "FUNCTION":
                function = token
        if place.name in ("date", "words") and (function is not None or inner.data != "clause"):
            return self._not_alone(tree, place)
        if function is not None and function.value.lower() != "caps":
            return self._at_least(inner, function, place)
        if function is not None:
            place = replace(place, capitals=True)
        clause = self.read(inner, place)
        if clause is None or not clause.compound:
            return clause
        return Clause(clause.node, f"({clause.canonical})")

    def _not_alone(self, tree: Branch, place: Place) -> Clause:
        message = "A date stands alone; write a range as 2024-08..2024-09."
        if place.name == "words":
            message = "A number of words stands alone; write a range as 100..300."
        code = "bad-date" if place.name == "date" else "bad-length"
        return self._context.error(code, message, tree.meta.start_pos, tree.meta.end_pos)

    def _at_least(self, inner: Branch, function: Token, place: Place) -> Clause | None:
        if place != _IN_TEXT:
            message = "atleast counts in the article's text; put it beside the brackets of the field."
            return self._context.error("nested-field", message, *span(function))
        clause = self.read(inner)
        return clause and at_least(self._context, clause, int(function.value.partition("/")[2][:9]), span(function))

    def _clause(self, tree: Branch, place: Place) -> Clause | None:
        *fields, value = tree.children
        assert isinstance(value, Token)
        for token in fields:
            assert isinstance(token, Token)
            place = self._entered(token, place)
        return read_clause(self._context, Typed(str(value), span(value)[0], place))

    def _entered(self, token: Token, outside: Place) -> Place:
        name = token.value.removesuffix(":").lower()
        if outside != _IN_TEXT:
            around = f"the field {outside.name}" if outside.name else "caps()"
            message = f"A field cannot be asked inside {around}; put it beside the brackets."
            self._context.error("nested-field", message, *span(token))
        return Place(name)

    def _proximity(self, tree: Branch, place: Place) -> Clause | None:
        left: Clause | None = None
        operator: Token | None = None
        for child in tree.children:
            if isinstance(child, Token):
                operator = child
            elif operator is None:
                left = self._operand(child, place)
            else:
                left = self._near(left, operator, self._operand(child, place))
        return left

    def _near(self, left: Clause | None, operator: Token, right: Clause | None) -> Clause | None:
        *negated, written = operator.value.lower().split()
        kind, _, reach = written.partition("/")
        if left is None or right is None:
            return self._context.error(
                "dangling-operator", f"{operator.value} needs a word on both sides.", *span(operator)
            )
        nearness = Nearness(Unit(reach) if reach in "sp" else int(reach[:9]), kind == "pre", bool(negated))
        return near(self._context, left, right, nearness, span(operator))
