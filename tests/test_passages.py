"""Addresses that lead to a paragraph and have a browser mark its words (URL Fragment Text Directives)."""

import re
import time
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from web.fragments import passage_fragments

LONG = (
    "The harbour of the old town was closed to ships for a second day on Tuesday, as a storm from the west "
    "drove waves over the breakwater and the pilots stayed ashore, the port authority said."
)
OTHER = "Ferries wait. " + LONG.replace("harbour", "market") + " Nobody was hurt."


def parts(fragment: str) -> list[str]:
    """Return the words of a fragment's directive, decoded; none where it is an anchor alone."""
    _, is_there, directive = fragment.partition(":~:text=")
    return [unquote(part) for part in directive.split(",")] if is_there else []


def test_a_long_paragraph_is_told_by_its_first_and_last_words() -> None:
    (fragment,) = passage_fragments("Storm", [LONG])
    assert fragment == "p1:~:text=The%20harbour%20of%20the,the%20port%20authority%20said."


def test_a_short_paragraph_stands_in_its_address_whole() -> None:
    assert passage_fragments("Storm", [LONG, "It ended."])[1] == "p2:~:text=It%20ended."


def test_the_signs_of_directives_in_a_text_are_encoded() -> None:
    (fragment,) = passage_fragments("x", ["US-India, R&D – 100% #1?"])
    assert fragment == "p1:~:text=US%2DIndia%2C%20R%26D%20%E2%80%93%20100%25%20%231%3F"


def test_devanagari_is_encoded_as_utf_8() -> None:
    (fragment,) = passage_fragments("x", ["भारत - चीन"])
    assert fragment == "p1:~:text=%E0%A4%AD%E0%A4%BE%E0%A4%B0%E0%A4%A4%20%2D%20%E0%A4%9A%E0%A5%80%E0%A4%A8"


def test_a_paragraph_that_begins_as_the_title_above_it_takes_more_words() -> None:
    title = "The harbour of the old town was…"
    assert parts(passage_fragments(title, [LONG])[0])[0] == "The harbour of the old town was closed"


def test_a_paragraph_whose_words_stand_before_it_is_told_by_its_anchor() -> None:
    assert passage_fragments("x", ["He agreed.", "HE AGREED.", LONG, LONG])[1::2] == ("p2", "p4")


def test_an_end_that_comes_early_in_the_paragraph_takes_more_words() -> None:
    text = f"He paused for a while there. It was his turn to speak, he said to the house. {LONG} He said to the house."
    (_, end) = parts(passage_fragments("x", [text])[0])
    assert end == "port authority said. He said to the house."


def test_an_enormous_article_keeps_its_anchors_and_takes_no_time() -> None:
    started = time.process_time()
    assert passage_fragments("x", ["word " * 20] * 20_000)[-1] == "p20000"
    assert time.process_time() - started < 5


def found(page: str, directive: list[str]) -> tuple[int, int] | None:
    """Find a directive as a browser does: from the top, whatever the case, at the borders of words."""
    start = re.search(rf"(?<!\w){re.escape(directive[0])}(?!\w)", page, re.IGNORECASE)
    if start is None or len(directive) == 1:
        return start and start.span()
    end = re.compile(rf"(?<!\w){re.escape(directive[1])}(?!\w)", re.IGNORECASE).search(page, start.end())
    return end and (start.start(), end.end())


WORDS = st.sampled_from(["he", "she", "said", "Said", "that,", "(that)", "the-house", "a", "b", "c.", "R&D", ","])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=60).map(" ".join), min_size=1, max_size=6)


@given(texts=TEXTS, title=st.lists(WORDS, max_size=8).map(" ".join))
def test_a_directive_leads_to_its_paragraph_and_to_all_of_it(texts: list[str], title: str) -> None:
    page = "\n".join([title, *texts])
    position = len(title) + 1
    for text, fragment in zip(texts, passage_fragments(title, texts), strict=True):
        if directive := parts(fragment):
            assert found(page, directive) == (position, position + len(text))
        position += len(text) + 1
