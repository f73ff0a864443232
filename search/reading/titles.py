"""A title for an article that has none: its first sentence. A paragraph in, at most 120 code points out.

The rule is simple and safe. A sentence ends at its mark where a space and a capital (or a letter of a script
without capitals) follow; not after an initial or an abbreviation that is usually followed by a name. A
sentence that ends in "U.S." runs on into the next, which harms less than a title cut at "Gen.".
"""

from collections.abc import Sequence

import regex

from search.articles import Dateline, Paragraph
from search.reading.kickers import split_kicker

__all__ = ["LONGEST", "first_sentence", "first_story_sentence", "sentence_end", "split_kicker"]

LONGEST = 120  # code points, the ellipsis among them

_END = regex.compile(
    r"""[.!?।]+["'”’»)\]]*(?=\s+["'“‘«(\[]*[\p{Lu}\p{Lt}\p{Lo}\p{Nd}])"""  # and another sentence follows
    r"""|[。！？]["'”’」』]*"""
)
_AFTER_DATELINE = regex.compile(r"[\s,.:|=/\-_\u2013\u2014\u2015]+")
_INITIAL = regex.compile(r"(?:^|[\s(\"'“‘\-.])\p{L}\.$")  # "J.", "U.S."
_ABBREVIATIONS_TEXT = """
adm apr aug bros brig capt co col corp cpl dec dept dr drs ed est etc feb fig fr ft gen gov hon inc jan jr
jul jun lt ltd maj mar messrs mr mrs ms mt mts nev no nos nov oct op pa penn pop prof pres pte pty rep
reps rev rs sen sens sep sept sgt sr st ste supt vol vs ala ariz ark calif colo conn del fla ga ill ind
kan ky mass md mich minn miss mont neb okla ore tenn tex va vt wash wis wyo
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())


def first_story_sentence(paragraphs: Sequence[Paragraph], dateline: Dateline | None) -> str:
    """Return the first sentence of an article without its dateline, as `first_sentence` cuts it.

    The dateline is the opening of one of the paragraphs; one that is a paragraph of its own is passed over.
    """
    first = paragraphs[0].text
    if dateline is None:
        return first_sentence(first)
    written = " ".join(dateline.text.split())
    opened = next((index for index, each in enumerate(paragraphs) if each.start <= dateline.start < each.end), None)
    if opened is None:
        return first_sentence(first)
    _, found, story = paragraphs[opened].text.partition(written)
    after = _AFTER_DATELINE.match(story)
    story = story[after.end() :] if after else story if found else paragraphs[opened].text
    if not story and opened + 1 < len(paragraphs):
        story = paragraphs[opened + 1].text
    return first_sentence(story or first)


def first_sentence(text: str) -> str:
    """The first sentence of a paragraph, at most 120 code points, cut at a word border with an ellipsis."""
    head = text[: LONGEST * 2]
    return _cut(head[: sentence_end(head)])


def sentence_end(text: str) -> int | None:
    """Where the first sentence ends, when another follows it; None otherwise."""
    for match in _END.finditer(text):
        before = text[: match.start() + 1]
        last_word = before.rpartition(" ")[2].strip(".([\"'“‘").casefold()
        if text[match.start()] != "." or not (_INITIAL.search(before) or last_word in _ABBREVIATIONS):
            return int(match.end())
    return None


def _cut(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    kept = sentence[:LONGEST]
    border = kept.rfind(" ")
    return (kept[:border] if border > 0 else kept[:-1]).rstrip(" ,;:-") + "…"
