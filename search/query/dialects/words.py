"""Words of a dialect, alone or side by side -> a word or phrase in our language, which is then read as one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, product
from math import prod

import regex

from search.query import syntax
from search.query.clauses import QUOTES
from search.query.context import Clause, Context, Place, TypedClause
from search.query.dialects.reading import either, read_own
from search.query.dialects.tokens import Kind, Token, stop_at_enough
from search.query.nodes import Term

# What one chunk, typed at a place, is in our language, any of several where it stands for them; nothing where that was
# noted as an error.
Translator = Callable[[Context, str, int], Sequence[str]]

_OUR_SIGNS = regex.compile(rf"[=~^{QUOTES}]")
_CHUNK = regex.compile(r"\S+")
_WORDLIKE = ("word", "quoted")
_ENDS_IN_LETTER = regex.compile(r"\?(?!\S)")
_HAS_LETTERS = regex.compile(r"[\p{L}\p{N}]")
# Searched from the end, since looking for what follows it would take quadratic time.
_LAST_SIGN = regex.compile(r"(?r)[\p{L}\p{M}\p{N}*?!$]")


def neutral(text: str) -> str:
    """Return a text in which nothing means something to our language but the wildcards."""
    return _OUR_SIGNS.sub("/", text)


def parted(chunk: str, wildcards: str) -> tuple[str, str]:
    """Return a chunk without what ends it, and the wildcards it ends with; both are empty where it has no letter."""
    last = _LAST_SIGN.search(chunk)
    if last is None or _HAS_LETTERS.search(chunk) is None:
        return "", ""
    bare = chunk[: last.end()]
    stem = bare.rstrip(wildcards)
    return stem, bare[len(stem) :]


def without_letters(context: Context, chunk: str, start: int, wildcards: str) -> Sequence[str]:
    """Return a chunk that has no letter as one without wildcards, unless those stand for any word."""
    if "*" in chunk:
        message = "A wildcard stands beside letters; between words, write how many there may be, such as w/2 or pre/2."
        context.error("wildcard-too-short", message, start, start + len(chunk))
        return ()
    return (neutral("".join("/" if sign in wildcards else sign for sign in chunk)),)


def note_question(context: Context, start: int, end: int) -> None:
    """Note that ? was read as the end of a question."""
    if len(context.diagnostics) < syntax.MAX_DIAGNOSTICS:
        message = "The ? was read as the end of a question; inside a word it stands for one letter."
        context.warning("question-mark", message, start, end, instead="")


def phrases(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens with words and quotes side by side as one phrase."""
    for wordlike, group in groupby(tokens, lambda token: token.kind is Kind.VALUE and token.sort in _WORDLIKE):
        parts = tuple(group)
        if not wordlike or len(parts) == 1:
            yield from parts
        else:
            start, end = parts[0].start, parts[-1].end
            yield Token(Kind.VALUE, parts[0].text, start, end, sort="phrase", parts=parts)


def read_words(context: Context, token: Token, place: Place, translate: Translator) -> Clause | None:
    """Read a word, which is asked in any form, or a phrase, which is asked as it stands."""
    chunks = []
    for chunk, start in _chunks(token):
        chunks.append(translate(context, chunk, start))
        stop_at_enough(context)
    if not all(chunks):
        return Clause(Term(("",)), "")
    count = prod(map(len, chunks))
    if count > syntax.MAX_TERMS:
        message = f"A query has at most {syntax.MAX_TERMS} terms; written out, this stands for {count}."
        return context.error("too-many-terms", message, *token.span)
    if count == 1 and token.sort == "word":
        return read_own(context, alone("".join(*chunks)), token, place)
    return _any_of(context, [quoted(" ".join(texts)) for texts in product(*chunks)], token, place)


def alone(text: str) -> str:
    """Return one word, in any form unless it ends with a wildcard that is one letter."""
    return quoted(text) if text.endswith("?") else text


def quoted(text: str) -> str:
    """Return a text in quotes in which a ? that ends a word is one letter."""
    return f'="{text}"' if _ENDS_IN_LETTER.search(text) else f'"{text}"'


def _any_of(context: Context, texts: Sequence[str], token: Token, place: Place) -> Clause | None:
    """Read a token that stands for several texts, which is one clause all the same."""
    typed, noted = len(context.clauses), len(context.diagnostics)
    clauses = []
    for text in texts:
        clauses.append(read_own(context, text, token, place))
        if len(context.diagnostics) > noted:
            break
    clause = either([clause for clause in clauses if clause is not None])
    if clause is not None:
        context.clauses[typed:] = [TypedClause(clause.node, *token.span)]
    return clause


def _chunks(token: Token) -> Iterator[tuple[str, int]]:
    """Yield the pieces between white space in a word or phrase, and where each begins."""
    for part in token.parts or (token,):
        inside = part.start + (part.sort == "quoted")
        for match in _CHUNK.finditer(part.text):
            yield match.group(), inside + match.start()
