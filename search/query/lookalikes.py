"""A word that was typed -> a warning, where it looks like an operator of another language, or like ours misspelt."""

import regex

from search.query.context import Context, Typed

# What is typed, what it was probably meant to be (none where a number is missing), and why.
_LOOKALIKES = (
    (r"(?:w|(?i:near|within))/?(?P<number>[0-9]{1,3})", "w/{number}", "nearness is written {meant}"),
    (r"(?i:pre|adj)/?(?P<number>[0-9]{1,3})", "pre/{number}", "nearness in this order is written {meant}"),
    (r"(?:w|pre|near|NEAR|W|PRE)/[nNxX]|NEAR|ADJ|WITHIN", None, "nearness has its number: w/5, or pre/5 in this order"),
    (r"(?i:atleast)/?[0-9]+", None, "what is counted stands in brackets: atleast/3(word)"),
    (r"(?P<field>(?i:words|date))(?P<sign>>=|<=|[<>=])(?P<value>\S+)", "{field}:{sign}{value}", "a field has a colon"),
    (r"!(?P<word>\p{L}\S*)", "NOT {word}", "without a word is written {meant}"),
    (r"\|\|?", "OR", "either of two is written OR"),
    (r"&&", "AND", "both of two is written AND"),
)
_PATTERNS = tuple((regex.compile(pattern), meant, why) for pattern, meant, why in _LOOKALIKES)


def warn_of_lookalike(context: Context, typed: Typed) -> bool:
    """Warn of a word of the text that was perhaps no word; return whether it was."""
    for pattern, template, why in _PATTERNS:
        match = pattern.fullmatch(typed.text) if typed.place.name is None else None
        if match is not None:
            meant = template and template.format(**match.groupdict()).replace(":=", ":")
            message = f"{typed.text!r} was read as it stands; {why.format(meant=meant)}."
            context.warning("operator-like", message, typed.start, typed.end, instead=meant)
            return True
    return False
