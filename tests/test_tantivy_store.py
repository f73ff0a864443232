"""What tantivy would do wrong or leave behind, held against its adapter: segments, long words, files, versions."""

import random
import tempfile
from collections import Counter

import numpy as np
import orjson
import pytest
from archives import (
    ANALYZER,
    article,
    built_engine,
    divided_engine,
    exact,
    prepared,
    rebuilt,
    settings_for,
    tantivy_engine,
    tree,
    write_source,
)
from oracle import Oracle

from search.archive import Archive
from search.engines import kind, tantivy_store
from search.engines.base import Ask, Group, Scope
from search.engines.compression import Packer, Unpacker, learned_dictionary
from search.engines.tantivy_engine import TantivyKind
from search.engines.tantivy_store import LONGEST_WORD, StoreReader, StoreWriter
from search.engines.token_file import TokenFile, TokenWriter
from search.errors import EngineError, IndexDamaged, IndexOutdated
from search.indexing import rebuild
from search.query.nodes import Phrase, Term, Wildcard

SMALLEST_WRITER = 15_000_000
BOTH = pytest.mark.parametrize("build", [tantivy_engine, divided_engine])


def found(engine, node):
    hits = engine.search(Ask(node, group=Group.NONE, size=1_000)).hits
    return sorted((hit.card.id, hit.position.paragraph) for hit in hits)


def referenced(folder):
    """The files that tantivy's own list of segments speaks of, by the names they begin with."""
    meta = orjson.loads((folder / "meta.json").read_bytes())
    return {segment["segment_id"].replace("-", "") for segment in meta["segments"]}


class TestSegments:
    @pytest.fixture
    def texts(self):
        chance = random.Random(7)
        return [" ".join(f"w{chance.randrange(20_000)}" for _ in range(40)) for _ in range(30_000)]

    @pytest.fixture
    def reader(self, texts, tmp_path, monkeypatch):
        monkeypatch.setattr(tantivy_store, "_WRITER_BYTES", SMALLEST_WRITER)
        writer = StoreWriter(tmp_path)
        for number, text in enumerate(texts):
            writer.add({"words": text}, b"%d" % number if number % 10 == 0 else None)
        writer.commit()
        return StoreReader(tmp_path)

    def test_documents_keep_their_numbers_and_nothing_is_left_that_no_segment_needs(self, texts, reader, tmp_path):
        segments = referenced(tmp_path)
        assert len(segments) > 1
        assert {path.name.partition(".")[0] for path in tmp_path.iterdir() if path.suffix != ".json"} - {""} == segments
        assert reader.documents == len(texts)
        held = Counter(word for text in texts for word in set(text.split()))
        assert dict(reader.words("words")) == held
        for word in ("w1", "w2", "w19999"):
            true = [number for number, text in enumerate(texts) if word in text.split()]
            assert reader.holding("words", [word]).tolist() == true
            assert reader.count("words", [word]) == len(true)
        both = [number for number, text in enumerate(texts) if not {"w3", "w4"}.isdisjoint(text.split())]
        assert reader.holding("words", ["w3", "w4", "nowhere"]).tolist() == both
        assert reader.count("words", ["w3", "w4", "nowhere"]) == len(both)
        for number in (0, 10, 15_000, 29_990):
            assert reader.article(number) == b"%d" % number


@pytest.fixture
def stored(tmp_path):
    folder = tmp_path / "stored"
    folder.mkdir(mode=0o750)
    writer = StoreWriter(folder)
    writer.add({"words": "rain in spain"}, b"the article")
    writer.commit()
    return folder


def test_whoever_may_read_the_folder_may_read_the_files(stored):
    assert {path.stat().st_mode & 0o777 for path in stored.iterdir()} == {0o640}


def test_an_index_in_which_no_lock_can_be_written_is_read_all_the_same(stored, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (stored / ".tantivy-meta.lock").mkdir()  # as good as a folder that may only be read, also for who may do anything
    before = sorted(path.name for path in stored.iterdir())
    reader = StoreReader(stored)
    assert [path.name for path in tmp_path.iterdir()] == ["stored"]
    assert reader.holding("words", ["rain"]).tolist() == [0]
    assert reader.article(0) == b"the article"
    assert sorted(path.name for path in stored.iterdir()) == before


class TestWords:
    @BOTH
    @pytest.mark.parametrize("length", [LONGEST_WORD, LONGEST_WORD + 1, 70_000])
    def test_a_word_that_tantivy_would_leave_out_in_silence_is_found(self, build, length, tmp_path):
        long = "x" * length
        articles = [article("a", f"before {long} after", "nothing"), article("b", f"{long} and {long}", title=long)]
        oracle = Oracle(articles, ANALYZER)
        engine = build(articles, tmp_path)
        for node in (
            exact(long),
            Phrase((exact("before"), exact(long), exact("after"))),
            Wildcard("xxx*"),
            tree(f"title:xx*x {'after'}"),
        ):
            assert found(engine, node) == found(oracle, node)
            assert engine.count(node) == oracle.count(node)
        assert [(form.word, form.paragraphs) for form in engine.completions("xx", limit=1)] == [(long, 2)]

    @BOTH
    def test_words_that_stand_everywhere_are_found_like_others(self, build, tmp_path):
        texts = [f"the bank of {'england' if number % 7 == 0 else 'wales'} {number}" for number in range(50)]
        articles = [article(f"a{number}", text, title=text) for number, text in enumerate(texts)]
        oracle = Oracle(articles, ANALYZER)
        engine = build(articles, tmp_path)
        for text in (
            "the",
            '"the bank of england"',
            "=the =of",
            "bank w/2 england",
            "title:the",
            "the OR 7",
            "caps(the)",
        ):
            assert found(engine, tree(text)) == found(oracle, tree(text)), text

    @BOTH
    def test_a_word_that_stands_everywhere_weighs_as_much_with_its_rarer_forms_as_in_the_oracle(self, build, tmp_path):
        texts = [
            f"{'the' if number % 9 else 'no'} bank{' and THE' if number % 5 == 0 else ''} said" for number in range(60)
        ]
        articles = [article(f"a{number}", text) for number, text in enumerate(texts)]
        oracle, engine = Oracle(articles, ANALYZER), build(articles, tmp_path)
        for node in (
            exact("the"),
            Term(("the", "THE"), stemmed=False),
            tree('"the bank"'),
            tree("the and"),
            tree("bank"),
        ):
            hits = engine.search(Ask(node, group=Group.NONE, size=100)).hits
            scores = {(hit.card.id, hit.position.paragraph): hit.score for hit in hits}
            assert scores == pytest.approx(oracle.scores(node, Scope.PARAGRAPH), rel=1e-9)

    def test_a_word_is_spared_by_the_first_articles_and_comes_again_in_later_ones(self, tmp_path):
        kind = TantivyKind()
        first, later = article("a", "the the", "the end"), article("b", "another word", "the last")
        learned = kind.learn([first], ANALYZER)
        assert b"the" in learned.split(b"\n")[0].split()
        builder = kind.builder(tmp_path, learned)
        for each in (first, later):
            builder.add([each], prepared(kind, [each], learned))
        builder.finish(lambda words: [" ".join(ANALYZER.stems_of(word)) for word in words])
        engine = kind.open(tmp_path, ANALYZER, cache_bytes=1 << 20, seconds=10)
        assert found(engine, exact("the")) == [("a", 1), ("a", 2), ("b", 2)]
        known = StoreReader(tmp_path / "tantivy").words("words")
        assert len(known) == len({"another", "word", "last"})  # what the first article lacks

    def test_a_paragraph_without_any_word_holds_none_of_the_next_one(self, tmp_path):
        articles = [article("a", "—", "harbour bridge", "…", title="…"), article("b", "…", "—", title="river")]
        engine, oracle = tantivy_engine(articles, tmp_path), Oracle(articles, ANALYZER)
        for node in (exact("harbour"), exact("bridge"), tree("title:river")):
            assert found(engine, node) == found(oracle, node)

    def test_an_archive_without_any_word_can_be_asked(self, tmp_path):
        engine = tantivy_engine([article("a", "—", "…")], tmp_path)
        assert found(engine, exact("a")) == []
        assert engine.article("a").paragraphs[1].text == "…"


class TestTokenFile:
    def test_every_place_of_every_word_is_as_it_was_written(self, tmp_path):
        chance = random.Random(3)
        lengths = np.array([chance.randrange(9) for _ in range(400)])
        tokens = np.array([int(chance.expovariate(0.1)) for _ in range(int(lengths.sum()))])
        writer = TokenWriter(tmp_path, "text")
        for part in np.array_split(tokens, 7):
            writer.add(part, np.flatnonzero(part % 5 == 0))
        writer.finish(np.arange(tokens.max() + 1), 20)
        file = TokenFile(tmp_path, "text", lengths)
        units = np.arange(0, len(lengths), 3)
        of_unit = np.repeat(np.arange(len(lengths)), lengths)
        for words in ([0], [3, 7], [19, 20], [25], [1, 2, 3, 4, 21], [10_000]):
            true = np.flatnonzero(np.isin(tokens, words))
            asked = np.array(words)
            assert file.everywhere(asked).tolist() == true.tolist()
            assert file.in_units(asked, units).tolist() == [place for place in true if of_unit[place] % 3 == 0]
            assert file.are_at(np.arange(len(tokens)), asked).tolist() == np.isin(tokens, words).tolist()
            assert file.units_of(true).tolist() == of_unit[true].tolist()
        places = np.arange(len(tokens))
        starts = np.cumsum([0, *map(len, np.array_split(tokens, 7))])[:-1]
        assert file.capitals(places).tolist() == (tokens % 5 == 0).tolist()
        assert len(starts) == 7

    def test_a_file_that_is_shorter_than_the_text_is_refused(self, tmp_path):
        writer = TokenWriter(tmp_path, "text")
        writer.add(np.array([0, 1]), np.empty(0, np.int64))
        writer.finish(np.arange(2), 20)
        with pytest.raises(ValueError, match="does not hold 3 tokens"):
            TokenFile(tmp_path, "text", np.array([3]))


class TestCompression:
    def test_what_was_packed_comes_back_with_and_without_a_dictionary(self):
        pieces = [f"Article {number} says that {number * 7} people came to town.".encode() * 3 for number in range(500)]
        dictionary = learned_dictionary(pieces)
        assert dictionary
        assert learned_dictionary(pieces[:3]) == b""
        for known in (dictionary, b""):
            packer, unpacker = Packer(known), Unpacker(known)
            assert [unpacker.unpack(packer.pack(piece)) for piece in pieces] == pieces
        with pytest.raises(ValueError, match="cannot be unpacked"):
            Unpacker(b"").unpack(Packer(dictionary).pack(pieces[0]))


class TestArchives:
    ARTICLES = tuple(article(f"a{number}", f"Rain fell on hill {number}.", "It was wet.") for number in range(30))

    def test_an_index_that_is_rebuilt_again_and_again_does_not_grow(self, tmp_path):
        sizes = []
        for _ in range(6):
            archive, _, _ = rebuilt(tmp_path, self.ARTICLES, engine="tantivy", keep=1)
            files = [path for path in archive.folder.rglob("*") if path.is_file()]
            sizes.append(sum(path.stat().st_size for path in files))
            (generation,) = (archive.folder / "generations").iterdir()
            folder = generation / "tantivy"
            segments = {path.name.partition(".")[0] for path in folder.iterdir() if path.suffix != ".json"} - {""}
            assert segments == referenced(folder)
            assert not list(archive.folder.rglob("*.draft"))
        assert max(sizes) < 1.1 * min(sizes)

    def test_the_manifest_says_which_engine_built_it_and_opening_never_guesses(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, self.ARTICLES, engine="tantivy")
        manifest = archive.manifest(archive.current_id())
        assert (manifest.engine, manifest.engine_version) == ("tantivy", kind("tantivy").version)
        generation = archive.open(manifest.id, cache_bytes=1 << 20, seconds=10)
        assert generation.engine.name == "tantivy"
        assert settings.engine == "tantivy"

    def test_an_index_of_another_version_of_tantivy_is_outdated(self, tmp_path, monkeypatch):
        archive, _, _ = rebuilt(tmp_path, self.ARTICLES, engine="tantivy")
        monkeypatch.setattr(tantivy_store, "version", lambda: "v9.9.9, index_format v99")
        with pytest.raises(IndexOutdated, match="dateline rebuild"):
            archive.open(archive.current_id(), cache_bytes=1 << 20, seconds=10)

    def test_a_folder_that_holds_no_index_is_damaged(self, tmp_path):
        with pytest.raises(IndexDamaged, match="dateline rebuild"):
            StoreReader(tmp_path)
        with pytest.raises(IndexDamaged, match="dateline rebuild"):
            TantivyKind().open(tmp_path, ANALYZER, cache_bytes=1 << 20, seconds=10)

    def test_an_index_that_cannot_be_written_is_an_error_and_what_served_goes_on(self, tmp_path, monkeypatch):
        archive, settings, _ = rebuilt(tmp_path, self.ARTICLES, engine="tantivy")
        before = archive.current_id()

        def fail(self):
            self.cancel()
            raise EngineError("Tantivy could not write; run the rebuild again.")

        monkeypatch.setattr(StoreWriter, "commit", fail)
        source = write_source(tmp_path / "source", self.ARTICLES)
        with pytest.raises(EngineError, match="could not write"):
            rebuild([source], Archive(settings.index), settings, force=True)
        assert archive.current_id() == before
        assert [path.name for path in (archive.folder / "generations").iterdir()] == [before]

    def test_a_build_that_lost_a_posting_is_never_promoted(self, tmp_path, monkeypatch):
        settings = settings_for(tmp_path, engine="tantivy")
        source = write_source(settings.source, self.ARTICLES)
        add = StoreWriter.add

        def lose(self, texts, article):
            kept = {name: words if self.documents else words.rpartition(" ")[0] for name, words in texts.items()}
            add(self, kept, article)

        monkeypatch.setattr(StoreWriter, "add", lose)
        with pytest.raises(IndexDamaged, match="documents and postings"):
            rebuild([source], Archive(settings.index), settings)
        assert not (settings.index / "CURRENT").exists()


def test_built_in_several_batches_and_processes_it_is_the_same_index(tmp_path):
    texts = [[f"Word{number % 50} of {place}." for place in range(4)] for number in range(600)]
    articles = [article(f"a{number:04}", *each) for number, each in enumerate(texts)]
    answers = []
    for processes in (1, 2):
        folder = tmp_path / f"in {processes}"
        folder.mkdir()
        archive, _, _ = rebuilt(folder, articles, engine="tantivy", processes=processes)
        engine = archive.open(archive.current_id(), cache_bytes=1 << 20, seconds=10).engine
        hits = [engine.search(Ask(tree(text), size=100)).hits for text in ("word7", '"word49 of 3"', "of")]
        answers.append([[(hit.position, hit.score, hit.text) for hit in each] for each in hits])
    assert answers[0] == answers[1]
    folder = tmp_path / "article by article"
    folder.mkdir()
    assert built_engine(TantivyKind(), articles, folder).counts().paragraphs == 2_400
