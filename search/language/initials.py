"""A text -> the same text with the initials of one name bound: `J. K. Rowling` and `U. S.` as if without the spaces.

Texts are cut into chunks at white space, and what a chunk means depends on the chunk alone. Spaces between initials are
replaced here by a character that is no white space, before anything is cut, so that a run of initials is one chunk; the
text keeps its length, so spans hold.
"""

import re

import regex

# One byte in UTF-8 like a space, in no text that was written by anyone; the tokenizer drops it.
BINDER = "\x01"
_ANY_BLANK = r"[^\S\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
# Where there may be something to bind: what `re` finds in a fraction of the time, before a letter and a dot.
_MAYBE = re.compile(rf"\.{_ANY_BLANK}+(?=[^\W\d_][^\s.]{{0,5}}\.)")
_BLANK = re.compile(_ANY_BLANK)
_NO_WORD_BEFORE = rf"(?<![\p{{L}}\p{{M}}\p{{N}}.{BINDER}])"
_NO_WORD_AFTER = r"(?![\p{L}\p{M}\p{N}])"
# What a title after a name is made of, beside the letter of its degree: Ph.D., M.Sc., LL.B.
DEGREE_PARTS = "ph|sc|phil|ed|tech|com|eng|litt?|pharm|psy|th|ll|mus|arch|med"
_RUN = regex.compile(
    rf"""
      # U. S., J. K.: capitals only, or small letters only: "p. m.", not "v. U. S."
      {_NO_WORD_BEFORE} (?: \p{{Lu}}\p{{M}}*+\. (?: {_ANY_BLANK}++ \p{{Lu}}\p{{M}}*+\. {_NO_WORD_AFTER} )++
                          | \p{{Ll}}\p{{M}}*+\. (?: {_ANY_BLANK}++ \p{{Ll}}\p{{M}}*+\. {_NO_WORD_AFTER} )++ )
      # Ph. D., M. Sc.
    | {_NO_WORD_BEFORE} (?: (?i:{DEGREE_PARTS})\. {_ANY_BLANK}++ [BDM]\. {_NO_WORD_AFTER}
                          | [BDM]\. {_ANY_BLANK}++ (?i:{DEGREE_PARTS})\. {_NO_WORD_AFTER} )
    """,
    regex.VERBOSE,
)


# So far before its first dot a run begins at most: the longest part of a degree, or a letter with its marks.
_FARTHEST = 6


def bound(text: str) -> str:
    """Return a text, as long as it was, with BINDER for each white space between the initials of one name or title."""
    pieces: list[str] = []
    done = 0
    for match in _MAYBE.finditer(text):
        run = _run_around(text, match.start()) if match.start() >= done else None
        if run is not None:
            pieces += (text[done : run.start()], _BLANK.sub(BINDER, run.group()))
            done = run.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _run_around(text: str, dot: int) -> "regex.Match[str] | None":
    """Return the run of initials whose first dot is this one."""
    starts = range(max(0, dot - _FARTHEST, text.rfind(".", 0, dot) + 1), dot)
    return next(filter(None, (_RUN.match(text, start) for start in starts)), None)
