"""A rebuild reads, analyses, builds aside, verifies and promotes, or leaves everything as it was; update asks first."""

import datetime
import hashlib
import multiprocessing
import os
import shutil
import signal
from itertools import pairwise
from pathlib import Path

import pytest
from sources import (
    build,
    command_in,
    dateline,
    edit_manifest,
    generated,
    search,
    wire_text,
    write_records,
    write_texts,
)

from search import indexing
from search.analysing import ALONE_UP_TO
from search.archive import Archive
from search.articles import NoteKind
from search.errors import ArticleError, DatelineError, EngineError, IndexMissing, RebuildRefused, SettingsError
from search.indexing import Changes
from search.settings import Settings

DAY = datetime.date(2024, 3, 5)


@pytest.fixture
def source(tmp_path):
    return write_texts(
        tmp_path / "wire",
        harbour=wire_text(DAY, "Lima", "AFP", "Rain fell on the harbour.", "The ferry stayed."),
        market=wire_text(DAY.replace(day=9), "Quito", "AP", "Rain fell on the market."),
    )


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def update(index, *sources, **options):
    return indexing.update(sources, Archive(index), Settings(index=index, processes=1), **options)


def rebuild(index, *sources, **options):
    return indexing.rebuild(sources, Archive(index), Settings(index=index, processes=1), **options)


def reasons(summary):
    return sorted(str(error) for error in summary.rejected)


def folders(index):
    return sorted(path.name for path in (index / "generations").iterdir())


def stays(index, serving, query, paragraphs):
    """Whether nothing changed: the same generation serves, answers, and nothing half-done lies about."""
    archive = Archive(index)
    return (
        archive.current_id() == serving
        and folders(index) == archive.kept()
        and search(index, query).paragraphs == paragraphs
    )


# The summary and the manifest


def test_the_summary_says_what_was_built(index, source):
    archive, summary = build(index, source)
    assert (summary.articles, summary.paragraphs) == (2, 3)
    assert (summary.first_day, summary.last_day) == (DAY, DAY.replace(day=9))
    assert (summary.rejected, summary.notes, summary.changes) == ((), (), None)
    assert (summary.engine, summary.generation_id) == ("whoosh", archive.current_id())
    texts = (
        b"Lima, Mar 5 (AFP) Rain fell on the harbour.",
        b"The ferry stayed.",
        b"Quito, Mar 9 (AP) Rain fell on the market.",
    )
    assert summary.text_bytes == sum(map(len, texts))
    files = [path for path in archive.path_of(summary.generation_id).rglob("*") if path.is_file()]
    assert summary.index_bytes == sum(path.stat().st_size for path in files)
    assert summary.seconds > 0


def test_the_manifest_says_what_was_built_and_of_what(index, source):
    (source / "broken.txt").write_bytes(b"\0")
    archive, summary = build(index, source)
    manifest = archive.manifest(archive.current_id())
    assert (manifest.id, manifest.engine, manifest.language) == (summary.generation_id, "whoosh", "english")
    assert (manifest.articles, manifest.paragraphs, manifest.rejected) == (2, 3, 1)
    assert manifest.tokens == 9 + 3 + 9
    assert (manifest.first_day, manifest.last_day) == ("2024-03-05", "2024-03-09")
    assert list(manifest.sources) == [str(source)]
    assert manifest.built_at.endswith("Z")
    built_at = datetime.datetime.fromisoformat(manifest.built_at)
    assert abs(datetime.datetime.now(datetime.UTC) - built_at) < datetime.timedelta(minutes=5)
    folder = archive.path_of(manifest.id)
    for name, checksum in manifest.files.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum


def test_the_digest_of_the_source_changes_with_it_and_with_nothing_else(tmp_path, source):
    def digest(name):
        archive, summary = build(tmp_path / name, source)
        return archive.manifest(summary.generation_id).source_digest

    first = digest("one")
    assert digest("two") == first
    write_texts(source, market="Snow fell on the market.")
    assert digest("three") != first


def test_articles_without_a_day_leave_the_days_open(index, tmp_path):
    archive, summary = build(index, write_texts(tmp_path / "wire", harbour="Rain fell on the harbour."))
    assert (summary.first_day, summary.last_day) == (None, None)
    assert archive.manifest(summary.generation_id).first_day is None


def test_progress_is_told_stage_by_stage_and_never_goes_back(index, source):
    told = []
    rebuild(index, source, report=told.append)
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages == ["reading", "writing", "verifying", "promoting"]
    for earlier, later in pairwise(told):
        assert earlier.articles <= later.articles
        assert earlier.paragraphs <= later.paragraphs
        assert earlier.bytes_read <= later.bytes_read
        assert earlier.seconds <= later.seconds
    size = sum(path.stat().st_size for path in source.iterdir())
    assert (told[-1].bytes_read, told[-1].bytes_in_all, told[-1].articles) == (size, size, 2)


# What is read


def test_what_cannot_be_an_article_is_reported_with_path_and_reason_and_the_rest_goes_on(index, source):
    (source / "deep").mkdir()
    (source / "deep" / "empty.txt").write_bytes(b"")
    (source / "picture.png").write_bytes(b"\x89PNG\0")
    write_texts(source, future="date 2999-01-01 Rain fell.", never="date 2024-02-31 Snow fell.")
    (source / "gone.txt").symlink_to(source / "nowhere.txt")
    write_records(source / "more.jsonl", [{"id": "m1", "title": "Fog", "paragraphs": ["Fog came."]}, [1], {"id": 1.5}])
    _, summary = build(index, source)
    found = reasons(summary)
    assert [reason.partition(":")[0] for reason in found] == [
        "deep/empty.txt",
        "gone.txt",
        "more.jsonl, line 2",
        "more.jsonl, line 3",
        "picture.png",
    ]
    assert all(len(reason.partition(": ")[2]) > 5 for reason in found)
    assert [(note.path, note.kind) for note in summary.notes] == [
        ("future.txt", NoteKind.DATE_DOUBTFUL),
        ("never.txt", NoteKind.DATE_UNREADABLE),
    ]
    assert summary.articles == 5
    assert search(index, "fog").paragraphs == 2  # the headline too


def test_what_is_worth_a_look_is_noted_and_kept(index, source):
    write_texts(source, late="date 2024-08-24 Lima, Aug 23 (AFP) Rain fell on the hills.")
    _, summary = build(index, source)
    (note,) = summary.notes
    assert note.path == "late.txt"
    assert "2024-08-24" in note.reason
    assert summary.articles == 3


def test_strict_stops_at_the_first_that_cannot_be_read_and_changes_nothing(index, source):
    _, summary = build(index, source)
    (source / "empty.txt").write_bytes(b"")
    with pytest.raises(ArticleError, match=r"^empty\.txt: "):
        rebuild(index, source, strict=True)
    assert stays(index, summary.generation_id, "rain", 2)


def test_strict_has_no_quarrel_with_notes(index, source):
    write_texts(source, late="date 2024-08-24 Lima, Aug 23 (AFP) Rain fell on the hills.")
    assert rebuild(index, source, strict=True).articles == 3


def test_json_lines_and_texts_go_into_one_archive(index, tmp_path, source):
    write_records(source / "deep" / "wire.jsonl.gz", generated("sleet", articles=3, paragraphs=2))
    lone = write_records(tmp_path / "lone.jsonl", generated("hail", articles=2, paragraphs=1))
    archive, summary = build(index, source, lone)
    assert (summary.articles, summary.paragraphs) == (2 + 3 + 2, 3 + 6 + 2)
    assert [search(index, word).paragraphs for word in ("rain", "sleet", "hail")] == [2, 6, 2]
    assert list(archive.manifest(archive.current_id()).sources) == [str(source), str(lone)]


def test_two_articles_with_one_id_are_two_articles_and_it_is_noted(index, tmp_path):
    first = write_texts(tmp_path / "one", story="Rain fell.")
    second = write_texts(tmp_path / "two", story="Snow fell.")
    records = [{"id": "a", "title": "Fog", "paragraphs": ["Fog came."]}, {"id": "a", "title": "Mist"}]
    lines = write_records(tmp_path / "lines.jsonl", records)
    _, summary = build(index, first, second, lines)
    assert (summary.articles, summary.rejected) == (4, ())
    assert [(note.path, note.where, note.kind) for note in summary.notes] == [
        ("lines.jsonl", "line 2", NoteKind.SAME_ID),
        ("story.txt", None, NoteKind.SAME_ID),
    ]
    assert [search(index, word).articles for word in ("rain", "snow", "fog", "mist")] == [1, 1, 1, 1]


def test_the_order_of_numeric_dates_is_learned_from_all_files_before_any_is_read(index, tmp_path):
    early = write_records(tmp_path / "a.jsonl", [{"id": "a", "date": "11/03/2016", "text": "Rain fell."}])
    late = write_records(tmp_path / "b.jsonl", [{"id": "b", "date": "25/03/2016", "text": "Snow fell."}])
    assert build(index, early, late)[1].first_day == datetime.date(2016, 3, 11)
    (note,) = build(index, early)[1].notes
    assert note.kind is NoteKind.DATE_AMBIGUOUS


def test_a_source_given_twice_counts_once(index, source):
    _, summary = build(index, source, source, source / "market.txt")
    assert (summary.articles, summary.rejected) == (2, ())


def test_the_index_is_never_read_as_articles_of_its_own_archive(tmp_path, source):
    index = source / "index"
    for _ in range(2):
        _, summary = build(index, source)
        assert (summary.articles, summary.rejected) == (2, ())
    assert update(index) is None


# What is refused


def test_sources_that_are_missing_are_named_and_nothing_changes(index, source, tmp_path):
    _, summary = build(index, source)
    with pytest.raises(SettingsError, match="nowhere"):
        rebuild(index, source, tmp_path / "nowhere")
    assert stays(index, summary.generation_id, "rain", 2)


@pytest.mark.parametrize("force", [False, True])
def test_a_source_without_any_article_is_refused_and_what_served_goes_on(index, source, tmp_path, force):
    _, summary = build(index, source)
    (tmp_path / "bare").mkdir()
    with pytest.raises(RebuildRefused, match=r"No article was found in .*bare"):
        rebuild(index, tmp_path / "bare", force=force)
    (tmp_path / "bare" / "empty.txt").write_bytes(b"")
    with pytest.raises(RebuildRefused, match=r"first of 1: empty\.txt: is empty"):
        rebuild(index, tmp_path / "bare", force=force)
    assert stays(index, summary.generation_id, "rain", 2)


def test_a_first_rebuild_that_finds_nothing_leaves_no_index(index, tmp_path):
    (tmp_path / "bare").mkdir()
    with pytest.raises(RebuildRefused):
        rebuild(index, tmp_path / "bare")
    assert folders(index) == []
    with pytest.raises(IndexMissing):
        Archive(index).current_id()


def _records_of(tmp_path, marker, paragraphs):
    return write_records(tmp_path / f"{marker}.jsonl", generated(marker, articles=paragraphs, paragraphs=1))


def test_an_archive_that_would_shrink_by_more_than_half_is_refused_without_force(index, tmp_path):
    _, summary = build(index, _records_of(tmp_path, "rain", 10))
    few = _records_of(tmp_path, "snow", 4)
    with pytest.raises(RebuildRefused, match=r"from 10 to 4 paragraphs.*--force"):
        rebuild(index, few)
    assert stays(index, summary.generation_id, "rain", 10)
    assert rebuild(index, few, force=True).paragraphs == 4
    assert (search(index, "rain").paragraphs, search(index, "snow").paragraphs) == (0, 4)


def test_an_archive_may_shrink_by_half(index, tmp_path):
    build(index, _records_of(tmp_path, "rain", 10))
    assert rebuild(index, _records_of(tmp_path, "snow", 5)).paragraphs == 5


def test_update_too_asks_before_the_archive_shrinks_by_more_than_half(index, tmp_path):
    records = _records_of(tmp_path, "rain", 10)
    _, summary = build(index, records)
    write_records(records, generated("rain", articles=4, paragraphs=1))
    with pytest.raises(RebuildRefused, match="--force"):
        update(index)
    assert stays(index, summary.generation_id, "rain", 10)
    assert update(index, force=True).paragraphs == 4


def test_a_language_without_a_stemmer_is_refused_and_nothing_changes(index, source):
    _, summary = build(index, source)
    with pytest.raises(SettingsError, match="klingon"):
        build(index, source, language="klingon")
    assert stays(index, summary.generation_id, "rain", 2)


def test_a_disk_that_is_full_is_told_and_nothing_changes(index, tmp_path, source):
    """A limit on the size of files stands in for the disk: the system refuses the write just so."""
    _, summary = build(index, source)
    many = _records_of(tmp_path, "snow", 400)
    ended = dateline("rebuild", many, "--index", index, cwd=tmp_path, largest_file=20_000, processes=1)
    assert ended.returncode == 2, ended.stderr
    (line,) = (line for line in ended.stderr.splitlines() if not line.startswith(("reading:", "writing:")))
    assert line.startswith("dateline: ")
    assert "File too large" in line
    assert stays(index, summary.generation_id, "rain", 2)


# Several processes


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Enough that several processes work, and go on for a while after the first has brought what it did."""
    records = generated("storm", articles=ALONE_UP_TO + 37, paragraphs=5, words=60)
    folder = tmp_path_factory.mktemp("large")
    write_records(folder / "storm.jsonl", records)
    write_texts(folder, zenith=wire_text(DAY, "Lima", "AFP", "The storm ended.", "The ferry sailed."))
    return folder


def _holdings(index):
    """Everything that a reader could tell two indexes apart by."""
    archive = Archive(index)
    manifest = archive.manifest(archive.current_id())
    generation = archive.open(manifest.id, cache_bytes=1 << 24, seconds=10.0)
    try:
        articles = [generation.engine.article(f"storm-{number:05}") for number in (0, 1, 199, 200, 201, 300, 436)]
        learned = (generation.sentences.abbreviations, generation.sentences.sentence_starters)
        counts = (generation.engine.counts(), generation.engine.months_held())
    finally:
        generation.engine.close()
    answers = []
    for query in ("storm", "harbour bridge", '"storm harbour"', "glac*", "title:river", "storm -market", "ended"):
        for sort in ("relevance", "newest"):
            answer = search(index, query, sort=sort, size="30", group="none")
            shown = [(hit.id, hit.score, hit.snippet) for hit in answer.hits]
            answers.append((query, answer.paragraphs, answer.articles, shown, answer.facets))
    # Names of segments are made up.
    files = sorted((name.rpartition("/")[2], each) for name, each in manifest.files.items() if "segments/" in name)
    return articles, learned, counts, answers, files, manifest.tokens


def test_several_processes_build_the_very_index_that_one_builds(tmp_path, large):
    _, alone = build(tmp_path / "alone", large, processes=1)
    _, together = build(tmp_path / "together", large, processes=2)
    assert multiprocessing.active_children() == []
    assert (alone.articles, alone.paragraphs) == (together.articles, together.paragraphs) == (1038, 5187)
    assert _holdings(tmp_path / "alone") == _holdings(tmp_path / "together")


def _kill_pool(number):
    """Kill processes of the pool as the system does for want of memory; return how many."""
    children = multiprocessing.active_children()[:number]
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
    return len(children)


def _rebuild_and_kill(index, source, stage):
    """Rebuild with a pool that is killed in a stage; its summary."""
    killed = []

    def kill(progress):
        begun = progress.paragraphs > ALONE_UP_TO and progress.stage == stage
        if begun and not killed and multiprocessing.active_children():
            killed.append(_kill_pool(2))

    try:
        return indexing.rebuild([source], Archive(index), Settings(index=index, processes=2), report=kill)
    finally:
        assert killed
        assert multiprocessing.active_children() == []


def test_when_a_process_of_the_pool_dies_the_rebuild_fails_and_nothing_changes(index, source, large):
    _, summary = build(index, source)
    with pytest.raises(EngineError, match="DATELINE_PROCESSES=1"):
        _rebuild_and_kill(index, large, "reading")
    assert stays(index, summary.generation_id, "rain", 2)


def test_a_process_of_the_pool_that_dies_when_all_is_analysed_does_no_harm(index, large):
    summary = _rebuild_and_kill(index, large, "writing")
    assert search(index, "").paragraphs == summary.paragraphs + ALONE_UP_TO + 37 > 2 * ALONE_UP_TO


def test_a_name_that_is_not_utf_8_stops_neither_a_rebuild_nor_an_update(index, source):
    odd = source / os.fsdecode(b"caf\xe9.txt")
    odd.write_text(wire_text(DAY, "Lima", "AFP", "A storm came."))
    build(index, source)
    assert search(index, "storm").articles == 1
    assert update(index, source) is None
    odd.write_text(wire_text(DAY, "Lima", "AFP", "A squall came."))
    assert update(index, source).changes == Changes(added=0, changed=1, removed=0)


# Update


def test_update_without_an_index_says_what_to_run(index, source):
    with pytest.raises(IndexMissing) as raised:
        update(index, source)
    assert command_in(str(raised.value))[:2] == ["dateline", "rebuild"]


def test_update_does_nothing_where_nothing_changed(index, source):
    _, summary = build(index, source)
    assert update(index) is None
    assert update(index, source) is None
    os.utime(source / "market.txt", (0, 0))
    assert update(index) is None
    assert stays(index, summary.generation_id, "rain", 2)


def test_update_sees_what_was_added_changed_and_removed(index, source):
    write_texts(source, hills="Rain fell on the hills.", lakes="Rain fell on the lakes.")
    build(index, source)
    write_texts(source, market="Snow fell on the market.", valley="Rain fell on the valley.", plain="Fog lay.")
    (source / "hills.txt").unlink()
    summary = update(index)
    assert summary.changes == Changes(added=2, changed=1, removed=1)
    assert summary.articles == 5
    found = {word: search(index, word).paragraphs for word in ("harbour", "hills", "lakes", "snow", "valley", "fog")}
    assert found == {"harbour": 1, "hills": 0, "lakes": 1, "snow": 1, "valley": 1, "fog": 1}
    assert update(index) is None


def test_update_sees_a_file_that_was_renamed(index, source):
    build(index, source)
    (source / "market.txt").rename(source / "bazaar.txt")
    assert update(index).changes == Changes(added=1, changed=0, removed=1)
    assert search(index, "market").hits[0].card.id == "bazaar"


def test_update_takes_the_sources_of_the_last_rebuild_wherever_it_is_run(index, tmp_path, source, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build(index, Path("wire"))
    write_texts(source, valley="Rain fell on the valley.")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert update(index).changes == Changes(added=1, changed=0, removed=0)


def test_update_with_other_sources_takes_those(index, tmp_path, source):
    build(index, source)
    other = write_texts(tmp_path / "other", snow="Snow fell.", hail="Hail fell.")
    assert update(index, source, other).changes == Changes(added=2, changed=0, removed=0)
    assert update(index) is None
    assert search(index, "snow").paragraphs == 1


@pytest.mark.parametrize("changed", ["one", "two"])
def test_update_tells_files_of_one_name_in_two_sources_apart(index, tmp_path, changed):
    sources = [
        write_records(tmp_path / name / "wire.jsonl", generated(f"{name}rain", articles=2)).parent
        for name in ("one", "two")
    ]
    build(index, *sources)
    write_records(tmp_path / changed / "wire.jsonl", generated("snow", articles=2))
    summary = update(index)
    assert summary is not None
    assert summary.changes == Changes(added=0, changed=1, removed=0)
    assert search(index, "snow").paragraphs == 10


def test_update_takes_up_what_changed_while_the_last_rebuild_ran(index, source):
    def change(progress):
        if progress.stage == "writing":
            write_texts(source, market="Snow fell on the market.")

    rebuild(index, source, report=change)
    update(index)
    assert search(index, "snow").paragraphs == 1


@pytest.mark.parametrize("content", [None, b"", b"[]", b"\xff"])
def test_update_tells_damage_with_the_command_that_mends_it(index, source, content):
    archive, summary = build(index, source)
    path = archive.path_of(summary.generation_id) / "ledger.arrays"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EngineError) as raised:
        update(index)
    assert command_in(str(raised.value))[:2] == ["dateline", "rebuild"]


@pytest.mark.parametrize("key", ["engine_version", "analysis"])
def test_update_renews_what_another_version_built(index, source, key):
    archive, summary = build(index, source)
    path = archive.path_of(summary.generation_id) / "manifest.json"
    edit_manifest(path, **{key: "0.0.1"})
    update(index)
    assert search(index, "rain").paragraphs == 2


def test_update_says_where_a_source_went_missing(index, source):
    _, summary = build(index, source)
    shutil.move(source, source.with_name("moved"))
    with pytest.raises(DatelineError, match="wire"):
        update(index)
    assert stays(index, summary.generation_id, "rain", 2)
