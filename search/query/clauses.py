"""The text of one clause -> a node: words, hyphens, wildcards, edits, boosts, dates, lengths. Knows no operators."""

from collections.abc import Sequence
from dataclasses import replace

import regex

from search.language import bound, spellings, without_invisible
from search.query import syntax
from search.query.addresses import is_web_address
from search.query.context import PATTERN_PIECES, Clause, Context, Typed, TypedClause, in_field, pattern_text
from search.query.dates import DateSyntaxError, read_date
from search.query.lengths import LengthSyntaxError, read_length
from search.query.lookalikes import warn_of_lookalike
from search.query.nodes import Boost, Fuzzy, Node, Or, Phrase, Term, Window

QUOTES = '"“”„«»'
_QUOTED = regex.compile(
    rf"=?[{QUOTES}](?P<inner>[^{QUOTES}]*)[{QUOTES}](?P<slop>~[^\^]*)?(?:\^(?P<boost>.*))?", regex.DOTALL
)
_BOOST = regex.compile(r"(?P<rest>.+)\^(?P<boost>[^\s^]*)")
_FACTOR = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?")
_SLOP = regex.compile("~[0-9]{1,3}")
_EDITS = regex.compile(r"(?P<rest>.*[\p{L}\p{M}\p{N}*?])~(?P<edits>[0-9.]*)")
# Words of letters with hyphens or apostrophes between: they may be written as one word as well.
_JOINTS = "[-‐‑'’‘ʼ＇]"
_JOINED = regex.compile(
    rf"[^\p{{L}}\p{{N}}]*\p{{L}}[\p{{L}}\p{{M}}]*+(?:{_JOINTS}(?!ʼ)\p{{L}}[\p{{L}}\p{{M}}]*+)+[^\p{{L}}\p{{N}}]*"
)
# What ends a word; a * may, a ? may not. Searched from the end, for looking for what follows takes quadratic time.
_LAST_OF_WORD = regex.compile(r"(?rV1)[[\p{L}\p{N}*]--[ʼ]]\p{M}*+")
_FUNCTIONS = ("hlead", "atleast", "caps")
_LETTERS = regex.compile(r"[\p{L}\p{M}]+")
_ANY_JOINT = regex.compile(_JOINTS)
_OPERATOR_LIKE = regex.compile(r"AND|OR|NOT|(?:w|pre|near)/\d+|w/[sp]", regex.IGNORECASE)


def read_clause(context: Context, typed: Typed) -> Clause | None:
    """Read one clause; None where it holds no word, which is noted."""
    clause = _read_any(context, typed)
    if clause is not None:
        context.clauses.append(TypedClause(clause.node, typed.start, typed.end))
    return clause


def _read_any(context: Context, typed: Typed) -> Clause | None:
    if typed.place.name == "date":
        return _read_date(context, typed)
    if typed.place.name == "words":
        return _read_length(context, typed)
    quoted = _QUOTED.fullmatch(typed.text)
    clause = _read_quoted(context, typed, quoted) if quoted is not None else _read_weighted(context, typed)
    if clause is not None and typed.place.capitals:
        clause = Clause(clause.node, f"caps({clause.canonical})")
    return clause if clause is None or typed.place.name is None else in_field(typed.place.name, clause)


def _read_date(context: Context, typed: Typed) -> Clause:
    value = typed.text.strip(QUOTES).strip()
    try:
        node, canonical = read_date(value, context.today)
    except DateSyntaxError as error:
        return context.error("bad-date", str(error), typed.start, typed.end, instead=error.better)
    return Clause(node, f"date:{canonical}")


def _read_length(context: Context, typed: Typed) -> Clause:
    value = typed.text.strip(QUOTES).strip()
    try:
        return Clause(read_length(value), f"words:{value}")
    except LengthSyntaxError as error:
        return context.error("bad-length", str(error), typed.start, typed.end, instead=error.better)


def _read_weighted(context: Context, typed: Typed) -> Clause | None:
    match = _BOOST.fullmatch(typed.text)
    if match is None:
        return _read_word(context, typed)
    if "^" in match["rest"]:
        message = "A word has one weight; write it once, such as ^2."
        instead = f"{match['rest'].partition('^')[0]}^{match['boost']}"
        return context.error("bad-weight", message, typed.start, typed.end, instead=instead)
    clause = _read_word(context, Typed(match["rest"], typed.start, typed.place))
    return clause and _weighted(context, clause, match["boost"], typed.start + match.start("boost") - 1, typed.end)


def _weighted(context: Context, clause: Clause, factor: str, start: int, end: int) -> Clause:
    if _FACTOR.fullmatch(factor) is None or not 0 < float(factor) <= 100:
        message = "Write the weight as a number above 0 and up to 100, such as ^2."
        return context.error("bad-weight", message, start, end, instead="^2")
    return Clause(Boost(clause.node, float(factor)), f"{clause.canonical}^{float(factor):g}")


def _read_quoted(context: Context, typed: Typed, match: "regex.Match[str]") -> Clause | None:
    noted = len(context.diagnostics)
    as_written = typed.text.startswith("=")
    chunks = [_quoted_parts(context, chunk, typed, as_written=as_written) for chunk in bound(match["inner"]).split()]
    parts = [part for chunk in chunks for part in chunk]
    if len(context.diagnostics) > noted:
        return parts[0]
    if not parts:
        return context.error("empty-phrase", "There is no word between the quotes.", typed.start, typed.end, instead="")
    nodes = tuple(part.node for part in parts)
    # The parts of one chunk stay together, so that a ? at the end of one is not taken for punctuation.
    inner = " ".join(_in_one_chunk(context, [part.canonical for part in chunk]) for chunk in chunks if chunk)
    canonical = _in_quotes(inner, as_written=as_written)
    clause = Clause(nodes[0] if len(nodes) == 1 else Phrase(nodes), canonical)
    if match["slop"] is not None:
        span = (typed.start + match.start("slop"), typed.start + match.end("slop"))
        clause = _window(context, Clause(clause.node, canonical), nodes, match["slop"], span)
    if match["boost"] is not None:
        clause = _weighted(context, clause, match["boost"], typed.start + match.start("boost") - 1, typed.end)
    return clause


def _in_quotes(text: str, *, as_written: bool) -> str:
    """Return canonical text in quotes, with the = before them where they would mean something else without it.

    A ? that ends a word would be punctuation, and many capitals side by side a headline.
    """
    needs_sign = (as_written and text != text.lower()) or any(chunk.endswith("?") for chunk in text.split())
    return f'="{text}"' if needs_sign else f'"{text}"'


def _quoted_parts(context: Context, chunk: str, typed: Typed, *, as_written: bool) -> list[Clause]:
    """Read one chunk inside quotes; * and ? in a word are wildcards there too.

    At its end ? is punctuation, unless the quotes say with = that they mean what is written.
    """
    bare = chunk if as_written else _without_end(chunk)
    if "*" in bare or "?" in bare:
        return _pattern_parts(context, Typed(bare, typed.start, typed.place), typed.end, stemmed=False)
    words = context.words(chunk)
    return [
        Clause(context.term(word, stemmed=False, capitals=typed.place.capitals), _shown(context, typed, word))
        for word in words
    ]


def _pattern_parts(context: Context, typed: Typed, end: int, *, stemmed: bool) -> list[Clause]:
    if typed.place.capitals:
        message = "caps() takes words and phrases, without wildcards and ~."
        return [context.error("bad-form", message, typed.start, end)]
    return context.pattern_parts(typed, end, stemmed=stemmed)


def _shown(context: Context, typed: Typed, word: str) -> str:
    """Return a word as it stands in the canonical text: in capitals where those were asked, if it survives them."""
    capitals = word.upper()
    survives = [each.lower() for each in context.analyzer.query_words(capitals)] == [word.lower()]
    return capitals if typed.place.capitals and survives else word


def _window(context: Context, clause: Clause, nodes: tuple[Node, ...], slop: str, span: tuple[int, int]) -> Clause:
    if not _SLOP.fullmatch(slop) or not 1 <= int(slop[1:]) <= syntax.MAX_DISTANCE:
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
        warn_of_lookalike(context, typed)
        return _fuzzy(context, typed, edits["rest"], edits["edits"])
    if _has_wildcards(typed.text):
        return _with_wildcards(context, typed)
    looked_like_one = warn_of_lookalike(context, typed)
    words = context.words(typed.text)
    if not words and not looked_like_one:
        context.note_no_word(typed)
    return _words(context, typed, words) if words else None


def _has_wildcards(text: str) -> bool:
    # The ? of an address is no letter.
    return ("*" in text or "?" in text) and not is_web_address(text)


def _words(context: Context, typed: Typed, words: list[str]) -> Clause:
    if len(words) > 1:
        return _side_by_side(context, typed, words)
    capitals = typed.place.capitals
    if "-" in words[0]:
        return _or_apart(context, typed, words[0].split("-"), words[0], words[0])
    term = context.term(words[0], stemmed=typed.stemmed, capitals=capitals)
    shown = _shown(context, typed, words[0])
    _warn_of_lower_case_operator(context, typed)
    common = typed.place.name is None and not capitals and words[0] in context.analyzer.stop_words
    # A comma keeps what looks like an operator or a function a word when it is read again.
    comma = "," if (_OPERATOR_LIKE.fullmatch(shown) and shown.isupper()) or shown in _FUNCTIONS else ""
    return Clause(replace(term, common=common), shown + comma)


def _side_by_side(context: Context, typed: Typed, words: list[str]) -> Clause:
    """Read the words of one chunk as a phrase; where hyphens or apostrophes join them, also as one word."""
    hyphenated = "-".join(words)
    reread = context.words(hyphenated)
    written = without_invisible(typed.text)
    joined = context.words(_ANY_JOINT.sub("", written)) if _JOINED.fullmatch(written) else []
    if reread in (words, [hyphenated]) and len(joined) == 1 and joined[0].lower() == "".join(words).lower():
        # U-S is U and S, or US; in small letters it would be us.
        return _or_apart(context, typed, words, joined[0], hyphenated.upper() if joined[0].isupper() else hyphenated)
    terms = tuple(context.term(word, stemmed=typed.stemmed, capitals=typed.place.capitals) for word in words)
    # A hyphen between words of letters alone would ask for the joined word too; w/s is an operator.
    joint = "/" if reread != words or all(map(_LETTERS.fullmatch, words)) else "-"
    return Clause(Phrase(terms), ("," if _OPERATOR_LIKE.fullmatch(joint.join(words)) else joint).join(words))


def _or_apart(context: Context, typed: Typed, parts: list[str], joined: str, canonical: str) -> Clause:
    """Return what finds parts side by side as well as the word they are when they are joined: co-produce, e-mail."""
    capitals = typed.place.capitals
    terms = tuple(context.term(part, stemmed=typed.stemmed, capitals=capitals) for part in parts)
    return Clause(Or((Phrase(terms), context.term(joined, stemmed=typed.stemmed, capitals=capitals))), canonical)


def _exact(context: Context, typed: Typed) -> Clause | None:
    bare = typed.text.lstrip("=")
    if "*" in bare or "?" in _without_end(bare) or _EDITS.fullmatch(bare):
        message = "= asks for one form as it is written, so it cannot have a wildcard or ~; leave the = out."
        return context.error("bad-form", message, typed.start, typed.end, instead=bare)
    words = context.words(typed.text)
    if not words:
        context.note_no_word(typed)
        return None
    if len(words) == 1 and not typed.place.capitals:
        return Clause(Term(spellings(words[0]), stemmed=False), f"={words[0]}")
    terms = tuple(context.term(word, stemmed=False, capitals=typed.place.capitals) for word in words)
    canonical = _in_quotes(" ".join(_shown(context, typed, word) for word in words), as_written=True)
    return Clause(terms[0] if len(terms) == 1 else Phrase(terms), canonical)


def _fuzzy(context: Context, typed: Typed, text: str, edits: str) -> Clause:
    words = context.words(text)
    if _has_wildcards(text):
        message = f"A word has wildcards or a ~, not both; leave the ~{edits} out."
        return context.error("bad-edits", message, typed.start, typed.end, instead=text)
    if edits not in ("1", "2"):
        message = "Write ~1 or ~2 after a word: how many letters may differ."
        return context.error("bad-edits", message, typed.start, typed.end, instead=f"{text}~{2 if edits else 1}")
    if len(words) != 1:
        message = "Only a single word can be asked with ~; this one is several."
        return context.error("bad-edits", message, typed.start, typed.end, instead=text)
    if typed.place.capitals:
        message = "caps() takes words and phrases, without wildcards and ~."
        return context.error("bad-form", message, typed.start, typed.end, instead=text)
    word = spellings(words[0].lower())[0]
    return Clause(Fuzzy(word, int(edits)), f"{word}~{edits}")


def _with_wildcards(context: Context, typed: Typed) -> Clause | None:
    bare = _without_end(typed.text)
    if "*" not in bare and "?" not in bare:
        return _question(context, typed, bare)
    warn_of_lookalike(context, typed)
    parts = _pattern_parts(context, Typed(bare, typed.start, typed.place), typed.end, stemmed=typed.stemmed)
    if len(parts) == 1:
        return parts[0]
    canonical = _in_one_chunk(context, [part.canonical for part in parts])
    return Clause(Phrase(tuple(part.node for part in parts)), canonical)


def _in_one_chunk(context: Context, parts: Sequence[str]) -> str:
    """Return the canonical text of parts of one chunk; a hyphen joins them unless it made one word of some."""
    hyphenated = "-".join(parts)
    if "*" in hyphenated or "?" in hyphenated:
        reread = PATTERN_PIECES.findall(pattern_text(hyphenated))
    else:
        reread = context.words(hyphenated)
    is_same = [word.lower() for word in reread] == [part.lower() for part in parts]
    return hyphenated if is_same else "/".join(parts)


def _without_end(text: str) -> str:
    """Return a chunk without the signs that end it."""
    last = _LAST_OF_WORD.search(text)
    return text[: last.end()] if last else ""


def _question(context: Context, typed: Typed, bare: str) -> Clause | None:
    """Read a question mark that ends a word as the end of a question, and say so."""
    clause = _read_word(context, Typed(bare, typed.start, typed.place)) if context.words(bare) else None
    if clause is None:
        context.note_no_word(typed)
        return None
    message = "The ? was read as the end of a question; inside a word it stands for one letter."
    context.warning("question-mark", message, typed.start + len(bare), typed.end, instead="")
    return clause


def _warn_of_lower_case_operator(context: Context, typed: Typed) -> None:
    before, after = context.text[: typed.start].strip(" ("), context.text[typed.end :].strip(" )")
    if typed.text not in ("and", "or", "not") or not after or not (before or typed.text == "not"):
        return
    message = f'"{typed.text}" was read as a word; the operator is written in capitals: {typed.text.upper()}.'
    context.warning("lowercase-operator", message, typed.start, typed.end, instead=typed.text.upper())
