"""What was typed and probably meant otherwise gets a hint; what means what it says gets none."""

import pytest
from archives import article, rebuilt

from search.answering.parameters import read_parameters
from search.answering.service import SearchService
from search.errors import QueryError
from search.query.addresses import is_address, words_of_address

ARTICLES = (
    article("a", "A bridge was opened in the harbour.", place="New York"),
    article("b", "Zebra escapes from the city zoo.", place="Delhi", section="Business India", byline="John Smith"),
    article("c", "Write to desk@coast.example or look at www.coast.example for the tide.", place="New York City"),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    _, settings, _ = rebuilt(tmp_path_factory.mktemp("hints"), ARTICLES)
    opened = SearchService.from_settings(settings)
    yield opened
    opened.close()


def hints(service, q, code, **given):
    answer = service.search(read_parameters([("q", q), *given.items()]))
    return [(each.fix, each.total) for each in answer.diagnostics if each.code == code], answer


QUOTES = [
    ("place:New York", 'place:"New York"', 2),
    ("place:new york harbour", 'place:"new york" harbour', 1),
    ("harbour place:New  York", 'harbour place:"New York"', 1),
    ("place:New York City", 'place:"New York City"', 1),
    ("place:New York harbour bridge", 'place:"New York" harbour bridge', 1),
    ("-place:New York", '-place:"New York"', 2),
    ("(place:New York) bridge", '(place:"New York") bridge', 1),
    ("PLACE:New York", 'place:"New York"', 2),
    ("byline:John Smith zebra", 'byline:"John Smith" zebra', 1),
    ("section:Business India", 'section:"Business India"', 2),
]


@pytest.mark.parametrize(("typed", "fix", "total"), QUOTES)
def test_a_name_of_several_words_after_a_field_is_offered_in_quotes(service, typed, fix, total):
    found, answer = hints(service, typed, "value-without-quotes")
    assert found == [(fix, total)]
    (hint,) = (each for each in answer.diagnostics if each.code == "value-without-quotes")
    assert typed[hint.start :].lower().startswith(("place:", "byline:", "section:"))
    assert not [each for each in answer.diagnostics if each.code == "unknown-word"]


def test_the_hint_comes_also_where_the_query_finds_something(service):
    found, answer = hints(service, "place:New York OR harbour", "value-without-quotes")
    assert (found, answer.paragraphs) == ([('place:"New York" OR harbour', 2)], 1)


@pytest.mark.parametrize(
    "typed",
    [
        'place:"New York"', "place:New harbour", "place:New AND York", "place:New -York", "place:New (York)",
        "place:New^2 York", "place:Ne* York", "place:=New York", "title:zebra escapes", "place:New place:York",
        "place:(New York)", "New York", "place:Delhi zebra", "place:Delhi", 'place:New "York"', "date:2024 York",
    ],
)  # fmt: skip
def test_what_is_no_name_of_the_archive_or_was_not_written_as_one_gets_no_hint(service, typed):
    assert hints(service, typed, "value-without-quotes")[0] == []


def test_a_name_that_nothing_else_of_the_query_goes_with_is_named_without_a_fix(service):
    (found,), answer = hints(service, "place:New York zebra", "value-without-quotes")
    assert found == (None, None)
    assert any('place:"New York"' in each.message for each in answer.diagnostics)


ADDRESSES = [
    ("https://news.example/2016/mar/11/zebra-escapes-from-the-city-zoo", "zebra escapes from the city zoo"),
    ("http://news.example/zebra_escapes.html?ref=rss#top", "zebra escapes"),
    ("www.news.example/zebra-escapes/", "zebra escapes"),
    ("www.news.example", ""),
    ("news.com/world/zebra", "zebra"),
    ("zebra.pdf", "zebra"),
    ("Zebra-Escapes.DOCX", "zebra escapes"),
    ("2016-03-11-zebra.txt", "zebra"),
    (r"C:\wire\zebra.docx", "zebra"),
    (r"\\server\wire\zebra.docx", "zebra"),
    ("/home/desk/wire/zebra_escapes.txt", "zebra escapes"),
    ("./wire/zebra.txt", "zebra"),
    ("~/wire/zebra", "zebra"),
    ("<zebra.zoo@news.example>", "zebra zoo"),
    ("file:///C:/wire/zebra.txt", "zebra"),
    ("https://news.example/story/20160311", "story"),
]
NO_ADDRESSES = (
    *(
        "and/or",
        "AC/DC",
        "9/11",
        "24/7",
        "U.S./China",
        "w/5",
        "c/o",
        "Node.js",
        "Booking.com",
        "U.S.",
        "Rs.500",
        "e.g.",
    ),
    *(
        "F-16",
        "AT&T",
        "@desk",
        "#zebra",
        "1/2/2024",
        "2024-08-24",
        "a.m./p.m.",
        "St.Petersburg/Moscow",
        "zebra",
        "/",
        "",
    ),
    *("Ph.D.", "No.10", "$19.4bn", "R&D", "km/h", "he/she/they", "TCP/IP", "3.5.1"),
)


@pytest.mark.parametrize(("text", "words"), ADDRESSES)
def test_an_address_is_known_and_the_words_that_name_what_it_leads_to(text, words):
    assert is_address(text)
    assert words_of_address(text) == words


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_people_write_with_the_signs_of_addresses_is_none(text):
    assert not is_address(text)


@pytest.mark.parametrize(("text", "words"), [pair for pair in ADDRESSES if not pair[0].startswith("C:")])
def test_a_pasted_address_gets_a_hint_and_its_words_where_they_find_something(service, text, words):
    (found,), answer = hints(service, text, "address")
    assert found == ((words, 1) if "zebra" in words else (None, None))
    assert answer.paragraphs == 0
    assert not [each for each in answer.diagnostics if each.code == "unknown-word"]


def test_beside_other_words_an_address_is_replaced_alone(service):
    (found,), _ = hints(service, "escapes https://news.example/zebra.html city", "address")
    assert found == ("escapes zebra city", 1)


def test_an_address_that_the_archive_has_gets_no_hint(service):
    for text in ("www.coast.example", "desk@coast.example"):
        found, answer = hints(service, text, "address")
        assert (found, answer.paragraphs) == ([], 1)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (r"C:\wire\zebra.docx", "zebra"),
        (r"bridge C:\My Files\zebra escapes.docx", "bridge zebra escapes"),
        ("D:/wire/zebra.txt", "zebra"),
        ("mailto:zebra@news.example", "zebra"),
    ],
)
def test_an_address_that_reads_like_a_field_is_an_error_with_its_words(service, text, fix):
    with pytest.raises(QueryError) as raised:
        service.search(read_parameters([("q", text), ("match", "any")]))
    (diagnostic,) = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.fix) == ("unknown-field", fix)
    assert "looks like an address or the name of a file" in diagnostic.message
