"""Article ids: stable, unique, safe in a URL."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.reading import identifiers

SAFE = re.compile(r"[A-Za-z0-9._~/-]{1,200}")


@pytest.mark.parametrize(
    ("file_name", "article_id"),
    [
        ("000_54452b25f7fed91f.txt", "000_54452b25f7fed91f"),
        ("1987/03/cocoa.TXT", "1987/03/cocoa"),
        ("cocoa.txt.gz", "cocoa"),
        ("cocoa.text", "cocoa"),
        ("cocoa.001", "cocoa.001"),
        ("cocoa", "cocoa"),
    ],
)
def test_a_text_is_called_by_its_path_without_suffix(file_name, article_id):
    assert identifiers.for_text(file_name) == article_id


@pytest.mark.parametrize("name", ["two words", "São", "नगर", "a//b", "../a", "/a", "a/", "", "x" * 201, "a#b", "a%20b"])
def test_what_is_not_url_safe_is_replaced_and_marked_with_a_digest(name):
    assert re.fullmatch(r".*-[0-9a-f]{8}", identifiers.url_safe(name))


def test_a_record_without_id_is_called_by_its_file_and_its_text():
    first = identifiers.for_nameless_record("wire/1987.jsonl.gz", None, ["Rain fell."])
    assert re.fullmatch(r"wire/1987-[0-9a-f]{12}", first)
    assert first == identifiers.for_nameless_record("wire/1987.jsonl.gz", None, ["Rain fell."])
    assert first != identifiers.for_nameless_record("wire/1987.jsonl.gz", None, ["Rain fell!"])
    assert first != identifiers.for_nameless_record("wire/1987.jsonl.gz", None, ["Rain fell."], "2024-08-24")


@pytest.mark.parametrize("name", ["wire.jl", "wire.json", "wire.json.gz", "wire.ndjson", "wire.jsonl"])
def test_the_suffix_of_a_file_of_records_is_no_part_of_their_ids(name):
    assert re.fullmatch(r"wire-[0-9a-f]{12}", identifiers.for_nameless_record(name, "Rain", []))


@pytest.mark.parametrize("article_id", ["7", "x" * 200, "a/b"])
def test_an_id_that_is_told_apart_stays_safe_and_begins_as_before(article_id):
    for made in (identifiers.distinguished(article_id, "wire.jsonl"), identifiers.numbered(article_id, 2)):
        assert SAFE.fullmatch(made)
        assert made.startswith(article_id[:190])
        assert made != article_id


@given(st.text(max_size=260))
def test_ids_are_url_safe_and_have_no_empty_part(name):
    made = identifiers.url_safe(name)
    assert SAFE.fullmatch(made)
    assert not {"", ".", ".."} & set(made.split("/"))


@given(
    st.text(alphabet=st.sampled_from("ab ./é#-"), max_size=8),
    st.text(alphabet=st.sampled_from("ab ./é#-"), max_size=8),
)
def test_two_names_give_two_ids(one, other):
    assert (identifiers.url_safe(one) == identifiers.url_safe(other)) == (one == other)
