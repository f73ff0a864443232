"""Shortcuts that make asking fast change nothing: the best few of many, frequent words read in part and then whole."""

import gc
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from archives import article, built_engine, tree
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import archives, examples, queries
from webserver import build, write_articles

from search.answering.parameters import SearchParameters
from search.answering.service import SearchService
from search.engines import selection
from search.engines.base import Ask
from search.engines.cache import _ENTRY_BYTES
from search.engines.limits import Limits
from search.engines.tantivy_engine import TantivyKind
from search.engines.token_file import TokenFile
from search.errors import QueryError
from search.query.nodes import Boost
from web.serving import set_aside

SCORES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 7.0, float("-inf")]), min_size=1, max_size=400)


@examples(500)
@given(SCORES, st.integers(1, 12))
@example([1.0] * 200, 3)
@example([0.0] * 100 + [1.0] + [0.0] * 99, 1)
def test_blocks_let_every_key_through_that_may_be_among_the_best(scores, size):
    keys = np.array(scores)
    kept = selection._not_below(keys, size)
    border = sorted(scores, reverse=True)[:size][-1]
    assert set(np.flatnonzero(keys >= border).tolist()) <= set(kept.tolist())
    assert kept.tolist() == sorted(kept.tolist())


def test_blocks_pass_most_of_many_keys_over():
    keys = np.random.default_rng(7).random(100_000)
    assert len(selection._not_below(keys, 60)) < 300


@examples(60)
@given(archives(), st.lists(queries(), min_size=1, max_size=4))
def test_an_answer_is_the_same_before_and_after_its_words_were_read_whole(articles, texts):
    limits = Limits(read_whole=0, choosing=1, own_numbers=5, everywhere=1, scan_one=0, scan_several=0)
    with TemporaryDirectory() as folder:
        engine = built_engine(TantivyKind(limits), articles, Path(folder))
        try:
            for text in texts:
                try:
                    node = tree(text)
                except QueryError:
                    continue
                answers = []
                for _ in range(6):
                    answers.append(engine.search(Ask(node, size=100)))
                    node = Boost(node, 1.0)  # another question with the same answer
                assert answers == answers[:1] * 6
        finally:
            engine.close()


def test_where_a_word_stands_is_read_whole_again_after_it_was_forgotten(tmp_path, monkeypatch):
    # Forgotten first: scores are looked up with every search, places only where words may be near each other.
    limits = Limits(read_whole=0, choosing=1, beginning=0, own_numbers=5, everywhere=1, settled=0)
    paragraphs = [" ".join(["wa wb" if number % 2 else "wa", *["wz"] * number]) for number in range(60)]
    engine = built_engine(TantivyKind(limits), [article("a", *paragraphs)], tmp_path)
    reads = []
    read = TokenFile.in_units
    monkeypatch.setattr(TokenFile, "in_units", lambda *asked: reads.append(len(asked[2])) or read(*asked))

    def read_while_asked(times, weight):
        reads.clear()
        for turn in range(times):
            engine.search(Ask(Boost(tree("wa wb"), weight + turn / 1_000), size=1))
        return list(reads)

    try:
        assert read_while_asked(20, 1.0)
        assert not read_while_asked(1, 2.0)
        (word,) = {key for key in engine._cache._kept if key[:2] == ("text", "spans") and "wa" in key[2].tokens}
        engine._cache._size -= engine._cache._kept.pop(word).nbytes + _ENTRY_BYTES
        assert read_while_asked(20, 3.0)
        assert not read_while_asked(1, 4.0)
    finally:
        engine.close()


def test_who_serves_is_told_of_every_generation_that_begins_to_serve(tmp_path):
    sources = [
        write_articles(tmp_path / f"{name}.jsonl", [{"id": name, "title": "Harvest", "paragraphs": ["The grain."]}])
        for name in "ab"
    ]
    told = []
    service = SearchService.from_settings(build(tmp_path / "index", sources[0]), opened=lambda: told.append(1))
    try:
        for number, source in enumerate(sources, 1):
            build(tmp_path / "index", source)
            for _ in range(2):
                assert service.search(SearchParameters(q="grain")).articles == 1
                assert len(told) == number
    finally:
        service.close()


def test_what_is_set_aside_is_not_looked_through_and_still_freed():
    try:
        set_aside()
        assert gc.get_freeze_count() > 1_000
        set_aside()
        assert gc.get_freeze_count() > 1_000
    finally:
        gc.unfreeze()
