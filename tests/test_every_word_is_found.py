"""No word of a source is lost: whatever it opens with, each word of its text is found, in its article, by a search."""

import json
from contextlib import closing

import pytest
from archives import ANALYZER, settings_for, tree

from search import indexing
from search.archive import Archive
from search.engines.base import Ask

STORY = """KYIV, March 3 (Reuters) - Rain fell on the harbour.

(Adds quotes) "It stopped," said Ann Lee of the e-mail desk.

((Editing by Tom Roe))
"""
TEXTS = {
    "dateline": STORY,
    "title and byline": f"Rain in the harbour\n\nBy Peter Moss\n\n{STORY}",
    "label": f"UPDATE 2-Rain in the harbour\n\nURGENT: not for release\n\n{STORY}",
    "agency first": STORY.replace("KYIV, March 3 (Reuters) -", "(AP) LIMA, Peru, 3 de marzo de 2024 (EFE).-"),
    "no place": STORY.replace("KYIV, March 3 (Reuters) -", "INFLATION —"),
    "wrapped": STORY.replace("Rain fell on the harbour", "Rain fell on\nthe grand har-\nbour"),
    "rule": f"Rain\n----\n\n{STORY}\n***\n\nMore of it.\n",
    "date line": f"date 2024-03-03 {STORY}",
    "furniture": f"{STORY}\n-- With help of Max Ude\n\nSign up here: reuters.com\n\nEND\n",
}


def found_in(tmp_path, words):
    """The words that no article is found by."""
    settings = settings_for(tmp_path, source=tmp_path / "in")
    archive = Archive(settings.index, settings)
    indexing.rebuild([settings.source], archive, settings)
    opened = archive.open(archive.current_id(), cache_bytes=1 << 20, seconds=60)
    with closing(opened.engine) as engine:
        return {word for word in words if engine.search(Ask(tree(f'"{word}"'), size=1)).paragraphs == 0}


def words_of(text):
    return set(ANALYZER.words(text.replace("har-\nbour", "harbour"))) - {"date", "2024", "03"}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_in_a_plain_text(tmp_path, text):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "story.txt").write_text(text)
    assert found_in(tmp_path, words_of(f"{text} harbour")) == set()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", ["story.jsonl", "story.json"])
def test_in_a_record(tmp_path, name, text):
    record = {"title": "UPDATE 1-Storm over Odesa", "author": "Zoe Quill", "date": "2024-03-03", "text": text}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text(json.dumps(record if name.endswith("l") else {"items": [record]}))
    assert found_in(tmp_path, words_of(f"{text} UPDATE Storm over Odesa Zoe Quill")) == set()
