"""What reading a query works with: a clause and its text, a piece of what was typed, the diagnostics gathered."""

import datetime
import unicodedata
from dataclasses import dataclass, field, replace

import regex

from search.errors import Diagnostic, QueryError
from search.language import Analyzer, fold, is_all_capitals, spellings, without_invisible
from search.language.elision import ELIDED
from search.language.initials import BINDER
from search.query import syntax
from search.query.nodes import Boost, Field, Node, Term, Wildcard

PATTERN_PIECES = regex.compile(r"[\p{L}\p{M}*?]*\p{L}[\p{L}\p{M}*?]*|[\p{N}*?]*\p{N}[\p{N}*?]*|[*?]+")
_APOSTROPHES = regex.compile("['’‘ʼ]")
_ELIDED = regex.compile(ELIDED, regex.VERBOSE)
# The hyphen between a single letter and a word that has a wildcard.
_LETTER_AND_HYPHEN = regex.compile(r"(?<=(?<![\p{L}\p{M}\p{N}*?][-‐‑]?+)\p{L}\p{M}*+)[-‐‑](?=[\p{L}*?][\p{L}\p{M}*?]+)")
_STARS = regex.compile(r"\*+")

_OPERATORS = frozenset({"AND", "OR", "NOT"})
# Letters that are others in every respect but their number, and would pass for them where case is ignored.
PLAIN_LETTERS = str.maketrans({"\N{LATIN SMALL LETTER LONG S}": "s", "\N{KELVIN SIGN}": "K"})


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
class Place:
    """Where a clause is asked: a field (None: the paragraph's text), and whether only of words in capitals."""

    name: str | None = None
    capitals: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """A piece of what was typed, where it begins, and where it is asked."""

    text: str
    start: int
    place: Place = Place()

    @property
    def end(self) -> int:
        """The code point after the piece."""
        return self.start + len(self.text)

    @property
    def stemmed(self) -> bool:
        """Whether bare words are asked in any form; names in fields are not: a place is no form of another."""
        return self.place.name in (None, *syntax.TEXT_FIELDS) and not self.place.capitals


@dataclass(slots=True)
class Context:
    """What reading a query needs and gathers: its text, the analysis, today, the diagnostics so far.

    `shouted` says that the text is part of a headline in capitals.
    """

    text: str
    analyzer: Analyzer
    today: datetime.date
    shouted: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    clauses: list[TypedClause] = field(default_factory=list)

    def error(
        self, code: str, message: str, start: int, end: int, *, instead: str | None = None, fix: str | None = None
    ) -> Clause:
        """Note an error at a span, whose fix is given whole or puts `instead` there; return a clause to go on with."""
        self._note(Diagnostic(code, message, start, end, fix, "error"), instead)
        return Clause(Term(("",)), "")

    def warning(
        self, code: str, message: str, start: int, end: int, *, instead: str | None = None, fix: str | None = None
    ) -> None:
        """Note a warning at a span, whose fix is given whole or puts `instead` there."""
        self._note(Diagnostic(code, message, start, end, fix, "warning"), instead)

    def _note(self, noted: Diagnostic, instead: str | None) -> None:
        """Note a remark; after so many only the first error, which says that this is no query, is still told."""
        if len(self.diagnostics) >= syntax.MAX_DIAGNOSTICS and (noted.severity == "warning" or self._has_error()):
            return
        if instead is not None:
            instead = instead.replace(BINDER, " ")
        noted = replace(noted, message=noted.message.replace(BINDER, " "))
        if noted.fix is None and instead is not None:
            fix = " ".join((self.text[: noted.start] + instead + self.text[noted.end :]).split())
            noted = replace(noted, fix=fix or None)
        self.diagnostics.append(noted)

    def _has_error(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    def raise_errors(self) -> None:
        """Raise what was noted, if there is an error in it."""
        if self._has_error():
            raise QueryError(self.diagnostics)

    def words(self, text: str) -> list[str]:
        """Return the words of a piece; where all of the query is set in capitals, they mean nothing."""
        words = self.analyzer.query_words(text)
        return [word.lower() for word in words] if self.shouted or is_shouted(self.text) else words

    def term(self, word: str, *, stemmed: bool, capitals: bool = False) -> Term:
        """Return the term that a word in normal form asks for; what has no letters has no capitals either."""
        if capitals and word.lower() != word.upper():
            return Term(spellings(word.lower()), stemmed=False, capitals=True)
        words = self.analyzer.forms_of(word)
        return Term(tuple(dict.fromkeys(map(self.analyzer.stem, words))) if stemmed else words, stemmed)

    def check_size(self, count: int, most: int, what: str = "") -> None:
        """Note an error where there are more than `most` terms, or of what makes too many of them."""
        if count > most:
            message = f"A query has at most {syntax.MAX_TERMS} terms; this one has {f'{count:,} {what}'.rstrip()}."
            self.error("too-many-terms", message, 0, len(self.text))

    def note_open_quote(self, start: int) -> None:
        """Note quotes that are never closed."""
        text = self.text.rstrip()
        # Quotes with words after them lack their end; others were left over.
        closed = f'{text}"' if text[start + 1 :].strip() else None
        message = 'These quotes are never closed; type " where they should end.'
        self.error("open-quote", message, start, start + 1, instead="", fix=closed)

    def note_no_word(self, typed: Typed) -> None:
        """Note that a piece holds nothing to search for."""
        message = f"{typed.text!r} holds no letter or digit, so there is nothing to search for in it; it was left out."
        self.warning("no-word", message, typed.start, typed.end, instead="")

    def pattern_parts(self, typed: Typed, end: int, *, stemmed: bool) -> list[Clause]:
        """Split a chunk with wildcards, typed up to `end`, like any other: at hyphens and where letters meet digits."""
        parts = []
        for piece in PATTERN_PIECES.findall(pattern_text(typed.text)):
            letters = piece.replace("*", "").replace("?", "")
            if letters == piece:
                parts.append(Clause(self.term(piece, stemmed=stemmed), piece))
            elif len(letters) < syntax.MIN_LITERALS:
                message = f"A wildcard needs at least {syntax.MIN_LITERALS} letters beside it, such as minist*."
                return [self.error("wildcard-too-short", message, typed.start, end, instead=letters or None)]
            else:
                parts.append(Clause(Wildcard(piece), piece))
        return parts


def pattern_text(text: str) -> str:
    """Return a text with wildcards in normal form."""
    normal = without_invisible(unicodedata.normalize("NFKC", without_invisible(text)))
    # As the tokenizer has it: e-mail is one word, l'accord two.
    apart = _ELIDED.sub(r"\g<0>/", _LETTER_AND_HYPHEN.sub("", normal))
    return _STARS.sub("*", _APOSTROPHES.sub("", fold(apart)))


def is_long_and_capital(text: str) -> bool:
    """Whether a query has so many words, all of them in capitals, that it may be a headline that was pasted."""
    # An apostrophe that is a letter by its kind is in no word of the canonical text, so it is to decide nothing.
    return len(text.split()) >= syntax.MIN_SHOUTED and is_all_capitals(_APOSTROPHES.sub("'", text))


def is_shouted(text: str) -> bool:
    """Whether a query is such a headline: none that has operators, or = for what is as it is written, is one."""
    return (
        "=" not in text
        and is_long_and_capital(text)
        and not _OPERATORS.intersection(text.replace("(", " ").replace(")", " ").split())
    )


def in_field(name: str, clause: Clause) -> Clause:
    """Ask a clause of a field; a weight stays outside."""
    canonical = f"{name}:{clause.canonical}"
    if isinstance(clause.node, Boost):
        return Clause(Boost(Field(name, clause.node.child), clause.node.factor), canonical)
    return Clause(Field(name, clause.node), canonical)
