"""What a person typed -> Query: a tree, its canonical text, located diagnostics. What was typed goes no further."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib import resources

from lark import Lark, Token, Tree
from lark.exceptions import LarkError, UnexpectedCharacters

from search.errors import Diagnostic, QueryError
from search.language import Analyzer
from search.query import syntax
from search.query.checks import check_structure, span
from search.query.clauses import Clause, Context, Typed, TypedClause, read_clause
from search.query.nodes import POSITIONAL, And, Everything, Field, Near, Node, Not, Or, Words, leaves

Branch = Tree[Token]

# How often one query may be mended and read again to find fixes that hold.
_MENDINGS = 6


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood. Parsing `canonical` again gives the same `node`; `diagnostics` are warnings.

    `clauses` are the words, phrases and filters it is made of, in the order they were typed.
    """

    input: str
    node: Node
    canonical: str
    diagnostics: tuple[Diagnostic, ...]
    clauses: tuple[TypedClause, ...] = ()


def parse(text: str, analyzer: Analyzer) -> Query:
    """Parse a query; one without any text asks for everything.

    Raises:
        QueryError: it cannot be understood as it stands, or passes a limit; every error is located.
    """
    try:
        return _parse(text, analyzer)
    except QueryError as error:
        raise QueryError(list(_with_sound_fixes(error.diagnostics, analyzer))) from error


def _with_sound_fixes(diagnostics: Sequence[Diagnostic], analyzer: Analyzer) -> Iterator[Diagnostic]:
    """Yield the diagnostics with fixes that can be understood: where one leaves other errors, theirs are mended too.

    After _MENDINGS attempts the rest has no fix: who typed so many mistakes mends the first ones first.
    """
    attempts = 0
    for diagnostic in diagnostics:
        fix, is_sound = diagnostic.fix, False
        while fix is not None and not is_sound and attempts < _MENDINGS:
            attempts += 1
            try:
                _parse(fix, analyzer)
                is_sound = True
            except QueryError as error:
                fixes = [each.fix for each in error.diagnostics if each.severity == "error" and each.fix != fix]
                fix = fixes[0] if fixes else None
        yield replace(diagnostic, fix=fix if is_sound else None)


def _parse(text: str, analyzer: Analyzer) -> Query:
    context = Context(text, analyzer)
    if len(text) > syntax.MAX_CHARACTERS:
        message = f"A query has at most {syntax.MAX_CHARACTERS:,} characters; this one has {len(text):,}."
        context.error("too-long", message, syntax.MAX_CHARACTERS, len(text))
        raise QueryError(context.diagnostics)
    tokens = _tokens(context)
    check_structure(context, tokens)
    _raise_errors(context)
    if not tokens:
        return Query(text, Everything(), "", ())
    clause = _Reader(context).read(_parse_tree(context))
    if clause is None:
        message = "There is no word to search for; type a word, or nothing to see everything."
        context.error("nothing-to-search", message, 0, len(text))
    _raise_errors(context)
    assert clause is not None
    _check_size(context, clause.node)
    return Query(text, clause.node, clause.canonical, tuple(context.diagnostics), tuple(context.clauses))


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    grammar = resources.files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)


def _tokens(context: Context) -> list[Token]:
    try:
        return list(_grammar().lex(context.text))
    except UnexpectedCharacters as error:
        # Only a quote without its partner begins no token.
        start = error.pos_in_stream
        assert start is not None
        text = context.text.rstrip()
        # Quotes with words after them lack their end; others were left over.
        closed = f'{text}"' if text[start + 1 :].strip() else None
        context.error("open-quote", "These quotes are never closed.", start, start + 1, instead="", fix=closed)
        raise QueryError(context.diagnostics) from error


def _parse_tree(context: Context) -> Branch:
    try:
        return _grammar().parse(context.text)
    except LarkError as error:  # check_structure is there to make this impossible
        message = "This cannot be read as a query; put words that belong together in quotes."
        context.error("syntax", message, 0, len(context.text))
        raise QueryError(context.diagnostics) from error


def _raise_errors(context: Context) -> None:
    if any(diagnostic.severity == "error" for diagnostic in context.diagnostics):
        raise QueryError(context.diagnostics)


def _check_size(context: Context, node: Node) -> None:
    count = sum(1 for _ in leaves(node))
    if count > syntax.MAX_TERMS:
        message = f"A query has at most {syntax.MAX_TERMS} terms; this one has {count}."
        context.error("too-many-terms", message, 0, len(context.text))
        raise QueryError(context.diagnostics)


class _Reader:
    """Reads the grammar's tree from the top, so that a clause knows the field it is asked of."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._depth = 0

    def read(self, tree: Branch, name: str | None = None) -> Clause | None:
        """Read one branch; None where nothing in it holds a word."""
        readers: dict[str, Callable[[Branch, str | None], Clause | None]] = {
            "start": lambda tree, name: self._operand(tree.children[0], name),
            "either": self._either,
            "both": self._both,
            "words": self._words,
            "negation": self._negation,
            "proximity": self._proximity,
            "group": self._group,
            "clause": self._clause,
        }
        return readers[tree.data](tree, name)

    def _operand(self, child: Branch | Token, name: str | None) -> Clause | None:
        assert isinstance(child, Tree)
        return self.read(child, name)

    def _joined(
        self, tree: Branch, name: str | None, make: Callable[[tuple[Node, ...]], Node], sign: str
    ) -> Clause | None:
        read = [self.read(child, name) for child in tree.children if isinstance(child, Tree)]
        clauses = [clause for clause in read if clause is not None]
        if len(clauses) < 2:
            return clauses[0] if clauses else None
        canonical = sign.join(clause.canonical for clause in clauses)
        return Clause(make(tuple(clause.node for clause in clauses)), canonical, compound=True)

    def _both(self, tree: Branch, name: str | None) -> Clause | None:
        return self._joined(tree, name, And, " AND ")

    def _words(self, tree: Branch, name: str | None) -> Clause | None:
        return self._joined(tree, name, Words, " ")

    def _either(self, tree: Branch, name: str | None) -> Clause | None:
        if any(isinstance(child, Tree) and child.data in ("both", "words") for child in tree.children):
            self._warn_of_mixed_operators(tree)
        return self._joined(tree, name, Or, " OR ")

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

    def _negation(self, tree: Branch, name: str | None) -> Clause | None:
        if self._depth == syntax.MAX_DEPTH:
            message = f"NOT may stand {syntax.MAX_DEPTH} deep at most."
            return self._context.error("too-deep", message, tree.meta.start_pos, tree.meta.end_pos)
        self._depth += 1
        clause = self._operand(tree.children[1], name)
        self._depth -= 1
        return clause and Clause(Not(clause.node), f"NOT {clause.canonical}", compound=True)

    def _group(self, tree: Branch, name: str | None) -> Clause | None:
        tokens = [child for child in tree.children if isinstance(child, Token)]
        if tokens[0].type == "FIELD":
            name = self._entered(tokens[0], name)
        inner = next(child for child in tree.children if isinstance(child, Tree))
        if name == "date" and inner.data != "clause":
            return self._context.error(
                "bad-date",
                "A date stands alone; write a range as 2024-08..2024-09.",
                tree.meta.start_pos,
                tree.meta.end_pos,
            )
        clause = self.read(inner, name)
        if clause is None or not clause.compound:
            return clause
        return Clause(clause.node, f"({clause.canonical})")

    def _clause(self, tree: Branch, name: str | None) -> Clause | None:
        *fields, value = tree.children
        assert isinstance(value, Token)
        for token in fields:
            assert isinstance(token, Token)
            name = self._entered(token, name)
        return read_clause(self._context, Typed(str(value), span(value)[0], name))

    def _entered(self, token: Token, outside: str | None) -> str:
        name = str(token)[:-1].lower()
        if outside is not None:
            message = f"A field cannot be asked inside the field {outside}; put it beside the brackets."
            self._context.error("nested-field", message, *span(token))
        return name

    def _proximity(self, tree: Branch, name: str | None) -> Clause | None:
        left: Clause | None = None
        operator: Token | None = None
        for child in tree.children:
            if isinstance(child, Token):
                operator = child
            elif operator is None:
                left = self._operand(child, name)
            else:
                left = self._near(left, operator, self._operand(child, name))
        return left

    def _near(self, left: Clause | None, operator: Token, right: Clause | None) -> Clause | None:
        kind, _, number = operator.value.lower().partition("/")
        if not 1 <= len(number) <= 3 or not 1 <= int(number) <= syntax.MAX_DISTANCE:
            message = f"The distance is a number from 1 to {syntax.MAX_DISTANCE}."
            return self._context.error(
                "bad-distance", message, *span(operator), instead=f"{kind}/{syntax.MAX_DISTANCE}"
            )
        if left is None or right is None:
            return self._context.error(
                "dangling-operator", f"{operator.value} needs a word on both sides.", *span(operator)
            )
        if not _can_be_near(left.node, right.node):
            message = f"{operator.value} needs words, phrases or alternatives (a OR b) of such on both sides."
            return self._context.error("bad-operand", message, *span(operator))
        sign = f"{'pre' if kind == 'pre' else 'w'}/{int(number)}"
        make = partial(Near, distance=int(number), ordered=kind == "pre")
        if isinstance(left.node, Field) and isinstance(right.node, Field):
            field = left.node.name
            texts = [clause.canonical.removeprefix(f"{field}:").strip("()") for clause in (left, right)]
            if isinstance(right.node.child, Near):
                texts[1] = f"({texts[1]})"
            return Clause(
                Field(field, make(left.node.child, right.node.child)),
                f"{field}:({texts[0]} {sign} {texts[1]})",
            )
        return Clause(make(left.node, right.node), f"{left.canonical} {sign} {right.canonical}", compound=True)


def _can_be_near(left: Node, right: Node) -> bool:
    if isinstance(left, Field) and isinstance(right, Field) and left.name == right.name:
        return _has_positions(left.child) and _has_positions(right.child)
    return _has_positions(left) and _has_positions(right)


def _has_positions(node: Node) -> bool:
    if isinstance(node, Or):
        return all(_has_positions(child) for child in node.children)
    return isinstance(node, POSITIONAL)
