"""A word that was typed -> a warning, where it looks like an operator of another language, or like ours misspelt."""

import regex

from search.query.context import Context, Typed

_WITHOUT = "NOT {word}"
# What is typed, what it was probably meant to be (none where a number is missing), and why.
_LOOKALIKES = (
    (r"(?:w|(?i:near|within))/?(?P<number>[0-9]{1,3})", "w/{number}", "nearness is written {meant}"),
    (r"(?i:pre|adj)/?(?P<number>[0-9]{1,3})", "pre/{number}", "nearness in this order is written {meant}"),
    (r"(?i:(?:w|pre|near)/[nx]?)|NEAR|ADJ|WITHIN", None, "nearness has its number: w/5, or pre/5 in this order"),
    (r"(?i:atleast)/?[0-9]+", None, "what is counted stands in brackets: atleast/3(word)"),
    (r"(?P<field>(?i:words|date))(?P<sign>>=|<=|[<>=])(?P<value>\S+)", "{field}:{sign}{value}", "a field has a colon"),
    (r"!(?P<word>\p{L}\S*)", _WITHOUT, "without a word is written {meant}"),
    (r"\|\|?", "OR", "either of two is written OR"),
    (r"&&", "AND", "both of two is written AND"),
)
_PATTERNS = tuple((regex.compile(pattern), meant, why) for pattern, meant, why in _LOOKALIKES)

# Two hyphens, or another dash than our minus; the sign before a number is the number's.
_DASHED = regex.compile(
    r"(?!-[^\p{Pd}−]|−\p{N})[\p{Pd}−]+(?P<word>(?!(?:AND|OR|NOT|(?i:w|pre|near)/\w+)$)[=*?]*[\p{L}\p{N}]\S*)"
)
_WORDLIKE = regex.compile(r"[\p{L}\p{N}]")
# What ends with the sign or word that leaves out what follows; and what NOT cannot follow.
_NEGATED = regex.compile(r"(?<![^\s(])(?:NOT\s+|-)\(?$")
_WITHOUT_NOT = regex.compile(r"(?<![^\s(])(?:(?:w|pre|near)/\w+\s+\(?|atleast/[0-9]+\()$", regex.IGNORECASE)


def warn_of_lookalike(context: Context, typed: Typed) -> bool:
    """Warn of a word that was perhaps none, or not to be found; return whether it was."""
    for pattern, template, why in _PATTERNS:
        match = pattern.fullmatch(typed.text) if typed.place.name is None else None
        if match is not None:
            meant = template and template.format(**match.groupdict()).replace(":=", ":")
            _warn(context, typed, why.format(meant=meant), meant)
            return True
    return _warn_of_dash(context, typed)


def _warn_of_dash(context: Context, typed: Typed) -> bool:
    """Warn of a dash before a word that stands beside others: it may have been the minus that leaves a word out."""
    match = _DASHED.fullmatch(typed.text)
    before, after = context.text[: typed.start], context.text[typed.end :]
    if match is None or before.endswith(":") or _NEGATED.search(before) or not _WORDLIKE.search(before + after):
        return False
    meant = _WITHOUT.format(word=match["word"])
    _warn(context, typed, f"{meant} or -{match['word']} leaves it out", meant)
    return True


def _warn(context: Context, typed: Typed, why: str, meant: str | None) -> None:
    if meant and meant.startswith("NOT ") and _WITHOUT_NOT.search(context.text[: typed.start]):
        meant = None
    message = f"{typed.text!r} was read as it stands; {why}."
    context.warning("operator-like", message, typed.start, typed.end, instead=meant)
