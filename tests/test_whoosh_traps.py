"""What was seen to go wrong with Whoosh, each held against our adapter: ranks, readers, counts, gaps, pickles, zones.

The traps are those that were measured before it was chosen as a store; whoosh_store.py says what it is not asked to do.
"""

import datetime
import gc
import gzip
import itertools
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from archives import (
    ANALYZER,
    CACHE_BYTES,
    SECONDS,
    article,
    exact,
    prepared,
    rebuilt,
    settings_for,
    tree,
    whoosh_engine,
    word,
    write_source,
)
from oracle import Oracle
from sources import edit_manifest

from search.archive import MANIFEST, Archive
from search.engines import whoosh_engine as adapter
from search.engines import whoosh_store as store
from search.engines.base import Ask, Group, Scope, Sort
from search.engines.whoosh_engine import WhooshKind
from search.errors import EngineError, IndexDamaged, IndexMissing, IndexOutdated
from search.indexing import rebuild
from search.manifest import FORMAT
from search.query.nodes import And, Boost, DateRange, Everything, Not, Or, Phrase, Prefer, Term, Wildcard

WORDS = ("pact", "treaty", "talks", "border", "minister", "of", "the", "us")
OPEN = {"cache_bytes": CACHE_BYTES, "seconds": SECONDS}


def random_articles(number, seed=7):
    chance = random.Random(seed)
    first = datetime.date(2024, 1, 1)
    return [
        article(
            f"a{index:03}",
            *(" ".join(chance.choices(WORDS, k=chance.randint(1, 30))) for _ in range(chance.randint(1, 4))),
            title=" ".join(chance.choices(WORDS, k=3)),
            date=first + datetime.timedelta(days=chance.randint(0, 60)),
        )
        for index in range(number)
    ]


def ids(answer):
    return [(hit.card.id, hit.position.paragraph) for hit in answer.hits]


@pytest.fixture(scope="module")
def articles():
    return random_articles(60)


@pytest.fixture(scope="module")
def engine(articles, tmp_path_factory):
    engine = whoosh_engine(articles, tmp_path_factory.mktemp("ranking"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return rebuilt(tmp_path_factory.mktemp("built"), random_articles(6))


class TestRanking:
    """Whoosh's search(limit=10) gave wrong scores or members for these trees; ours never ranks but what is exact."""

    JANUARY = DateRange(datetime.date(2024, 1, 10), datetime.date(2024, 1, 31))
    EITHER = Or((word("pact"), word("treaty")))
    TREES = (
        And((EITHER, JANUARY)),
        And((EITHER, word("talks"))),
        And((EITHER, Not(word("border")))),
        Or((word("pact"), And((word("treaty"), word("border"))))),
        And((Boost(word("pact"), 3.0), word("treaty"))),
        Or((Boost(word("pact"), 3.0), word("treaty"), Boost(word("us"), 0.1))),
        Prefer(EITHER, (word("minister"),)),
        And((Prefer(word("pact"), (word("talks"),)), JANUARY)),
        Wildcard("*t*"),
        tree("(pact OR treaty) talks date:2024-01"),
        tree('"of the" OR minister w/3 us'),
    )

    @pytest.mark.parametrize("node", TREES, ids=range(len(TREES)))
    @pytest.mark.parametrize("how", list(itertools.product(Scope, Group)), ids="-".join)
    def test_the_first_ten_are_the_first_ten_of_all(self, engine, articles, node, how):
        scope, group = how
        whole = engine.search(Ask(node, scope=scope, group=group, size=10_000))
        first = engine.search(Ask(node, scope=scope, group=group, size=10))
        assert first.hits == whole.hits[:10]
        assert (first.paragraphs, first.articles) == (whole.paragraphs, whole.articles)
        assert len(whole.hits) == (whole.articles if group is Group.ARTICLE else whole.paragraphs)
        scores = Oracle(articles, ANALYZER).scores(node, scope)
        assert len(scores) == whole.paragraphs
        assert all(
            hit.score == pytest.approx(scores[place], rel=1e-9)
            for hit, place in zip(whole.hits, ids(whole), strict=True)
        )

    @pytest.mark.parametrize("sort", Sort)
    def test_a_filter_never_changes_a_score(self, engine, sort):
        whole = {hit.position: hit.score for hit in engine.search(Ask(self.EITHER, group=Group.NONE, size=10_000)).hits}
        narrowed = engine.search(Ask(And((self.EITHER, self.JANUARY)), group=Group.NONE, sort=sort, size=10_000)).hits
        by_place = {(position.article_id, position.paragraph): score for position, score in whole.items()}
        assert narrowed
        assert all(hit.score == by_place[hit.card.id, hit.position.paragraph] for hit in narrowed)


class TestGenerations:
    """Whoosh's refreshed readers gave deleted and doubled documents; a generation is opened and never refreshed."""

    def test_a_later_generation_shows_what_was_added_and_nothing_that_was_removed_or_doubled(self, tmp_path):
        chance = random.Random(11)
        held = {each.id: each for each in random_articles(30)}
        fresh = iter(random_articles(90, seed=8)[30:])
        opened = []
        for _ in range(3):
            archive, _, summary = rebuilt(tmp_path, list(held.values()), keep=9)
            generation = archive.open(archive.current_id(), **OPEN)
            opened.append((generation, {(each, number) for each, number in everything_in(held)}))
            assert generation.manifest.id == summary.generation_id
            for article_id in chance.sample(sorted(held), 10):
                del held[article_id]
            for _ in range(10):
                added = next(fresh)
                held[added.id] = added
        # The older ones, still open, serve what they held.
        for generation, expected in opened:
            found = ids(generation.engine.search(Ask(Everything(), group=Group.NONE, size=10_000)))
            assert (len(found), set(found)) == (len(expected), expected)
            generation.engine.close()

    def test_a_changed_article_is_there_once_with_its_new_text(self, tmp_path):
        rebuilt(tmp_path, [article("a", "old words here"), article("b", "other")])
        archive, _, _ = rebuilt(tmp_path, [article("a", "new words here"), article("b", "other")])
        engine = archive.open(archive.current_id(), **OPEN).engine
        assert engine.count(exact("old")) == 0
        assert [hit.text for hit in engine.search(Ask(exact("words"))).hits] == ["new words here"]
        assert engine.counts().articles == 2
        engine.close()

    def test_nothing_is_left_behind_but_the_files_of_the_generation(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, random_articles(5))
        rebuilt(tmp_path, random_articles(6), keep=1)
        (only,) = archive.kept()
        folder = archive.path_of(only)
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert files == {*archive.manifest(only).files, MANIFEST}
        assert {path.name for path in (settings.index / "generations").iterdir()} == {only}
        assert {path.name for path in settings.index.iterdir()} <= {"CURRENT", "LOCK", "generations"}

    def test_opening_and_asking_writes_nothing(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, random_articles(5))
        before = snapshot(settings.index)
        engine = archive.open(archive.current_id(), **OPEN).engine
        engine.search(Ask(tree("pact OR tal*"), facets=("place", "date")))
        engine.close()
        assert snapshot(settings.index) == before

    def test_a_generation_goes_on_answering_after_its_files_were_removed(self, tmp_path):
        archive, settings, _ = rebuilt(tmp_path, random_articles(20))
        engine = archive.open(archive.current_id(), **OPEN).engine
        shutil.rmtree(settings.index)
        answer = engine.search(Ask(tree("pact OR treaty"), size=100))
        assert len(answer.hits) == answer.articles > 0
        assert engine.article(answer.hits[0].card.id).paragraphs
        engine.close()


def everything_in(held):
    return [(each.id, paragraph.number) for each in held.values() for paragraph in each.paragraphs]


def snapshot(folder):
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()}


class TestCounts:
    """Whoosh's parallel writer lost documents and said nothing; whatever is lost, a rebuild notices."""

    def lossy(self, monkeypatch, lose):
        original = store.StoreWriter.add
        seen = itertools.count(1)

        def add(self, postings, text, record):
            if next(seen) == 7:
                lose(self, lambda *given: original(self, *given), postings, text, record)
            else:
                original(self, postings, text, record)

        monkeypatch.setattr(store.StoreWriter, "add", add)

    def refused(self, tmp_path):
        rebuilt_first = Archive(tmp_path / "index")
        settings = settings_for(tmp_path)
        source = write_source(tmp_path / "source", random_articles(12))
        with pytest.raises(IndexDamaged):
            rebuild([source], rebuilt_first, settings)
        assert rebuilt_first.kept() == []
        with pytest.raises(IndexMissing):
            rebuilt_first.current_id()

    def test_a_lost_document_is_noticed(self, tmp_path, monkeypatch):
        def lose(writer, _, postings, text, record):
            writer.documents += 1
            writer.postings += sum(map(len, postings.values()))

        self.lossy(monkeypatch, lose)
        self.refused(tmp_path)

    def test_a_document_lost_without_a_trace_in_the_writer_is_noticed(self, tmp_path, monkeypatch):
        self.lossy(monkeypatch, lambda *_: None)
        self.refused(tmp_path)

    def test_a_doubled_document_is_noticed(self, tmp_path, monkeypatch):
        def double(writer, add, *given):
            add(*given)
            add(*given)

        self.lossy(monkeypatch, double)
        self.refused(tmp_path)

    def test_a_lost_posting_is_noticed(self, tmp_path, monkeypatch):
        def lose(writer, add, postings, *others):
            add({**postings, "words": postings["words"][1:]}, *others)
            writer.postings += 1

        self.lossy(monkeypatch, lose)
        self.refused(tmp_path)

    def test_what_served_before_goes_on_serving(self, tmp_path, monkeypatch):
        archive, settings, _ = rebuilt(tmp_path, random_articles(12))
        before = archive.current_id()
        self.lossy(monkeypatch, lambda *_: None)
        with pytest.raises(IndexDamaged):
            rebuild([settings.source], archive, settings)
        assert (archive.current_id(), archive.kept()) == (before, [before])
        archive.open(before, **OPEN).engine.close()


class TestCancel:
    """After a failed add, going on shifted what later documents hold; so it is cancelled, and nothing is promoted."""

    # Whoosh leaves files open when it cancels a document that failed.
    @pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
    @pytest.mark.parametrize("failing", [1, 5, 17])
    def test_a_failed_add_leaves_the_last_generation_serving_and_nothing_else(self, tmp_path, monkeypatch, failing):
        archive, settings, _ = rebuilt(tmp_path, random_articles(8))
        before = snapshot(settings.index)
        write_source(settings.source, random_articles(12, seed=3))
        original = store.StoreWriter.add
        seen = itertools.count(1)

        def add(self, postings, text, record):
            if next(seen) == failing:
                record = lambda: "what cannot be stored"  # noqa: E731 - it is only there to fail
            original(self, postings, text, record)

        monkeypatch.setattr(store.StoreWriter, "add", add)
        with pytest.raises(Exception, match="pickle"):
            rebuild([settings.source], archive, settings)
        assert gc.isenabled()
        gc.collect()
        after = snapshot(settings.index)
        assert {path: content for path, content in after.items() if path.name != "LOCK"} == {
            path: content for path, content in before.items() if path.name != "LOCK"
        }
        monkeypatch.undo()
        rebuild([settings.source], archive, settings)
        engine = archive.open(archive.current_id(), **OPEN).engine
        assert engine.counts().articles == 12
        engine.close()

    def test_a_cancelled_builder_leaves_no_index_and_lets_go_of_its_files(self, tmp_path):
        kind = WhooshKind()
        builder = kind.builder(tmp_path, b"")
        articles = [article("a", "x y z")]
        builder.add(articles, prepared(kind, articles))
        builder.cancel()
        with pytest.raises(EngineError):
            kind.open(tmp_path, ANALYZER, **OPEN)
        shutil.rmtree(tmp_path)

    def test_rubbish_collection_is_as_it_was_however_a_build_ends(self, tmp_path):
        kind = WhooshKind()
        for end in ("finish", "cancel"):
            folder = tmp_path / end
            folder.mkdir()
            builder = kind.builder(folder, b"")
            builder.add([article("a", "x")], prepared(kind, [article("a", "x")]))
            builder.finish(list) if end == "finish" else builder.cancel()
            assert gc.isenabled()


class TestPhrases:
    """Whoosh's stop filter either closed gaps in phrases or made a phrase with a stop word miss its own text."""

    TEXTS = (
        "The International Cocoa Organization said the buffer stock is full.",
        "cocoa buffer stock",
        "cocoa and the buffer stock",
        "the buffer of cocoa stock",
        "It is up to us and not up to the US.",
    )

    @pytest.fixture
    def engine(self, tmp_path):
        engine = whoosh_engine([article("a", *self.TEXTS)], tmp_path)
        yield engine
        engine.close()

    def find(self, engine, query):
        return [number for _, number in ids(engine.search(Ask(tree(query), group=Group.NONE, sort=Sort.OLDEST)))]

    def test_every_run_of_a_text_s_words_finds_it(self, engine):
        for number, text in enumerate(self.TEXTS, 1):
            words = ANALYZER.words(text)
            for start, end in itertools.combinations(range(len(words) + 1), 2):
                phrase = Phrase(tuple(exact(each) for each in words[start:end]))
                found = ids(engine.search(Ask(phrase, group=Group.NONE)))
                assert ("a", number) in found

    def test_nothing_is_skipped_in_a_phrase(self, engine):
        assert self.find(engine, '"cocoa buffer stock"') == [2]
        assert self.find(engine, '"cocoa and the buffer stock"') == [3]
        assert self.find(engine, '"cocoa the buffer"') == []
        assert self.find(engine, '"said the buffer stock is full"') == [1]

    def test_a_phrase_of_nothing_but_stop_words_is_found(self, engine):
        assert self.find(engine, '"up to us and not up to the"') == [5]
        assert self.find(engine, '"it is up to"') == [5]
        assert self.find(engine, '"to the us"') == [5]
        assert self.find(engine, '"to us the"') == []


REUTERS = Path(__file__).parents[2] / "shared" / "corpora" / "reuters21578.jsonl.gz"


def test_a_phrase_of_reuters_finds_what_stands_side_by_side_and_nothing_with_a_stop_word_between(tmp_path):
    """With its stop filter Whoosh found eleven paragraphs: also "cocoa and the buffer stock" and the like."""
    if not REUTERS.is_file():
        pytest.skip(f"{REUTERS} is private and not here")
    settings = settings_for(tmp_path)
    settings.source.mkdir()
    with gzip.open(REUTERS) as lines:
        records = [line for line in lines if b"cocoa" in line.lower()]
    (settings.source / "cocoa.jsonl").write_bytes(b"".join(records))
    archive = Archive(settings.index)
    rebuild([settings.source], archive, settings)
    engine = archive.open(archive.current_id(), **OPEN).engine
    found = ids(engine.search(Ask(tree('"cocoa buffer stock"'), group=Group.NONE, size=100)))
    holding = [
        (record["id"], number)
        for record in map(orjson.loads, records)
        for number, text in enumerate(record["paragraphs"], 1)
        if re.search(r"\bcocoa\s+buffer\s+stock\b", text, re.IGNORECASE)
    ]
    assert sorted(found) == sorted(holding)
    # Five, and one in capitals.
    assert len(found) == 6
    assert engine.count(tree('"cocoa buffer" "buffer stock"')) >= 6
    engine.close()


class Bomb:
    """Unpickled, it leaves a file behind, and is then what it was put in the place of."""

    def __init__(self, path, pickled=b"N."):
        self.path = path
        self.pickled = pickled

    def __reduce__(self):
        do = (
            f"(__import__('pathlib').Path({str(self.path)!r}).touch(), __import__('pickle').loads({self.pickled!r}))[1]"
        )
        return (eval, (do,))


class TestTampering:
    """Opening an index unpickles; so what is not what was built is refused before anything of it is loaded."""

    @pytest.fixture
    def archive(self, built, tmp_path):
        shutil.copytree(built[0].folder, tmp_path / "index", dirs_exist_ok=True)
        return Archive(tmp_path / "index")

    def files(self, archive):
        folder = archive.path_of(archive.current_id())
        return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)

    def test_as_it_was_built_it_opens(self, archive):
        archive.open(archive.current_id(), **OPEN).engine.close()

    def test_one_byte_changed_in_any_file_is_refused(self, archive):
        files = self.files(archive)
        assert len(files) >= 6
        for path in files:
            content = path.read_bytes()
            # Whoosh's lock is an empty file.
            for place in {0, len(content) // 2, len(content) - 1} if content else ():
                path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
                with pytest.raises(IndexDamaged):
                    archive.open(archive.current_id(), **OPEN)
            path.write_bytes(content)
        archive.open(archive.current_id(), **OPEN).engine.close()

    def test_a_missing_a_shorter_and_a_longer_file_is_refused(self, archive):
        for path in self.files(archive):
            content = path.read_bytes()
            for changed in (None, content[:-1], content + b"\0") if content else (None, b"\0"):
                path.unlink()
                if changed is not None:
                    path.write_bytes(changed)
                with pytest.raises(IndexDamaged):
                    archive.open(archive.current_id(), **OPEN)
                path.write_bytes(content)

    def test_a_bomb_in_any_file_does_not_go_off(self, archive, tmp_path):
        exploded = tmp_path / "exploded"
        bomb = pickle.dumps(Bomb(exploded))
        for path in self.files(archive):
            content = path.read_bytes()
            for changed in (bomb, bomb + content, content + bomb):
                path.write_bytes(changed)
                with pytest.raises(IndexDamaged):
                    archive.open(archive.current_id(), **OPEN)
                assert not exploded.exists()
            path.write_bytes(content)

    def test_without_the_checksums_a_bomb_in_whoosh_s_own_file_would_go_off(self, archive, tmp_path):
        exploded = tmp_path / "exploded"
        table = self.table_of_contents(archive)
        table.write_bytes(with_bomb(table.read_bytes(), exploded))
        store.StoreReader(table.parent).close()
        assert exploded.exists()
        exploded.unlink()
        with pytest.raises(IndexDamaged):
            archive.open(archive.current_id(), **OPEN)
        assert not exploded.exists()

    def test_a_file_that_was_added_is_refused_before_it_is_loaded(self, archive, tmp_path):
        """Whoosh opens the table of contents with the highest number, whoever put it there."""
        exploded = tmp_path / "exploded"
        table = self.table_of_contents(archive)
        (table.parent / "_MAIN_999.toc").write_bytes(with_bomb(table.read_bytes(), exploded))
        with pytest.raises(IndexDamaged):
            archive.open(archive.current_id(), **OPEN)
        assert not exploded.exists()

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"format": 1}', b"\xff\xfe", b'{"format": "1"}'])
    def test_a_manifest_that_is_none_is_refused(self, archive, content):
        generation = archive.current_id()
        (archive.path_of(generation) / MANIFEST).write_bytes(content)
        with pytest.raises((IndexDamaged, IndexOutdated)):
            archive.open(generation, **OPEN)

    @pytest.mark.parametrize(
        ("key", "value"),
        [("format", 0), ("engine_version", "0.1"), ("analysis", "english-0-x"), ("format", FORMAT + 1)],
    )
    def test_what_another_version_built_is_refused(self, archive, key, value):
        path = archive.path_of(archive.current_id()) / MANIFEST
        edit_manifest(path, **{key: value})
        with pytest.raises(IndexOutdated, match="dateline rebuild"):
            archive.open(archive.current_id(), **OPEN)

    @pytest.mark.parametrize(
        ("key", "value"), [("engine", "nosuch"), ("language", "klingon"), ("files", None), ("files", [])]
    )
    def test_a_manifest_that_names_what_is_not_there_is_refused(self, archive, key, value):
        path = archive.path_of(archive.current_id()) / MANIFEST
        edit_manifest(path, **{key: value})
        with pytest.raises(EngineError, match="dateline rebuild"):
            archive.open(archive.current_id(), **OPEN)

    @pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "whoosh/../../CURRENT"])
    def test_a_manifest_cannot_vouch_for_files_elsewhere_instead_of_its_own(self, archive, name):
        path = archive.path_of(archive.current_id()) / MANIFEST
        edit_manifest(path, files={name: "0" * 64})
        with pytest.raises(IndexDamaged):
            archive.open(archive.current_id(), **OPEN)

    @pytest.mark.parametrize("content", [b"", b"nosuch\n", b"../..\n", b"\xff", b"\n", b"a/b"])
    def test_a_pointer_to_nothing_is_refused(self, archive, content):
        (archive.folder / "CURRENT").write_bytes(content)
        with pytest.raises(EngineError, match="dateline rebuild"):
            archive.open(archive.current_id(), **OPEN)

    def table_of_contents(self, archive):
        (table,) = (path for path in self.files(archive) if path.suffix == ".toc")
        return table


def with_bomb(table_of_contents, exploded):
    """Return a table of contents of Whoosh whose pickled schema is a bomb."""
    start = table_of_contents.index(b"\x80")
    end = table_of_contents.index(pickle.STOP, start)
    while True:
        try:
            pickle.loads(table_of_contents[start : end + 1])
            break
        except Exception:  # whatever half a pickle raises: the next STOP may be its end
            end = table_of_contents.index(pickle.STOP, end + 1)
    schema = pickle.dumps(Bomb(exploded, table_of_contents[start : end + 1]))
    length = bytes_of_length(table_of_contents[:start], end + 1 - start, len(schema))
    return length + schema + table_of_contents[end + 1 :]


def bytes_of_length(before, old, new):
    """Return what stands before the schema with its length, a variable-length number, replaced."""
    written = variable_length(old)
    assert before.endswith(written)
    return before.removesuffix(written) + variable_length(new)


def variable_length(number):
    octets = []
    while number > 127:
        octets.append((number & 127) | 128)
        number >>= 7
    return bytes([*octets, number])


class TestDays:
    """Aware datetimes lost their zone; a day is a plain number here, and no zone moves it."""

    @pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])
    def test_a_day_never_shifts(self, tmp_path, zone):
        script = Path(__file__).with_name("show_days.py")
        tests = str(script.parent)
        environment = {**os.environ, "TZ": zone, "PYTHONPATH": tests}
        done = subprocess.run(
            [sys.executable, "-W", "error", str(script), str(tmp_path)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=Path(tests).parent,
        )
        assert done.stderr == ""
        assert orjson.loads(done.stdout) == {
            "days": ["2024-08-24", "2024-12-31", "2025-01-01"],
            "months": ["2024-08", "2024-12", "2025-01"],
            "first": ["a"],
            "year": ["b"],
            "manifest": ["2024-08-24", "2025-01-01"],
            "zone": zone,
        }


class TestSizes:
    """What is larger than Whoosh's users have it: words, positions, terms."""

    @pytest.fixture
    def build(self, tmp_path):
        engines = []

        def build(*articles):
            folder = tmp_path / str(len(engines))
            folder.mkdir()
            engines.append(whoosh_engine(articles, folder))
            return engines[-1]

        yield build
        for engine in engines:
            engine.close()

    @pytest.mark.parametrize("length", [255, 256, 10_000, 65_535, 65_536, 70_000])
    @pytest.mark.parametrize("letter", ["x", "क", "😀é"])
    def test_a_word_may_have_any_length(self, build, length, letter):
        longest = (letter * length)[:length]
        text = f"before {longest} after"
        engine = build(article("a", text), article("b", "before"))
        words = ANALYZER.words(text)
        assert engine.count(Phrase(tuple(map(exact, words[:50])))) == 1
        assert engine.count(exact(words[1])) == 1
        assert engine.article("a").paragraphs[0].text == text
        assert engine.counts().tokens == len(words) + 1

    def test_positions_go_beyond_sixteen_bits(self, build):
        text = " ".join(["filler"] * 70_000 + ["the", "pact", "was", "signed", "here"])
        engine = build(article("a", "pact", text, "was signed", text), article("b", "filler"))
        assert ids(engine.search(Ask(tree('"pact was signed"'), group=Group.NONE))) == [("a", 2), ("a", 4)]
        assert engine.count(tree('"filler pact"')) == 0
        assert engine.count(tree("the pre/1 pact")) == 2
        assert engine.count(tree('"here was"')) == 0
        assert engine.counts().tokens == 2 * 70_005 + 4
        assert engine.count(Phrase((exact("filler"),) * 64)) == 2

    def test_a_paragraph_may_have_many_thousands_of_different_words(self, build):
        words = [f"w{''.join(letters)}" for letters in itertools.product("abcdefghij", repeat=4)]
        engine = build(article("a", " ".join(words)), article("b", " ".join(reversed(words[:100]))))
        assert engine.count(Phrase(tuple(map(exact, words[-5:])))) == 1
        assert engine.count(exact(words[5_000])) == 1
        assert engine.count(exact(words[99])) == 2
        assert engine.counts().tokens == 10_100

    def test_an_article_may_have_many_thousands_of_paragraphs(self, build):
        engine = build(article("a", *["pact"] * 5_000), article("b", "pact"))
        answer = engine.search(Ask(word("pact"), group=Group.NONE, size=10_000))
        assert [number for _, number in ids(answer)] == [*range(1, 5_001), 1]

    def test_a_term_of_many_forms_is_each_of_them(self, build):
        forms = [f"talk{letters}" for letters in ("", "s", "ing", "ed")]
        engine = build(article("a", *forms))
        assert engine.count(word("talk")) == 4
        assert engine.count(Term(tuple(forms), stemmed=False)) == 4


def test_every_posting_is_read_as_it_was_written(tmp_path):
    articles = random_articles(40)
    engine = whoosh_engine(articles, tmp_path)
    reader = store.StoreReader(tmp_path / adapter.STORE)
    texts = [ANALYZER.words(paragraph.text) for each in articles for paragraph in each.paragraphs]
    for each in WORDS:
        documents, frequencies, positions = reader.positions("words", each)
        places = [[at for at, known in enumerate(words) if known == each] for words in texts]
        assert documents.tolist() == [number for number, found in enumerate(places) if found]
        assert frequencies.tolist() == [len(found) for found in places if found]
        assert positions.tolist() == [at for found in places for at in found]
    assert reader.positions("words", "nowhere")[0].tolist() == []
    reader.close()
    engine.close()
