"""Files and folders: what is found, what is read by which reader, what is reported."""

import contextlib
import datetime
import gzip
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.articles import Article, NoteKind
from search.errors import ArticleError, SettingsError
from search.reading import ReadingContext, find_files, read_file, read_files

TODAY = datetime.date(2024, 11, 22)


def records(count):
    lines = [json.dumps({"id": number, "paragraphs": [os.urandom(40).hex()]}) for number in range(count)]
    return "\n".join(lines).encode() + b"\n"


def read_all(*sources):
    return list(read_files(find_files(sources), context=ReadingContext(today=TODAY)))


def test_files_are_found_by_their_path_below_the_source_in_order(tmp_path):
    for name in ["b.txt", "a/z.txt", "a/b/c.jsonl", ".hidden", ".git/x.txt"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Rain fell.")
    assert [file.name for file in find_files([tmp_path])] == ["a/b/c.jsonl", "a/z.txt", "b.txt"]
    assert {file.size for file in find_files([tmp_path])} == {10}


def test_a_lone_file_is_called_by_its_name(tmp_path):
    (tmp_path / "b.txt").write_text("Rain fell.")
    assert [file.name for file in find_files([tmp_path / "b.txt"])] == ["b.txt"]


def test_a_source_that_does_not_exist_is_an_error_of_the_setting(tmp_path):
    with pytest.raises(SettingsError, match="nowhere"):
        find_files([tmp_path / "nowhere"])


def test_overlapping_sources_give_each_file_once(tmp_path):
    (tmp_path / "b.txt").write_text("Rain fell.")
    assert len(find_files([tmp_path, tmp_path / "b.txt", tmp_path])) == 1


def test_links_that_lead_back_up_are_followed_once_and_broken_ones_and_pipes_reported(tmp_path):
    (tmp_path / "b.txt").write_text("Rain fell.")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    story, broken, pipe = read_all(tmp_path)
    assert isinstance(story, Article)
    assert broken.path == "gone.txt"
    assert broken.reason.startswith("cannot be read: No such file or directory")
    assert (pipe.path, pipe.reason) == ("pipe", "is a named pipe, not a file")


def test_a_file_has_its_path_without_links_and_the_time_of_its_last_change(tmp_path):
    folder, target = tmp_path / "in", tmp_path / "out"
    for path in (folder / "a" / "1.txt", target / "2.txt"):
        path.parent.mkdir(parents=True)
        path.write_text("Rain fell.")
        os.utime(path, ns=(1, 1_700_000_000_123_456_789))
    (folder / "b").symlink_to(target)
    (folder / "c.txt").symlink_to(folder / "nowhere")
    (tmp_path / "source").symlink_to(folder)
    found = find_files([tmp_path / "source"], follow_links=True)
    real = tmp_path.resolve()
    assert [(file.name, file.real, file.modified_ns) for file in found] == [
        ("a/1.txt", f"{real}/in/a/1.txt", 1_700_000_000_123_456_789),
        ("b/2.txt", f"{real}/out/2.txt", 1_700_000_000_123_456_789),
        ("c.txt", f"{real}/in/c.txt", 0),
    ]
    assert [Path(file.path) for file in found] == [
        tmp_path / "source" / name for name in ("a/1.txt", "b/2.txt", "c.txt")
    ]


NAMES = st.sampled_from(["a", "b", "c.txt", "\udce9.txt", "é.txt"])
LINKED = st.sampled_from([".", "..", "a", "b", "c.txt", "../c.txt", "a/b"])


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=3), st.none() | LINKED), max_size=8),
    st.lists(st.sampled_from([".", "a", "b", "a/b"]), min_size=1, max_size=2),
)
def test_in_any_folder_each_file_is_found_once_by_its_real_path(entries, sources):
    with tempfile.TemporaryDirectory() as folder:
        for parts, link in entries:
            path = Path(folder, *parts)
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(link) if link else path.write_text("Rain fell.")
        named = [Path(folder, source) for source in sources if Path(folder, source).exists()]
        found = find_files(named).files
        assert len({file.real for file in found}) == len(found)
        for file in found:
            path = Path(file.path)
            real = f"{os.path.realpath(path.parent)}/{path.name}" if file.reason else os.path.realpath(file.path)
            assert file.real == real
            assert file.reason or (file.size, file.modified_ns) == (10, path.stat().st_mtime_ns)
        wanted = {
            os.path.realpath(Path(root, name)) for top in named for root, _, names in os.walk(top) for name in names
        }
        assert {each for each in wanted if Path(each).is_file()} <= {file.real for file in found} | {
            os.path.realpath(file.path) for file in found if file.reason
        }


@pytest.mark.parametrize("name", ["story.txt", "story.text", "story", "story.wire", "story.txt.gz", "v1.2/story"])
def test_plain_text_is_read_under_any_suffix_that_names_no_other_format(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(b"Rain fell.") if name.endswith(".gz") else b"Rain fell.")
    (story,) = read_all(tmp_path)
    assert story.paragraphs[0].text == "Rain fell."


@pytest.mark.parametrize("name", ["a.XML", "a.html", "a.csv", "a.rtf", "a.md", "a.pdf", "a.docx", "a.html.gz"])
def test_other_formats_are_reported_with_what_to_do(tmp_path, name):
    (tmp_path / name).write_bytes(b"Rain fell.")
    (error,) = read_all(tmp_path)
    assert isinstance(error, ArticleError)
    assert "convert it to .txt or .jsonl" in error.reason


@pytest.mark.parametrize("name", ["wire.jsonl", "wire.jsonl.gz", "story.txt", "story.txt.gz", "a.pdf", "bad.txt.gz"])
def test_the_bytes_told_add_up_to_the_size_on_disk(tmp_path, name):
    data = records(3000)
    (tmp_path / name).write_bytes(gzip.compress(data) if name[0] != "b" and name.endswith(".gz") else data)
    (file,) = find_files([tmp_path])
    told = []
    list(read_file(file, context=ReadingContext(today=TODAY), on_bytes=told.append))
    assert sum(told) == file.size
    assert all(count > 0 for count in told)


def test_json_lines_stream(tmp_path):
    (tmp_path / "wire.jsonl").write_bytes(records(20_000))
    (file,) = find_files([tmp_path])
    told = []
    next(read_file(file, context=ReadingContext(today=TODAY), on_bytes=told.append))
    assert sum(told) < file.size // 2


def test_of_a_gzip_file_that_breaks_off_the_articles_before_the_break_stay(tmp_path):
    packed = gzip.compress(records(3000))
    (tmp_path / "wire.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    *stories, error = read_all(tmp_path)
    assert len(stories) > 1000
    assert "gzip" in error.reason


@pytest.mark.parametrize("data", [b"", b"no gzip at all", b"\x1f\x8b\x08\x00" + b"\xff" * 30])
def test_damaged_gzip_data_is_reported(tmp_path, data):
    (tmp_path / "story.txt.gz").write_bytes(data)
    (error,) = read_all(tmp_path)
    assert isinstance(error, ArticleError)


def test_articles_of_one_id_stay_and_a_note_names_both_places_and_the_new_id(tmp_path):
    (tmp_path / "7.txt").write_text("Rain fell.")
    (tmp_path / "wire.jsonl").write_text('{"id": 7, "title": "Sun"}\n{"id": "7", "title": "Fog"}\n')
    first, note, second, other, third = read_all(tmp_path)
    assert (first.id, first.title, second.title, third.title) == ("7", "Rain fell.", "Sun", "Fog")
    assert [(each.path, each.where, each.kind) for each in (note, other)] == [
        ("wire.jsonl", "line 1", NoteKind.SAME_ID),
        ("wire.jsonl", "line 2", NoteKind.SAME_ID),
    ]
    assert "already that of 7.txt" in note.reason
    assert second.id in note.reason
    assert len({first.id, second.id, third.id}) == 3


def test_an_id_that_another_file_has_is_told_apart_by_the_file_and_within_a_file_by_the_text(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "Rain."}\n{"id": 1, "text": "Fog."}\n')
    (tmp_path / "b.jsonl").write_text('{"id": 1, "text": "Sun."}\n')
    before = {story.paragraphs[0].text: story.id for story in read_all(tmp_path) if isinstance(story, Article)}
    (tmp_path / "a.jsonl").write_text(
        '{"id": 1, "text": "Rain."}\n{"id": 2, "text": "Hail."}\n{"id": 1, "text": "Fog."}\n'
    )
    after = {story.paragraphs[0].text: story.id for story in read_all(tmp_path) if isinstance(story, Article)}
    assert before.items() <= after.items()
    assert all(story_id.startswith("1") for text, story_id in before.items())


def test_an_article_that_repeats_another_stays_and_a_note_names_the_first(tmp_path):
    (tmp_path / "a.txt").write_text("Rain\n\nIt fell.")
    (tmp_path / "b.txt").write_text("Rain\r\n\r\nIt  fell.")
    (tmp_path / "c.jsonl").write_text('{"title": "Rain", "text": "It fell."}\n{"title": "Sun", "text": "It fell."}\n')
    first, note, second, other, third, fourth = read_all(tmp_path)
    assert (note.kind, other.kind, other.where) == (NoteKind.DUPLICATE, NoteKind.DUPLICATE, "line 1")
    assert "duplicate" in note.reason
    assert "a.txt" in other.reason
    assert [story.title for story in (first, second, third, fourth)] == ["Rain", "Rain", "Rain", "Sun"]


def test_records_without_an_id_that_say_the_same_are_numbered(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"title": "Rain", "text": "It fell."}\n' * 3)
    first, _, second, _, third = read_all(tmp_path)
    assert (second.id, third.id) == (f"{first.id}-2", f"{first.id}-3")


def test_a_name_that_is_not_utf8_can_still_be_printed(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("Rain fell.")
    (story,) = read_all(tmp_path)
    story.source.path.encode()
    assert story.id.startswith("caf-xe9-")
