"""Several articles in one text file, and one article that only looks like several."""

import datetime
import hashlib
from itertools import pairwise

import pytest

from search.articles import Article, NoteKind
from search.reading import ReadingContext, SourceFile, read_file

TODAY = datetime.date(2024, 11, 22)
BRIDGE = "Bridge opens\n\nDELHI, Jan 2, 2016 (PTI) - The bridge opened to cars.\n\nThe mayor cut a ribbon.\n"
MARKET = "Market closes\n\nMUMBAI, Jan 3, 2016 (PTI) - The market closed higher.\n"
FERRY = "Ferry returns\n\nKOCHI, Jan 4, 2016 (PTI) - The ferry returned to service.\n"
STORIES = (BRIDGE, MARKET, FERRY)
TITLES = ["Bridge opens", "Market closes", "Ferry returns"]


@pytest.fixture
def read(tmp_path):
    def read(content, name="all.txt"):
        path = tmp_path / name
        path.write_bytes(content.encode())
        return list(read_file(SourceFile(path, name, 1), context=ReadingContext(today=TODAY)))

    return read


@pytest.fixture
def articles(read):
    return lambda content: [reading for reading in read(content) if isinstance(reading, Article)]


def headed(story, template):
    title, _, body = story.partition("\n\n")
    return template.format(title=title, body=body)


def numbered(template, stories=STORIES):
    return "\n\n".join(f"{template.format(number)}\n\n{story}" for number, story in enumerate(stories, 1))


SEVERAL = {
    "form feeds": "\f".join(STORIES),
    "form feeds and new lines": "\n\f\n".join(STORIES),
    "dashes": f"\n{'-' * 60}\n\n".join(STORIES),
    "dashes without blank lines": "-----\n".join(STORIES),
    "equals signs": "\n=====\n".join(STORIES),
    "underscores": "\n________\n\n".join(STORIES),
    "stars": "\n* * *\n\n".join(STORIES),
    "hashes and CR LF": "\n###\n\n".join(STORIES).replace("\n", "\r\n"),
    "Document 1 of 3": numbered("Document {} of 3"),
    "1 of 3 DOCUMENTS": numbered("                    {} of 3 DOCUMENTS\n\n"),
    "Dokument 1 von 3": numbered("Dokument {} von 3"),
    "rules and markers": numbered("____________________\n\nDocument {} of 3"),
    "End of Document": "".join(f"{story}\nEnd of Document\n\n" for story in STORIES),
    "underlined titles": "\n".join(headed(story, "{title}\n=============\n\n{body}") for story in STORIES),
    "boxed titles": "\n".join(headed(story, "-------\n{title}\n-------\n\n{body}") for story in STORIES),
    "headers": "\n".join(headed(story, "Title: {title}\nSource: City News\n\n{body}") for story in STORIES),
    "headers of one key": "\n".join(headed(story, "Title: {title}\n\n{body}") for story in STORIES),
    "headers below rules": "-----\n".join(headed(story, "HEADLINE: {title}\nBY: Maria\n\n{body}") for story in STORIES),
    "front matter": "\n".join(headed(story, "---\ntitle: {title}\n---\n{body}") for story in STORIES),
    "labels": "\n-----\n\n".join(headed(story, "URGENT\n\n{title}\n\n{body}") for story in STORIES),
    "bylines": "\n-----\n\n".join(headed(story, "{title}\nBy Maria Silva\n\n{body}") for story in STORIES),
}


@pytest.mark.parametrize("text", SEVERAL.values(), ids=SEVERAL)
def test_several_articles_are_read_each_by_itself(read, text):
    note, *stories = [reading for reading in read(text) if isinstance(reading, Article) or "articles" in reading.reason]
    assert note.kind is NoteKind.ARTICLES_SPLIT
    assert "3 articles" in note.reason
    assert [story.title for story in stories] == TITLES
    assert [story.place for story in stories] == ["Delhi", "Mumbai", "Kochi"]
    assert [story.id for story in stories] == ["all~1", "all~2", "all~3"]


@pytest.mark.parametrize("text", SEVERAL.values(), ids=SEVERAL)
def test_spans_of_each_count_in_the_whole_file(articles, text):
    stories = articles(text)
    assert all(one.source.end <= other.source.start for one, other in pairwise(stories))
    for story in stories:
        assert story.source.sha256 == hashlib.sha256(text.encode()).hexdigest()
        assert story.dateline.text == text[story.dateline.start : story.dateline.end]
        for paragraph in story.paragraphs:
            assert paragraph.text == " ".join(text[paragraph.start : paragraph.end].split())
            assert story.source.start <= paragraph.start < paragraph.end <= story.source.end


def test_stories_that_open_with_a_date_or_a_dateline_need_no_title(articles):
    dated = "date 2024-08-24 Delhi, Aug 24 (PTI) Rain fell.\n\ndate 2024-08-25 Kochi, Aug 25 (PTI) Sun shone.\n"
    plain = "DELHI, Jan 2 (PTI) - Rain fell.\n\n***\n\nKOCHI, Jan 3 (PTI) - Sun shone.\n"
    assert [story.title for story in articles(dated)] == ["Rain fell.", "Sun shone."]
    assert [story.place for story in articles(plain)] == ["Delhi", "Kochi"]


def test_documents_of_a_newspaper_database_have_their_own_heads(articles):
    first, second = articles(
        "                    1 of 2 DOCUMENTS\n\n\n          The Daily Example\n\n        March 11, 2016 Friday\n\n"
        "Bridge opens\n\nBYLINE: Maria Silva\n\nLENGTH: 120 words\n\nIt opened.\n\nLOAD-DATE: May 12, 2016\n\n\n"
        "                    2 of 2 DOCUMENTS\n\n\n          The Daily Example\n\n        March 12, 2016 Saturday\n\n"
        "Market closes\n\nLENGTH: 20 words\n\nThe market closed.\n"
    )
    assert (first.title, first.date, first.byline) == ("Bridge opens", datetime.date(2016, 3, 11), "Maria Silva")
    assert (second.title, second.date, second.byline) == ("Market closes", datetime.date(2016, 3, 12), None)
    assert "The Daily Example" in second.headline


def test_what_is_above_the_first_article_goes_with_it(articles):
    first, second = articles(f"Digest of the day\n\n=====\n\n{BRIDGE}\n=====\n\n{MARKET}")
    assert (first.title, first.headline) == ("Bridge opens", "Digest of the day\nBridge opens")
    assert second.headline == "Market closes"


def test_a_brief_without_a_dateline_is_one_of_several_where_rules_are_alike(articles):
    rule = f"\n{'-' * 20}\n\n"
    stories = articles(rule.join([BRIDGE, MARKET, "Sun shines\n\nIt was a fine day.\n", FERRY]))
    assert [story.title for story in stories] == ["Bridge opens", "Market closes", "Sun shines", "Ferry returns"]


ONE = {
    "a rule of stars": f"{BRIDGE}\n* * *\n\nEngineers had worked for ten years.\n",
    "a rule of dashes": f"{BRIDGE}\n----\n\nEngineers had worked for ten years.\n\n----\n\nThe end was near.\n",
    "stars above a subhead": f"{BRIDGE}\n***\n\nTen years of work\n\nEngineers had worked.\n",
    "a signature": f"{BRIDGE}\n--\nMaria Silva\nThe Daily Example\n",
    "a long signature": f"{BRIDGE}\n-----\nMaria Silva\n",
    "a table": f"{BRIDGE}\nTeam   P W\n----------\nDelhi  2 1\nKochi  2 0\n----------\n\nThe league goes on.\n",
    "a page in a sentence": "Bridge opens\n\nDELHI, Jan 2 (PTI) - The bridge was\fopened to cars.\n",
    "numbered pages": f"{BRIDGE}\n- 1 -\n\fEngineers had worked for ten years.\n\n- 2 -\n\fThe end was near.\n",
    "running heads": f"{BRIDGE}\fBridge opens\n\nDELHI, Jan 2, 2016 (PTI) - Continued.\n",
    "a rule below the header": "Title: Bridge opens\nDate: 2016-01-02\n------\nDELHI, Jan 2 (PTI) - It opened.\n",
    "a rule below the title": "Bridge opens\n============\n\nDELHI, Jan 2 (PTI) - The bridge opened.\n",
    "a rule around the title": "============\nBridge opens\n============\n\nDELHI, Jan 2 (PTI) - The bridge opened.\n",
    "front matter": "---\ntitle: Bridge opens\n---\nKochi in brief\n\nDELHI, Jan 2 (PTI) - The bridge opened.\n",
    "one marker": f"Document 1 of 1\n\n{BRIDGE}",
    "a marker of many": f"                    7 of 12 DOCUMENTS\n\n{BRIDGE}",
    "words like a marker": f"{BRIDGE}\nArticle 5 of it\n\n3 of 4 articles were read.\n\nDocument 2 of 9 went.\n",
    "the end of the document": f"{BRIDGE}\nEnd of Document\n",
    "a press release's end": f"FOR IMMEDIATE RELEASE\n\n{BRIDGE}\n###\n",
    "a header's keys in the text": f"Title: Bridge opens\nDate: 2016-01-02\n\n{BRIDGE}\nDate: see above.\n",
    "the header once more": f"Title: Bridge opens\nAuthor: M\n\n{BRIDGE}\nTitle: Bridge opens\nAuthor: M\n",
}


@pytest.mark.parametrize("text", ONE.values(), ids=ONE)
def test_one_article_is_one(read, text):
    readings = read(text)
    (story,) = [reading for reading in readings if isinstance(reading, Article)]
    assert (story.id, story.title) == ("all", "Bridge opens")
    assert (story.source.start, story.source.end) == (0, len(text))
    assert [reading for reading in readings if getattr(reading, "kind", None) is NoteKind.ARTICLES_SPLIT] == []


def test_a_running_head_parts_articles_but_not_the_pages_of_one(articles):
    assert len(articles("\f".join(f"The Daily Example\n\n{story}" for story in STORIES))) == 3
    assert len(articles("\f".join(f"The Daily Example\n\n{page}" for page in (BRIDGE, "More rain fell.\n")))) == 1


@pytest.mark.parametrize("rule", ["\n----------\n\n", "\f"])
def test_titles_alone_below_rules_are_doubtful_so_it_is_one_article_with_a_note(read, rule):
    note, story = read(f"Bridge opens\n\nThe bridge opened.\n{rule}Market closes\n\nThe market closed.\n")
    assert note.kind is NoteKind.ARTICLES_SPLIT
    assert "may hold 2 articles" in note.reason
    assert len([paragraph for paragraph in story.paragraphs if paragraph.text[0] != "-"]) == 3


def test_the_others_are_read_where_one_of_several_has_no_text(read):
    *_, error, last = read("Document 1 of 3\n\nRain fell.\n\nDocument 2 of 3\n\nDocument 3 of 3\n\nSun shone.\n")
    assert (error.where, last.paragraphs[0].text) == ("article 2", "Sun shone.")
