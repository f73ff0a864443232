"""Paragraphs that are too long are cut, nothing of their text is lost, and time and memory grow with it at most."""

import datetime
import json
import time
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from search.articles import Article, NoteKind
from search.cli import commands
from search.language import Analyzer, SentenceModel, text_indexer
from search.reading import ReadingContext, find_files, read_files
from search.reading.cutting import LONGEST, LONGEST_WORD, cut, cut_spans

TODAY = datetime.date(2024, 11, 22)
SENTENCE = "The bridge over the river was opened by Mr. Chen. "


def parts(text):
    return [text[start:end] for start, end in cut(text, 0, len(text))]


def test_a_paragraph_that_is_short_enough_stays_one():
    text = (SENTENCE * 400)[:LONGEST].strip()
    assert parts(text) == [text]


def test_a_long_paragraph_is_cut_at_ends_of_sentences_and_not_behind_a_title():
    text = (SENTENCE * 2000).strip()
    found = parts(text)
    assert " ".join(found) == text
    assert all(part.startswith("The bridge") and part.endswith("Chen.") for part in found)
    assert max(map(len, found)) <= LONGEST
    assert len(found) <= 2 * len(text) // LONGEST + 1


@pytest.mark.parametrize(
    "sentence",
    ["橋が開通した。", "पुल खुल गया। ", "Мост открыли в пятницу! ", "“Is it open?” he asked. ", "He left (in 2024). "],
)
def test_sentences_end_as_their_scripts_have_it(sentence):
    end = sentence.strip()[-1]
    assert {part[-1] for part in parts(sentence * (LONGEST // 4))} == {end}


def test_text_without_sentences_is_cut_at_blanks():
    text = ("oil " * 30_000).strip()
    assert " ".join(parts(text)) == text


def test_a_word_without_end_is_cut_at_what_engines_take():
    for letter in ("x", "é", "𐐀", "語"):
        found = parts(letter * 50_000)
        assert "".join(found) == letter * 50_000
        assert max(map(len, found)) <= LONGEST_WORD


def test_a_long_word_in_a_short_paragraph_is_cut_too_and_its_neighbours_are_whole():
    found = parts(f"Rain fell. {'x' * 9000} The sun shone.")
    assert (found[0], found[-1]) == ("Rain fell.", "The sun shone.")
    assert list(map(len, found[1:-1])) == [LONGEST_WORD, 1000]


@pytest.mark.parametrize("cluster", ["e\u0301", "👩‍👩‍👧", "🇫🇷", "नि"])
def test_no_cut_is_within_what_is_seen_as_one_character(cluster):
    for shift in range(len(cluster)):
        found = parts("x" * shift + cluster * 20_000)
        assert all(part.removeprefix("x" * shift).startswith(cluster) for part in found)


def test_marks_without_end_are_cut_somewhere():
    text = "a" + "\u0301" * 30_000
    assert "".join(parts(text)) == text


@given(st.text(alphabet="ab. A\n\u0301語。", min_size=1, max_size=60), st.integers(1, 4000))
def test_nothing_but_white_space_is_lost_and_spans_are_in_order(text, times):
    text = (text * times)[:60_000]
    spans = list(cut(text, 0, len(text)))
    assert "".join(text[start:end] for start, end in spans).split() == text.split() or "".join(
        "".join(text[start:end].split()) for start, end in spans
    ) == "".join(text.split())
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_what_was_cut_is_told_with_the_number_of_parts():
    text = f"Rain.\n\n{SENTENCE * 500}\n\n{'x' * 10_000}"
    start = text.index("The")
    end = text.index("\n\nxx")
    spans, note = cut_spans(text, [(0, 5), (start, end), (end + 2, len(text))])
    assert note.startswith(f"2 paragraphs were cut into {len(spans) - 1} parts")
    assert cut_spans(text, [(0, 5)]) == ([(0, 5)], None)


@pytest.mark.parametrize("kind", ["txt", "jsonl"])
def test_both_readers_cut_alike_with_a_note_and_right_spans(tmp_path, kind):
    body = "  " + SENTENCE * 1000
    text = f"Rain fell.\n\n{body}"
    written = text if kind == "txt" else json.dumps({"id": 7, "paragraphs": ["Rain fell.", body]})
    (tmp_path / f"long.{kind}").write_text(written)
    note, story = read_files(find_files([tmp_path]), context=ReadingContext(today=TODAY))
    assert note.kind is NoteKind.PARAGRAPH_CUT
    assert f"{len(story.paragraphs) - 1} parts" in note.reason
    assert " ".join(paragraph.text for paragraph in story.paragraphs[1:]) == body.strip()
    assert [paragraph.number for paragraph in story.paragraphs] == list(range(1, len(story.paragraphs) + 1))
    assert all(text[each.start : each.end] == each.text for each in story.paragraphs)


def test_texts_are_indexed_alike_however_many_at_a_time(monkeypatch):
    texts = [f"Word{number} said. The U.S. is Big NATO number {number}. Next" for number in range(200)]
    texts += ["", "A", " b  c\nd."]

    def indexed(characters):
        monkeypatch.setattr(text_indexer, "_CHARACTERS_AT_A_TIME", characters)
        indexer = Analyzer().indexer(SentenceModel.train(texts))
        found = [part.tolist() for part in indexer.indexed(texts)]
        return found, list(indexer.vocabulary), list(indexer.each(texts))

    assert indexed(1 << 21) == indexed(700) == indexed(10)


@pytest.mark.parametrize(
    "text", [SENTENCE * 3000, "oil " * 40_000, "x" * 60_000], ids=["words", "one word", "no blank"]
)
def test_a_long_paragraph_is_indexed_and_found_to_its_end(tmp_path, text):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(f"Rain fell.\n\n{text} zebra\n")
    index = ["--index", str(tmp_path / "index")]
    told = CliRunner().invoke(commands, ["rebuild", str(tmp_path / "in"), *index])
    assert told.exit_code == 0, told.output
    assert "paragraph that was cut" in told.output
    found = CliRunner().invoke(commands, ["search", "zebra", *index])
    assert "1 paragraph in 1 article" in found.output


def test_reading_takes_time_in_proportion_to_the_text(tmp_path):
    def seconds(times):
        (tmp_path / "long.txt").write_text(f"Rain fell.\n\n{SENTENCE * times}\n\n{'x' * 40 * times}")
        began = time.process_time()
        assert any(isinstance(each, Article) for each in read_files(find_files([tmp_path]), context=CONTEXT))
        return time.process_time() - began

    seconds(1_000)
    assert seconds(40_000) < 12 * seconds(8_000) + 0.5


CONTEXT = ReadingContext(today=TODAY)
