"""Which engine a rebuild takes, what it says of that, and that an update and an opening never take another."""

from dataclasses import replace

import pytest
from archives import article, rebuilt, settings_for, write_source
from sources import edit_manifest

from search import engines, indexing
from search.archive import Archive
from search.errors import IndexOutdated, SettingsError

ARTICLES = [article(f"a{number}", "Rain fell.", "It was wet.") for number in range(4)]


@pytest.mark.parametrize(
    ("how", "name", "reason"),
    [
        ({}, "whoosh", "chosen by auto: no cluster is configured"),
        ({"opensearch_hosts": ("http://localhost:1",)}, "opensearch", "chosen by auto: a cluster is configured"),
        ({"opensearch_hosts": ("http://localhost:1",), "engine": "whoosh"}, "whoosh", "as asked"),
        ({"engine": "opensearch"}, "opensearch", "as asked"),
    ],
)
def test_auto_takes_the_cluster_where_there_is_one_and_whoosh_else(tmp_path, how, name, reason):
    assert engines.choose(settings_for(tmp_path, **how)) == (name, reason)


def test_the_manifest_says_which_engine_was_taken_and_why(tmp_path):
    archive, _, summary = rebuilt(tmp_path, ARTICLES)
    manifest = archive.manifest(archive.current_id())
    assert (manifest.engine, manifest.engine_reason) == (summary.engine, summary.engine_reason)
    assert summary.engine == "whoosh"


def test_an_index_of_an_engine_that_there_is_not_any_more_says_what_to_run(tmp_path):
    archive, _, _ = rebuilt(tmp_path, ARTICLES)
    edit_manifest(archive.path_of(archive.current_id()) / "manifest.json", engine="tantivy")
    with pytest.raises(IndexOutdated, match=r"no engine 'tantivy'.*run: dateline rebuild"):
        archive.open(archive.current_id(), cache_bytes=1 << 20, seconds=10)


def test_where_the_client_of_a_cluster_is_not_installed_asking_for_one_is_an_error_that_says_how(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    settings = settings_for(tmp_path, engine="opensearch")
    source = write_source(settings.source, ARTICLES)
    with pytest.raises(SettingsError, match=r"pip install 'dateline\[opensearch\]'"):
        indexing.rebuild([source], Archive(settings.index), settings)
    assert not (settings.index / "CURRENT").exists()


@pytest.mark.parametrize("changes", [False, True])
def test_an_update_keeps_the_engine_that_was_asked_for(tmp_path, changes):
    archive, settings, _ = rebuilt(tmp_path, ARTICLES, engine="whoosh")
    if changes:
        write_source(settings.source, ARTICLES[:-1])
    summary = indexing.update([], archive, replace(settings, engine="auto"))
    assert (summary is None) is not changes
    manifest = archive.manifest(archive.current_id())
    assert (manifest.engine, manifest.engine_reason) == ("whoosh", "as asked")


def test_an_unknown_engine_is_an_error_that_names_those_there_are():
    with pytest.raises(SettingsError, match="whoosh or opensearch"):
        engines.kind("lucene")
