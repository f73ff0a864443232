"""Which engine a rebuild takes, what it says of that, and that an update and an opening never take another."""

from dataclasses import replace

import pytest
from archives import article, rebuilt, settings_for, write_source

from search import engines, indexing
from search.archive import Archive
from search.errors import IndexOutdated, SettingsError

ARTICLES = [article(f"a{number}", "Rain fell.", "It was wet.") for number in range(4)]  # 8 paragraphs


@pytest.fixture
def without_tantivy(monkeypatch):
    monkeypatch.setattr(engines, "find_spec", lambda _: None)


@pytest.mark.parametrize(
    ("border", "name", "reason"),
    [
        (8, "whoosh", "chosen by auto: at most 8 paragraphs"),
        (7, "tantivy", "chosen by auto: more than 7 paragraphs"),
        (0, "tantivy", "chosen by auto: more than 0 paragraphs"),
    ],
)
def test_auto_takes_whoosh_up_to_the_border_and_tantivy_beyond(tmp_path, border, name, reason):
    archive, _, summary = rebuilt(tmp_path, ARTICLES, auto_paragraphs=border)
    assert (summary.engine, summary.engine_reason) == (name, reason)
    assert archive.manifest(archive.current_id()).engine == name


@pytest.mark.parametrize("name", ["whoosh", "tantivy"])
def test_what_was_asked_for_is_taken_whatever_the_size(tmp_path, name):
    _, _, summary = rebuilt(tmp_path, ARTICLES, engine=name, auto_paragraphs=0 if name == "whoosh" else 1_000)
    assert (summary.engine, summary.engine_reason) == (name, "as asked")


@pytest.mark.usefixtures("without_tantivy")
def test_where_tantivy_is_not_installed_auto_takes_whoosh_and_says_how_to_install_it(tmp_path):
    _, _, summary = rebuilt(tmp_path, ARTICLES, auto_paragraphs=1)
    assert summary.engine == "whoosh"
    assert "pip install 'dateline[tantivy]'" in summary.engine_reason


@pytest.mark.usefixtures("without_tantivy")
def test_where_tantivy_is_not_installed_asking_for_it_is_an_error_that_says_how(tmp_path):
    settings = settings_for(tmp_path, engine="tantivy")
    source = write_source(settings.source, ARTICLES)
    with pytest.raises(SettingsError, match=r"pip install 'dateline\[tantivy\]'"):
        indexing.rebuild([source], Archive(settings.index), settings)
    assert not (settings.index / "CURRENT").exists()


def test_an_index_is_opened_with_the_engine_that_built_it_whatever_is_set_now(tmp_path):
    archive, _, _ = rebuilt(tmp_path, ARTICLES, engine="tantivy")
    opened = archive.open(archive.current_id(), cache_bytes=1 << 20, seconds=10)
    assert opened.engine.name == "tantivy"
    opened.engine.close()


def test_an_index_of_tantivy_where_it_is_not_installed_says_so(tmp_path, monkeypatch):
    archive, _, _ = rebuilt(tmp_path, ARTICLES, engine="tantivy")
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    with pytest.raises(IndexOutdated, match=r"pip install 'dateline\[tantivy\]'"):
        archive.open(archive.current_id(), cache_bytes=1 << 20, seconds=10)


def test_an_update_without_changes_keeps_the_engine_that_auto_took(tmp_path):
    archive, settings, _ = rebuilt(tmp_path, ARTICLES, auto_paragraphs=7)
    before = archive.current_id()
    assert indexing.update([], archive, settings) is None
    assert archive.current_id() == before


@pytest.mark.parametrize("changes", [False, True])
def test_an_update_keeps_the_engine_that_was_asked_for(tmp_path, changes):
    archive, settings, _ = rebuilt(tmp_path, ARTICLES, engine="tantivy")
    if changes:
        write_source(settings.source, ARTICLES[:-1])
    summary = indexing.update([], archive, replace(settings, engine="auto"))
    assert (summary is None) is not changes
    manifest = archive.manifest(archive.current_id())
    assert (manifest.engine, manifest.engine_reason) == ("tantivy", "as asked")


def test_an_update_takes_another_engine_where_it_is_asked_for(tmp_path):
    archive, settings, _ = rebuilt(tmp_path, ARTICLES, engine="tantivy")
    assert indexing.update([], archive, replace(settings, engine="whoosh")).engine == "whoosh"


def test_an_update_with_another_border_builds_anew_with_the_engine_that_is_right_now(tmp_path):
    archive, _, _ = rebuilt(tmp_path, ARTICLES, auto_paragraphs=7)
    summary = indexing.update([], archive, settings_for(tmp_path, auto_paragraphs=8))
    assert summary is not None
    assert summary.engine == archive.manifest(archive.current_id()).engine == "whoosh"


def test_an_unknown_engine_is_an_error_that_names_those_there_are():
    with pytest.raises(SettingsError, match="whoosh or tantivy"):
        engines.kind("lucene")
