"""The report tells the truth: what was read, what it lacks, an example of each note; all of them in a file."""

import json

import pytest
from sources import build, search, write_records, write_texts

from search import cli, indexing
from search.answering.answer import status_json
from search.answering.service import SearchService
from search.archive import Archive
from search.articles import Note, NoteKind
from search.errors import ArticleError, RebuildRefused, SettingsError
from search.manifest import Counted
from search.reporting import count_notes, counted_lines, reporting_to
from search.settings import Settings
from search.tally import Tally

DATED = "date 2024-03-05 Lima, March 5 (AFP) Rain fell on the harbour."


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def source(tmp_path):
    return write_texts(
        tmp_path / "wire",
        a=DATED,
        b="Snow fell.",
        c="date 2024-03-05 Lima, March 6 (AFP) Hail fell.",
        d="",
        e="Fog lay.",
    )


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = cli.run([str(argument) for argument in arguments])
        return status, *capfd.readouterr()

    return run


def rebuild(index, *sources, **options):
    return indexing.rebuild(sources, Archive(index), Settings(index=index, processes=1), **options)


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


# On the terminal


def test_a_rebuild_and_an_update_end_with_what_they_read_and_what_it_lacks(run, source, index):
    status, told, _ = run("rebuild", source, "--index", index)
    assert status == 0
    assert told.splitlines()[:7] == [
        "4 articles, 4 paragraphs",
        "dates covered: 2024-03-05 to 2024-03-05",
        "2 undated, such as b.txt",
        "2 without a place",
        "1 date that its dateline contradicts: c.txt: its date is 2024-03-05, but its dateline says 2024-03-06; "
        "2024-03-05 is kept",
        "1 rejected:",
        "  d.txt: is empty",
    ]
    write_texts(source, f="Wind blew.")
    status, told, _ = run("update", "--index", index)
    assert status == 0
    assert told.splitlines()[:2] == ["1 file added since the last generation", "1 undated: f.txt"]
    assert "3 undated" in run("status", "--index", index)[1].splitlines()


def test_the_status_has_the_same_counts(run, source, index):
    run("rebuild", source, "--index", index)
    told = run("status", "--index", index)[1].splitlines()
    assert told[5:9] == ["2 undated", "2 without a place", "1 date that its dateline contradicts", "1 rejected"]
    known = json.loads(run("status", "--json", "--index", index)[1])
    counts = {"undated": 2, "without_place": 2, "rejected": 1, "left_out": 0}
    assert {name: known[name] for name in counts} == counts
    assert known["notes"] == {"date and dateline differ": 1}


def test_the_manifest_keeps_the_counts(source, index):
    archive, summary = build(index, source)
    manifest = archive.manifest(archive.current_id())
    assert manifest.counted == Counted(2, 2, 1, 0, {"date and dateline differ": 1})
    assert (summary.undated, summary.without_place, summary.first_undated) == (2, 2, "b.txt")
    service = SearchService(archive, Settings(index=index))
    assert status_json(service.status())["undated"] == search(index, "date:none").articles == 2
    service.close()


@pytest.mark.parametrize("kind", NoteKind)
@pytest.mark.parametrize("number", [1, 2])
def test_every_kind_of_note_has_words_for_one_and_for_several_and_an_example(kind, number):
    notes = [Note("x.txt", "it is odd", "line 3", kind)] * number
    counted = Counted(0, 0, 0, 0, count_notes(notes))
    undated, line = counted_lines(counted, {str(kind): "x.txt, line 3: it is odd"})
    assert undated == "0 undated"
    assert line.startswith(f"{number} ")
    assert line.endswith(("" if number == 1 else "such as ") + "x.txt, line 3: it is odd")
    assert len({next(iter(counted_lines(Counted(0, 0, 0, 0, {str(kind): each}), {}))) for each in (1, 2)}) == 1


def test_duplicates_mojibake_and_encodings_are_told_in_these_words():
    counts = {"duplicate": 1, "mojibake": 2, "encoding doubtful": 3}
    assert list(counted_lines(Counted(1, 0, 0, 2, counts), {})) == [
        "1 undated",
        "1 duplicate",
        "2 texts with mojibake",
        "3 doubtful encodings",
        "2 files left out",
    ]


def test_notes_are_counted_in_the_order_of_their_kinds():
    notes = [Note("a", "", kind=kind) for kind in (NoteKind.OTHER, NoteKind.DATE_DOUBTFUL, NoteKind.OTHER)]
    assert list(count_notes(notes).items()) == [("date doubtful", 1), ("other", 2)]


# In a file


def test_the_file_has_everything_as_json_lines(run, source, index, tmp_path):
    status, _, _ = run("rebuild", source, "--index", index, "--report", tmp_path / "report.jsonl")
    assert status == 0
    lines = lines_of(tmp_path / "report.jsonl")
    assert all(set(each) == {"kind", "path", "where", "reason"} for each in lines)
    assert [(each["kind"], each["path"]) for each in lines] == [
        ("undated", "b.txt"),
        ("undated", "e.txt"),
        ("without a place", "b.txt"),
        ("without a place", "e.txt"),
        ("date and dateline differ", "c.txt"),
        ("rejected", "d.txt"),
    ]


def test_a_record_is_named_by_its_line(index, tmp_path):
    source = write_records(tmp_path / "wire.jsonl", [{"id": "a", "paragraphs": ["Rain."]}, {"id": "b"}])
    rebuild(index, source, report_file=tmp_path / "report.jsonl")
    assert [each["where"] for each in lines_of(tmp_path / "report.jsonl")] == [None, None, "line 2"]


def test_an_update_writes_it_too_and_replaces_what_was_there(run, source, index, tmp_path):
    (tmp_path / "report.jsonl").write_text("{}\n" * 99)
    run("rebuild", source, "--index", index)
    others = {name: DATED.replace("harbour", f"harbour {name}x") for name in "bedc"}
    write_texts(source, **others)
    assert run("update", "--index", index, "--report", "report.jsonl")[0] == 0
    assert lines_of(tmp_path / "report.jsonl") == []
    assert not [path for path in tmp_path.iterdir() if "unfinished" in path.name]


def test_it_tells_also_why_a_rebuild_was_refused(index, tmp_path):
    source = write_texts(tmp_path / "wire", a="", b="")
    with pytest.raises(RebuildRefused):
        rebuild(index, source, report_file=tmp_path / "report.jsonl")
    assert [each["path"] for each in lines_of(tmp_path / "report.jsonl")] == ["a.txt", "b.txt"]
    with pytest.raises(ArticleError):
        rebuild(index, source, strict=True, report_file=tmp_path / "report.jsonl")


@pytest.mark.parametrize("name", ["nowhere/report.jsonl", "folder", "index/report.jsonl", "index"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_done(source, index, tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(SettingsError, match="--report: "):
        rebuild(index, source, report_file=tmp_path / name)
    assert not (index / "CURRENT").exists()


def test_names_that_are_no_text_are_written_as_their_codes(tmp_path, index):
    tally = Tally(notes=[Note("x\udcff.txt", "bad \ud800")])
    with reporting_to(tmp_path / "report.jsonl", tally, index):
        pass
    (line,) = lines_of(tmp_path / "report.jsonl")
    assert (line["path"], line["reason"]) == (r"x\udcff.txt", r"bad \ud800")


# Settings that readers are given


def test_the_settings_reach_the_readers(tmp_path, index):
    source = tmp_path / "wire"
    source.mkdir()
    write_texts(source / "2016-03-11", a="Rain fell.")
    settings = Settings(index=index, processes=1, dates_from_paths=True)
    summary = indexing.rebuild([source], Archive(index), settings)
    assert (summary.undated, str(summary.first_day)) == (0, "2016-03-11")
    assert [note.kind for note in summary.notes] == [NoteKind.DATE_DOUBTFUL]
