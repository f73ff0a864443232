"""Queries written for other archives: what each becomes in our language, and which part of it has no counterpart."""

import csv
import datetime
import sys
from pathlib import Path

import pytest
from archives import ANALYZER
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import examples

from search.errors import QueryError
from search.query import Dialect, parse
from search.query.nodes import Everything, Not, Unit, children_of
from search.query.syntax import MAX_CHARACTERS

TODAY = datetime.date(2024, 9, 1)
DIALECTS = (Dialect.NEXIS, Dialect.FACTIVA, Dialect.LUCENE)
# Loaded machines are slow; what is quadratic takes far longer still.

with Path(__file__).with_name("dialects.tsv").open(encoding="utf-8", newline="") as lines:
    GOLDENS = [
        (Dialect(name), typed, read) for name, typed, read in csv.reader(lines, "excel-tab", quoting=csv.QUOTE_NONE)
    ]


def read_as(text, dialect):
    return parse(text, ANALYZER, dialect=dialect, today=TODAY)


def ours(text):
    return parse(text, ANALYZER, today=TODAY)


@pytest.mark.parametrize(("dialect", "typed", "canonical"), GOLDENS, ids=[f"{row[0]}: {row[1]}" for row in GOLDENS])
def test_a_query_of_a_dialect_is_read_as(dialect, typed, canonical):
    query = read_as(typed, dialect)
    assert query.canonical == canonical
    assert query.node == ours(canonical).node
    assert (query.input, query.dialect) == (typed, dialect)
    assert query.diagnostics == ()


def test_every_dialect_has_its_examples():
    for dialect in DIALECTS:
        assert len({typed for each, typed, _ in GOLDENS if each is dialect}) >= 40


def test_what_is_empty_asks_for_everything_in_every_dialect():
    for dialect in DIALECTS:
        assert read_as(" \n", dialect).node == Everything()
    assert read_as("*:*", Dialect.LUCENE).node == Everything()


# What is typed, [code, the text at fault, the fix] of each error.
REFUSED = {
    Dialect.NEXIS: [
        # Structure
        ("(cat or dog", [("open-bracket", "(", "(cat or dog)")]),
        ("cat)", [("open-bracket", ")", "cat")]),
        ("cat and ()", [("empty-brackets", "()", "cat")]),
        ('"cat', [("open-quote", '"', '"cat"')]),
        ('""', [("empty-phrase", '""', None)]),
        ("and cat", [("dangling-operator", "and", "cat")]),
        ("cat or", [("dangling-operator", "or", "cat")]),
        ("not cat", [("dangling-operator", "not", None)]),
        ("cat and or dog", [("dangling-operator", "and", "cat or dog"), ("dangling-operator", "or", "cat and dog")]),
        ("cat w/5 —", [("dangling-operator", "w/5", None)]),
        ("title(cat) body(dog)", [("missing-operator", ") body", "title(cat) AND body(dog)")]),
        ("cat (dog)", [("missing-operator", "cat (", "cat AND (dog)")]),
        ("(" * 17 + "a" + ")" * 17, [("too-deep", "(", None)]),
        ("a w/9 b or (" * 17 + "a" + ")" * 17, [("too-deep", "(", None)]),
        (" or ".join(["a"] * 65), [("too-many-terms", " or ".join(["a"] * 65), None)]),
        ("—", [("nothing-to-search", "—", None)]),
        # Nearness
        ("cat w/0 dog", [("bad-distance", "w/0", "cat w/1 dog")]),
        ("cat /300 dog", [("bad-distance", "/300", "cat /255 dog")]),
        ("cat w/ dog", [("bad-distance", "w/", "cat w/5 dog")]),
        ("marvin w/seg marvin", [("no-counterpart", "w/seg", "marvin AND marvin")]),
        ("marvin not w/seg marvin", [("no-counterpart", "not w/seg", None)]),
        ("cat pre/s dog", [("no-counterpart", "pre/s", "cat w/s dog")]),
        ("cat +5 dog", [("no-counterpart", "+5", "cat pre/5 dog")]),
        ("loan w/5 (student and scholarship)", [("bad-operand", "w/5", None)]),
        ("title(cat) w/5 dog", [("bad-operand", "w/5", None)]),
        ("atleast0(cat)", [("bad-count", "atleast0", "atleast1(cat)")]),
        ("atleast300(cat)", [("bad-count", "atleast300", "atleast255(cat)")]),
        ("atleast5(cat and dog)", [("bad-operand", "atleast5", None)]),
        # Words
        ("m!ster", [("no-counterpart", "m!ster", None)]),
        ("president * bush", [("wildcard-too-short", "*", None)]),
        ("m!", [("wildcard-too-short", "m!", None)]),
        ("allcaps(min!)", [("bad-form", "min!", None)]),
        # Segments
        ("lead(cat)", [("no-counterpart", "lead", "hlead(cat)")]),
        ("caps(Apple)", [("no-counterpart", "caps", None)]),
        ("plural(jobs)", [("no-counterpart", "plural", None)]),
        ("cat and subject(pets)", [("no-counterpart", "subject", None)]),
        ("load-date(2024)", [("no-counterpart", "load-date", None)]),
        ("hedline(cat)", [("unknown-field", "hedline", "headline(cat)")]),
        ("cat(dog)", [("unknown-field", "cat", "cat AND (dog)")]),
        ("hlead(title(cat))", [("nested-field", "title", None)]),
        ("hlead(atleast5(cat))", [("nested-field", "atleast5", None)]),
        ("hlead(cat and length > 5)", [("nested-field", "length > 5", None)]),
        # Dates and lengths
        ("date aft yesterday", [("bad-date", "aft yesterday", None)]),
        ("date aft 1/1/95", [("bad-date", "aft 1/1/95", None)]),
        ("date is 2/30/2024", [("bad-date", "2/30/2024", None)]),
        ("date is 24/8/2024", [("bad-date", "24/8/2024", None)]),
        ("date()", [("bad-date", "()", None)]),
        ("date(aft 2001 or bef 1999)", [("bad-date", "aft 2001 or bef 1999", None)]),
        ("length > long", [("bad-length", "> long", None)]),
        ("length(5 to 9)", [("bad-length", "5 to 9", None)]),
    ],
    Dialect.FACTIVA: [
        ("[cat or dog", [("open-bracket", "[", "[cat or dog]")]),
        ("cat and", [("dangling-operator", "and", "cat")]),
        ("not cat", [("dangling-operator", "not", None)]),
        (
            "cat same same dog",
            [("dangling-operator", "same", "cat same dog"), ("dangling-operator", "same", "cat same dog")],
        ),
        ("'cat' and “dog", [("open-quote", "“", "'cat' and “dog\"")]),
        ("hd=", [("field-without-value", "hd=", None)]),
        # Nearness
        ("cat near0 dog", [("bad-distance", "near0", "cat near1 dog")]),
        ("cat near500 dog", [("bad-distance", "near500", "cat near255 dog")]),
        ("cat/N500/dog", [("bad-distance", "/N500/", "cat/N255/dog")]),
        ("houses near london", [("bad-distance", "near", 'houses "near" london')]),
        ("cat w/ dog", [("bad-distance", "w/", "cat w/1 dog")]),
        ("(a and b) near5 c", [("bad-operand", "near5", None)]),
        ("(a and b) (c or d)", [("bad-operand", "(a and b) (c or d)", None)]),
        ("president % clinton", [("no-counterpart", "%", "president adj2 clinton")]),
        ("toyota/F50/", [("no-counterpart", "/F50/", "toyota")]),
        ("atleast10 (olympics and games)", [("bad-operand", "atleast10", None)]),
        ("atleast0 cat", [("bad-count", "atleast0", "atleast1 cat")]),
        # Words
        ("en$gineer", [("no-counterpart", "en$gineer", None)]),
        ("engineer$0", [("no-counterpart", "engineer$0", None)]),
        ("x$3", [("wildcard-too-short", "x$3", None)]),
        ("cat$9 dog$9", [("too-many-terms", "cat$9 dog$9", None)]),
        ("a*", [("wildcard-too-short", "a*", None)]),
        ("president * bush", [("wildcard-too-short", "*", None)]),
        # Fields
        ("la=en and oil", [("no-counterpart", "la=", None)]),
        ("oil and ns=c15", [("no-counterpart", "ns=", None)]),
        ("co=ibm", [("no-counterpart", "co=", None)]),
        ("lp=oil", [("no-counterpart", "lp=", "hlp=oil")]),
        ("rst=reuters", [("no-counterpart", "rst=", "sn=reuters")]),
        ("hdl=oil", [("unknown-field", "hdl=", "hd=oil")]),
        ("xyzzy=oil", [("unknown-field", "xyzzy=", "xyzzy oil")]),
        ("hd=(by=smith)", [("nested-field", "by=", None)]),
        ("hd=(oil and wc>5)", [("nested-field", "wc>5", None)]),
        ("hd=atleast5 oil", [("nested-field", "atleast5", None)]),
        # Dates
        ("closing date and bids", [("bad-date", "date", 'closing "date" and bids')]),
        ("date after 5/8/1999", [("bad-date", "date after 5/8/1999", None)]),
        ("date after 2024", [("bad-date", "date after 2024", None)]),
        ("date 20240230", [("bad-date", "date 20240230", None)]),
        ("date from 20240201 to 20240101", [("bad-date", "date from 20240201 to 20240101", None)]),
        ("date -9999999", [("bad-date", "date -9999999", None)]),
        ("upd after 20240101", [("no-counterpart", "upd", "date after 20240101")]),
    ],
    Dialect.LUCENE: [
        ("(jakarta", [("open-bracket", "(", "(jakarta)")]),
        ("AND jakarta", [("dangling-operator", "AND", "jakarta")]),
        ("jakarta NOT", [("dangling-operator", "NOT", "jakarta")]),
        ("title:", [("field-without-value", "title:", None)]),
        ('"jakarta', [("open-quote", '"', '"jakarta"')]),
        ("-" * 17 + "a", [("too-deep", "-", None)]),
        ("*:* -a", [("no-counterpart", "*:*", "-a")]),
        # Words
        ("test*~1", [("bad-edits", "test*~1", "test*")]),
        ("a *", [("wildcard-too-short", "*", None)]),
        ("/[mb]oat/", [("no-counterpart", "/[mb]oat/", None)]),
        ('"climat* change"', [("no-counterpart", '"climat* change"', None)]),
        ("roam~0.8", [("bad-edits", "roam~0.8", "roam~1")]),
        ("roam~0.5", [("bad-edits", "roam~0.5", "roam~2")]),
        ("roam~3", [("bad-edits", "roam~3", None)]),
        ('"a b"~', [("bad-distance", '"a b"~', None)]),
        ("jakarta^x", [("bad-weight", "jakarta^x", None)]),
        ("(a b)^4", [("no-counterpart", "^4", "(a b)")]),
        # Fields
        ("colour:red", [("unknown-field", "colour:", r"colour\:red")]),
        ("tilte:red", [("unknown-field", "tilte:", "title:red")]),
        ("title:place:geneva", [("nested-field", "place:", None)]),
        ("title:(a AND place:b)", [("nested-field", "place:", None)]),
        ("_exists_:title", [("no-counterpart", "_exists_:", None)]),
        ("title:*", [("no-counterpart", "*", None)]),
        # Ranges
        ("title:{Aida TO Carmen}", [("no-counterpart", "{Aida TO Carmen}", None)]),
        ("[a TO b]", [("no-counterpart", "[a TO b]", None)]),
        ("words:[* TO *]", [("no-counterpart", "[* TO *]", None)]),
        ("date:[2002 TO soon]", [("bad-date", "[2002 TO soon]", None)]),
        ("date:[20020230 TO *]", [("bad-date", "[20020230 TO *]", None)]),
        ("date:{2002 TO 2003}", [("bad-date", "{2002 TO 2003}", None)]),
        ("date:[2002]", [("bad-date", "[2002]", None)]),
        ("date:[2002 TO 2003]^2", [("bad-weight", "[2002 TO 2003]^2", None)]),
        ("words:[a TO b]", [("bad-length", "[a TO b]", None)]),
        ("[a", [("open-bracket", "[", r"\[a")]),
    ],
}
CASES = [(dialect, typed, errors) for dialect, rows in REFUSED.items() for typed, errors in rows]


@pytest.mark.parametrize(("dialect", "typed", "errors"), CASES, ids=[f"{row[0]}: {row[1][:40]}" for row in CASES])
def test_what_cannot_be_said_in_our_language_is_an_error_at_its_place(dialect, typed, errors):
    with pytest.raises(QueryError) as caught:
        read_as(typed, dialect)
    located = [each for each in caught.value.diagnostics if each.severity == "error"]
    assert [(each.code, typed[each.start : each.end], each.fix) for each in located] == errors
    assert all(each.message for each in located)


WARNED = [
    (Dialect.NEXIS, "cat and —", [("no-word", "—", None)]),
    (Dialect.NEXIS, "employ*", [("one-letter", "employ*", "employ!")]),
    (Dialect.NEXIS, "employ** law", [("one-letter", "employ**", "employ! law")]),
    (Dialect.NEXIS, '"who said so?"', [("question-mark", "?", '"who said so"')]),
    (Dialect.LUCENE, "india - china", [("no-word", "-", "india china")]),
    (Dialect.LUCENE, "a OR b AND c", [("mixed-operators", "a OR b AND c", "a OR (b AND c)")]),
    (Dialect.LUCENE, "x (a +b AND c)", [("mixed-operators", "a +b AND c", "x (a OR (+b AND c))")]),
]


@pytest.mark.parametrize(("dialect", "typed", "warnings"), WARNED, ids=[f"{row[0]}: {row[1]}" for row in WARNED])
def test_what_is_left_out_or_may_be_meant_otherwise_is_said(dialect, typed, warnings):
    diagnostics = read_as(typed, dialect).diagnostics
    assert [(each.code, typed[each.start : each.end], each.severity) for each in diagnostics] == [
        (code, text, "warning") for code, text, _ in warnings
    ]
    for (_, _, fix), diagnostic in zip(warnings, diagnostics, strict=True):
        assert fix is None or diagnostic.fix == fix


def test_or_binds_first_in_nexis_and_last_in_factiva():
    typed = "cat and dog or bird"
    assert read_as(typed, Dialect.NEXIS).canonical == "cat AND (dog OR bird)"
    assert read_as(typed, Dialect.FACTIVA).canonical == "(cat AND dog) OR bird"


def test_the_same_sign_of_a_word_means_what_each_archive_means_by_it():
    assert read_as("wom*n", Dialect.NEXIS).canonical == "wom?n"
    assert read_as("wom*n", Dialect.LUCENE).canonical == "wom*n"
    assert read_as("employ**", Dialect.NEXIS).canonical == '="employ??"'
    assert read_as("employ*", Dialect.LUCENE).canonical == "employ*"
    assert read_as("cat w/2 dog", Dialect.NEXIS).canonical == "cat w/2 dog"
    assert read_as("cat w/2 dog", Dialect.FACTIVA).canonical == "cat pre/2 dog"
    assert read_as("cat AND dog", Dialect.LUCENE).canonical == read_as("cat and dog", Dialect.NEXIS).canonical


def test_the_clauses_of_a_query_have_the_spans_they_were_typed_at():
    typed = "hlead(land trust) and date(aft 2001 and bef 2003) and wom*n w/5 (cat or dog!)"
    clauses = read_as(typed, Dialect.NEXIS).clauses
    texts = [typed[clause.start : clause.end] for clause in clauses]
    assert texts == ["land trust", "2001", "2003", "wom*n", "cat", "dog!"]
    typed = '+title:treaty^2 "a b"~4 -(date:[2001 TO 2003])'
    texts = [typed[clause.start : clause.end] for clause in read_as(typed, Dialect.LUCENE).clauses]
    assert texts == ["treaty^2", '"a b"~4', "[2001 TO 2003]"]


PIECES = {
    Dialect.NEXIS: (
        *("and", "OR", "&", "and not", "but not", "not", "w/5", "/3", "pre/2", "not w/5", "w/s", "w/p", "w/seg", "+5"),
        *(
            "(",
            ")",
            '"',
            "“",
            "hlead(",
            "title (",
            "body(",
            "foo(",
            "allcaps(",
            "caps(",
            "atleast5(",
            "atleast5",
            "atl0(",
        ),
        *(
            "date aft 2001",
            "date is 8/24/2024",
            "date(",
            "date",
            "aft",
            "length > 500",
            "length(",
            "length",
            ">",
            "500",
        ),
        *("liab!", "wom*n", "employ*", "a!", "*", "!", "?", "F-16", "co-produce", "=x", "x~1", "x^2", "AND,", "w,s"),
    ),
    Dialect.FACTIVA: (
        *("and", "OR", "not", "and not", "same", "near5", "near", "adj", "adj3", "w/2", "w/", "/n5/", "/F50/", "%"),
        *(
            "(",
            ")",
            "[",
            "]",
            '"',
            "hd=",
            "hd=(",
            "hlp=",
            "td=",
            "la=",
            "xy=",
            "atleast5",
            "wc>500",
            "wc",
            "date",
            "pd",
        ),
        *("date after 20240824", "from", "to", "-7", "8/24/2024", "engineer*", "wom?n", "cat?", "x$3", "$", "*", "a*"),
        *("F-16", "co-produce", "=x", "x~1", "x^2", "'", "AND,"),
    ),
    Dialect.LUCENE: (
        *(
            "AND",
            "OR",
            "NOT",
            "and",
            "&&",
            "||",
            "!",
            "+",
            "-",
            "+a",
            "-b",
            "!c",
            "(",
            ")",
            '"',
            '\\"',
            "\\",
            "\\(",
            "“",
        ),
        *(
            "title:",
            "title:(",
            "text:",
            "date:",
            "foo:",
            "words:",
            "[a TO b]",
            "date:[2001 TO *}",
            "{",
            "]",
            "[",
            "*:*",
        ),
        *("te?t", "tes*", "x?", "*", "~", "~1", "roam~", "roam~0.8", '"a b"~5', "^2", "a^2", "a^", "/x/", "/", "TO"),
        *("F-16", "co-produce", "=x", "http://x", "\\u0041", "2001-01-01T00:00:00Z"),
    ),
}
WORDS = ("minister", "talks", "us", "US", "U.S.", "the", "भारत", "São", "—", "😀", "1,000", "x", "\u00a0", "\t")


def texts_of(dialect):
    pieces = st.sampled_from((*PIECES[dialect], *WORDS))
    goldens = st.sampled_from([typed for each, typed, _ in GOLDENS if each is dialect])
    row = st.lists(st.one_of(pieces, pieces, goldens, st.text(max_size=4)), max_size=12)
    cut = st.builds(lambda text, at, piece: text[:at] + piece + text[at:], goldens, st.integers(0, 40), pieces)
    return st.one_of(row.map(" ".join), row.map(" ".join), row.map("".join), cut, st.text())


TYPED = st.sampled_from(DIALECTS).flatmap(lambda dialect: st.tuples(st.just(dialect), texts_of(dialect)))


def understood(typed):
    dialect, text = typed
    try:
        return read_as(text, dialect)
    except QueryError:
        assume(False)  # noqa: FBT003 - its one parameter


def diagnostics_of(dialect, text):
    try:
        return read_as(text, dialect).diagnostics
    except QueryError as error:
        return error.diagnostics


@examples(400)
@given(TYPED)
@example((Dialect.NEXIS, "\ud800"))
@example((Dialect.LUCENE, "\\"))
@example((Dialect.LUCENE, "\\ud800"))
@example((Dialect.NEXIS, "title\x1f(a) \x1e or b"))
def test_any_text_is_a_query_or_has_located_errors(typed):
    dialect, text = typed
    try:
        diagnostics = read_as(text, dialect).diagnostics
        assert all(each.severity == "warning" for each in diagnostics)
    except QueryError as error:
        diagnostics = error.diagnostics
        assert any(each.severity == "error" for each in diagnostics)
    for each in diagnostics:
        assert each.message
        assert each.start is not None
        assert each.end is not None
        assert 0 <= each.start < each.end <= len(text)


@examples(400)
@given(TYPED)
def test_what_a_query_is_read_as_means_the_same_in_our_language(typed):
    query = understood(typed)
    assume(len(query.canonical) <= MAX_CHARACTERS)
    again = ours(query.canonical)
    assert again.node == query.node
    assert again.canonical == query.canonical
    assert query.canonical == " ".join(query.canonical.split())


@examples(200)
@given(TYPED)
@example((Dialect.LUCENE, "+a \x1f"))
def test_a_fix_is_understood_and_differs_from_what_was_typed(typed):
    dialect, text = typed
    for each in diagnostics_of(dialect, text):
        if each.fix is not None:
            assert each.fix.split() != text.split()
            if each.severity == "error":
                read_as(each.fix, dialect)


@examples(200)
@given(TYPED)
def test_the_clauses_stand_in_order_and_apart_from_each_other(typed):
    clauses = understood(typed).clauses
    ends = [0, *(clause.end for clause in clauses)]
    assert all(end <= clause.start < clause.end <= len(typed[1]) for end, clause in zip(ends, clauses, strict=False))


UNITS = (
    *(
        "(",
        ")",
        "a(",
        "a) ",
        "(a or ",
        "(a ",
        "-",
        "- ",
        "-(",
        "-(-a ",
        "+",
        "+(a ",
        "+(",
        "!",
        "*",
        "?",
        "a*",
        "a! ",
        "$",
    ),
    *(
        '"',
        '"a" ',
        '"a"~',
        "\\",
        "a\\",
        "a w/5 ",
        "a w/9 (b w/8 ",
        "a w/255 b w/254 ",
        "a or ",
        "a and ",
        "or ",
        "and ",
    ),
    *(
        "not ",
        "NOT ",
        "NOT (a ",
        "a AND NOT ",
        "a b AND ",
        "|| ",
        "date ",
        "date (",
        "date aft ",
        "date is 1 ",
        "date(1 and ",
    ),
    *(
        "date aft jan 1 ",
        "length ",
        "/",
        "/n",
        "/n1",
        "a/n1/",
        "near5 ",
        "same ",
        "% ",
        "a$1 ",
        "hd=",
        "hd=(",
        "a=",
        "wc> ",
    ),
    *(
        "title:",
        "title:(",
        "[",
        "]",
        "{",
        "[a TO b]",
        "date:[",
        "atleast5 ",
        "atleast5(",
        "hlead(",
        "foo(",
        "foo (",
        "^",
    ),
    *("~", "a~", "a^2 ", ".", "😀", "\ufdfa", "\ud800", "1/1/", "a ", "a"),
)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_long_row_of_anything_is_a_query_or_has_located_errors(dialect):
    for unit in UNITS:
        row = (unit * MAX_CHARACTERS)[:MAX_CHARACTERS]
        for text in (row, f"{row[:-1]}a", f"a{row[:-1]}"):
            assert all(0 <= each.start < each.end <= len(text) for each in diagnostics_of(dialect, text))


def test_what_is_required_twice_over_in_brackets_in_brackets_is_refused_before_it_is_written_out():
    with pytest.raises(QueryError, match="at most 64 terms"):
        read_as("+(" * 16 + "a b" + ") b" * 16, Dialect.LUCENE)


@pytest.mark.parametrize(
    ("dialect", "typed"),
    [
        (Dialect.NEXIS, "".join(f"a w/{255 - number} " for number in range(40)) + "a"),
        (Dialect.LUCENE, "-(" * 8 + "-a" + ")" * 8),
        (Dialect.LUCENE, "a OR (b AND " * 16 + "c" + ")" * 16),
        (Dialect.FACTIVA, "a not (" * 16 + "b" + ")" * 16),
    ],
)
def test_what_stands_deep_is_understood_in_both_languages_or_refused(dialect, typed):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth_of_stack() + 600)
    try:
        codes = {each.code for each in diagnostics_of(dialect, typed)}
        assert codes <= {"too-deep", "mixed-operators"}
        if "too-deep" not in codes:
            query = read_as(typed, dialect)
            assert ours(query.canonical).node == query.node
    finally:
        sys.setrecursionlimit(limit)


def depth_of_stack():
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    return depth


def test_nothing_under_not_or_beside_it_is_lost():
    node = read_as("a and not (b or c) and not d", Dialect.NEXIS).node
    assert sum(isinstance(child, Not) for child in children_of(node)) == 2
    assert read_as("a same b", Dialect.FACTIVA).node.unit is Unit.PARAGRAPH
