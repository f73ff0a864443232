"""Searches go on while rebuilds switch generations: none fails, none mixes two, the new one is seen by itself."""

import json
import logging
import os
import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from sources import build, generated, search, serve, start_dateline, write_records

from search.answering.answer import answer_json
from search.answering.parameters import read_parameters
from search.archive import Archive
from search.errors import GenerationGone

PATIENCE = 60.0
# What each source holds: articles, paragraphs.
HELD = {"rain": (30, 90), "snow": (20, 40)}
EITHER = "rain OR snow"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Two sources without an id, a place, an agency or a section in common, their marker in every paragraph."""
    folder = tmp_path_factory.mktemp("sources")
    return {
        marker: write_records(
            folder / f"{marker}.jsonl",
            generated(marker, articles=articles, paragraphs=paragraphs // articles, words=12),
        )
        for marker, (articles, paragraphs) in HELD.items()
    }


@pytest.fixture
def index(tmp_path, sources):
    build(tmp_path / "index", sources["rain"])
    return tmp_path / "index"


def ask(service, query=EITHER, **parameters):
    return service.search(read_parameters([("q", query), *parameters.items()]))


def told_by(answer):
    """Return the one source that all of an answer (its JSON) comes from; fail where it mixes two."""
    markers = {hit["article_id"].partition("-")[0] for hit in answer["hits"]}
    markers |= {value["value"].lower() for value in answer["facets"]["agency"]}
    markers |= {value["value"].lower().partition(" ")[0] for value in answer["facets"]["place"]}
    markers |= {value["value"].partition(" ")[0] for value in answer["facets"]["section"]}
    (marker,) = markers
    articles, paragraphs = HELD[marker]
    assert answer["total"] == {"paragraphs": paragraphs, "articles": articles}
    assert sum(month["articles"] for month in answer["facets"]["date"]["buckets"]) == articles
    assert sum(month["held"] for month in answer["facets"]["date"]["buckets"]) == articles
    assert all(marker in hit["snippet"]["text"] for hit in answer["hits"])
    return marker


@contextmanager
def meanwhile(*jobs):
    """Run jobs again and again in threads of their own; afterwards raise the first failure of any."""
    done, failed = Event(), []

    def repeat(job):
        try:
            while not done.is_set():
                job()
        except BaseException as error:  # raised again below, where the test sees it
            failed.append(error)

    threads = [Thread(target=repeat, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield failed
    finally:
        done.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "a search never came back"
    for error in failed:
        raise error


def open_files(index):
    """Return the files of an index that this process has open, by descriptor or mapped, deleted ones too."""
    links = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            links.append(os.readlink(link))  # noqa: PTH115 - "(deleted)" is no path
    mapped = [line.split(maxsplit=5)[5] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line]
    return sorted(name for name in {*links, *mapped} if name.startswith(f"{index}/"))


# One service, many threads


@pytest.mark.parametrize("keep", [2, 1])
def test_no_search_fails_or_mixes_generations_while_rebuilds_switch(index, sources, keep):
    service = serve(index)
    seen = {}

    def one_page(**parameters):
        answer = answer_json(ask(service, **parameters))
        marker = told_by(answer)
        assert seen.setdefault(answer["generation"]["id"], marker) == marker

    def every_page():
        answer = ask(service, size="7")
        ids = []
        with suppress(GenerationGone):  # allowed here alone: a cursor may outlive what it belongs to
            while True:
                told_by(answer_json(answer))
                ids += [hit.card.id for hit in answer.hits]
                assert len(ids) == len(set(ids))
                if answer.next is None:
                    assert len(ids) == answer.articles
                    break
                following = ask(service, size="7", cursor=answer.next)
                assert following.generation == answer.generation
                answer = following

    def status():
        held = service.status()
        assert (held.articles, held.paragraphs) in HELD.values()

    built = {}
    with meanwhile(
        one_page, lambda: one_page(sort="newest", group="none"), lambda: one_page(size="100"), every_page, status
    ) as failed:
        for number in range(6):
            marker = ("snow", "rain")[number % 2]
            _, summary = build(index, sources[marker], keep=keep)
            built[summary.generation_id] = marker
            assert told_by(answer_json(ask(service))) in HELD
            if failed:
                break
    assert told_by(answer_json(ask(service))) == marker
    assert {generation: marker for generation, marker in seen.items() if generation in built}.items() <= built.items()
    assert len(seen) > 1
    service.close()
    assert open_files(index) == []


def test_a_search_that_opens_the_index_for_itself_never_fails_while_rebuilds_prune(index, sources):
    def one_of_its_own():
        assert search(index, EITHER).paragraphs in (90, 40)

    with meanwhile(one_of_its_own, one_of_its_own) as failed:
        for number in range(12):
            build(index, sources[("snow", "rain")[number % 2]], keep=1)
            if failed:
                break


def test_the_new_generation_is_seen_without_a_restart(index, sources):
    service = serve(index)
    for marker in ("rain", "snow", "rain"):
        _, summary = build(index, sources[marker])
        answer = ask(service)
        assert (answer.generation.id, told_by(answer_json(answer))) == (summary.generation_id, marker)
        assert service.generation_id() == service.status().generation.id == summary.generation_id
    service.close()


def test_a_service_that_began_before_there_was_an_index_sees_the_first(tmp_path, sources):
    service = serve(tmp_path / "index")
    with pytest.raises(Exception, match="dateline rebuild"):
        ask(service)
    build(tmp_path / "index", sources["snow"])
    assert told_by(answer_json(ask(service))) == "snow"
    service.close()


def test_a_rollback_is_seen_too(index, sources):
    service = serve(index)
    archive, _ = build(index, sources["snow"])
    assert told_by(answer_json(ask(service))) == "snow"
    archive.roll_back()
    assert told_by(answer_json(ask(service))) == "rain"
    service.close()


def test_while_the_new_generation_cannot_be_opened_the_old_one_goes_on_serving(index, sources, caplog):
    service = serve(index)
    assert told_by(answer_json(ask(service))) == "rain"
    archive, summary = build(index, sources["snow"])
    (archive.path_of(summary.generation_id) / "commit.bin").write_bytes(b"")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert told_by(answer_json(ask(service))) == "rain"
    (record,) = caplog.records
    assert "commit.bin" in record.getMessage()
    build(index, sources["snow"])
    assert told_by(answer_json(ask(service))) == "snow"
    service.close()


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"20000101T000000000000-000000\n", b"../../elsewhere\n"])
def test_while_current_is_damaged_the_old_generation_goes_on_serving(index, sources, content):
    service = serve(index)
    assert told_by(answer_json(ask(service))) == "rain"
    (index / "CURRENT").unlink()
    if content is not None:
        (index / "CURRENT").write_bytes(content)
    for _ in range(3):
        assert told_by(answer_json(ask(service))) == "rain"
    build(index, sources["snow"])
    assert told_by(answer_json(ask(service))) == "snow"
    service.close()


# Cursors


def test_an_old_cursor_works_until_its_generation_is_pruned(index, sources):
    service = serve(index)
    whole = [hit.id for hit in ask(service, size="100").hits]
    first = ask(service, size="4")
    build(index, sources["snow"])
    assert told_by(answer_json(ask(service))) == "snow"
    second = ask(service, size="4", cursor=first.next)
    assert second.generation == first.generation
    assert [hit.id for hit in first.hits + second.hits] == whole[:8]
    assert [hit.id for hit in search(index, EITHER, size="4", cursor=first.next).hits] == whole[4:8]
    for marker in ("rain", "snow"):
        build(index, sources[marker])
        assert told_by(answer_json(ask(service))) == marker
    assert first.generation.id not in Archive(index).kept()
    for pruned in (first.next, second.next):
        with pytest.raises(GenerationGone):
            ask(service, size="4", cursor=pruned)
        with pytest.raises(GenerationGone):
            search(index, EITHER, size="4", cursor=pruned)
    assert told_by(answer_json(ask(service))) == "snow"
    service.close()


def test_a_cursor_of_a_pruned_generation_is_gone_though_it_is_still_open(index, sources):
    """Another process, which has not got it open, would say so too."""
    service = serve(index, keep=1)
    try:
        cursor = ask(service, size="1").next
        build(index, sources["snow"], keep=1)
        with pytest.raises(GenerationGone):
            ask(service, size="1", cursor=cursor)
        assert ask(service).paragraphs
    finally:
        service.close()


def test_old_cursors_and_new_searches_do_not_drive_each_other_out(index, sources):
    """Only few generations are open at a time; with cursors of all that are kept, searches still all come back."""
    service = serve(index)
    cursors = []
    for number in range(4):
        build(index, sources[("rain", "snow")[number % 2]], keep=6)
        cursors.append(ask(service, size="4").next)

    def follow(cursor):
        try:
            told_by(answer_json(ask(service, size="4", cursor=cursor)))
        except GenerationGone:
            time.sleep(0.01)  # to be told so again and again would take all the time from what builds

    jobs = [lambda cursor=cursor: follow(cursor) for cursor in cursors]
    with meanwhile(*jobs, lambda: told_by(answer_json(ask(service)))) as failed:
        for number in range(5):
            build(index, sources[("rain", "snow")[number % 2]], keep=4)
            told_by(answer_json(ask(service)))
            if failed:
                break
    service.close()
    assert open_files(index) == []


# What is held open


def test_files_of_retired_generations_are_closed(index, sources):
    service = serve(index)
    held = []
    for number in range(6):
        build(index, sources[("snow", "rain")[number % 2]])
        ask(service)
        held.append(len(open_files(index)))
    assert max(held) == held[1] == held[-1], held
    assert len({Path(name).parts[len(index.parts) + 1] for name in open_files(index)}) <= 2
    service.close()
    assert open_files(index) == []


def test_a_rebuild_leaves_no_file_open(index, sources):
    build(index, sources["snow"])
    assert open_files(index) == []


# `dateline serve`


def get(address, path, **parameters):
    with urlopen(f"{address}{path}?{urlencode(parameters)}", timeout=PATIENCE) as response:
        return response.read()


@pytest.fixture
def address(index, tmp_path):
    """Where a real `dateline serve` answers."""
    process = start_dateline("serve", "--index", index, "--port", "0", cwd=tmp_path, threads=4)
    try:
        line = process.stdout.readline()
        assert "http://" in line, process.stderr.read()
        yield f"http://{line.partition('http://')[2].split()[0]}"
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, [line for line in told.splitlines() if "Traceback" in line]) == (0, [])


def test_no_request_to_a_server_fails_or_mixes_generations_while_rebuilds_switch(index, sources, address):
    seen = set()

    def endpoint():
        answer = json.loads(get(address, "/api/v1/search", q=EITHER))
        seen.add((answer["generation"]["id"], told_by(answer)))

    def page():
        shown = get(address, "/search", q=EITHER).decode()
        assert ("rain-0" in shown) != ("snow-0" in shown)

    with meanwhile(endpoint, endpoint, page) as failed:
        for number in range(4):
            _, summary = build(index, sources[("snow", "rain")[number % 2]])
            waiting = time.monotonic()
            while summary.generation_id not in {generation for generation, _ in seen} and not failed:
                assert time.monotonic() - waiting < PATIENCE, "the new generation was never seen"
                time.sleep(0.02)
            if failed:
                break
    assert len({generation for generation, _ in seen}) == len(seen)
