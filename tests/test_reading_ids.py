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
