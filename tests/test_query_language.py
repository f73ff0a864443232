"""The query language by examples: what is typed, what is understood, which error stands where and what mends it."""

import datetime

import pytest
from archives import ANALYZER

from search.errors import QueryError
from search.query import Match, can_relax, parse, plan
from search.query.dates import DateSyntaxError, parse_days
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Everything,
    Field,
    Fuzzy,
    Length,
    Near,
    Not,
    NotNear,
    Or,
    Phrase,
    Prefer,
    Term,
    Together,
    Undated,
    Unit,
    Wildcard,
    Window,
    Words,
)
from search.query.occurrences import compile_pattern


def any_form(*words):
    return Term(tuple(dict.fromkeys(map(ANALYZER.stem, words))))


def only(*words):
    return Term(words, stemmed=False)


def in_capitals(word):
    return Term((word,), stemmed=False, capitals=True)


def day(text):
    return datetime.date.fromisoformat(text) if text else None


TODAY = day("2024-03-31")
A, B, C = (any_form(word) for word in ("india", "china", "japan"))
US = any_form("us", "US")
E_MAIL = Or((Phrase((any_form("e"), any_form("mail"))), any_form("email")))
NEW_DELHI = Phrase((only("new"), only("delhi")))
MINISTER_OF_DEFENCE = Phrase((only("minister"), only("of", "OF"), only("defence")))

UNDERSTOOD = [
    ("", Everything(), ""),
    ("  \t\n", Everything(), ""),
    ("talks", any_form("talks"), "talks"),
    ("Talks", any_form("talks"), "talks"),
    ("india china", Words((A, B)), "india china"),
    ("India, China!", Words((A, B)), "india china"),
    ("us", US, "us"),
    ("US", any_form("US"), "US"),
    ("U.S.", any_form("US"), "US"),
    # Phrases and windows
    ('"minister of defence"', MINISTER_OF_DEFENCE, '"minister of defence"'),
    ("“minister of defence”", MINISTER_OF_DEFENCE, '"minister of defence"'),
    ("„minister of defence“", MINISTER_OF_DEFENCE, '"minister of defence"'),
    ("«minister of defence»", MINISTER_OF_DEFENCE, '"minister of defence"'),
    ('"Minister, of (defence)!"', MINISTER_OF_DEFENCE, '"minister of defence"'),
    ('="minister of defence"', MINISTER_OF_DEFENCE, '"minister of defence"'),
    ('"talks"', only("talks"), '"talks"'),
    ('"the US"', Phrase((only("the", "THE"), only("US"))), '"the US"'),
    ('"defence pact"~5', Window((only("defence"), only("pact")), 5), '"defence pact"~5'),
    ('"defence pact"~05', Window((only("defence"), only("pact")), 5), '"defence pact"~5'),
    ('"defence"~5', only("defence"), '"defence"'),
    ('"defen* pact"', Phrase((Wildcard("defen*"), only("pact"))), '"defen* pact"'),
    ('"who said so?"', Phrase((only("who", "WHO"), only("said"), only("so", "SO"))), '"who said so"'),
    ('"AND OR NOT"', Phrase((only("AND"), only("OR"), only("NOT"))), '"AND OR NOT"'),
    ('"india"china', Words((only("india"), B)), '"india" china'),
    # One form
    ("=talks", only("talks"), "=talks"),
    ("=Talks", only("talks"), "=talks"),
    ("=us", only("us"), "=us"),
    ("=US", only("US"), "=US"),
    ("=F-16", Phrase((only("f"), only("16"))), '"f 16"'),
    # Words that can be written in several ways
    ("müller", any_form("muller", "mueller"), "müller"),
    ("=Müller", only("muller", "mueller"), "=müller"),
    ('"müller"', only("muller", "mueller"), '"müller"'),
    ("caps(müller)", Term(("muller", "mueller"), stemmed=False, capitals=True), "caps(MÜLLER)"),
    ("müller~1", Fuzzy("muller", 1), "muller~1"),
    ("mül*", Wildcard("mul*"), "mul*"),
    ("e-mail", E_MAIL, "e-mail"),
    ("E-mail's", E_MAIL, "e-mail"),
    ("=e-mail", only("email"), "=e-mail"),
    ('"an e-mail"', Phrase((only("an", "AN"), only("email"))), '"an e-mail"'),
    ("e-ma*", Wildcard("ema*"), "ema*"),
    ("e-mail~1", Fuzzy("email", 1), "email~1"),
    ("l'accord", Or((Phrase((any_form("l"), any_form("accord"))), any_form("laccord"))), "l-accord"),
    ("L'e-mail", Phrase((any_form("l"), any_form("email"))), "l/e-mail"),
    ("l'abc-16", Phrase((any_form("l"), any_form("abc"), any_form("16"))), "l/abc/16"),
    ('"l\'accord"', Phrase((only("l"), only("accord"))), '"l/accord"'),
    ("l'acc*", Phrase((any_form("l"), Wildcard("acc*"))), "l/acc*"),
    ("J. K. Rowling", Words((any_form("jk"), any_form("rowling"))), "jk rowling"),
    ('"J. K. Rowling"', Phrase((only("jk"), only("rowling"))), '"jk rowling"'),
    ("title:U. S.", Field("title", any_form("US")), "title:US"),
    # Operators
    ("india AND china", And((A, B)), "india AND china"),
    ("india OR china", Or((A, B)), "india OR china"),
    ("india OR china OR japan", Or((A, B, C)), "india OR china OR japan"),
    ("india NOT china", Words((A, Not(B))), "india NOT china"),
    ("india -china", Words((A, Not(B))), "india NOT china"),
    ("india AND NOT china", And((A, Not(B))), "india AND NOT china"),
    ("NOT india", Not(A), "NOT india"),
    ("-india", Not(A), "NOT india"),
    ("NOT NOT india", Not(Not(A)), "NOT NOT india"),
    ("NOT (india china)", Not(Words((A, B))), "NOT (india china)"),
    ("-(india OR china)", Not(Or((A, B))), "NOT (india OR china)"),
    ('-"india china"', Not(Phrase((only("india"), only("china")))), 'NOT "india china"'),
    ("-title:india", Not(Field("title", A)), "NOT title:india"),
    ("india china AND japan", And((Words((A, B)), C)), "india china AND japan"),
    ("(india)", A, "india"),
    ("((india china))", Words((A, B)), "(india china)"),
    ("(india OR china) japan", Words((Or((A, B)), C)), "(india OR china) japan"),
    ("(india AND china)OR(japan)", Or((And((A, B)), C)), "(india AND china) OR japan"),
    ("AND,", any_form("AND"), "AND,"),
    ("ANDes", any_form("andes"), "andes"),
    ("india AND(china)", And((A, B)), "india AND (china)".replace("(china)", "china")),
    # Minus is part of a word inside it
    ("F-16 -drone", Words((Phrase((any_form("f"), any_form("16"))), Not(any_form("drone")))), "f-16 NOT drone"),
    ("india - china", Words((A, B)), "india china"),
    ("india--china", Phrase((A, B)), "india/china"),
    # Proximity
    ("india w/5 china", Near(A, B, 5, ordered=False), "india w/5 china"),
    ("india W/5 china", Near(A, B, 5, ordered=False), "india w/5 china"),
    ("india NEAR/5 china", Near(A, B, 5, ordered=False), "india w/5 china"),
    ("india near/05 china", Near(A, B, 5, ordered=False), "india w/5 china"),
    ("india pre/255 china", Near(A, B, 255, ordered=True), "india pre/255 china"),
    ("india w/2 china w/3 japan", Near(Near(A, B, 2, ordered=False), C, 3, ordered=False), "india w/2 china w/3 japan"),
    ("(india OR china) w/5 japan", Near(Or((A, B)), C, 5, ordered=False), "(india OR china) w/5 japan"),
    (
        "india w/5 (china pre/1 japan)",
        Near(A, Near(B, C, 1, ordered=True), 5, ordered=False),
        "india w/5 (china pre/1 japan)",
    ),
    ('"india" w/5 chin*', Near(only("india"), Wildcard("chin*"), 5, ordered=False), '"india" w/5 chin*'),
    (
        "title:india w/5 title:china",
        Field("title", Near(A, B, 5, ordered=False)),
        "title:(india w/5 china)",
    ),
    ("title:(india w/5 china)", Field("title", Near(A, B, 5, ordered=False)), "title:(india w/5 china)"),
    (
        "title:india w/5 title:(china w/3 japan)",
        Field("title", Near(A, Near(B, C, 3, ordered=False), 5, ordered=False)),
        "title:(india w/5 (china w/3 japan))",
    ),
    ("japan india w/5 china", Words((C, Near(A, B, 5, ordered=False))), "japan india w/5 china"),
    # Wildcards and edits
    ("minist*", Wildcard("minist*"), "minist*"),
    ("Minist*", Wildcard("minist*"), "minist*"),
    ("wom?n", Wildcard("wom?n"), "wom?n"),
    ("*16", Wildcard("*16"), "*16"),
    ("a**b", Wildcard("a*b"), "a*b"),
    ("São*", Wildcard("sao*"), "sao*"),
    ("O'Br*", Wildcard("obr*"), "obr*"),
    ("co-prod*", Phrase((any_form("co"), Wildcard("prod*"))), "co-prod*"),
    (
        '"b*r?-er pact"',
        Phrase((Wildcard("b*r?"), only("er"), only("pact"))),
        '"b*r?-er pact"',
    ),
    ("F-16*", Phrase((any_form("f"), Wildcard("16*"))), "f-16*"),
    ("भार*", Wildcard("भार*"), "भार*"),
    ("kovalski~1", Fuzzy("kovalski", 1), "kovalski~1"),
    ("Kovalski~2", Fuzzy("kovalski", 2), "kovalski~2"),
    # Fields
    ("title:treaties", Field("title", any_form("treaties")), "title:treaties"),
    ("TITLE:treaties", Field("title", any_form("treaties")), "title:treaties"),
    ('place:"New York"', Field("place", Phrase((only("new"), only("york")))), 'place:"new york"'),
    ("place:Geneva", Field("place", only("geneva")), "place:geneva"),
    ("agency:=IANS", Field("agency", only("ians")), "agency:=ians"),
    ("section:busin*", Field("section", Wildcard("busin*")), "section:busin*"),
    ("byline:kovalski~1", Field("byline", Fuzzy("kovalski", 1)), "byline:kovalski~1"),
    ("title:(india china)", Words((Field("title", A), Field("title", B))), "(title:india title:china)"),
    (
        "place:(Geneva OR Paris)",
        Or((Field("place", only("geneva")), Field("place", only("paris")))),
        "(place:geneva OR place:paris)",
    ),
    ("http://india.china", Phrase((any_form("http"), A, B)), "http/india/china"),
    # Weights
    ("india^2", Boost(A, 2.0), "india^2"),
    ("india^0.5", Boost(A, 0.5), "india^0.5"),
    ("india^2.50", Boost(A, 2.5), "india^2.5"),
    ('"india china"^3', Boost(Phrase((only("india"), only("china"))), 3.0), '"india china"^3'),
    ('"india china"~4^3', Boost(Window((only("india"), only("china")), 4), 3.0), '"india china"~4^3'),
    ("title:india^2", Boost(Field("title", A), 2.0), "title:india^2"),
    ("minist*^2", Boost(Wildcard("minist*"), 2.0), "minist*^2"),
    ("kovalski~1^100", Boost(Fuzzy("kovalski", 1), 100.0), "kovalski~1^100"),
    # Words that split
    ("F-16", Phrase((any_form("f"), any_form("16"))), "f-16"),
    ("F16", Phrase((any_form("f"), any_form("16"))), "f-16"),
    ("COVID-19", Phrase((any_form("covid"), any_form("19"))), "covid-19"),
    ("co-produce", Or((Phrase((any_form("co"), any_form("produce"))), any_form("coproduce"))), "co-produce"),
    (
        "co\N{NON-BREAKING HYPHEN}produce",
        Or((Phrase((any_form("co"), any_form("produce"))), any_form("coproduce"))),
        "co-produce",
    ),
    (
        "मुख्य-मंत्री",
        Or((Phrase((any_form("मुख्य"), any_form("मंत्री"))), any_form("मुख्यमंत्री"))),
        "मुख्य-मंत्री",
    ),
    ("U-S", Or((Phrase((any_form("u"), any_form("s"))), any_form("US"))), "U-S"),
    ("and/or", Phrase((any_form("and", "AND"), any_form("or", "OR"))), "and/or"),
    ("2024-08-24", Phrase((any_form("2024"), any_form("08"), any_form("24"))), "2024-08-24"),
    ("AT&T", any_form("at&t"), "at&t"),
    # Nearness that is no number, and what must not be near
    ("india w/s china", Together(A, B, Unit.SENTENCE), "india w/s china"),
    ("india W/P china", Together(A, B, Unit.PARAGRAPH), "india w/p china"),
    (
        "india w/s china w/p japan",
        Together(Together(A, B, Unit.SENTENCE), C, Unit.PARAGRAPH),
        "india w/s china w/p japan",
    ),
    ("india not w/5 china", NotNear(A, B, 5), "india not w/5 china"),
    ("india NOT  Near/5 china", NotNear(A, B, 5), "india not w/5 china"),
    ("india not pre/5 china", NotNear(A, B, 5, ordered=True), "india not pre/5 china"),
    ("india not w/s china", NotNear(A, B, Unit.SENTENCE), "india not w/s china"),
    ("india not w/5 (china OR japan)", NotNear(A, Or((B, C)), 5), "india not w/5 (china OR japan)"),
    ("india (not) w/5 china", Words((A, Near(any_form("not", "NOT"), B, 5, ordered=False))), "india not, w/5 china"),
    ("india w/\N{LATIN SMALL LETTER LONG S} china", Together(A, B, Unit.SENTENCE), "india w/s china"),
    ("cap\N{LATIN SMALL LETTER LONG S}(it)", in_capitals("it"), "caps(IT)"),
    ("w,s", Phrase((any_form("w"), any_form("s"))), "w,s"),
    (
        "title:((india OR china) w/5 japan)",
        Field("title", Near(Or((A, B)), C, 5, ordered=False)),
        "title:((india OR china) w/5 japan)",
    ),
    ("title:india w/5 title:china", Field("title", Near(A, B, 5, ordered=False)), "title:(india w/5 china)"),
    # Of the article
    ("hlead(india)", Field("hlead", A), "hlead:india"),
    ("HLEAD(india OR china)", Or((Field("hlead", A), Field("hlead", B))), "(hlead:india OR hlead:china)"),
    ("hlead:india", Field("hlead", A), "hlead:india"),
    ("atleast/3(india)", AtLeast(A, 3), "atleast/3(india)"),
    ("ATLEAST/12(india OR china)", AtLeast(Or((A, B)), 12), "atleast/12(india OR china)"),
    (
        'atleast/2("new delhi" w/3 india)',
        AtLeast(Near(NEW_DELHI, A, 3, ordered=False), 2),
        'atleast/2("new delhi" w/3 india)',
    ),
    ("words:>300", Length(301, None), "words:>300"),
    ("words:>=300", Length(300, None), "words:>=300"),
    ("words:<300", Length(None, 299), "words:<300"),
    ("words:<=300", Length(None, 300), "words:<=300"),
    ("words:300", Length(300, 300), "words:300"),
    ("words:100..300", Length(100, 300), "words:100..300"),
    ("words:100..", Length(100, None), "words:100.."),
    # Capitals
    ("caps(IT)", in_capitals("it"), "caps(IT)"),
    ("caps(it)", in_capitals("it"), "caps(IT)"),
    ("caps(aids^2)", Boost(in_capitals("aids"), 2.0), "caps(AIDS^2)"),
    ('caps("who said")', Phrase((in_capitals("who"), in_capitals("said"))), 'caps("WHO SAID")'),
    ("caps(aids OR hiv)", Or((in_capitals("aids"), in_capitals("hiv"))), "(caps(AIDS) OR caps(HIV))"),
    ("caps(F-16)", Phrase((in_capitals("f"), only("16"))), "caps(f-16)"),
    ("title:caps(us)", Field("title", in_capitals("us")), "title:caps(US)"),
    ("caps(us) w/5 india", Near(in_capitals("us"), A, 5, ordered=False), "caps(US) w/5 india"),
    ("caps, (india OR china)", Words((any_form("caps"), Or((A, B)))), "caps, (india OR china)"),
    # A ? that ends a word, where quotes say that they mean what is written
    ('="te?"', Wildcard("te?"), '="te?"'),
    ('="m?n te? so"', Phrase((Wildcard("m?n"), Wildcard("te?"), only("so", "SO"))), '="m?n te? so"'),
    # Days of any year, and days counted back from today
    ("date:--08-15", AnnualDay(8, 15), "date:--08-15"),
    ("date:--02-29", AnnualDay(2, 29), "date:--02-29"),
    ("date:--12", AnnualDay(12), "date:--12"),
    ("date:none", Undated(), "date:none"),
    ("date:None", Undated(), "date:none"),
    ('date:"none"', Undated(), "date:none"),
    ("date:today", DateRange(TODAY, TODAY), "date:2024-03-31"),
    ("date:yesterday", DateRange(day("2024-03-30"), day("2024-03-30")), "date:2024-03-30"),
    ("date:last-7-days", DateRange(day("2024-03-25"), TODAY), "date:2024-03-25..2024-03-31"),
    ("date:last-1-day", DateRange(TODAY, TODAY), "date:2024-03-31"),
    ("date:Last-2-Weeks", DateRange(day("2024-03-18"), TODAY), "date:2024-03-18..2024-03-31"),
    ("date:last-1-month", DateRange(day("2024-03-01"), TODAY), "date:2024-03-01..2024-03-31"),
    ("date:last-2-years", DateRange(day("2022-04-01"), TODAY), "date:2022-04-01..2024-03-31"),
    ("date:2024..yesterday", DateRange(day("2024-01-01"), day("2024-03-30")), "date:2024..2024-03-30"),
    ("date:>=yesterday", DateRange(day("2024-03-30"), None), "date:>=2024-03-30"),
]


@pytest.mark.parametrize(("text", "node", "canonical"), UNDERSTOOD, ids=[text for text, _, _ in UNDERSTOOD])
def test_a_query_is_understood_as(text, node, canonical):
    query = parse(text, ANALYZER, today=TODAY)
    assert (query.node, query.canonical) == (node, canonical)
    assert query.input == text
    assert parse(canonical, ANALYZER, today=TODAY + datetime.timedelta(days=1)).node == node


DAYS = [
    ("2024-08-24", "2024-08-24", "2024-08-24"),
    ("2024-08", "2024-08-01", "2024-08-31"),
    ("2024-02", "2024-02-01", "2024-02-29"),
    ("2023-02", "2023-02-01", "2023-02-28"),
    ("2024", "2024-01-01", "2024-12-31"),
    ("2024-08..2024-09", "2024-08-01", "2024-09-30"),
    ("2023..2024-02-10", "2023-01-01", "2024-02-10"),
    ("2024..2024", "2024-01-01", "2024-12-31"),
    ("..2023", None, "2023-12-31"),
    ("2023..", "2023-01-01", None),
    (">=2024-01-01", "2024-01-01", None),
    (">=2024", "2024-01-01", None),
    (">2024-08", "2024-09-01", None),
    (">2023", "2024-01-01", None),
    ("<=2024-08", None, "2024-08-31"),
    ("<2024-08-24", None, "2024-08-23"),
    ("<2024", None, "2023-12-31"),
    ("0001-01-01", "0001-01-01", "0001-01-01"),
    ("9999", "9999-01-01", "9999-12-31"),
]


@pytest.mark.parametrize(("text", "first", "last"), DAYS)
@pytest.mark.parametrize("form", ["date:{}", "DATE:{}", 'date:"{}"', "date:({})"])
def test_a_date_is_a_range_of_days(text, first, last, form):
    query = parse(form.format(text), ANALYZER)
    assert query.node == DateRange(day(first), day(last))
    assert query.canonical == f"date:{text}"
    assert query.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "better"),
    [
        *[
            (text, None)
            for text in ("", "yesterday", "24", "2024-8", "2024-08-", "20240824", "..", "2024...2025", "08-2024")
        ],
        *[
            (text, None)
            for text in (">", ">=", "=2024", ">..2024", "2024-13", "2024-00", "0000", "<0001", ">9999-12-31")
        ],
        *[("2024-02-30", "2024-02-29"), ("2023-02-29", "2023-02-28"), ("2024-04-31", "2024-04-30")],
        *[("24-08-2024", "2024-08-24"), ("24.8.2024", "2024-08-24"), ("2024/8/24", "2024-08-24")],
        # Either order could be meant.
        *[("05-08-2024", None), ("8/5/2024", None)],
        *[("2025..2024", "2024..2025"), ("2024-08-02..2024-08-01", "2024-08-01..2024-08-02")],
        # A date in a range is mended there.
        *[(f"{sign}2024-02-30", f"{sign}2024-02-29") for sign in (">=", "<=", ">", "<", "..", "2024-01-01..")],
        *[(f"{sign}24-08-2024", f"{sign}2024-08-24") for sign in (">=", "<=", ">", "<", "..", "2024-01-01..")],
        *[("2024-02-30..", "2024-02-29.."), ("24.8.2024..25.8.2024", "2024-08-24..2024-08-25")],
        *[("2024-02-30..2024-04-31", "2024-02-29..2024-04-30"), ("2024-02-30..2024", "2024-02-29..2024")],
        *[("2024-02-30..2024-01-01", "2024-01-01..2024-02-29"), ("2024-04-31..24-03-2024", "2024-03-24..2024-04-30")],
        *[("2024-02-30..2024-13", None), ("05-08-2024..2024-02-30", None), (">31-12-9999", None)],
    ],
)
def test_what_is_no_date_is_refused_and_where_it_is_plain_the_right_form_is_offered(text, better):
    with pytest.raises(DateSyntaxError) as error:
        parse_days(text)
    assert error.value.better == better
    if better:
        parse_days(better)


# What is typed, [code, the span at fault, the fix] of each error.
REFUSED = [
    # Brackets and quotes
    ("(india", [("open-bracket", "(", "(india)")]),
    ("india (china OR japan", [("open-bracket", "(", "india (china OR japan)")]),
    ("india)", [("open-bracket", ")", "india")]),
    ("((india)", [("open-bracket", "(", "((india))")]),
    ("((india", [("open-bracket", "(", None), ("open-bracket", "(", None)]),
    ("india ()", [("empty-brackets", "()", "india")]),
    ("()", [("empty-brackets", "()", None)]),
    ("title:( )", [("empty-brackets", "( )", None)]),
    ("(" * 17 + "a" + ")" * 17, [("too-deep", "(", None)]),
    ('"india china', [("open-quote", '"', '"india china"')]),
    ('india "', [("open-quote", '"', "india")]),
    ('"', [("open-quote", '"', None)]),
    ('india "china" "japan', [("open-quote", '"', 'india "china" "japan"')]),
    ("“india", [("open-quote", "“", '“india"')]),
    ('""', [("empty-phrase", '""', None)]),
    ('india "—"', [("empty-phrase", '"—"', "india")]),
    # Operators
    ("AND india", [("dangling-operator", "AND", "india")]),
    ("india AND", [("dangling-operator", "AND", "india")]),
    (
        "india OR OR china",
        [("dangling-operator", "OR", "india OR china"), ("dangling-operator", "OR", "india OR china")],
    ),
    (
        "india AND OR china",
        [("dangling-operator", "AND", "india OR china"), ("dangling-operator", "OR", "india AND china")],
    ),
    ("NOT", [("dangling-operator", "NOT", None)]),
    ("india NOT", [("dangling-operator", "NOT", "india")]),
    ("(AND india)", [("dangling-operator", "AND", "( india)")]),
    ("india w/5", [("dangling-operator", "w/5", "india")]),
    ("india w/5 NOT china", [("dangling-operator", "w/5 NOT", "india not w/5 china")]),
    ("india w/0 china", [("bad-distance", "w/0", "india w/1 china")]),
    ("india w/256 china", [("bad-distance", "w/256", "india w/255 china")]),
    ("india pre/99999 china", [("bad-distance", "pre/99999", "india pre/255 china")]),
    ("not w/5 india", [("dangling-operator", "not w/5", "india")]),
    ("india not w/0 china", [("bad-distance", "not w/0", "india not w/1 china")]),
    ("india w/s NOT china", [("dangling-operator", "w/s NOT", "india not w/s china")]),
    ("india w/s (china AND japan)", [("bad-operand", "w/s", None)]),
    ("title:india w/5 hlead:china", [("bad-operand", "w/5", None)]),
    # Functions
    ("atleast/0(india)", [("bad-count", "atleast/0", "atleast/1(india)")]),
    ("atleast/999(india)", [("bad-count", "atleast/999", "atleast/255(india)")]),
    ("atleast/2(india china)", [("bad-operand", "atleast/2", None)]),
    ("atleast/2(NOT india)", [("bad-operand", "atleast/2", None)]),
    ("atleast/2(title:india)", [("bad-operand", "atleast/2", None)]),
    ("atleast/2 (india)", [("bad-function", "atleast/2 (", "atleast/2(india)")]),
    ("atleast2(india)", [("bad-function", "atleast2(", "atleast/2(india)")]),
    ("caps (india)", [("bad-function", "caps (", "caps(india)")]),
    ("atleast(india)", [("bad-function", "atleast(", "atleast/2(india)")]),
    ("hlead (india)", [("bad-function", "hlead (", "hlead(india)")]),
    ("title:(atleast/2(india))", [("nested-field", "atleast/2", None)]),
    ("hlead(title:india)", [("nested-field", "title:", None)]),
    ("caps(title:india)", [("nested-field", "title:", None)]),
    ("caps(min*)", [("bad-form", "min*", None)]),
    ("caps(india~1)", [("bad-form", "india~1", "caps(india)")]),
    ("caps()", [("empty-brackets", "()", "caps")]),
    ("date:caps(2024)", [("bad-date", "date:caps(2024)", None)]),
    # Weights stand after words
    ("(india OR china)^2", [("bad-weight", "^2", "(india OR china)")]),
    ("hlead(india)^2", [("bad-weight", "^2", "hlead(india)")]),
    ("india ^2", [("bad-weight", "^2", "india")]),
    ("(india)~1", [("bad-weight", "~1", "(india)")]),
    ('"india china"~-1', [("bad-distance", "~-1", '"india china"~5')]),
    ("text:india", [("unknown-field", "text:", "india")]),
    ("date:last-week", [("bad-date", "last-week", "date:last-1-week")]),
    # Lengths
    ("words:many", [("bad-length", "many", None)]),
    ("words:>1,000", [("bad-length", ">1,000", "words:>1000")]),
    ("words:300..100", [("bad-length", "300..100", "words:100..300")]),
    ("words:..", [("bad-length", "..", None)]),
    ("words:(1 2)", [("bad-length", "words:(1 2)", None)]),
    # Days
    ("date:--02-30", [("bad-date", "--02-30", "date:--02-29")]),
    ("date:--13", [("bad-date", "--13", None)]),
    ("date:last-0-days", [("bad-date", "last-0-days", "date:last-1-day")]),
    ("date:last-9999-years", [("bad-date", "last-9999-years", None)]),
    ("india w/5 (china AND japan)", [("bad-operand", "w/5", None)]),
    ("india w/5 title:china", [("bad-operand", "w/5", None)]),
    ("india w/5 china^2", [("bad-operand", "w/5", None)]),
    ('india w/5 "china japan"~3', [("bad-operand", "w/5", None)]),
    ("NOT " * 17 + "a", [("too-deep", "NOT a", None)]),
    # Fields
    ("colour:red", [("unknown-field", "colour:", "colour red")]),
    ("titel:red", [("unknown-field", "titel:", "title:red")]),
    ("tilte:red", [("unknown-field", "tilte:", "title:red")]),
    ("title:", [("field-without-value", "title:", None)]),
    ("title: india", [("field-without-value", "title: ", "title:india")]),
    ("title:AND india", [("field-without-value", "title:AND", 'title:"AND" india')]),
    ("(india title:)", [("field-without-value", "title:", None)]),
    ("title:(place:geneva)", [("nested-field", "place:", None)]),
    ("title:place:geneva", [("field-without-value", "title:", None)]),
    # Dates
    ("date:tomorrow", [("bad-date", "tomorrow", None)]),
    ("date:2024-02-30", [("bad-date", "2024-02-30", "date:2024-02-29")]),
    ("india date:24-08-2024", [("bad-date", "24-08-2024", "india date:2024-08-24")]),
    ("date:>=2024-02-30 india", [("bad-date", ">=2024-02-30", "date:>=2024-02-29 india")]),
    ("date:2024-01-01..2024-02-30", [("bad-date", "2024-01-01..2024-02-30", "date:2024-01-01..2024-02-29")]),
    ('date:"<31.12.2024"', [("bad-date", '"<31.12.2024"', "date:<2024-12-31")]),
    ("date:2025..2024", [("bad-date", "2025..2024", "date:2024..2025")]),
    ("date:(2023 OR 2024)", [("bad-date", "date:(2023 OR 2024)", None)]),
    # Wildcards, edits, weights, distances
    ("*", [("wildcard-too-short", "*", None)]),
    ("a*", [("wildcard-too-short", "a*", "a")]),
    ("india ?a*", [("wildcard-too-short", "?a*", "india a")]),
    ("F-*", [("wildcard-too-short", "F-*", None)]),
    ("kovalski~", [("bad-edits", "kovalski~", "kovalski~1")]),
    ("kovalski~3", [("bad-edits", "kovalski~3", "kovalski~2")]),
    ("F-16~1", [("bad-edits", "F-16~1", "F-16")]),
    ("minist*~1", [("bad-edits", "minist*~1", "minist*")]),
    ("india mini?try~2", [("bad-edits", "mini?try~2", "india mini?try")]),
    ("minist*~", [("bad-edits", "minist*~", "minist*")]),
    ("F-16*~3", [("bad-edits", "F-16*~3", "F-16*")]),
    ("place:zag*~1", [("bad-edits", "zag*~1", "place:zag*")]),
    ("minist*~1^2", [("bad-edits", "minist*~1", "minist*^2")]),
    ("*~1", [("bad-edits", "*~1", None)]),
    ("india^0", [("bad-weight", "^0", "india^2")]),
    ("india^", [("bad-weight", "^", "india^2")]),
    ("india^-1", [("bad-weight", "^-1", "india^2")]),
    ("india^101", [("bad-weight", "^101", "india^2")]),
    ("india^two", [("bad-weight", "^two", "india^2")]),
    ('"india china"^x', [("bad-weight", "^x", '"india china"^2')]),
    ('"india china"~', [("bad-distance", "~", '"india china"~5')]),
    ('"india china"~0', [("bad-distance", "~0", '"india china"~5')]),
    ('"india china"~256', [("bad-distance", "~256", '"india china"~5')]),
    # Limits, and nothing to ask
    ("—", [("nothing-to-search", "—", None)]),
    ("NOT …", [("nothing-to-search", "NOT …", None)]),
    ("a" * 2_049, [("too-long", "a", None)]),
    ("a " * 65, [("too-many-terms", "a " * 65, None)]),
]


@pytest.mark.parametrize(("text", "errors"), REFUSED, ids=[text[:30] for text, _ in REFUSED])
def test_a_query_is_refused_where_it_is_wrong_with_what_mends_it(text, errors):
    with pytest.raises(QueryError) as caught:
        parse(text, ANALYZER)
    located = [each for each in caught.value.diagnostics if each.severity == "error"]
    assert [(each.code, text[each.start : each.end], each.fix) for each in located] == errors
    assert all(each.message and each.message in str(caught.value) for each in located)


def test_errors_of_the_same_kind_stand_at_their_own_places():
    with pytest.raises(QueryError) as caught:
        parse("colour:red AND shape:round )", ANALYZER)
    spans = {(each.code, each.start, each.end) for each in caught.value.diagnostics}
    assert spans == {("unknown-field", 0, 7), ("unknown-field", 15, 21), ("open-bracket", 27, 28)}


@pytest.mark.parametrize("text", ["=min*", "=wom?n", "=takls~1", "india^2^3"])
def test_what_cannot_be_combined_is_never_dropped_in_silence(text):
    try:
        diagnostics = parse(text, ANALYZER).diagnostics
    except QueryError as error:
        diagnostics = error.diagnostics
    assert diagnostics


@pytest.mark.parametrize(
    ("text", "limit"),
    [("a" * 2_048, None), ("a " * 64, None), ("(" * 16 + "a" + ")" * 16, None), ("NOT " * 16 + "a", None)],
)
def test_at_its_limit_a_query_is_still_answered(text, limit):
    assert parse(text, ANALYZER).diagnostics == ()


WARNED = [
    ("india and china", [("lowercase-operator", "and", "india AND china")]),
    ("india or china", [("lowercase-operator", "or", "india OR china")]),
    ("india not china", [("lowercase-operator", "not", "india NOT china")]),
    ("not china", [("lowercase-operator", "not", "NOT china")]),
    ("and", []),
    ("and india", []),
    ("india and", []),
    ("not", []),
    ('"india and china"', []),
    ("India And China", []),
    ("india AND china OR japan", [("mixed-operators", "india AND china OR japan", "(india AND china) OR japan")]),
    ("india china OR japan", [("mixed-operators", "india china OR japan", "(india china) OR japan")]),
    ("(india AND china) OR japan", []),
    ("india AND (china OR japan)", []),
    ("india —", [("no-word", "—", "india")]),
    ("😀 india", [("no-word", "😀", "india")]),
    ("who said so?", [("question-mark", "?", "who said so")]),
    ("so??", [("question-mark", "??", "so")]),
    ("'said so?'", [("question-mark", "?'", "'said so")]),
    ("wom?n", []),
    ("india w5 china", [("operator-like", "w5", "india w/5 china")]),
    ("india within/5 china", [("operator-like", "within/5", "india w/5 china")]),
    ("india adj3 china", [("operator-like", "adj3", "india pre/3 china")]),
    ("india w/n china", [("operator-like", "w/n", None)]),
    ("india NEAR china", [("operator-like", "NEAR", None)]),
    ("india w/ china", [("operator-like", "w/", None)]),
    ("india pre/ china", [("operator-like", "pre/", None)]),
    ("india Near/ china", [("operator-like", "Near/", None)]),
    ("near india", []),
    ("W2 form", []),
    ("atleast/3 india", [("operator-like", "atleast/3", None)]),
    ("date=none india", [("operator-like", "date=none", "date:none india")]),
    ("words>300 india", [("operator-like", "words>300", "words:>300 india")]),
    ("date=1987 india", [("operator-like", "date=1987", "date:1987 india")]),
    ("india || china", [("operator-like", "||", "india OR china")]),
    ("india && china", [("operator-like", "&&", "india AND china")]),
    ("india !china", [("operator-like", "!china", "india NOT china")]),
    ("india !chin*", [("operator-like", "!chin*", "india NOT chin*")]),
    ("india !chnia~1", [("operator-like", "!chnia~1", "india NOT chnia~1")]),
    ("india w/5 !china", [("operator-like", "!china", None)]),
    *[
        (f"india {dash}china", [("operator-like", f"{dash}china", "india NOT china")])
        for dash in ("--", "–", "—", "−", "---", "––", "\N{NON-BREAKING HYPHEN}", "\N{FULLWIDTH HYPHEN-MINUS}")
    ],
    ("--china india", [("operator-like", "--china", "NOT china india")]),
    ("india --china^2", [("operator-like", "--china", "india NOT china^2")]),
    ("india –chin*", [("operator-like", "–chin*", "india NOT chin*")]),
    ("india –chnia~1", [("operator-like", "–chnia~1", "india NOT chnia~1")]),
    ("india –=talks", [("operator-like", "–=talks", "india NOT =talks")]),
    ("india –place:geneva", [("operator-like", "–place:geneva", "india NOT place:geneva")]),
    ("india --2024", [("operator-like", "--2024", "india NOT 2024")]),
    ("(india OR –china)", [("operator-like", "–china", "(india OR NOT china)")]),
    ("title:(india –china)", [("operator-like", "–china", "title:(india NOT china)")]),
    ("india w/5 –china", [("operator-like", "–china", None)]),
    ("india atleast/2(–china)", [("operator-like", "–china", None)]),
    ("–china", []),
    ("title:–china", []),
    ("india −5", []),
    ("india NOT –china", []),
    ("india -–china", []),
    ("india—china japan", []),
    ("-5 pct", [("minus-number", "-5", '"5" pct')]),
    ("F-16 -drone", []),
    (
        "INDIA SAYS IT WILL NOT SIGN NOW",
        [("capital-operator", "NOT", "india says it will not sign now")],
    ),
    ("INDIA NOT CHINA", []),
    ("https://india.example/a?b=1", []),
    ('the 6" pipe', []),
]


@pytest.mark.parametrize(("text", "warnings"), WARNED, ids=[text for text, _ in WARNED])
def test_what_may_be_meant_otherwise_is_said_with_the_span_and_the_fix(text, warnings):
    diagnostics = parse(text, ANALYZER).diagnostics
    assert [(each.code, text[each.start : each.end], each.fix) for each in diagnostics] == warnings
    assert all(each.severity == "warning" for each in diagnostics)


def test_a_headline_in_capitals_asks_for_its_words_and_not_for_names():
    assert parse("INDIA SAYS IT IS FOR US", ANALYZER).node == parse("india says it is for us", ANALYZER).node
    assert parse('"INDIA SAYS IT IS FOR US"', ANALYZER).node == parse('"india says it is for us"', ANALYZER).node
    assert parse("INDIA FOR US", ANALYZER).node != parse("india for us", ANALYZER).node


def test_a_dash_before_a_word_is_told_with_both_ways_to_leave_the_word_out():
    (diagnostic,) = parse("india —china", ANALYZER).diagnostics
    assert diagnostic.message == "'—china' was read as it stands; NOT china or -china leaves it out."


def test_what_a_warning_is_about_means_the_same_in_the_canonical_text():
    for text, _ in WARNED:
        query = parse(text, ANALYZER)
        assert parse(query.canonical, ANALYZER).node == query.node


def test_what_a_warning_offers_is_understood_without_it():
    for text, warnings in WARNED:
        for code, _, fix in warnings:
            assert fix is None or code not in [each.code for each in parse(fix, ANALYZER).diagnostics], text


# What is typed -> what must be found, for all of the words and for any.
PLANNED = [
    ("india china", And((A, B)), Or((A, B))),
    ("india AND china", And((A, B)), And((A, B))),
    ("india OR china", Or((A, B)), Or((A, B))),
    ("the india", Prefer(A, (any_form("the", "THE"),)), Prefer(A, (any_form("the", "THE"),))),
    ("the india china", Prefer(And((A, B)), (any_form("the", "THE"),)), Prefer(Or((A, B)), (any_form("the", "THE"),))),
    ("to be", And((any_form("to", "TO"), any_form("be", "BE"))), Or((any_form("to", "TO"), any_form("be", "BE")))),
    ("india -china", And((A, Not(B))), And((A, Not(B)))),
    ("india china -japan", And((A, B, Not(C))), And((Or((A, B)), Not(C)))),
    ("india -(china japan)", And((A, Not(And((B, C))))), And((A, Not(And((B, C)))))),
    ("date:none india china", None, And((Or((A, B)), Undated()))),
    ("india NOT date:none", And((A, Not(Undated()))), None),
    ("date:2024 india", And((A, DateRange(day("2024-01-01"), day("2024-12-31")))), None),
    ("place:geneva india china", None, And((Or((A, B)), Field("place", only("geneva"))))),
    ("place:geneva agency:ians", And((Field("place", only("geneva")), Field("agency", only("ians")))), None),
    ("-india", Not(A), Not(A)),
    ("the^2 india", Prefer(A, (Boost(any_form("the", "THE"), 2.0),)), None),
    ("place:geneva^2 india china", None, And((Or((A, B)), Boost(Field("place", only("geneva")), 2.0)))),
    (
        "place:(geneva OR paris) india china",
        None,
        And((Or((A, B)), Or((Field("place", only("geneva")), Field("place", only("paris")))))),
    ),
    (
        "(date:2023 OR date:2024) india china",
        None,
        And(
            (
                Or((A, B)),
                Or(
                    (
                        DateRange(day("2023-01-01"), day("2023-12-31")),
                        DateRange(day("2024-01-01"), day("2024-12-31")),
                    )
                ),
            )
        ),
    ),
]


@pytest.mark.parametrize(("text", "of_all", "of_any"), PLANNED, ids=[text for text, _, _ in PLANNED])
def test_filters_always_exclude_and_stop_words_beside_other_words_never_do(text, of_all, of_any):
    node = parse(text, ANALYZER).node
    for match, expected in ((Match.ALL, of_all), (Match.ANY, of_any)):
        if expected is not None:
            planned = plan(node, match)
            # The outermost Prefer ranks matches in the title.
            assert (planned.must if isinstance(planned, Prefer) and planned != expected else planned) == expected


def titles(text):
    planned = plan(parse(text, ANALYZER).node, Match.ALL)
    return {should.child.child for should in planned.should} if isinstance(planned, Prefer) else set()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("india china", {A, B}),
        ("india india", {A}),
        ("india -china", {A}),
        ("-india", set()),
        ("place:geneva date:2024", set()),
        ("title:india", set()),
        ("india OR (china w/3 japan)", {A, B, C}),
        ('"india china"', {Phrase((only("india"), only("china")))}),
        ('"india china"~3', {only("india"), only("china")}),
        ("minist*^2", {Wildcard("minist*")}),
        ("", set()),
    ],
)
def test_what_is_asked_of_the_text_is_preferred_in_the_title(text, asked):
    assert titles(text) == asked


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("india china", True),
        ("india", False),
        ("india AND china", False),
        ("india OR china", False),
        ("the india", False),
        ("to be", True),
        ("india place:geneva", False),
        ("india place:geneva^2", False),
        ("(india china) OR japan", True),
        ("NOT (india china)", False),
        ('"india china"', False),
    ],
)
def test_only_words_side_by_side_can_be_relaxed(text, can):
    assert can_relax(parse(text, ANALYZER).node) is can


def test_the_clauses_of_a_query_have_their_spans():
    text = 'india -"china sea" (title:japan^2 OR date:2024)'
    clauses = parse(text, ANALYZER).clauses
    typed = [text[clause.start : clause.end] for clause in clauses]
    assert typed == ["india", '"china sea"', "japan^2", "2024"]


def test_a_wildcard_with_many_stars_is_linear_in_the_word() -> None:
    # With a regular expression that backtracks this would not end in a lifetime.
    assert compile_pattern("*a" * 30 + "*b").fullmatch("a" * 10_000) is None
    assert compile_pattern("*a" * 30 + "*b").fullmatch("a" * 10_000 + "b")
