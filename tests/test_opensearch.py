"""An archive in an OpenSearch cluster: chosen, built, searched, updated, rolled back, pruned, and what is refused."""

import http.server
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import orjson
import pytest
from archives import ANALYZER, article, rebuilt, settings_for, tree, write_source
from cluster import call, shared_settings, shared_url

from search import engines, index_folder, indexing
from search.answering.parameters import read_parameters
from search.answering.service import SearchService
from search.archive import Archive
from search.cli import run
from search.engines.base import FACETS, Ask
from search.engines.opensearch_bulk import BulkWriter, Document
from search.engines.opensearch_client import Cluster
from search.engines.opensearch_mapping import key, new_index
from search.errors import (
    DiskFull,
    EngineError,
    EngineUnavailable,
    GenerationGone,
    IndexGone,
    RebuildRefused,
    SettingsError,
)
from search.query import Match, parse, plan
from search.reading.cutting import LONGEST_WORD

sys.path.insert(0, str(Path(__file__).with_name("bench")))
from corpus import read_corpus
from generated import generated
from mix import make_mix

ARTICLES = [
    article(f"a{number}", f"Rain fell on day {number}.", "It was wet.", date="2024-08-24") for number in range(6)
]


@pytest.fixture
def in_cluster(tmp_path):
    """What `rebuilt` is told so that it builds in the cluster under a prefix of its own; all of it is removed."""
    prefix = f"t{time.time_ns()}"
    settings = shared_settings(opensearch_prefix=prefix)
    names = [name for name in settings.__slots__ if name.startswith("opensearch_")]
    yield {name: getattr(settings, name) for name in names}
    call(shared_url(), "DELETE", f"/{prefix}-*")


@pytest.fixture
def searched(tmp_path, in_cluster):
    """A service over the archive of ARTICLES."""
    archive, settings, _ = rebuilt(tmp_path, ARTICLES, **in_cluster)
    with closing(SearchService(archive, settings)) as service:
        yield service


def indexes(in_cluster):
    """Return the indexes that an archive has in the cluster, and the one that its alias leads to."""
    prefix = in_cluster["opensearch_prefix"]
    found = call(shared_url(), "GET", f"/{prefix}-*/_alias")
    return set(found), [name for name, said in found.items() if prefix in said["aliases"]]


def search(service, q, **how):
    return service.search(read_parameters([("q", q), *((name, str(value)) for name, value in how.items())]))


def index_of(archive, generation_id):
    return orjson.loads((archive.path_of(generation_id) / "elsewhere.json").read_bytes())["index"]


class TestChoice:
    def test_auto_takes_the_cluster_where_one_is_configured(self, tmp_path, in_cluster):
        archive, _, summary = rebuilt(tmp_path, ARTICLES, **in_cluster)
        assert (summary.engine, summary.engine_reason) == ("opensearch", "chosen by auto: a cluster is configured")
        assert archive.manifest(archive.current_id()).engine == "opensearch"

    def test_another_engine_that_is_asked_for_is_taken(self, tmp_path):
        settings = settings_for(tmp_path, opensearch_hosts=("http://127.0.0.1:1",), engine="whoosh")
        source = write_source(settings.source, ARTICLES)
        assert indexing.rebuild([source], Archive(settings.index, settings), settings).engine == "whoosh"

    def test_without_a_cluster_asking_for_it_is_an_error_that_names_the_setting(self, tmp_path):
        settings = settings_for(tmp_path, engine="opensearch")
        source = write_source(settings.source, ARTICLES)
        with pytest.raises(SettingsError, match="DATELINE_OPENSEARCH_HOSTS"):
            indexing.rebuild([source], Archive(settings.index, settings), settings)

    def test_without_its_client_asking_for_it_is_an_error_that_says_how_to_install_it(self, monkeypatch):
        monkeypatch.setattr(engines, "find_spec", lambda _: None)
        with pytest.raises(SettingsError, match=r"pip install 'dateline\[opensearch\]'"):
            engines.kind("opensearch")

    def test_an_index_in_a_cluster_that_is_not_configured_any_more_says_so(self, tmp_path, in_cluster):
        archive, _, _ = rebuilt(tmp_path, ARTICLES, **in_cluster)
        with pytest.raises(EngineUnavailable, match="DATELINE_OPENSEARCH_HOSTS"):
            Archive(archive.folder).open(archive.current_id(), cache_bytes=1, seconds=1)


class TestGenerations:
    def test_an_alias_leads_to_what_serves_and_pruned_generations_take_their_indexes_along(self, tmp_path, in_cluster):
        for number in range(3, 7):
            archive, _, _ = rebuilt(tmp_path, ARTICLES[:number], keep=2, **in_cluster)
        held, serving = indexes(in_cluster)
        assert held == {index_of(archive, each) for each in archive.kept()}
        assert len(held) == 2
        assert serving == [index_of(archive, archive.current_id())]
        documents = call(shared_url(), "GET", f"/{in_cluster['opensearch_prefix']}/_count")["count"]
        assert documents == 6 + 12

    def test_a_rollback_leads_the_alias_back(self, tmp_path, in_cluster):
        rebuilt(tmp_path, ARTICLES[:3], **in_cluster)
        archive, _, _ = rebuilt(tmp_path, ARTICLES, **in_cluster)
        before = archive.kept()[0]
        assert archive.roll_back() == before
        assert indexes(in_cluster)[1] == [index_of(archive, before)]

    def test_an_update_builds_anew_only_where_something_changed(self, tmp_path, in_cluster):
        archive, settings, _ = rebuilt(tmp_path, ARTICLES, **in_cluster)
        assert indexing.update([], archive, settings) is None
        write_source(settings.source, [*ARTICLES, article("new", "Sun.")])
        summary = indexing.update([], archive, settings)
        assert (summary.engine, summary.articles, summary.changes.changed) == ("opensearch", 7, 1)
        with closing(SearchService(archive, settings)) as service:
            assert search(service, "sun").articles == 1

    def test_what_came_last_is_first_in_the_order_of_coming(self, tmp_path, in_cluster):
        rebuilt(tmp_path, ARTICLES[2:4], **in_cluster)
        time.sleep(1.1)  # when articles came is remembered in seconds
        rebuilt(tmp_path, ARTICLES[:4], **in_cluster)
        time.sleep(1.1)
        archive, settings, _ = rebuilt(tmp_path, ARTICLES, **in_cluster)
        with closing(SearchService(archive, settings)) as service:
            for group in ("article", "none"):
                whole = search(service, "rain", sort="recent", group=group)
                assert [hit.card.id for hit in whole.hits] == ["a4", "a5", "a0", "a1", "a2", "a3"]
                first = search(service, "rain", sort="recent", group=group, size=3)
                second = search(service, "rain", sort="recent", group=group, size=3, cursor=first.next)
                assert [hit.card.id for hit in (*first.hits, *second.hits)] == [hit.card.id for hit in whole.hits]

    def test_a_build_that_is_refused_leaves_nothing_in_the_cluster(self, tmp_path, in_cluster):
        archive, settings, _ = rebuilt(tmp_path, ARTICLES, **in_cluster)
        write_source(settings.source, ARTICLES[:1])
        with pytest.raises(RebuildRefused, match="shrink"):
            indexing.rebuild([settings.source], archive, settings)
        assert indexes(in_cluster)[0] == {index_of(archive, archive.current_id())}

    def test_what_a_crash_left_in_the_cluster_is_removed_by_the_next_rebuild(self, tmp_path, in_cluster):
        archive, settings, _ = rebuilt(tmp_path, ARTICLES, **in_cluster)
        left = f"{in_cluster['opensearch_prefix']}-left"
        call(shared_url(), "PUT", f"/{left}")
        broken = archive.folder / "generations" / "20200101T000000000000-abcdef"
        broken.mkdir()
        (broken / index_folder.MARK).touch()
        (broken / "elsewhere.json").write_bytes(orjson.dumps({"index": left}))
        indexing.rebuild([settings.source], archive, settings)
        assert left not in indexes(in_cluster)[0]
        assert not broken.exists()

    def test_more_copies_than_nodes_are_refused_with_the_setting_to_change(self, tmp_path, in_cluster, monkeypatch):
        monkeypatch.setattr("search.engines.opensearch_building._STALLED", 1.0)
        nodes = len(call(shared_url(), "GET", "/_nodes")["nodes"])
        rebuilt(tmp_path, ARTICLES, **in_cluster)
        with pytest.raises(EngineUnavailable, match=f"DATELINE_OPENSEARCH_REPLICAS below {nodes}"):
            rebuilt(tmp_path, ARTICLES, **{**in_cluster, "opensearch_replicas": nodes})
        assert len(indexes(in_cluster)[0]) == 1


class TestCursors:
    def test_pages_go_on_in_the_generation_they_began_in(self, tmp_path, in_cluster, searched):
        first = search(searched, "rain", size=2)
        rebuilt(tmp_path, ARTICLES[:5], **in_cluster)
        assert search(searched, "rain").articles == 5
        second = search(searched, "rain", size=2, cursor=first.next)
        assert second.articles == 6
        assert not {hit.id for hit in first.hits} & {hit.id for hit in second.hits}

    def test_where_the_index_of_a_cursor_is_gone_the_results_are_gone(self, in_cluster, searched):
        cursor = search(searched, "rain", size=2).next
        call(shared_url(), "DELETE", f"/{in_cluster['opensearch_prefix']}-*")
        with pytest.raises(GenerationGone):
            search(searched, "rain", size=2, cursor=cursor)
        with pytest.raises(IndexGone, match="dateline rebuild"):
            search(searched, "rain")


class TestTerminal:
    def test_the_command_line_builds_searches_and_says_which_engine_it_is(
        self, tmp_path, in_cluster, monkeypatch, capsys
    ):
        source = write_source(tmp_path / "source", ARTICLES)
        monkeypatch.setenv("DATELINE_OPENSEARCH_HOSTS", shared_url())
        for name in ("prefix", "shards", "replicas"):
            monkeypatch.setenv(f"DATELINE_OPENSEARCH_{name.upper()}", str(in_cluster[f"opensearch_{name}"]))
        folder = str(tmp_path / "index")
        assert run(["rebuild", str(source), "--index", folder, "--engine", "opensearch"]) == 0
        assert "engine opensearch (as asked)" in capsys.readouterr().out
        assert run(["search", '"rain fell"', "--index", folder]) == 0
        assert "6 paragraphs in 6 articles" in capsys.readouterr().out
        assert run(["status", "--index", folder]) == 0
        assert "engine opensearch" in capsys.readouterr().out

    def test_a_cluster_that_cannot_be_reached_is_one_line_that_says_where(self, tmp_path, monkeypatch, capsys):
        source = write_source(tmp_path / "source", ARTICLES)
        monkeypatch.setenv("DATELINE_OPENSEARCH_HOSTS", "http://127.0.0.1:1")
        monkeypatch.setenv("DATELINE_OPENSEARCH_PASSWORD", "s3cret")
        monkeypatch.setenv("DATELINE_OPENSEARCH_USER", "writer")
        assert run(["rebuild", str(source), "--index", str(tmp_path / "index")]) == 2
        told = capsys.readouterr()
        assert "cannot be reached at http://127.0.0.1:1" in told.err
        assert "s3cret" not in told.err + told.out


class TestRefusals:
    @pytest.fixture
    def writer(self):
        """A writer into an index of its own."""
        name = f"t{time.time_ns()}"
        with closing(Cluster(shared_settings())) as cluster:
            cluster.write("PUT", f"/{name}", new_index(1))
            yield BulkWriter(cluster, name, patience=120.0), name
            cluster.write("DELETE", f"/{name}")

    def test_a_full_disk_is_told_at_once_and_not_tried_for_ever(self, writer):
        bulk, name = writer
        with flood_stage(name):
            begun = time.monotonic()
            bulk.add(Document("a", "a", {"article": "a", "kind": "article"}))
            with pytest.raises(DiskFull, match="make room"):
                bulk.flush()
            with pytest.raises(DiskFull, match="make room"):
                bulk._cluster.write("PUT", f"/{name}-other", new_index(1))
            assert time.monotonic() - begun < 10

    def test_a_document_that_the_index_does_not_know_is_refused_and_not_swallowed(self, writer):
        bulk, _ = writer
        bulk.add(Document("a", "a", {"unheard": 1}))
        with pytest.raises(EngineError, match="strict_dynamic_mapping_exception"):
            bulk.flush()

    def test_no_memory_left_is_an_error_that_says_to_try_again(self, searched):
        limit = "indices.breaker.request.limit"
        call(shared_url(), "PUT", "/_cluster/settings", {"transient": {limit: "1b"}})
        try:
            with pytest.raises(EngineUnavailable, match="circuit breaker"):
                search(searched, "rain")
        finally:
            call(shared_url(), "PUT", "/_cluster/settings", {"transient": {limit: None}})
        assert search(searched, "rain").articles == 6

    def test_user_and_password_are_sent_and_a_refusal_tells_neither(self):
        with answering(401) as (url, seen):
            settings = shared_settings(
                opensearch_hosts=(url,), opensearch_user="reader", opensearch_password="s3cret", opensearch_timeout=5.0
            )
            with closing(Cluster(settings)) as cluster, pytest.raises(EngineError) as error:
                cluster.read("/")
        assert seen == ["Basic cmVhZGVyOnMzY3JldA=="]
        assert "refuses this user" in str(error.value)
        assert "s3cret" not in f"{error.value!r} {error.value.__cause__!r} {settings!r}"

    def test_a_certificate_that_is_not_there_is_a_setting_to_correct(self, tmp_path):
        for name in ("opensearch_ca", "opensearch_client_cert"):
            settings = shared_settings(opensearch_hosts=("https://127.0.0.1:1",), **{name: tmp_path / "nowhere"})
            with pytest.raises(SettingsError, match="certificates cannot be used"):
                Cluster(settings)


@contextmanager
def flood_stage(index):
    """Have the cluster itself find its disks too full, and block writing, until it finds them in order again."""
    disk = "cluster.routing.allocation.disk"
    names = [f"{disk}.threshold_enabled", *(f"{disk}.watermark.{stage}" for stage in ("low", "high", "flood_stage"))]
    names.append("cluster.info.update.interval")
    too_much = ["true", "1000000gb", "1000000gb", "1000000gb", "10s"]
    call(shared_url(), "PUT", "/_cluster/settings", {"transient": dict(zip(names, too_much, strict=True))})
    try:
        wait(lambda: "read_only_allow_delete" in str(call(shared_url(), "GET", f"/{index}/_settings")))
        yield
    finally:
        off = {"transient": dict.fromkeys(names), "persistent": {"cluster.blocks.create_index": None}}
        call(shared_url(), "PUT", "/_cluster/settings", off)
        blocks = {"index.blocks.read_only_allow_delete": None}
        call(shared_url(), "PUT", "/_all/_settings", blocks)


def wait(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.5)


@contextmanager
def answering(status):
    """Serve nothing but a status; give the address, and the list of the credentials that were sent."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.headers["Authorization"])
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


def test_a_word_of_any_length_is_found_by_itself_and_by_its_beginning(tmp_path, in_cluster):
    long = "x" * LONGEST_WORD
    archive, _, _ = rebuilt(tmp_path, [article("a", f"one {long} two"), article("b", "x" * 300)], **in_cluster)
    opened = archive.open(archive.current_id(), cache_bytes=1, seconds=60)
    with closing(opened.engine) as engine:
        assert engine.count(tree(f"xx{'x' * 400}*")) == 1
        assert engine.count(tree(f"xx{'x' * 100}*")) == 2
        assert engine.count(tree(f'"{"x" * 300}"')) == 1
    assert len(key(long)) < 200


def test_the_hundred_questions_of_the_benchmark_are_answered_as_the_local_engine_answers_them(tmp_path, in_cluster):
    source = generated(tmp_path / "archive.jsonl", articles=600)
    corpus = read_corpus([source], tmp_path / "analysed.jsonl", ANALYZER)
    opened = {}
    for name in ("whoosh", "opensearch"):
        settings = settings_for(tmp_path / name, **{**in_cluster, "engine": name})
        archive = Archive(settings.index, settings)
        indexing.rebuild([source], archive, settings)
        opened[name] = archive.open(archive.current_id(), cache_bytes=1 << 24, seconds=60).engine
    questions = make_mix(corpus, ANALYZER.stop_words)
    assert len(questions) == 100
    for question in questions:
        ask = Ask(plan(parse(question.text(), ANALYZER).node, Match.ALL), size=10, facets=(*FACETS, "date"))
        same_but_for_near_ties(opened["opensearch"].search(ask), opened["whoosh"].search(ask))
    for engine in opened.values():
        engine.close()


def same_but_for_near_ties(found, true):
    assert (found.paragraphs, found.articles, found.has_more) == (true.paragraphs, true.articles, true.has_more)
    assert found.facets == true.facets
    assert [hit.score for hit in found.hits] == pytest.approx([hit.score for hit in true.hits], rel=2e-6)
    for ours, theirs in zip(found.hits, true.hits, strict=True):
        if ours.card.id != theirs.card.id:
            others = [hit.score for hit in true.hits if hit.card.id == ours.card.id] or [true.hits[-1].score]
            assert ours.score == pytest.approx(others[0], rel=2e-6)
