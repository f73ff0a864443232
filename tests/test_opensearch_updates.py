"""Generations that share an index in the cluster: each answers as one built of its articles alone, whatever follows."""

import itertools
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import orjson
import pytest
from archives import (
    ANALYZER,
    CACHE_BYTES,
    SECONDS,
    SENTENCES,
    article,
    built_index,
    exact,
    prepared,
    stems,
    tree,
    updated,
    word,
)
from cluster import call, shared_settings, shared_url
from hypothesis import given
from hypothesis import strategies as st
from oracle import Oracle
from strategies import IDS, archives, articles, examples
from test_engine_properties import ASKS, agree

from search.articles import Article
from search.engines.base import ELSEWHERE, Ask, Engine
from search.engines.opensearch_bulk import BulkWriter, Document
from search.engines.opensearch_client import Cluster
from search.engines.opensearch_contents import NUMBERS, TOTALS, Contents
from search.engines.opensearch_engine import OpenSearchKind
from search.engines.opensearch_preparing import read_prepared
from search.engines.opensearch_view import View, beside
from search.engines.vocabulary import Vocabulary
from search.errors import ArticleNotFound, EngineError, IndexDamaged, IndexGone
from search.language import SentenceModel
from search.query.nodes import Everything

ARTICLES = [article(f"a{number}", f"Rain fell on day {number}.", "It was wet.", place="Rome") for number in range(4)]


@pytest.fixture(scope="module", autouse=True)
def few_at_a_time() -> Iterator[None]:
    """Send and read a few at a time, so that all of it is done several times over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.engines.opensearch_bulk._CHUNK_DOCUMENTS", 4)
        patch.setattr("search.engines.opensearch_updating._AT_A_TIME", 2)
        patch.setattr("search.engines.opensearch_updating.MOST_AT_ONCE", 3)
        yield


@pytest.fixture
def kind() -> Iterator[OpenSearchKind]:
    """The engine under a prefix of its own; all that is left of it in the cluster is removed."""
    prefix = f"t{time.time_ns()}"
    yield OpenSearchKind(shared_settings(opensearch_prefix=prefix))
    call(shared_url(), "DELETE", f"/{prefix}-*")


@pytest.fixture
def folders(tmp_path) -> Iterator[Path]:
    """Empty folders beside each other."""
    return made_below(tmp_path)


@pytest.fixture
def built(kind, folders) -> Path:
    """The folder of a generation with ARTICLES."""
    return built_index(kind, ARTICLES, next(folders))


def made_below(folder: Path) -> Iterator[Path]:
    for number in itertools.count():
        (folder / str(number)).mkdir()
        yield folder / str(number)


def opened(kind: OpenSearchKind, folder: Path) -> "closing[Engine]":
    return closing(kind.open(folder, ANALYZER, cache_bytes=CACHE_BYTES, seconds=SECONDS))


def held(kind: OpenSearchKind, folder: Path) -> list[str]:
    """Return the ids of the articles that a generation has."""
    with opened(kind, folder) as engine:
        return [hit.card.id for hit in engine.search(Ask(Everything(), size=100)).hits]


def documents(folder: Path) -> int:
    """Return how many documents there are in the index of a generation, seen by any or not."""
    index = View.of(folder).index
    call(shared_url(), "POST", f"/{index}/_refresh")
    return call(shared_url(), "GET", f"/{index}/_count")["count"]


def send(cluster: Cluster, folder: Path, document: Document, *, generation: int) -> None:
    writer = BulkWriter(cluster, View.of(folder).index, generation=generation)
    writer.add(document)
    writer.flush()


def wait(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.2)


class Ends(Enum):
    """What becomes of an update: it serves, is rolled back, or breaks off before or after it deleted something."""

    SERVES = "serves"
    ROLLED_BACK = "rolled back"
    BREAKS_OFF = "breaks off"
    DELETES_ALONE = "deletes alone"


@dataclass(frozen=True, slots=True)
class Step:
    """One update: articles that are new or changed, ids of those that go, what becomes of it.

    Before it all generations but the one that serves may be pruned.
    """

    added: tuple[Article, ...]
    removed: frozenset[str]
    ends: Ends
    prunes: bool


@st.composite
def steps(draw: st.DrawFn) -> Step:
    ids = draw(st.lists(st.sampled_from(IDS), max_size=3, unique=True))
    removed = draw(st.frozensets(st.sampled_from(IDS), max_size=4))
    added = tuple(draw(articles(each)) for each in ids)
    return Step(added, removed, draw(st.sampled_from(Ends)), draw(st.booleans()))


@dataclass(frozen=True, slots=True)
class Generation:
    """Where a generation lies, and its articles by their numbers."""

    folder: Path
    articles: dict[int, Article]

    def numbers(self, ids) -> list[int]:
        return [number for number, each in self.articles.items() if each.id in ids]


def follow(kind: OpenSearchKind, before: Generation, step: Step, folder: Path) -> Generation | None:
    """Update a generation; return the one that follows, unless that breaks off."""
    deleted = before.numbers({each.id for each in step.added} | step.removed)
    if len(deleted) == len(before.articles) and not step.added:
        deleted = deleted[1:]  # an archive without articles is not built
    updater = kind.updater(folder, before.folder, ANALYZER, SENTENCES)
    updater.delete(np.array(deleted, np.int64))
    if step.ends is Ends.DELETES_ALONE:
        return None
    for each in step.added:
        updater.add([each], prepared(kind, [each]))
    if step.ends is Ends.BREAKS_OFF:
        return None
    numbers = updater.finish(stems)
    assert numbers.tolist() == list(range(updater.before + len(step.added)))
    kept = {number: each for number, each in before.articles.items() if number not in deleted}
    return Generation(folder, kept | dict(enumerate(step.added, updater.before)))


def prune(kind: OpenSearchKind, kept: Path) -> None:
    for folder in list(beside(kept)):
        kind.remove(folder)
        shutil.rmtree(folder)


def holds_its_articles_alone(kind: OpenSearchKind, generation: Generation, asked) -> None:
    """Hold a generation against the oracle, and what lies in its folder against that of a fresh build."""
    its = list(generation.articles.values())
    oracle = Oracle(its, ANALYZER)
    with opened(kind, generation.folder) as engine:
        assert engine.counts() == oracle.counts()
        assert list(engine.months_held()) == list(oracle.months_held())
        for ask in asked:
            agree(engine, oracle, ask)
        for each in its:
            assert engine.article(each.id) == each
        for gone in set(IDS) - {each.id for each in its}:
            with pytest.raises(ArticleNotFound):
                engine.article(gone)
    fresh = Contents()
    for each in its:
        (of_article,) = read_prepared(prepared(kind, [each]))
        list(fresh.add(each, of_article, since=1))
    with TemporaryDirectory() as folder:
        fresh.save(Path(folder), stems)
        for_folder = [(vocabulary(where), totals(where)) for where in (Path(folder), generation.folder)]
        assert for_folder[0] == for_folder[1]


def vocabulary(folder: Path) -> list[tuple[str, int, str]]:
    return list(Vocabulary.load(folder).rows())


def numbered(folder: Path) -> list[tuple[str, int]]:
    """Return the words of a generation, each with its number among the tokens in the cluster."""
    return list(zip(Vocabulary.load(folder).words, np.load(folder / NUMBERS).tolist(), strict=True))


def totals(folder: Path) -> dict[str, int]:
    """Return the totals of live articles."""
    known = orjson.loads((folder / TOTALS).read_bytes())
    return {name: known[name] for name in ("articles", "paragraphs", "units", "tokens", "title_tokens")}


@examples(50)
@given(
    first=archives(),
    following=st.lists(steps(), min_size=1, max_size=4),
    asked=st.lists(ASKS, min_size=3, max_size=3),
)
def test_every_generation_answers_as_one_built_of_its_articles_alone(first, following, asked):
    kind = OpenSearchKind(shared_settings(opensearch_prefix=f"t{time.time_ns()}"))
    with TemporaryDirectory() as scratch:
        folders = made_below(Path(scratch))
        current = Generation(built_index(kind, first, next(folders)), dict(enumerate(first)))
        finished = [current]
        try:
            for step in following:
                if step.prunes:
                    prune(kind, current.folder)
                    finished = [current]
                follows = follow(kind, current, step, next(folders))
                finished += [follows] if follows else []
                current = follows if follows and step.ends is Ends.SERVES else current
                for generation in finished:
                    holds_its_articles_alone(kind, generation, asked)
        finally:
            call(shared_url(), "DELETE", f"/{View.of(current.folder).index}")


class TestNumbers:
    def test_articles_keep_theirs_and_new_ones_follow_deleted_ones_among_them(self, kind, folders, built):
        second = next(folders)
        assert updated(kind, built, second, added=[article("b", "Sun.")], deleted=[1, 2]).tolist() == [0, 1, 2, 3, 4]
        updater = kind.updater(next(folders), second, ANALYZER, SENTENCES)
        assert updater.before == 5
        updater.cancel()

    def test_articles_are_read_by_theirs_and_found_by_what_they_hold(self, kind, folders):
        several = [article("a", "The U.S. talks.", "Rain."), article("b", "—"), article("c", "It was Sunny.", "Ünruh")]
        built, second = built_index(kind, several, next(folders)), next(folders)
        updated(kind, built, second, added=[article("d", "All was rainy.")], deleted=[0])
        updater = kind.updater(next(folders), second, ANALYZER, SENTENCES)
        try:
            assert [updater.article(number).id for number in (1, 2, 3)] == ["b", "c", "d"]
            assert updater.article(2) == several[2]
            with pytest.raises(IndexDamaged, match="holds 0 of 1 articles"):
                updater.article(0)
            for texts, numbers in ((["u.s"], []), (["rain"], [3]), (["unny", "ünr"], [2]), (["was", "—"], [1, 2, 3])):
                found = updater.with_text(lambda text, texts=texts: any(each in text.lower() for each in texts))
                assert found.tolist() == numbers
        finally:
            updater.cancel()

    def test_a_number_that_no_live_article_has_cannot_be_deleted(self, kind, folders, built):
        second = next(folders)
        updated(kind, built, second, deleted=[1])
        for number in (1, 4):
            with pytest.raises(IndexDamaged, match="holds 1 of 2 articles"):
                updated(kind, second, next(folders), deleted=[0, number])

    def test_a_word_that_comes_back_and_a_value_that_comes_back_are_those_they_were(self, kind, folders, built):
        second, third, fourth = (next(folders) for _ in range(3))
        updated(kind, built, second, added=[article("b", "Sun.", place="Oslo")], deleted=range(4))
        updated(kind, second, third, added=[article("c", "Snow.", place="Bonn")], deleted=[4])
        updated(kind, third, fourth, added=[article("d", "Rain and sun.", place="Rome")])
        for folder, words, places in (
            (built, ["rain"], {"Rome"}),
            (second, ["sun"], {"Oslo"}),
            (third, ["snow"], {"Bonn"}),
            (fourth, ["snow", "rain", "sun"], {"Bonn", "Rome"}),
        ):
            with opened(kind, folder) as engine:
                assert all(engine.count(word(each)) for each in words)
                assert not any(engine.count(word(each)) for each in {"rain", "sun", "snow"} - set(words))
                found = engine.search(Ask(Everything(), facets=("place",))).facets.values["place"]
                assert {each.value for each in found} == places
        assert orjson.loads((fourth / TOTALS).read_bytes())["values"]["place"] == ["Rome", "Oslo", "Bonn"]
        numbers = [(each, number) for folder in (built, second, third, fourth) for each, number in numbered(folder)]
        words = {each for each, _ in numbers}
        assert words >= {"rain", "sun", "snow", "wet"}
        assert len(words) == len(set(numbers)) == len({number for _, number in numbers})


def test_where_sentences_end_otherwise_by_now_what_is_deleted_keeps_its_own(kind, folders):
    built = built_index(kind, [article("a", "Mr. Silva spoke."), *ARTICLES], next(folders))
    updater = kind.updater(second := next(folders), built, ANALYZER, SentenceModel(abbreviations=("mr",)))
    updater.delete(np.array([0], np.int64))
    updater.finish(stems)
    with opened(kind, built) as engine:
        assert [engine.count(tree(f"mr w/{unit} silva")) for unit in ("s", "p")] == [0, 1]
    assert held(kind, second) == ["a0", "a1", "a2", "a3"]


class TestBreakingOff:
    def test_what_a_crash_left_is_seen_by_none_and_cleared_by_the_next_update(self, kind, folders, built):
        broken = kind.updater(next(folders), built, ANALYZER, SENTENCES)
        broken.delete(np.array([0, 1, 2], np.int64))
        new = [article(f"n{number}", "Rain.", "Sun.") for number in range(6)]
        broken.add(new, prepared(kind, new))
        assert documents(built) == 12 + 15, "the last three of its documents were not sent"
        assert held(kind, built) == ["a0", "a1", "a2", "a3"]
        shutil.rmtree(broken._folder)
        third = next(folders)
        updated(kind, built, third, added=[article("n0", "Snow.")], deleted=[3])
        assert held(kind, third) == ["a0", "a1", "a2", "n0"]
        assert held(kind, built) == ["a0", "a1", "a2", "a3"]
        wait(lambda: documents(built) == 12 + 2)

    def test_one_that_was_rolled_back_answers_as_it_did_while_it_is_kept(self, kind, folders, built):
        rolled_back, third = next(folders), next(folders)
        updated(kind, built, rolled_back, added=[article("b", "Sun.")], deleted=[0])
        updated(kind, built, third, added=[article("b", "Snow.")], deleted=[0, 1])
        assert held(kind, rolled_back) == ["a1", "a2", "a3", "b"]
        assert held(kind, third) == ["a2", "a3", "b"]

    def test_its_number_is_never_given_again(self, kind, folders, built):
        for number in (2, 3):
            updater = kind.updater(next(folders), built, ANALYZER, SENTENCES)
            assert updater._view.number == number
            updater.cancel()
        last = next(folders)
        updated(kind, built, last)
        assert View.of(last).came_from == ((1, 1), (4, 4))
        following = next(folders)
        updated(kind, last, following)
        assert View.of(following).came_from == ((1, 1), (4, 5))

    def test_what_it_sent_last_comes_too_late_to_undo_what_another_sent_since(self, built):
        fields = {"article": "a0", "kind": "article", "ordinal": 0, "since": 1, "until": 3}
        with closing(Cluster(shared_settings())) as cluster:
            for _ in range(2):  # as where nobody knows whether it was taken
                send(cluster, built, Document("1-0", "a0", fields), generation=3)
            with pytest.raises(EngineError, match="version_conflict"):
                send(cluster, built, Document("1-0", "a0", {**fields, "until": 2}), generation=2)

    def test_an_article_that_the_cluster_refuses_is_an_error_and_what_serves_goes_on(self, kind, folders, built):
        new = [article("b", "Sun."), article("x" * 40_000, "Sun.")]
        with pytest.raises(EngineError):
            updated(kind, built, next(folders), added=new, deleted=[0])
        assert held(kind, built) == ["a0", "a1", "a2", "a3"]
        after = next(folders)
        updated(kind, built, after, added=new[:1], deleted=[1])
        assert held(kind, after) == ["a0", "a2", "a3", "b"]

    def test_where_the_index_is_gone_or_the_folder_is_damaged_no_update_begins(self, kind, folders, built):
        (built / TOTALS).write_bytes(b"{}")
        with pytest.raises(IndexDamaged, match="dateline rebuild"):
            kind.updater(next(folders), built, ANALYZER, SENTENCES)
        other = built_index(kind, ARTICLES, next(folders))
        kind.remove(other)
        with pytest.raises(IndexGone, match="dateline rebuild"):
            kind.updater(next(folders), other, ANALYZER, SENTENCES)


class TestRemoving:
    def test_an_index_goes_with_the_last_of_the_folders_that_name_it(self, kind, folders, built):
        second = next(folders)
        updated(kind, built, second, deleted=[0])
        kind.remove(built)
        shutil.rmtree(built)
        assert held(kind, second) == ["a1", "a2", "a3"]
        kind.remove(second)
        with pytest.raises(IndexGone):
            held(kind, second)

    def test_one_that_broke_off_takes_nothing_along(self, kind, folders, built):
        broken = next(folders)
        updater = kind.updater(broken, built, ANALYZER, SENTENCES)
        updater.delete(np.array([0], np.int64))
        updater.cancel()
        kind.remove(broken)
        assert held(kind, built) == ["a0", "a1", "a2", "a3"]

    def test_an_index_of_another_build_goes_although_others_stay(self, kind, folders, built):
        other = built_index(kind, ARTICLES[:1], next(folders))
        kind.remove(other)
        assert held(kind, built) == ["a0", "a1", "a2", "a3"]
        with pytest.raises(IndexGone):
            held(kind, other)

    def test_what_no_generation_sees_any_more_is_cleared_by_the_next_update(self, kind, folders, built):
        second, third, fourth = (next(folders) for _ in range(3))
        updated(kind, built, second, added=[replace(ARTICLES[0], title="Rain again")], deleted=[0])
        updated(kind, second, third, deleted=[1])
        assert documents(built) == 12 + 3
        kind.remove(built)
        shutil.rmtree(built)
        updated(kind, third, fourth)
        wait(lambda: documents(second) == 12)
        assert (held(kind, second), held(kind, fourth)) == (["a0", "a1", "a2", "a3"], ["a0", "a2", "a3"])

    def test_where_it_is_not_known_what_a_generation_sees_nothing_is_cleared(self, kind, folders, built):
        second, third = next(folders), next(folders)
        updated(kind, built, second, deleted=[0])
        known = (built / ELSEWHERE).read_bytes()
        (built / ELSEWHERE).write_bytes(known[:10])
        updated(kind, second, third)
        time.sleep(1.0)
        (built / ELSEWHERE).write_bytes(known)
        assert held(kind, built) == ["a0", "a1", "a2", "a3"]


def test_an_alias_leads_to_what_is_live(kind, folders, built):
    second = next(folders)
    updated(kind, built, second, added=[article("b", "Sun.")], deleted=[0, 1])
    prefix = View.of(built).index.partition("-")[0]
    for folder, count in ((built, 12), (second, 8), (built, 12)):
        kind.promote(folder)
        assert call(shared_url(), "GET", f"/{prefix}/_count")["count"] == count


def test_weights_are_those_of_live_articles_alone(kind, folders, built):
    second = next(folders)
    new = [article("b", "Rain of stones."), article("c", "Stones.")]
    updated(kind, built, second, added=new, deleted=[0, 1, 2])
    fresh = built_index(kind, [ARTICLES[3], *new], next(folders))
    for node in (exact("rain"), word("stones"), word("wet")):
        scores = []
        for folder in (second, fresh):
            with opened(kind, folder) as engine:
                scores.append([(hit.card.id, hit.score) for hit in engine.search(Ask(node)).hits])
        assert scores[0] == scores[1]
