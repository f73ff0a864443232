"""Whoosh over our segments: its queries find the documents that ours do, and its readers say what was indexed."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from archives import ANALYZER, article, built_engine, built_index, updated_index
from hypothesis import assume, given
from hypothesis import strategies as st
from sources import edit_manifest
from strategies import WORDS, archives, examples
from whoosh import query
from whoosh.query import spans
from whoosh.searching import Searcher

import search
from search.archive import Archive
from search.engines.base import Ask, Group
from search.engines.whoosh.engine import WhooshKind, open_whoosh
from search.errors import EngineUnavailable, IndexDamaged, IndexOutdated
from search.language import is_otherwise_written, names_of
from search.query.nodes import And, Near, Node, Not, Or, Phrase, Term, Wildcard

pytest_plugins = ("webserver",)

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
# Whoosh knows a word that has several names (müller) by itself alone, so none of those is asked for here.
KNOWN = {word for text in WORDS for word in ANALYZER.words(text)}
NAMES = {name for word in KNOWN if is_otherwise_written(word) for name in names_of(word)}
FORMS = sorted(KNOWN - NAMES - set(filter(is_otherwise_written, KNOWN)))
STEMS = sorted({ANALYZER.stem(word) for word in FORMS} - {ANALYZER.stem(name) for name in NAMES})


def term(name: str, text: str) -> tuple[query.Query, Node]:
    return query.Term(name, text), Term((text,), stemmed=name == "stems")


@st.composite
def phrases(draw: st.DrawFn) -> tuple[query.Query, Node]:
    words = draw(st.lists(st.sampled_from(FORMS), min_size=2, max_size=3))
    return query.Phrase("words", words), Phrase(tuple(Term((word,), stemmed=False) for word in words))


@st.composite
def prefixes(draw: st.DrawFn) -> tuple[query.Query, Node]:
    prefix = draw(st.sampled_from(["min", "ta", "cov", "at", "20", "zz"]))
    return query.Prefix("words", prefix), Wildcard(f"{prefix}*")


@st.composite
def near(draw: st.DrawFn) -> tuple[query.Query, Node]:
    one, other = draw(st.lists(st.sampled_from(STEMS), min_size=2, max_size=2, unique=True))
    distance, ordered = draw(st.integers(1, 6)), draw(st.booleans())
    theirs = spans.SpanNear(query.Term("stems", one), query.Term("stems", other), slop=distance, ordered=ordered)
    return theirs, Near(Term((one,)), Term((other,)), distance, ordered)


def combined(inner: st.SearchStrategy[tuple[query.Query, Node]]) -> st.SearchStrategy[tuple[query.Query, Node]]:
    some = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        some.map(lambda both: (query.And([each for each, _ in both]), And(tuple(each for _, each in both)))),
        some.map(lambda both: (query.Or([each for each, _ in both]), Or(tuple(each for _, each in both)))),
        st.tuples(inner, inner).map(
            lambda both: (query.And([both[0][0], query.Not(both[1][0])]), And((both[0][1], Not(both[1][1]))))
        ),
    )


LEAVES = st.one_of(
    st.sampled_from(FORMS).map(lambda word: term("words", word)),
    st.sampled_from(STEMS).map(lambda stem: term("stems", stem)),
    phrases(),
    prefixes(),
)
# Whoosh cannot estimate the size of its span queries, so they are in none of its compounds.
QUERIES = st.one_of(st.recursive(LEAVES, combined, max_leaves=5), near())


@examples(60)
@given(
    make=st.sampled_from([built_index, updated_index]),
    tokens=st.sampled_from([5, 1_000]),
    articles=archives(),
    asked=st.lists(QUERIES, min_size=1, max_size=8),
)
def test_whooshs_queries_and_ours_find_the_same_documents(tmp_path_factory, make, tokens, articles, asked) -> None:
    # So written in capitals, other words have several names too (L'ACCORD).
    words = {word for each in articles for unit in each.units for word in ANALYZER.words(unit.text)}
    assume(all(set(FORMS).isdisjoint(names_of(word)) for word in filter(is_otherwise_written, words)))
    kind = WhooshKind(segment_tokens=tokens)
    folder = make(kind, articles, tmp_path_factory.mktemp("segment"))
    engine = kind.open(folder, ANALYZER, cache_bytes=0, seconds=60.0)
    searcher = Searcher(open_whoosh(folder))
    for theirs, ours in asked:
        hits = engine.search(Ask(ours, group=Group.NONE, size=1_000)).hits
        found = {(hit.card.id, hit.position.paragraph) for hit in hits}
        assert ids(searcher, searcher.docs_for_query(theirs)) == found, (theirs, ours)
    engine.close()


def ids(searcher: Searcher, docs: Sequence[int]) -> set[tuple[str, int]]:
    stored = map(searcher.stored_fields, docs)
    return {(each["article_id"], each["paragraph"]) for each in stored}


@pytest.fixture
def searcher(tmp_path) -> Searcher:
    built_engine(
        WhooshKind(),
        [
            article(
                "a", "Talks of talks; talking.", "A minister talked.", title="Talks", headline="Talks", place="Lima"
            ),
            article("b", "US and us.", title="Titles alone"),
        ],
        tmp_path,
    ).close()
    return Searcher(open_whoosh(tmp_path))


def test_the_reader_counts_documents_words_and_stems(searcher) -> None:
    reader = searcher.reader()
    assert (reader.doc_count(), reader.field_length("words")) == (4, 11)
    assert reader.frequency("stems", b"talk") == 5
    assert (reader.frequency("words", b"talks"), reader.doc_frequency("words", b"talks")) == (3, 2)
    assert list(reader.lexicon("words")) == [
        b"US", b"a", b"and", b"minister", b"of", b"talked", b"talking", b"talks", b"us",
    ]  # fmt: skip
    assert b"alon" not in set(reader.lexicon("stems"))


def test_positions_metadata_and_fuzzy_terms_are_there(searcher) -> None:
    reader = searcher.reader()
    matcher = reader.postings("words", b"talks")
    found = []
    while matcher.is_active():
        found.append((matcher.id(), matcher.value_as("positions")))
        matcher.next()
    assert found == [(0, [0]), (1, [0, 2])]
    assert reader.stored_fields(1)["place"] == "Lima"
    assert list(searcher.docs_for_query(query.FuzzyTerm("words", "talkz", maxdist=1))) == [0, 1]
    assert list(searcher.docs_for_query(query.Wildcard("words", "t*ed"))) == [2]
    assert list(searcher.docs_for_query(query.TermRange("words", "t", "u"))) == [0, 1, 2]
    assert list(searcher.docs_for_query(query.Every())) == [0, 1, 2, 3]


def test_a_ranked_search_with_a_limit_is_the_head_of_the_whole_ranking(searcher) -> None:
    asked = query.And([query.Or([query.Term("stems", "talk"), query.Term("stems", "minist")]), query.Every()])
    whole = [(hit.docnum, hit.score) for hit in searcher.search(asked, limit=None)]
    assert [(hit.docnum, hit.score) for hit in searcher.search(asked, limit=2)] == whole[:2]
    assert len(whole) == 3


def test_whooshs_and_not_finds_too_much_where_what_is_excluded_begins_before_what_is_wanted(tmp_path) -> None:
    """A fault of whoosh3 3.54 (AndNotMatcher does not skip at first); its And with a Not is right."""
    built_engine(WhooshKind(), [article("a", "minister", "minister 1,000")], tmp_path).close()
    searcher = Searcher(open_whoosh(tmp_path))
    wanted, excluded = query.Term("words", "1000"), query.Term("words", "minister")
    assert list(searcher.docs_for_query(query.And([wanted, query.Not(excluded)]))) == []
    assert list(searcher.docs_for_query(query.AndNot(wanted, excluded))) == [1]


def test_the_example_of_the_readme_prints_the_article(seeds_settings, capsys) -> None:
    (example,) = re.findall(r"```python\n(from search import open_whoosh.*?)```", README, re.DOTALL)
    exec(example.replace('"index"', repr(str(seeds_settings.index))), {})
    assert capsys.readouterr().out == "000_54452b25f7fed91f\n"


@pytest.fixture
def copied_index(seeds_settings, tmp_path) -> Path:
    return shutil.copytree(seeds_settings.index, tmp_path / "index")


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"engine": "opensearch"}, EngineUnavailable), ({"engine_version": "0"}, IndexOutdated)],
)
def test_an_index_that_whoosh_cannot_read_is_refused(copied_index, changes, error) -> None:
    archive = Archive(copied_index)
    edit_manifest(archive.path_of(archive.current_id()) / "manifest.json", **changes)
    with pytest.raises(error, match="run: dateline rebuild"):
        search.open_whoosh(copied_index)


def test_a_damaged_index_is_refused(copied_index) -> None:
    archive = Archive(copied_index)
    path = next(archive.path_of(archive.current_id()).glob("segments/*/postings.arrays"))
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(IndexDamaged, match="run: dateline rebuild"):
        search.open_whoosh(copied_index)
