"""How an article is cited: what reference managers read is what the article says, and no more."""

import datetime
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs

import pybtex.database
import pytest
import rispy
from archives import article
from citeproc import Citation as CiteprocCitation
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from webserver import Served, page

from search.articles import Dateline
from web.citations import bibtex, citation_key, citation_of, coins, csl, dublin_core, news_article, ris

pytest_plugins = ("webserver",)

URL = "http://archive.example/articles/x%7Ey_1"
TODAY = datetime.date(2026, 3, 7)
ARTICLE = article(
    "wire/2024/x.1",
    "Rain fell.",
    title="Rain & snow: 100% {sure}",
    date="2024-08-24",
    place="São Paulo",
    agency="IANS",
    byline="By A. Reporter",
    section="Weather_news",
    dateline=Dateline("São Paulo, Aug 24 (IANS)", 0, 24),
)
BARE = article("bare", "Rain fell.")
# Whatever may stand in a title; line breaks and controls among it.
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(lambda text: text.strip())
SIGNS = st.text("\\{}~^_&%$#\"'@,= ab\n\r\t", min_size=1, max_size=20).filter(lambda text: text.strip())


def cite(of):
    return citation_of(of, URL, TODAY)


def read_ris(text):
    return rispy.loads(text)


def read_bibtex(text):
    return pybtex.database.parse_string(text, "bibtex").entries


def from_latex(text):
    """Read back what stands for the signs that BibTeX takes for commands."""
    names = {"backslash": "\\", "braceleft": "{", "braceright": "}", "asciitilde": "~", "asciicircum": "^"}
    written = r"\\text(backslash|braceleft|braceright|asciitilde|asciicircum)\{\}|\\([&%$#_])"
    return re.sub(written, lambda found: names[found[1]] if found[1] else found[2], text)


# RIS


def test_a_reference_manager_reads_all_of_an_article_from_ris():
    (entry,) = read_ris(ris(cite(ARTICLE)))
    assert entry["type_of_reference"] == "NEWS"
    assert entry["title"] == "Rain & snow: 100% {sure}"
    assert (entry["authors"], entry["publisher"], entry["place_published"]) == (["By A. Reporter"], "IANS", "São Paulo")
    assert (entry["year"], entry["date"], entry["access_date"]) == ("2024", "2024/08/24/", "2026/03/07/")
    assert (entry["urls"], entry["id"]) == ([URL], "wire/2024/x.1")
    assert entry["notes"] == [f"Source file: wire/2024/x.1.txt (SHA-256: {'0' * 64})"]


def test_what_is_not_known_is_left_out_of_ris():
    (entry,) = read_ris(ris(cite(BARE)))
    assert not {"authors", "publisher", "place_published", "year", "date", "secondary_title", "section"} & set(entry)


def test_lines_of_ris_end_as_the_format_asks_for():
    text = ris(cite(ARTICLE))
    assert text.count("\n") == text.count("\r\n") == len(text.splitlines())
    assert text.startswith("TY  - NEWS\r\n")
    assert text.endswith("ER  - \r\n\r\n")


@given(title=TEXTS, byline=TEXTS)
def test_nothing_in_an_article_can_begin_a_line_of_ris(title, byline):
    text = ris(cite(replace(ARTICLE, title=title, byline=byline)))
    lines = text.split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-2]), lines
    assert len(lines) == len(ris(cite(ARTICLE)).split("\r\n"))


def test_a_byline_with_a_comma_is_not_taken_for_a_last_and_a_first_name():
    (entry,) = read_ris(ris(cite(replace(ARTICLE, byline="A. Reporter, Lima"))))
    assert "," not in entry["authors"][0]


# BibTeX


def test_a_reference_manager_reads_all_of_an_article_from_bibtex():
    ((key, entry),) = read_bibtex(bibtex(cite(ARTICLE))).items()
    assert (key, entry.type) == ("wire/2024/x.1", "article")
    fields = {name: from_latex(value).strip("{}") for name, value in entry.fields.items() if name != "title"}
    assert from_latex(entry.fields["title"]) == "{Rain & snow: 100% {sure}}"
    assert (fields["journal"], fields["address"], fields["date"]) == ("IANS", "São Paulo", "2024-08-24")
    assert (fields["url"], fields["urldate"], fields["year"], fields["month"]) == (URL, "2026-03-07", "2024", "08")
    assert fields["note"] == f"Source file: wire/2024/x.1.txt (SHA-256: {'0' * 64})"


def test_a_byline_stays_whole_in_bibtex():
    ((_, entry),) = read_bibtex(bibtex(cite(replace(ARTICLE, byline="Rosa and Lin Reporter, Lima")))).items()
    (person,) = entry.persons["author"]
    assert str(person) == "{Rosa and Lin Reporter, Lima}"


def test_an_article_of_no_agency_is_a_work_of_another_kind():
    ((_, entry),) = read_bibtex(bibtex(cite(BARE))).items()
    assert entry.type == "misc"
    assert set(entry.fields) == {"title", "url", "urldate", "note"}


@given(title=st.one_of(SIGNS, TEXTS))
def test_every_sign_of_a_title_comes_through_bibtex(title):
    citation = cite(replace(ARTICLE, title=title))
    ((_, entry),) = read_bibtex(bibtex(citation)).items()
    assert from_latex(entry.fields["title"])[1:-1].split() == citation.title.split()


# CSL-JSON


def test_an_article_is_a_csl_item():
    assert csl(cite(ARTICLE)) == {
        "id": "wire/2024/x.1",
        "type": "article-newspaper",
        "title": "Rain & snow: 100% {sure}",
        "author": [{"literal": "By A. Reporter"}],
        "container-title": "IANS",
        "publisher": "IANS",
        "publisher-place": "São Paulo",
        "section": "Weather_news",
        "issued": {"date-parts": [[2024, 8, 24]]},
        "URL": URL,
        "accessed": {"date-parts": [[2026, 3, 7]]},
        "note": f"Source file: wire/2024/x.1.txt (SHA-256: {'0' * 64})",
    }
    assert set(csl(cite(BARE))) == {"id", "type", "title", "URL", "accessed", "note"} - (
        set() if cite(BARE).title else {"title"}
    )


def test_a_citation_processor_writes_a_bibliography_from_csl_json():
    item = {**csl(cite(ARTICLE)), "id": "one"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = CiteProcJSON([item])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the style, which is none of ours
        bibliography = CitationStylesBibliography(
            CitationStylesStyle("harvard-cite-them-right", validate=False), source, formatter.plain
        )
        bibliography.register(CiteprocCitation([CitationItem("one")]))
        (text,) = map(str, bibliography.bibliography())
    assert "Reporter" in text
    assert "2024" in text
    assert "Rain & snow" in text
    assert "IANS" in text


# Keys


@given(st.lists(st.text("abAB019-._~/", min_size=1, max_size=12), unique=True, max_size=30))
def test_keys_are_safe_the_same_every_time_and_as_unique_as_ids_whatever_their_capitals(ids):
    keys = [citation_key(each) for each in ids]
    assert keys == [citation_key(each) for each in ids]
    assert len({key.casefold() for key in keys}) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9._/-]+", key) for key in keys)


# In the page


def test_coins_are_what_zotero_writes_of_a_newspaper_article():
    fields = {name: value[0] for name, value in parse_qs(coins(cite(ARTICLE))).items()}
    assert fields["ctx_ver"] == "Z39.88-2004"
    assert (fields["rft_val_fmt"], fields["rft.type"]) == ("info:ofi/fmt:kev:mtx:dc", "newspaperArticle")
    assert (fields["rft.title"], fields["rft.source"]) == ("Rain & snow: 100% {sure}", "IANS")
    assert (fields["rft.date"], fields["rft.place"], fields["rft.au"]) == ("2024-08-24", "São Paulo", "By A. Reporter")
    assert fields["rft.identifier"] == URL


def test_the_tags_and_the_data_of_an_article_say_what_it_says():
    tags = dict(dublin_core(cite(ARTICLE)))
    assert (tags["DC.title"], tags["DC.date"], tags["DC.creator"]) == (
        cite(ARTICLE).title,
        "2024-08-24",
        "By A. Reporter",
    )
    data = news_article(cite(ARTICLE), "São Paulo, Aug 24 (IANS)", "0" * 64)
    assert (data["@type"], data["dateline"]) == ("NewsArticle", "São Paulo, Aug 24 (IANS)")
    assert (data["headline"], data["datePublished"]) == (cite(ARTICLE).title, "2024-08-24")
    assert data["sourceOrganization"]["name"] == "IANS"
    assert news_article(cite(ARTICLE), None, "0" * 64)["dateline"] == "São Paulo"
    assert not {"author", "datePublished", "dateline"} & set(news_article(cite(BARE), None, "0" * 64))


HOSTILE = "</script><script>alert(1)</script> \"'& <!-- \u2028"


def test_a_page_carries_its_citation_and_no_text_of_an_article_gets_out_of_it(
    serve_articles: Callable[..., Served],
) -> None:
    served = serve_articles(
        {
            "id": "x/y.z",
            "title": HOSTILE,
            "byline": HOSTILE,
            "date": "2024-08-24",
            "agency": "IANS",
            "paragraphs": ["Rain"],
        }
    )
    shown = page(served.client, "/articles/x/y.z")
    (data,) = [script for script in shown.all("script") if script.get("type") == "application/ld+json"]
    told = json.loads("".join(data.node.itertext()))
    assert (told["headline"], told["url"]) == (" ".join(HOSTILE.split()), "http://localhost/articles/x/y.z")
    span = shown.one("span", class_="Z3988")
    assert parse_qs(span["title"])["rft.title"] == [" ".join(HOSTILE.split())]
    tags = {meta.get("name"): meta.get("content") for meta in shown.all("meta")}
    assert (tags["DC.type"], tags["DC.date"]) == ("newspaperArticle", "2024-08-24")
    files = [link["href"] for link in shown.all("link", rel="alternate")]
    assert files == [f"/citations/{kind}/x/y.z" for kind in ("ris", "bib", "csl.json")]
    for address in files:
        assert served.client.get(address).status_code == 200


@pytest.mark.parametrize("kind", ["ris", "bib", "csl.json"])
def test_the_citation_of_an_article_is_a_file(seeds: Served, kind: str) -> None:
    response = seeds.client.get(f"/citations/{kind}/000_54452b25f7fed91f")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="000-54452b25f7fed91f')
    read = {"ris": read_ris, "bib": read_bibtex, "csl.json": json.loads}[kind](response.text)
    assert len(read) == 1
    again = seeds.client.get(
        f"/citations/{kind}/000_54452b25f7fed91f", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
    missing = seeds.client.get(f"/citations/{kind}/nowhere")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")


def test_there_is_no_citation_of_another_kind(seeds: Served) -> None:
    assert seeds.client.get("/citations/csv/000_54452b25f7fed91f").status_code == 404
