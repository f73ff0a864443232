"""Whatever is typed: a query or located errors, a canonical text that means the same, fixes that change something."""

import datetime
import sys

from archives import ANALYZER
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lark import Tree
from strategies import examples, queries

from search.errors import QueryError
from search.query import Match, can_relax, checks, parse, plan, reader
from search.query.context import Context
from search.query.nodes import Words, children_of
from search.query.syntax import MAX_CHARACTERS, SYNTAX

PIECES = (
    *("AND", "OR", "NOT", "and", "or", "not", "w/5", "pre/2", "NEAR/3", "w/0", "w/999", "w/", "-", "(", ")", '"', "“"),
    *("title:", "place:", "date:", "colour:", "Title:", "title:(", "date:2024", "date:..", "date:>=", "http://x"),
    *("~", "~1", "~9", "^", "^2", "^0", "^-1", "^2^3", "=", "==", "*", "?", "a*", "**", "?*a", "min*~1", "=min*", "—"),
    *("F-16", "co-produce", "U.S.", "US", "us", "AT&T", "#tag", "@name", "भारत", "é", "😀", "\u200b", "\u00a0", "\t"),
    *("x" * 50, "minister", "talks", "1,000", "6.5", "O'Brien", "Modi’s", "AND,", "OR.", "NOT?", "TO", "\\", "/", "'"),
    *("a:b:c", "...", "\n", "”", "&"),
)


def mutated() -> st.SearchStrategy[str]:
    """Valid queries into which something was put, out of which something was taken, or that were cut."""
    pieces = st.sampled_from(PIECES)

    def inserted(text: str, piece: str, place: float, glue: str) -> str:
        at = int(place * (len(text) + 1))
        return text[:at] + glue + piece + glue + text[at:]

    def removed(text: str, start: float, length: int) -> str:
        at = int(start * (len(text) + 1))
        return text[:at] + text[at + length :]

    glue = st.sampled_from(["", " "])
    once = st.one_of(
        st.builds(inserted, queries(), pieces, st.floats(0, 0.999), glue),
        st.builds(removed, queries(), st.floats(0, 0.999), st.integers(1, 3)),
    )
    return st.one_of(once, st.builds(inserted, once, pieces, st.floats(0, 0.999), glue))


def anything() -> st.SearchStrategy[str]:
    pieces = st.sampled_from(PIECES)
    typed = st.lists(st.one_of(pieces, pieces, st.text(max_size=5)), max_size=12)
    return st.one_of(st.text(), typed.map(" ".join), typed.map("".join), mutated())


ANYTHING = anything()
TODAY = datetime.date(2024, 8, 24)
VALID = st.one_of(queries(), ANYTHING)


def written(tree):
    """Return a tree of the grammar as plain values: rules, and each token with its kind and its span."""
    if isinstance(tree, Tree):
        return str(tree.data), [written(child) for child in tree.children]
    return tree.type, str(tree), tree.start_pos, tree.end_pos


def understood(text):
    try:
        return parse(text, ANALYZER)
    except QueryError:
        assume(False)  # noqa: FBT003 - its one parameter


def diagnostics_of(text):
    try:
        return parse(text, ANALYZER).diagnostics
    except QueryError as error:
        return error.diagnostics


SIMPLE = st.lists(
    st.sampled_from(
        ["grain", "US", "F-16", '"wheat crop"^2', "min*", "a:b", "OR", "OR", "title:", "place:", "date:2024", "AND"]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@examples(2_000)
@given(st.one_of(SIMPLE, ANYTHING))
def test_a_simple_query_needs_no_parser_to_get_the_parsers_tree(text):
    context = Context(text, ANALYZER, TODAY)
    try:
        tokens = reader._tokens(context)
        checks.check_structure(context, tokens)
        context.raise_errors()
    except QueryError:
        assume(False)  # noqa: FBT003 - its one parameter
    simple = reader._simple_tree(tokens)
    assume(simple is not None)
    assert written(simple) == written(reader._parse_tree(context))


def test_words_alternatives_and_fields_are_simple():
    for text in ("grain", "grain crop", '"wheat crop"^2 OR min* OR US', 'title:grain place:"New York" grain^2'):
        assert reader._simple_tree(reader._tokens(Context(text, ANALYZER, TODAY))) is not None


@examples(600)
@given(ANYTHING)
@example("\ud800")
@example("((((((((((((((((((((((((((((((((")
@example("NOT " * 400 + "a")
@example("a w/1 " * 300 + "a")
@example('"' * 2_000)
@example("a:" * 1_000)
@example("*" * MAX_CHARACTERS)
@example("a*" * 900)
@example("-" * MAX_CHARACTERS)
@example("^" * MAX_CHARACTERS)
@example("a" * (MAX_CHARACTERS + 1))
@example("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 1_000)
def test_any_text_is_a_query_or_has_located_errors(text):
    try:
        diagnostics = parse(text, ANALYZER).diagnostics
        assert all(diagnostic.severity == "warning" for diagnostic in diagnostics)
    except QueryError as error:
        diagnostics = error.diagnostics
        assert any(diagnostic.severity == "error" for diagnostic in diagnostics)
    for diagnostic in diagnostics:
        assert diagnostic.start is not None
        assert diagnostic.end is not None
        assert 0 <= diagnostic.start <= diagnostic.end <= len(text)
        assert diagnostic.start < diagnostic.end
        assert diagnostic.message
        assert diagnostic.parameter == "q"


@examples(400)
@given(ANYTHING)
def test_a_fix_differs_from_what_was_typed_and_is_never_empty(text):
    for diagnostic in diagnostics_of(text):
        if diagnostic.fix is not None:
            assert diagnostic.fix.strip()
            assert diagnostic.fix.split() != text.split()


@examples(400)
@given(ANYTHING)
def test_where_there_is_one_error_its_fix_mends_it_there(text):
    errors = [diagnostic for diagnostic in diagnostics_of(text) if diagnostic.severity == "error"]
    if len(errors) == 1 and errors[0].fix and len(errors[0].fix) <= MAX_CHARACTERS:
        # What stood behind the error may be another; the same one at the same place was not mended.
        still = [(each.code, each.start, each.message) for each in diagnostics_of(errors[0].fix)]
        assert (errors[0].code, errors[0].start, errors[0].message) not in still


@examples(600)
@given(VALID)
def test_the_canonical_text_means_the_same_and_is_its_own_canonical_text(text):
    query = understood(text)
    again = parse(query.canonical, ANALYZER) if len(query.canonical) <= MAX_CHARACTERS else query
    assert again.node == query.node
    assert again.canonical == query.canonical
    for match in (Match.ALL, Match.ANY):
        assert plan(again.node, match) == plan(query.node, match)


@examples(300)
@given(VALID)
def test_the_canonical_text_has_single_spaces_and_no_warning_but_of_operators(text):
    query = understood(text)
    assert query.canonical == " ".join(query.canonical.split())
    again = parse(query.canonical, ANALYZER) if len(query.canonical) <= MAX_CHARACTERS else query
    codes = {diagnostic.code for diagnostic in again.diagnostics}
    assert codes <= {"mixed-operators", "lowercase-operator", "capital-operator"}


@examples(300)
@given(VALID)
def test_a_plan_has_nothing_side_by_side_left(text):
    query = understood(text)
    for match in (Match.ALL, Match.ANY):
        assert not any(isinstance(node, Words) for node in below(plan(query.node, match)))
    if not can_relax(query.node):
        assert plan(query.node, Match.ALL) == plan(query.node, Match.ANY)


@examples(300)
@given(VALID)
def test_the_clauses_are_spans_of_what_was_typed_in_order(text):
    query = understood(text)
    spans = [(clause.start, clause.end) for clause in query.clauses]
    assert spans == sorted(spans)
    ends = [0, *(end for _, end in spans)]
    assert all(end <= start < stop <= len(text) for end, (start, stop) in zip(ends, spans, strict=False))


@examples(200)
@given(queries())
def test_white_space_around_and_between_clauses_means_nothing(text):
    query = understood(text)
    spread = understood(f"\n {text.replace(' ', '  ')}\t")
    assert spread.node == query.node
    assert spread.canonical == query.canonical


def test_every_row_of_the_published_syntax_is_understood_without_a_warning():
    for row in SYNTAX:
        for typed in row.typed:
            assert parse(typed, ANALYZER).diagnostics == (), typed


def test_the_deepest_query_is_far_from_the_stack_s_end():
    limit = sys.getrecursionlimit()
    nested = "(" * 16 + "NOT " * 16 + "a" + ")" * 16
    sys.setrecursionlimit(len(_stack()) + 500)
    try:
        parse(nested, ANALYZER)
    finally:
        sys.setrecursionlimit(limit)


def _stack():
    frames, frame = [], sys._getframe()
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def below(node):
    yield node
    for child in children_of(node):
        yield from below(child)
