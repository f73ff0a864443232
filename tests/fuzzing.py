"""A seed and a number -> the text of a query, valid or broken; and what must hold of parsing it.

The same seed and number give the same text on any machine, so a failure is repeated by its number alone, and however
many processes share the work, they try the same texts.
"""

import datetime
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from search.errors import Diagnostic, QueryError
from search.language import Analyzer
from search.query import Dialect, Match, Query, parse, plan
from search.query.syntax import MAX_CHARACTERS, SYNTAX

# The day that relative dates are counted from: a leap day, so that not every year and month has it.
TODAY = datetime.date(2024, 2, 29)

_DIALECTS = tuple(Dialect)

# Operators, quotes, fields and signs of our own language, whole and in part; then those with white space.
_SIGNS = """
AND OR NOT and or not AND, not, NOT? TO - ( ) (( )) () -( w/5 pre/2 NEAR/3 w/0 w/999 w/ W/05 w/5. w/99999999999
w/٣ near/ pre/255 w/s w/p W/S w/s. w/:s w%p (not) w/sp atleast/3( atleast/0( ATLEAST/256( atleast3( atleast/(
caps( caps hlead( hlead: hlead:( title: place:( agency: country: section: byline: Title: colour: hl: title:title:
title:caps( caps(title: http://x a:b:c : :: title:AND date: date:2024 date:.. date:>= date:--08-15 date:--02-30
date:--13 date:last-7-days date:last-9999-years date:last-0-days date:today date:yesterday.. date:2024-02-30
date:(2024) date:2025..2024 date:٢٠٢٤ date:0001 date:<0001 date:>9999 date:24-08-2024 today last-1-day words:
date:none date:none..2024
words:>300 words:1.. words:.. words:9..1 words:1,000 words:-1 words:999999999999 " "" “ ” „ « » =" "~ "~3 "~0
"~256 "^2 "a"~2^3 "—" ' ’ ~ ~1 ~2 ~9 ~~ ^ ^2 ^0 ^-1 ^2^3 ^0.001 ^100.5 = == * ** ? ?? a* ?a* ab* *ab a*b*c
min*~1 =min* ab*^2 co-* 16* a? ab? *-* wom?n . , ... / \\ & | + # @ % $ < > { } [ ] ; ! _ —
"""
SIGNS = (
    *_SIGNS.split(),
    *("not w/5", "not  w/s", "not w/p", "NOT pre/3", "not\tnear/2", "w/ s", "atleast (", "CAPS (", "hlead ("),
)
_WORDS = """
minister talks the of us US U.S. it IT who not a x I s w p F-16 COVID-19 co-produce U-S AT&T R&D 1,000 6.5
$19.4bn 24.08.2024 1,00,000 O'Brien Modi’s don't #tag @name e.g. AIDS caps date drone
Müller e-mail x-ra* E-Büro~1 l'Élysée D'Angelo l'e-mail l'abc-de L'abc-16 qu'a* U. S. Ph. D. Ph.D.
2+2 ½ 6½ São Atatürk Łódź straße İstanbul ıspanak ŉ ﬁsh Ⅷ
２０２４ ＵＳ 𝐔𝐒 ² № भारत मुख्य-मंत्री Москва Αθήνα القدس ירושלים 北京 東京タワー 서울 กรุงเทพ ქართული தமிழ் አዲስ Ⴀ Հայ ʼn n̈
e\u0301 \u0301 😀 👨\u200d👩\u200d👧 🇮🇳 ﷺ ﷺﷺﷺﷺﷺﷺﷺﷺﷺ ำ ǆ ſ a-ि ʼि not/ x-not
"""
WORDS = (*_WORDS.split(), "x" * 50)
# What is not seen, or not a character at all.
ODD = (
    *("\0", "\t", "\n", "\r\n", "\x0b", "\x1c", "\x1f", "\x7f", "\x85", "\u00a0", "\u00ad", "\u1680", "\u2003"),
    *("\u200b", "\u200d", "\u2028", "\u202e", "\u2060", "\ufeff", "\ufe0f", "\uffff", "\ud800", "\udfff"),
    *("\ud83d\ude00", "\u2010", "\u2011", "\u2212", "\uff02", "\uff08", "\uff09", "\uff0a", "\u02bc", "\uff07"),
    *("\x01", "-\u2063", "\u037e", "\U000e0132", "\U0010ffff"),
)
# What the other dialects have, beside our own signs.
_NEXIS = """
minist! wom*n ! a! *! w/para w/sent w/seg pre/s ATLEAST3( ATLEAST( HLEAD( HEADLINE( LEAD( PUBLICATION(
BYLINE( SECTION( CAPS( ALLCAPS( NOCAPS( PLURAL( SINGULAR( plural LENGTH( LENGTH(<500) DATE(
date(geq(01/01/2024)) & onear/3 near/5 w/5 w/256 W/n TERMS( subject( "near" and or not
"""
_FACTIVA = """
adj5 adj ADJ0 near5 NEAR500 same w/5 atleast3( /F50/ /N5/ hd= hlp= hl= lp= by= la=en sc= rst= ns= co= re=
wc>300 wc< wc=100 hd=( $ minist$ minist$3 minist* wom?n te* $2 and or not to
"""
_LUCENE = """
+ - +a +( && || ! !a \\ \\: \\" \\( date:[ TO TO] [ ] { } a~ a~0.8 a~1 a~3 a^2 a^ te?t te*t *:*
_exists_:title * /a.*b/ / title:/x/ place.raw:x >=5 date:>2024 AND OR NOT
"""
DIALECT_SIGNS: dict[Dialect, tuple[str, ...]] = {
    Dialect.DATELINE: (),
    Dialect.NEXIS: (
        *_NEXIS.split(),
        *("AND NOT", "and not", "not w/para", "atleast3 ", "length > 300", "date aft 2001"),
        *("DATE bef 8/24/2024", "date is 2024", "DATE = 2024-08", "w/3 w/4"),
    ),
    Dialect.FACTIVA: (
        *_FACTIVA.split(),
        *("not near5", "atleast3 ", "date after 20240101", "date from 20240101 to 20240824"),
        *("date in 2024", "date = last 3 months", "same same", "a adj b", '"a b"'),
    ),
    Dialect.LUCENE: (
        *_LUCENE.split(),
        *("a && b", "[2024 TO 2025]", "{a TO b}", "[* TO *]", "[2024-01-01 TO *}", "date:{2023 TO 2024]"),
        *("words:[1 TO ", '"a b"~5', '"a b"~', "title:(+a -b)", "field\\ x:y"),
    ),
}
VALID: dict[Dialect, tuple[str, ...]] = {
    Dialect.DATELINE: (
        *(typed for row in SYNTAX for typed in row.typed),
        "(india OR china) w/5 (border pre/2 talks) NOT (cricket hockey)",
        'title:("new delhi" OR mumbai) date:2019-12..2024-02 -agency:reuters "minister of defence"~5^2',
        "atleast/3(drone* OR uav) not words:<100 caps(NATO OTAN) hlead(treaty w/3 pact)",
        '"peace talks" not w/s (ceasefire OR truce) =signed kovalski~1 F-16 AT&T Modi\'s $19.4bn',
        "(place:(Geneva OR Paris) AND date:--08) OR (section:business NOT byline:correspondent)",
        'india w/2 china w/3 japan not pre/4 "south korea" w/p accord',
    ),
    Dialect.NEXIS: (
        "minist! w/5 (defence OR defense) AND NOT cricket",
        "HEADLINE(treaty) AND DATE(> 2023) and LENGTH > 300",
        "ATLEAST3(drone) and CAPS(aids) or HLEAD(border pre/2 talks)",
        "(india w/s china) and not w/para (japan or korea) and date bef 2024",
        "wom*n near/3 parliament and section(business) and plural(pact)",
    ),
    Dialect.FACTIVA: (
        "hd=(treaty or pact) and defence adj3 minist* not cricket",
        "india near5 china same border and wc>300 and date after 20230101",
        'atleast3 drone and hlp="peace talks" and by=kovalski and rst=tdn',
        "(india or china) not near5 japan and wom$n and la=en",
    ),
    Dialect.LUCENE: (
        '+india -cricket title:"peace talks"~3 date:[2023-01-01 TO 2024-12-31]',
        "(india OR china) AND minist* AND kovalsky~1 AND NOT place:Geneva^2",
        "title:(treaty && pact) || wom?n !hockey",
        'words:[100 TO 300} AND "defence minister"^3 AND agency:IANS\\-PTI',
    ),
}
# Blocks from which single characters are drawn, so that no script is rare for having few of them.
_BLOCKS = (
    *((0x20, 0x7E), (0x20, 0x7E), (0x00, 0x1F), (0x7F, 0xFF), (0x100, 0x24F), (0x300, 0x36F), (0x370, 0x3FF)),
    *((0x400, 0x52F), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xB80, 0xBFF), (0xE00, 0xE7F), (0x1100, 0x11FF)),
    *((0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x218F), (0x2460, 0x24FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF)),
    *((0xAC00, 0xD7A3), (0xD800, 0xDFFF), (0xE000, 0xF8FF), (0xFB00, 0xFDFF), (0xFE00, 0xFEFF), (0xFF00, 0xFFFF)),
    *((0x10000, 0x1FFFF), (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0xE0000, 0xE01EF), (0, sys.maxunicode)),
)


def dialect_of(number: int) -> Dialect:
    """Return the dialect that an input is read in: each in turn."""
    return _DIALECTS[number % len(_DIALECTS)]


def query_text(seed: int, number: int) -> str:
    """Return the text of one input, as it might be typed by who knows its dialect."""
    return _Typist(random.Random(f"{seed}/{number}"), dialect_of(number)).text()


class _Typist:
    """Types one query, by chance."""

    def __init__(self, chance: random.Random, dialect: Dialect) -> None:
        self._chance = chance
        self._signs = (SIGNS, SIGNS, DIALECT_SIGNS[dialect] or SIGNS)
        self._valid = VALID[dialect]
        self._depth = 0

    def text(self) -> str:
        """Return any kind of text, mostly short, at times at the limit of length or beyond it."""
        kinds: Sequence[tuple[Callable[[], str], int]] = (
            (self._changed, 40),
            (self._query, 12),
            (self._pieces, 25),
            (self._crossed, 10),
            (self._characters, 6),
            (self._run, 3),
            (self._nested, 2),
            (self._long, 2),
        )
        (kind,) = self._chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])
        return kind()[: MAX_CHARACTERS + self._chance.choice((0, 0, 0, 1, 50))]

    # Kinds of text

    def _pieces(self, most: int = 14) -> str:
        return self._glue().join(self._piece() for _ in range(self._chance.randint(0, most)))

    def _query(self) -> str:
        """Return what is nearly always valid: clauses and operators by the grammar."""
        return self._chance.choice(self._valid) if self._chance.random() < 0.2 else self._grown()

    def _changed(self) -> str:
        """Return a query with one to five slips of the hand."""
        text = self._query()
        for _ in range(self._chance.choice((1, 1, 1, 2, 2, 3, 5))):
            text = self._chance.choice(self._slips)(self, text)
        return text

    def _crossed(self) -> str:
        """Return the beginning of one query and the end of another."""
        one, other = self._query(), self._query()
        return one[: self._place(one)] + self._glue() + other[self._place(other) :]

    def _characters(self) -> str:
        return "".join(self._character() for _ in range(self._chance.randint(0, 40)))

    def _run(self) -> str:
        """Return a few pieces over and over, with a query before or after."""
        some = self._glue().join(self._piece() for _ in range(self._chance.choice((1, 1, 2, 3)))) or "a"
        glue = self._glue()
        times = self._chance.choice((10, 60, 70, 300, MAX_CHARACTERS)) // (1 if len(some) < 9 else 4) + 1
        run = glue.join([some] * min(times, MAX_CHARACTERS // (len(some) + len(glue)) + 1))
        before, after = self._chance.choice((("", ""), ("", ""), (self._query(), " "), (" ", self._query())))
        return before + run + after

    def _nested(self) -> str:
        deep = self._chance.choice((3, 15, 16, 17, 40, 400))
        opening = self._chance.choice(("(", "(", "NOT (", "-(", "NOT ", "title:(", "caps(", "atleast/2(", "a OR ("))
        inner = self._chance.choice((self._piece, self._query))()
        closing = ")" * (deep * opening.count("(") + self._chance.choice((0, 0, 0, -1, 1)))
        return opening * deep + inner + self._chance.choice(("", " ")) + closing

    def _long(self) -> str:
        text = self._chance.choice((self._pieces, self._query, self._changed, self._characters))()
        long = self._chance.choice((300, 1_000, MAX_CHARACTERS - 1, MAX_CHARACTERS, MAX_CHARACTERS + 1))
        while len(text) < long:
            text += self._glue() + self._chance.choice((self._piece, self._query, self._characters))() + " "
        return text[:long]

    # What they are made of

    def _piece(self) -> str:
        drawn = self._chance.random()
        if drawn < 0.45:
            return self._chance.choice(self._chance.choice(self._signs))
        if drawn < 0.85:
            return self._chance.choice(WORDS)
        if drawn < 0.93:
            return self._chance.choice(ODD)
        return self._character()

    def _character(self) -> str:
        return chr(self._chance.randint(*self._chance.choice(_BLOCKS)))

    def _glue(self) -> str:
        return self._chance.choice((" ", " ", " ", " ", "", "", "  ", "-", self._chance.choice(ODD)))

    def _place(self, text: str) -> int:
        return self._chance.randint(0, len(text))

    def _slice(self, text: str, longest: int) -> tuple[int, int]:
        start = self._place(text)
        return start, min(len(text), start + self._chance.randint(1, longest))

    # Slips of the hand

    def _inserted(self, text: str) -> str:
        at, glue = self._place(text), self._chance.choice(("", "", " "))
        return text[:at] + glue + self._piece() + glue + text[at:]

    def _removed(self, text: str) -> str:
        start, end = self._slice(text, self._chance.choice((1, 1, 3, 20)))
        return text[:start] + text[end:]

    def _doubled(self, text: str) -> str:
        start, end = self._slice(text, 12)
        return text[:end] + self._chance.choice(("", " ")) + text[start:]

    def _swapped(self, text: str) -> str:
        places = sorted(self._place(text) for _ in range(3))
        return text[: places[0]] + text[places[1] : places[2]] + text[places[0] : places[1]] + text[places[2] :]

    def _replaced(self, text: str) -> str:
        start, end = self._slice(text, 1)
        return text[:start] + self._chance.choice((self._character, self._piece))() + text[end:]

    def _recased(self, text: str) -> str:
        start, end = self._slice(text, 20)
        return text[:start] + self._chance.choice((str.upper, str.lower, str.swapcase))(text[start:end]) + text[end:]

    def _cut(self, text: str) -> str:
        at = self._place(text)
        return self._chance.choice((text[:at], text[at:]))

    def _respaced(self, text: str) -> str:
        """Put something else for white space, or take it away."""
        glue = self._chance.choice(("", "", "\n", "\u00a0", ", ", ". ", "\t"))
        words = text.split(" ")
        at = self._chance.randrange(len(words))
        return " ".join(words[:at]) + glue + " ".join(words[at:])

    _slips = (_inserted, _inserted, _removed, _doubled, _swapped, _replaced, _recased, _cut, _respaced)

    # Queries by the grammar

    def _grown(self) -> str:
        """Return clauses joined by operators; brackets at most three deep."""
        if self._depth == 3:
            return self._clause()
        self._depth += 1
        joint = self._chance.choice((" ", " ", " AND ", " OR ", " NOT ", " -", "near"))
        if joint == "near":
            joint = f" {self._operator()} "
        number = self._chance.choice((1, 1, 2, 2, 3, 5)) if joint != " -" else 2
        text = joint.join(self._part() for _ in range(number))
        self._depth -= 1
        return text

    def _part(self) -> str:
        drawn = self._chance.random()
        if drawn < 0.7:
            return self._clause()
        opening = self._chance.choice(("(", "(", "NOT (", "title:(", "hlead(", "caps(", f"atleast/{self._number()}("))
        return f"{opening}{self._grown()})"

    def _operator(self) -> str:
        negated = self._chance.choice(("", "", "not "))
        reach = self._chance.choice(("w/s", "w/p", f"w/{self._number()}", f"pre/{self._number()}"))
        return negated + reach

    def _number(self) -> int:
        return self._chance.choice((1, 2, 3, 5, 10, 255))

    def _word(self) -> str:
        return self._chance.choice(WORDS) if self._chance.random() < 0.9 else self._characters()[:8].strip()

    def _clause(self) -> str:
        word = self._word()
        form = self._chance.randrange(16)
        if form < 6:
            return word
        if form < 9:
            inside = " ".join(self._word() for _ in range(self._chance.randint(1, 4)))
            return f'"{inside}"{self._chance.choice(("", "", "~3", "^2"))}'
        if form < 13:
            before, after = self._chance.choice(
                (("", "*"), ("*", ""), ("=", ""), ("", "~1"), ("", "^0.5"), ("m?n", ""))
            )
            return before + word + after
        field = self._chance.choice(
            ("title:", "hlead:", "place:", "agency:", "section:", "byline:", "date:", "words:", "country:")
        )
        if field == "date:":
            return field + self._chance.choice(
                ("2024", "2024-02..", "--02-29", "last-3-months", "<2024-08-24", "today", "none")
            )
        if field == "words:":
            return field + self._chance.choice((">300", "100..300", "<=50", "7"))
        return field + self._chance.choice((word, f'"{word} {self._word()}"'))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What parsing one text came to: valid or refused, how long the processor had to work, what should not be."""

    valid: bool
    seconds: float
    faults: tuple[str, ...]


def verdict(text: str, dialect: Dialect, analyzer: Analyzer) -> Verdict:
    """Parse a text and hold what comes of it against what is promised."""
    begun = time.thread_time()
    try:
        query = parse(text, analyzer, dialect=dialect, today=TODAY)
    except QueryError as error:
        seconds = time.thread_time() - begun
        return Verdict(valid=False, seconds=seconds, faults=tuple(_faults_of_refusal(error.diagnostics, text)))
    except Exception as error:  # a fault whatever it is, and told as one
        return Verdict(
            valid=False, seconds=time.thread_time() - begun, faults=(f"{type(error).__name__}: {error}"[:300],)
        )
    seconds = time.thread_time() - begun
    return Verdict(valid=True, seconds=seconds, faults=tuple(_faults_of_query(query, analyzer)))


def _faults_of_refusal(diagnostics: Sequence[Diagnostic], text: str) -> list[str]:
    faults = _faults_of_diagnostics(diagnostics, text)
    if not any(diagnostic.severity == "error" for diagnostic in diagnostics):
        faults.append("refused without an error")
    return faults


def _faults_of_diagnostics(diagnostics: Sequence[Diagnostic], text: str) -> list[str]:
    faults = []
    for each in diagnostics:
        if each.start is None or each.end is None or not 0 <= each.start < each.end <= len(text):
            faults.append(f"{each.code} stands at {each.start} to {each.end} of {len(text)}")
        if not each.message or each.parameter != "q":
            faults.append(f"{each.code} has the message {each.message!r} for the parameter {each.parameter!r}")
        if each.fix is not None and not each.fix.strip():
            faults.append(f"{each.code} has an empty fix")
    return faults


def _faults_of_query(query: Query, analyzer: Analyzer) -> list[str]:
    faults = _faults_of_diagnostics(query.diagnostics, query.input)
    if any(diagnostic.severity == "error" for diagnostic in query.diagnostics):
        faults.append("understood with an error")
    if not all(0 <= clause.start < clause.end <= len(query.input) for clause in query.clauses):
        faults.append("a clause stands outside of what was typed")
    try:
        for match in (Match.ALL, Match.ANY):
            plan(query.node, match)
        if len(query.canonical) <= MAX_CHARACTERS:
            again = parse(query.canonical, analyzer, today=TODAY)
            if again.node != query.node:
                faults.append(f"its canonical text {query.canonical!r} means something else")
            elif again.canonical != query.canonical:
                faults.append(f"its canonical text {query.canonical!r} has another: {again.canonical!r}")
    except Exception as error:  # a fault whatever it is, and told as one
        faults.append(f"its canonical text {query.canonical!r}: {type(error).__name__}: {error}"[:600])
    return faults
