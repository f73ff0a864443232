"""The tokens of a query -> located errors in its structure, so that the grammar, asked afterwards, can only succeed."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lark import Token

from search.query import syntax
from search.query.addresses import is_address, words_of_address
from search.query.context import Context, is_long_and_capital
from search.query.similar import similar_name

_BINARY = ("AND", "OR", "NEAR")
_PREFIX = ("NOT", "MINUS")
_VALUE = ("WORD", "QUOTED", "LPAR", "FUNCTION")
_OPERAND = (*_VALUE, "FIELD")

# What other archives call the text of an article.
_TEXT = ("text", "body", "content", "contents")
_LIKE_A_FUNCTION = re.compile(r"atleast/?(?P<count>[0-9]*)|hlead|caps", re.IGNORECASE)
# A path with a drive's letter, whose folders may have blanks, up to the ending of the file's name.
_DRIVE_PATH = re.compile(r"[A-Za-z]:[\\/][^\"()]{0,300}?\.[A-Za-z0-9]{2,5}(?=\s|$)")
_TO_BLANK = re.compile(r"\S+")
_WEIGHT = re.compile(r"[\^~][0-9.]+")


def check_structure(context: Context, tokens: Sequence[Token]) -> None:
    """Note every bracket without its partner, operator without operand, unknown field and field without value."""
    _check_brackets(context, tokens)
    _check_fields(context, tokens)
    _check_functions(context, tokens)
    _check_weights(context, tokens)
    _warn_of_capitals(context, tokens)
    for before, token, after in _with_neighbours(tokens):
        if token.type in _BINARY + _PREFIX:
            _check_operator(context, before, token, after)


def span(token: Token) -> tuple[int, int]:
    """Return the half-open span of a token in the query."""
    assert token.start_pos is not None
    assert token.end_pos is not None
    return token.start_pos, token.end_pos


def _with_neighbours(tokens: Sequence[Token]) -> Iterator[tuple[Token | None, Token, Token | None]]:
    padded = [None, *tokens, None]
    for index, token in enumerate(tokens):
        yield padded[index], token, padded[index + 2]


def _check_brackets(context: Context, tokens: Sequence[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.type == "LPAR":
            opened.append(token)
            if len(opened) == syntax.MAX_DEPTH + 1:
                message = f"Brackets may stand {syntax.MAX_DEPTH} deep at most; take some away."
                context.error("too-deep", message, *span(token))
        elif token.type == "RPAR" and not opened:
            message = "This bracket was never opened; leave it out, or open it before."
            context.error("open-bracket", message, *span(token), instead="")
        elif token.type == "RPAR":
            opened.pop()
    for token in opened:
        fix = f"{context.text.rstrip()})" if len(opened) == 1 else None
        context.error(
            "open-bracket", "This bracket is never closed; type ) where it should end.", *span(token), fix=fix
        )
    for before, after in pairwise(tokens):
        if before.type == "LPAR" and after.type == "RPAR":
            message = "There is nothing in these brackets."
            context.error("empty-brackets", message, span(before)[0], span(after)[1], instead="")


def _check_fields(context: Context, tokens: Sequence[Token]) -> None:
    for _, token, after in _with_neighbours(tokens):
        if token.type == "FIELD" and token.value.removesuffix(":").lower() not in syntax.FIELDS:
            _note_unknown_field(context, token)
        elif token.type == "FIELD" and (after is None or after.type not in _VALUE):
            message = (
                f"What should be in the field {token.value[:-1]}? A word that looks like an operator needs quotes."
            )
            instead = f'{token.value}"{after.value}"' if after is not None and after.type in (*_BINARY, "NOT") else None
            end = span(after)[1] if instead and after is not None else span(token)[1]
            context.error("field-without-value", message, span(token)[0], end, instead=instead)
        elif token.type == "WORD" and token.value.endswith(":") and token.value[:-1].lower() in syntax.FIELDS:
            message = f"What should be in the field {token.value[:-1]}? Its value follows the colon without a space."
            end = span(after)[0] if after is not None else span(token)[1]
            has_value = after is not None and after.type in _VALUE
            context.error(
                "field-without-value", message, span(token)[0], end, instead=token.value if has_value else None
            )


def _note_unknown_field(context: Context, token: Token) -> None:
    name = token.value[:-1]
    if name.lower() in _TEXT:
        message = "The text is asked without a field; leave it out."
        context.error("unknown-field", message, *span(token), instead="")
        return
    if is_address(address := _whole(context.text, token)):
        words = words_of_address(address)
        message = f"{address!r} looks like an address or the name of a file; type words of the article instead."
        start = span(token)[0]
        context.error("unknown-field", message, start, start + len(address), instead=words)
        return
    nearest = syntax.OTHER_NAMES.get(name.lower()) or similar_name(name, syntax.FIELDS)
    meant = f"perhaps {nearest}: was meant. The" if nearest else "the"
    message = f"There is no field {name!r}; {meant} fields are {', '.join(syntax.FIELDS)}."
    # Without a field of a name like it, it was a word with a colon.
    instead = f"{nearest}:" if nearest else f"{name} "
    context.error("unknown-field", message, *span(token), instead=instead)


def _whole(text: str, token: Token) -> str:
    """Return what begins at a token, up to the end of the name of a file with blanks, or else to the next blank."""
    start = span(token)[0]
    path = _DRIVE_PATH.match(text, start) or _TO_BLANK.match(text, start)
    assert path is not None
    return path.group()


def _check_functions(context: Context, tokens: Sequence[Token]) -> None:
    for before, after in pairwise(tokens):
        known = _LIKE_A_FUNCTION.fullmatch(before.value) if before.type == "WORD" and after.type == "LPAR" else None
        if known is not None:
            name = known.group().lower()
            instead = f"{name}(" if name in ("hlead", "caps") else f"atleast/{known['count'] or 2}("
            message = f"Write {instead}...) in one piece, so that it is no word beside brackets."
            context.error("bad-function", message, span(before)[0], span(after)[1], instead=instead)


def _warn_of_capitals(context: Context, tokens: Sequence[Token]) -> None:
    """Warn where all is in capitals, so that a word of a headline may have been taken for an operator."""
    operators = [token for token in tokens if token.type in ("AND", "OR", "NOT")]
    if operators and is_long_and_capital(context.text):
        first = operators[0]
        message = f"All is in capitals, so {first.value} was read as the operator; in small letters it is a word."
        context.warning("capital-operator", message, *span(first), fix=context.text.lower())


def _check_weights(context: Context, tokens: Sequence[Token]) -> None:
    for before, token, _ in _with_neighbours(tokens):
        if token.type == "WORD" and _WEIGHT.fullmatch(token.value):
            of_brackets = before is not None and before.type == "RPAR" and before.end_pos == token.start_pos
            what = "Brackets have none" if of_brackets else "There is no word before it"
            message = f"{token.value} stands right after a word. {what}; write it after each word that it is for."
            context.error("bad-weight", message, *span(token), instead="")


def _check_operator(context: Context, before: Token | None, token: Token, after: Token | None) -> None:
    name = token.value if token.type != "MINUS" else "-"
    follows = _OPERAND if token.type == "NEAR" else (*_OPERAND, *_PREFIX)
    if token.type in _BINARY and (before is None or before.type in (*_BINARY, *_PREFIX, "LPAR", "FIELD")):
        if before is not None and before.type == "FIELD":
            return  # noted as a field without its value
        message = f"{name} needs something to search for before it."
        context.error("dangling-operator", message, *span(token), instead="")
    elif after is None or after.type not in follows:
        if after is not None and after.type in (*_BINARY, *_PREFIX) and token.type != "NEAR":
            message = f"{name} and {after.value} stand side by side; only one of them can."
        else:
            message = f"{name} needs something to search for after it."
        if token.type == "NEAR" and after is not None and after.type in _PREFIX:
            start, end = span(token)[0], span(after)[1]
            message = f"Write not {name} for some place that has none of the other near it."
            context.error("dangling-operator", message, start, end, instead=f"not {name} ")
            return
        context.error("dangling-operator", message, *span(token), instead="")
