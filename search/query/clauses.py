"""The text of one clause -> a node: words, hyphens, wildcards, edits, boosts, dates. Knows no operators."""

import unicodedata
from dataclasses import dataclass, field, replace

import regex

from search.errors import Diagnostic, Severity
from search.language import Analyzer, fold
from search.query import syntax
from search.query.dates import DateSyntaxError, parse_days
from search.query.nodes import Boost, DateRange, Field, Fuzzy, Node, Or, Phrase, Term, Wildcard, Window

QUOTES = '"“”„«»'
_QUOTED = regex.compile(
    rf"=?[{QUOTES}](?P<inner>[^{QUOTES}]*)[{QUOTES}](?P<slop>~\d*)?(?:\^(?P<boost>.*))?", regex.DOTALL
)
_BOOST = regex.compile(r"(?P<rest>.+)\^(?P<boost>[^\s^]*)")
_EDITS = regex.compile(r"(?P<rest>.*[\p{L}\p{M}\p{N}])~(?P<edits>\d*)")
_HYPHENATED = regex.compile(r"[^\p{L}\p{N}]*[\p{L}\p{M}]+(?:[-‐‑][\p{L}\p{M}]+)+[^\p{L}\p{N}]*")
_PATTERN_PIECES = regex.compile(r"[\p{L}\p{M}*?]*\p{L}[\p{L}\p{M}*?]*|[\p{Nd}*?]*\p{Nd}[\p{Nd}*?]*|[*?]+")
# What ends a word; a * may, a ? may not.
_AFTER_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}*]+$")
_LETTERS = regex.compile(r"[\p{L}\p{M}]+")
_HYPHENS = regex.compile("[-‐‑]")
_APOSTROPHES = regex.compile("['’‘ʼ]")
_OPERATOR_LIKE = regex.compile(r"AND|OR|NOT|(?:w|pre|near)/\d+", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A node and the text that, parsed again, gives the same node; `compound` where it is several clauses."""

    node: Node
    canonical: str
    compound: bool = False


@dataclass(frozen=True, slots=True)
class TypedClause:
    """A clause's node and the half-open span it was typed at."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A piece of what was typed, where it begins, and the field it is asked of (None: the paragraph's text)."""

    text: str
    start: int
    name: str | None = None

    @property
    def end(self) -> int:
        """The code point after the piece."""
        return self.start + len(self.text)

    @property
    def stemmed(self) -> bool:
        """Whether bare words are asked in any form; names in fields are not: a place is no form of another."""
        return self.name in (None, "title")


@dataclass(slots=True)
class Context:
    """What reading a query needs and gathers: its text, the analysis, the diagnostics so far."""

    text: str
    analyzer: Analyzer
    diagnostics: list[Diagnostic] = field(default_factory=list)
    clauses: list[TypedClause] = field(default_factory=list)

    def error(
        self, code: str, message: str, start: int, end: int, *, instead: str | None = None, fix: str | None = None
    ) -> Clause:
        """Note an error at a span, whose fix is given whole or puts `instead` there; return a clause to go on with."""
        self._note(code, message, (start, end), instead, "error")
        if fix is not None:
            self.diagnostics[-1] = replace(self.diagnostics[-1], fix=fix)
        return Clause(Term(("",)), "")

    def warning(self, code: str, message: str, start: int, end: int, *, instead: str | None = None) -> None:
        """Note a warning at a span, whose fix puts `instead` there."""
        self._note(code, message, (start, end), instead, "warning")

    def _note(self, code: str, message: str, span: tuple[int, int], instead: str | None, severity: Severity) -> None:
        fix = None if instead is None else " ".join((self.text[: span[0]] + instead + self.text[span[1] :]).split())
        self.diagnostics.append(Diagnostic(code, message, *span, fix or None, severity))

    def term(self, word: str, *, stemmed: bool) -> Term:
        """Return the term that a word in normal form asks for."""
        words = self.analyzer.forms_of(word)
        return Term(tuple(dict.fromkeys(map(self.analyzer.stem, words))) if stemmed else words, stemmed)


def read_clause(context: Context, typed: Typed) -> Clause | None:
    """Read one clause; None where it holds no word, which is noted."""
    clause = _read_any(context, typed)
    if clause is not None:
        context.clauses.append(TypedClause(clause.node, typed.start, typed.end))
    return clause


def _read_any(context: Context, typed: Typed) -> Clause | None:
    if typed.name == "date":
        return _read_date(context, typed)
    quoted = _QUOTED.fullmatch(typed.text)
    clause = _read_quoted(context, typed, quoted) if quoted is not None else _read_weighted(context, typed)
    return clause if clause is None or typed.name is None else in_field(typed.name, clause)


def in_field(name: str, clause: Clause) -> Clause:
    """Ask a clause of a field; a weight stays outside."""
    canonical = f"{name}:{clause.canonical}"
    if isinstance(clause.node, Boost):
        return Clause(Boost(Field(name, clause.node.child), clause.node.factor), canonical)
    return Clause(Field(name, clause.node), canonical)


def _read_date(context: Context, typed: Typed) -> Clause:
    value = typed.text.strip(QUOTES).strip()
    try:
        first, last = parse_days(value)
    except DateSyntaxError as error:
        return context.error("bad-date", str(error), typed.start, typed.end, instead=error.better)
    return Clause(DateRange(first, last), f"date:{value}")


def _read_weighted(context: Context, typed: Typed) -> Clause | None:
    match = _BOOST.fullmatch(typed.text)
    if match is None:
        return _read_word(context, typed)
    if "^" in match["rest"]:
        message = "A word has one weight; write it once, such as ^2."
        instead = f"{match['rest'].partition('^')[0]}^{match['boost']}"
        return context.error("bad-weight", message, typed.start, typed.end, instead=instead)
    clause = _read_word(context, Typed(match["rest"], typed.start, typed.name))
    return clause and _weighted(context, clause, match["boost"], typed.start + match.start("boost") - 1, typed.end)


def _weighted(context: Context, clause: Clause, factor: str, start: int, end: int) -> Clause:
    if regex.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3})?", factor) is None or not 0 < float(factor) <= 100:
        message = "Write the weight as a number above 0 and up to 100, such as ^2."
        return context.error("bad-weight", message, start, end, instead="^2")
    return Clause(Boost(clause.node, float(factor)), f"{clause.canonical}^{float(factor):g}")


def _read_quoted(context: Context, typed: Typed, match: "regex.Match[str]") -> Clause | None:
    noted = len(context.diagnostics)
    chunks = [_quoted_parts(context, chunk, typed) for chunk in match["inner"].split()]
    parts = [part for chunk in chunks for part in chunk]
    if len(context.diagnostics) > noted:
        return parts[0]
    if not parts:
        return context.error("empty-phrase", "There is no word between the quotes.", typed.start, typed.end, instead="")
    nodes = tuple(part.node for part in parts)
    # The parts of one chunk stay together, so that a ? at the end of one is not taken for punctuation.
    canonical = '"' + " ".join("-".join(part.canonical for part in chunk) for chunk in chunks if chunk) + '"'
    clause = Clause(nodes[0] if len(nodes) == 1 else Phrase(nodes), canonical)
    if match["slop"] is not None:
        span = (typed.start + match.start("slop"), typed.start + match.end("slop"))
        clause = _window(context, Clause(clause.node, canonical), nodes, match["slop"], span)
    if match["boost"] is not None:
        clause = _weighted(context, clause, match["boost"], typed.start + match.start("boost") - 1, typed.end)
    return clause


def _quoted_parts(context: Context, chunk: str, typed: Typed) -> list[Clause]:
    """Read one chunk inside quotes; * and ? in a word are wildcards there too, ? at its end is punctuation."""
    bare = _AFTER_WORD.sub("", chunk)
    if "*" in bare or "?" in bare:
        return _pattern_parts(context, Typed(bare, typed.start, typed.name), typed.end, stemmed=False)
    return [Clause(context.term(word, stemmed=False), word) for word in context.analyzer.query_words(chunk)]


def _window(context: Context, clause: Clause, nodes: tuple[Node, ...], slop: str, span: tuple[int, int]) -> Clause:
    if not regex.fullmatch("~[0-9]{1,3}", slop) or not 1 <= int(slop[1:]) <= syntax.MAX_DISTANCE:
        message = f"Write the distance as a number from 1 to {syntax.MAX_DISTANCE}, such as ~5."
        return context.error("bad-distance", message, *span, instead="~5")
    if len(nodes) == 1:
        return clause
    return Clause(Window(nodes, int(slop[1:])), f"{clause.canonical}~{int(slop[1:])}")


def _read_word(context: Context, typed: Typed) -> Clause | None:
    if typed.text.startswith("=") and len(typed.text) > 1:
        return _exact(context, typed)
    edits = _EDITS.fullmatch(typed.text)
    if edits is not None:
        return _fuzzy(context, typed, edits["rest"], edits["edits"])
    if "*" in typed.text or "?" in typed.text:
        return _with_wildcards(context, typed)
    words = context.analyzer.query_words(typed.text)
    if not words:
        _note_no_word(context, typed)
        return None
    return _words(context, typed, words)


def _words(context: Context, typed: Typed, words: list[str]) -> Clause:
    terms = tuple(context.term(word, stemmed=typed.stemmed) for word in words)
    if len(terms) == 1:
        _warn_of_lower_case_operator(context, typed)
        common = typed.name is None and words[0] in context.analyzer.stop_words
        # A comma keeps what looks like an operator a word when it is read again.
        comma = "," if _OPERATOR_LIKE.fullmatch(words[0]) and words[0].isupper() else ""
        return Clause(replace(terms[0], common=common), words[0] + comma)
    joined = context.analyzer.query_words(_HYPHENS.sub("", typed.text)) if _HYPHENATED.fullmatch(typed.text) else []
    if len(joined) == 1:
        # U-S is U and S, or US; in small letters it would be us.
        canonical = "-".join(words).upper() if joined[0].isupper() else "-".join(words)
        return Clause(Or((Phrase(terms), context.term(joined[0], stemmed=typed.stemmed))), canonical)
    # A hyphen between words of letters alone would ask for the joined word too.
    return Clause(Phrase(terms), ("/" if all(map(_LETTERS.fullmatch, words)) else "-").join(words))


def _exact(context: Context, typed: Typed) -> Clause | None:
    bare = typed.text.lstrip("=")
    if "*" in bare or "?" in _AFTER_WORD.sub("", bare) or _EDITS.fullmatch(bare):
        message = "= asks for one form as it is written, so it cannot have a wildcard or ~; leave the = out."
        return context.error("bad-form", message, typed.start, typed.end, instead=bare)
    words = context.analyzer.query_words(typed.text)
    if not words:
        _note_no_word(context, typed)
        return None
    if len(words) == 1:
        return Clause(Term((words[0],), stemmed=False), f"={words[0]}")
    return Clause(Phrase(tuple(context.term(word, stemmed=False) for word in words)), '"' + " ".join(words) + '"')


def _fuzzy(context: Context, typed: Typed, text: str, edits: str) -> Clause:
    words = context.analyzer.query_words(text)
    if edits not in ("1", "2"):
        message = "Write ~1 or ~2 after a word: how many letters may differ."
        return context.error("bad-edits", message, typed.start, typed.end, instead=f"{text}~{2 if edits else 1}")
    if len(words) != 1:
        message = "Only a single word can be asked with ~; this one is several."
        return context.error("bad-edits", message, typed.start, typed.end, instead=text)
    word = words[0].lower()
    return Clause(Fuzzy(word, int(edits)), f"{word}~{edits}")


def _with_wildcards(context: Context, typed: Typed) -> Clause | None:
    bare = _AFTER_WORD.sub("", typed.text)
    if "*" not in bare and "?" not in bare:
        return _question(context, typed, bare)
    parts = _pattern_parts(context, Typed(bare, typed.start, typed.name), typed.end, stemmed=typed.stemmed)
    if len(parts) == 1:
        return parts[0]
    return Clause(Phrase(tuple(part.node for part in parts)), "-".join(part.canonical for part in parts))


def _question(context: Context, typed: Typed, bare: str) -> Clause | None:
    """Read a question mark that ends a word as the end of a question, and say so."""
    clause = _read_word(context, Typed(bare, typed.start, typed.name)) if context.analyzer.query_words(bare) else None
    if clause is None:
        _note_no_word(context, typed)
        return None
    message = "The ? was read as the end of a question; inside a word it stands for one letter."
    context.warning("question-mark", message, typed.start + len(bare), typed.end, instead="")
    return clause


def _pattern_parts(context: Context, typed: Typed, end: int, *, stemmed: bool) -> list[Clause]:
    """Split a chunk with wildcards like any other: at hyphens and where letters meet digits."""
    normal = _APOSTROPHES.sub("", fold(unicodedata.normalize("NFKC", typed.text)))
    parts = []
    for piece in _PATTERN_PIECES.findall(normal):
        letters = piece.replace("*", "").replace("?", "")
        if letters == piece:
            parts.append(Clause(context.term(piece, stemmed=stemmed), piece))
        elif len(letters) < syntax.MIN_LITERALS:
            message = f"A wildcard needs at least {syntax.MIN_LITERALS} letters beside it, such as minist*."
            return [context.error("wildcard-too-short", message, typed.start, end, instead=letters or None)]
        else:
            pattern = regex.sub(r"\*+", "*", piece)
            parts.append(Clause(Wildcard(pattern), pattern))
    return parts


def _warn_of_lower_case_operator(context: Context, typed: Typed) -> None:
    before, after = context.text[: typed.start].strip(" ("), context.text[typed.end :].strip(" )")
    if typed.text not in ("and", "or", "not") or not after or not (before or typed.text == "not"):
        return
    message = f'"{typed.text}" was read as a word; the operator is written in capitals: {typed.text.upper()}.'
    context.warning("lowercase-operator", message, typed.start, typed.end, instead=typed.text.upper())


def _note_no_word(context: Context, typed: Typed) -> None:
    message = f"{typed.text!r} holds no letter or digit, so there is nothing to search for in it; it was left out."
    context.warning("no-word", message, typed.start, typed.end, instead="")
