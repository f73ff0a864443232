"""Lines and paragraphs of plain texts: line ends, page breaks, double spacing, words divided at line ends."""

import pytest

from search.reading import Survey
from search.reading.hyphens import UNDECIDED_HYPHEN, KnownWords, joined, words_of
from search.reading.layout import lines_of, paragraph_spans

WRAPPED = [
    "The opposition party said on Monday that it would not support",
    "the budget that the government put before parliament last week,",
    "and asked for a vote before the summer recess of the chamber.",
]


def paragraphs(text):
    return [" ".join(text[start:end].split()) for start, end in paragraph_spans(lines_of(text))]


@pytest.mark.parametrize(
    "text",
    [
        "Rain fell.\u2029It stopped.",
        "Rain fell.\vIt stopped.",
        "Rain fell.\fIt stopped.",
        "Rain fell.\r\r\n\r\r\nIt stopped.\r\r\n",
        "Rain fell.\n\u200b\nIt stopped.\u200b\n",
        "\ufeffRain fell.\n\n\u200e\u200bIt stopped.\n",
        "Rain fell.\u2028\u2028It stopped.",
    ],
)
def test_each_mark_of_a_paragraph_parts_two(text):
    assert paragraphs(text) == ["Rain fell.", "It stopped."]


@pytest.mark.parametrize("end", ["\f", "\n\f", "\r\r\n", "\u2028", "\x85"])
def test_a_sentence_runs_on_over_the_end_of_a_line_or_page(end):
    assert paragraphs(f"Rain fell on the{end}harbour.") == ["Rain fell on the harbour."]


def test_of_double_spaced_text_the_lines_are_no_paragraphs():
    spaced = "\n\n".join(WRAPPED)
    assert paragraphs(spaced) == [" ".join(WRAPPED)]
    assert paragraphs(f"{spaced}\n\n\n\n{spaced}\n") == [" ".join(WRAPPED)] * 2
    indented = "\n\n".join(["   " + WRAPPED[0], *WRAPPED[1:], "   " + WRAPPED[0], *WRAPPED[1:]])
    assert paragraphs(indented) == [" ".join(WRAPPED)] * 2


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Rain fell on the harbour and the town all day on Monday.",
            "It stopped in the evening, as it often does here.",
        ]
        * 3,
        ["apples", "pears", "plums and cherries", "quinces"],
        ["Bridge opens to the cars of the town after ten years", "Market closes higher on Friday after a long week"]
        * 3,
        ["shall I compare thee to a summer day", "thou art more lovely", "rough winds do shake", "and summer"],
    ],
)
def test_paragraphs_lists_and_verse_of_one_line_each_are_not_double_spaced(lines):
    assert paragraphs("\n\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("The govern-\nment fell. The government rose.", "The government fell. The government rose."),
        ("The govern-\r\r\n  ment fell. The government rose.", "The government fell. The government rose."),
        ("The bud\u00ad\nget passed.", "The budget passed."),
        ("A bud\u00adget passed.", "A bud\u00adget passed."),
        ("GOVERN-\nMENT FALLS, government", "GOVERNMENT FALLS, government"),
        ("a well-\nknown and well-known man", "a well-known and well-known man"),
        ("two- \n  and three-year terms", "two- and three-year terms"),
        ("thous-\nand, a thousand", "thousand, a thousand"),
        ("Anglo-\nAmerican", "Anglo-American"),
        ("COVID-\n19, 1990-\n1995", "COVID-19, 1990-1995"),
        ("the mayor -\nsaid --\nno word--\nmore", "the mayor - said -- no word-- more"),
        ("a har-\nbour", f"a har{UNDECIDED_HYPHEN}bour"),
        ("well-known: a well-\nknown wellknown", "well-known: a wellknown wellknown"),
    ],
)
def test_a_word_divided_at_a_line_end_is_made_whole_where_it_is_known(text, line):
    assert joined(text, KnownWords(text)) == line


def test_the_words_of_the_archive_decide_where_the_text_has_none():
    archive = Survey(words=words_of("The harbour is well-known."))
    assert joined("har-\nbour", KnownWords("har-\nbour", archive)) == "harbour"
    assert joined("well-\nknown", KnownWords("well-\nknown", archive)) == "well-known"


def test_words_divided_at_a_line_end_are_no_words_of_a_text():
    assert words_of("A govern-\nment, a well-known har\u00adbour\u00ad\nside.") == {"a", "well", "known", "well-known"}
