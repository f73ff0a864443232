"""Text -> a range of article lengths, in words: the forms that `words:` takes."""

import regex

from search.query.nodes import Length

FORMS = "300, >300, >=300, <300, <=300 or 100..300"

_NUMBER = regex.compile("[0-9]{1,9}")


class LengthSyntaxError(ValueError):
    """The text is no length or range of lengths; its message says why, `better` what was probably meant."""

    def __init__(self, message: str, better: str | None = None) -> None:
        self.better = better
        super().__init__(message)


def read_length(text: str) -> Length:
    """Return the range of lengths that a text stands for.

    Raises:
        LengthSyntaxError: not one of FORMS, or a range that ends before it begins.
    """
    for sign in (">=", "<=", ">", "<"):
        if text.startswith(sign):
            number = _number(text[len(sign) :], text)
            return Length(number + (sign == ">"), None) if ">" in sign else Length(None, number - (sign == "<"))
    if ".." in text:
        return _between(text)
    number = _number(text, text)
    return Length(number, number)


def _between(text: str) -> Length:
    low, high = (_number(part, text) if part else None for part in text.split("..", 1))
    if low is None and high is None:
        raise LengthSyntaxError(f"A range needs a number on at least one side of the dots; write {FORMS}.")
    if low is not None and high is not None and low > high:
        raise LengthSyntaxError(f"The range ends before it begins: {low} is more than {high}.", f"{high}..{low}")
    return Length(low, high)


def _number(text: str, whole: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        plain = regex.sub("[,_ ]", "", whole)
        better = plain if plain != whole and regex.fullmatch("[<>]?=?[0-9]{1,9}", plain) else None
        raise LengthSyntaxError(f"{whole!r} is not a number of words; write {FORMS}.", better)
    return int(text)
