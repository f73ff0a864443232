"""Quoted-printable, character entities and tags in plain texts: what is decoded, and what is left as it is."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.articles import Article, NoteKind
from search.reading import ReadingContext, SourceFile, read_file
from search.reading.markup import decode_markup

DECODED = [
    ("Caf&eacute; of Smith &amp; Sons&nbsp;opened", "Café of Smith & Sons\xa0opened"),
    ("the owner&rsquo;s illness &#8217; &#x2019; &#150;", "the owner’s illness ’ ’ –"),
    ("&quot;We are glad,&quot; she said &hellip;", '"We are glad," she said …'),
    ("Dvo&rcaron;&aacute;k", "Dvořák"),
    ("caf&amp;eacute;", "café"),
    ("AT&amp;T and R&D", "AT&T and R&D"),
    ("It reopened on <b>Friday</b>.", "It reopened on Friday."),
    ("stray</b> end", "stray end"),
    ("One.<br>Two.<br/><BR />Three.", "One.\nTwo.\n\nThree."),
    ("One.<br>\nTwo.<br>\nThree.", "One.\nTwo.\nThree."),
    ('A <a href="https://example.org/a?b=1">link</a> here', "A link here"),
    ("&lt;p&gt;It &lt;b&gt;opened&lt;/b&gt;.&lt;/p&gt;", "\n\nIt opened.\n\n"),
    ("opened=20\nThe mayor=E2=80=99s bridge on Fri=\nday. =E2=82=AC5", "opened \nThe mayor’s bridge on Friday. €5"),
    ("An engin=\r\neer paid =C2=A35 for 2=3D2", "An engineer paid £5 for 2=2"),
    ("caf=E9 d=E9j=E0 vu", "café déjà vu"),
    (f"{'word ' * 14}wo=\nrd and {'word ' * 13}w=\nord", f"{'word ' * 14}word and {'word ' * 13}word"),
]
LEFT = [
    "AT&T, R&D; Q&A, M&S; B&B",
    "&copy 2016 &foo; &in; &;",
    "a < b and c > d, x<y, 5 <b 6, i<3",
    "Du Pont <DD> and <IBM.N> rose, <TD> fell, Phillips <P> too",
    "<http://example.org> <maria@example.org>",
    "let a=20 and b=30, E=MC2, x=C3",
    "https://example.org/?a=20&b=3D&copy=1",
    "Title\n=====\n\nText",
    "1 + 1 =\n2\n2 + 2 =\n4",
    "The HTML entity &eacute; is written for é",
    "Use <b> and </b> in HTML to make text bold",
    "The markup <p> begins a paragraph",
]


@pytest.mark.parametrize(("text", "decoded"), DECODED)
def test_what_is_unmistakable_is_decoded_and_remarked_on(text, decoded):
    found, remark = decode_markup(text)
    assert found == decoded
    assert remark is not None
    assert remark.endswith("decoded")


@pytest.mark.parametrize("text", LEFT)
def test_what_may_be_text_is_left_as_it_is(text):
    assert decode_markup(text) == (text, None)


def test_the_remark_counts_what_was_decoded():
    assert decode_markup("A&amp;B &eacute; <b>c</b><br>")[1] == "has 2 character entities and 3 tags: decoded"
    assert decode_markup("a</b> &eacute;")[1] == "has 1 character entity and 1 tag: decoded"
    assert decode_markup("=E2=80=99 &amp;")[1] == "is quoted-printable and has 1 character entity: decoded"


def test_an_article_is_read_from_the_decoded_text_and_its_spans_count_in_it(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"Caf&eacute; reopens\n\n<p>The caf&eacute; reopened.</p><p>We are glad.</p>\n")
    note, story = read_file(SourceFile(path, "a.txt", 1), context=ReadingContext(today=datetime.date(2024, 11, 22)))
    assert note.kind is NoteKind.MARKUP_DECODED
    assert isinstance(story, Article)
    assert story.title == "Café reopens"
    assert [paragraph.text for paragraph in story.paragraphs] == ["The café reopened.", "We are glad."]
    decoded, _ = decode_markup(path.read_text())
    assert [decoded[each.start : each.end] for each in story.paragraphs] == ["The café reopened.", "We are glad."]


@given(st.text(alphabet="&<>=/;#abpr 2E9CA\n\"'", max_size=120))
def test_no_text_is_too_much_and_controls_never_arise(text):
    decoded, remark = decode_markup(text)
    assert remark or decoded == text
    assert all(char.isprintable() or char in "\n\r\t\xa0" for char in decoded)
