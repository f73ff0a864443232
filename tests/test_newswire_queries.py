"""Hundreds of handwritten queries over a newswire: all understood, and engine, oracle and scan find as much by each.

Here they are asked of the seeds and of articles made of the queries' own words; `tests/bench/totals.py` asks them of a
real archive.
"""

import datetime
import itertools
import random
from pathlib import Path

import pytest
from archives import ANALYZER, SENTENCES, article, tree, whoosh_engine
from newswire import read_queries
from oracle import Oracle
from scan import Scan, Totals

from search.articles import Article
from search.engines.base import Ask, Scope
from search.errors import QueryError
from search.query import parse
from search.reading import ReadingContext, find_files, read_files

SEEDS = Path(__file__).parent.parent / "seeds"
QUERIES = read_queries()
MADE = 40
DAYS = ("1987-02-26", "1987-03-02", "1987-04-07", "1987-10-19", "1986-10-19", None)


def seeds() -> list[Article]:
    readings = read_files(find_files([SEEDS]), context=ReadingContext(today=datetime.date(2024, 12, 31)))
    return [reading for reading in readings if isinstance(reading, Article)]


def made() -> list[Article]:
    """Make articles of the words that are asked for, the same ones every time; words of one query often stand close."""
    chance = random.Random(1987)
    asked = [ANALYZER.query_words(query) for query in QUERIES]

    def sentence() -> str:
        words = [word for query in chance.sample(asked, k=3) for word in query if chance.random() < 0.7]
        words += chance.choices(("the", "of", "said", "oil", "bank", "us", "mln"), k=2)
        chance.shuffle(words)
        written = [word.upper() if chance.random() < 0.15 else word for word in words]
        return " ".join(written).capitalize() if chance.random() < 0.2 else " ".join(written)

    def text(sentences: int) -> str:
        whole = ". ".join(sentence() for _ in range(chance.randint(1, sentences)))
        return whole.upper() if chance.random() < 0.05 else whole

    return [
        article(
            f"made-{number}",
            *(text(4) for _ in range(chance.randint(1, 5))),
            title=text(1),
            date=chance.choice(DAYS),
            place=chance.choice(("London", "New York", "São Paulo", "Tokyo", "Calgary, Alberta", None)),
            agency=chance.choice(("Reuters", None)),
            byline=chance.choice(("Rich Miller", "By Peter Torday", None)),
            section=chance.choice(("earn", "acq", "money-fx", "trade", "crude", "coffee", None)),
        )
        for number in range(MADE)
    ]


def test_there_are_three_hundred_of_them_all_different():
    assert len(QUERIES) >= 300
    assert len({query.lower().strip() for query in QUERIES}) > 290
    assert len(set(QUERIES)) == len(QUERIES)


def test_they_are_all_understood():
    refused = {}
    for query in QUERIES:
        try:
            parse(query, ANALYZER)
        except QueryError as error:
            refused[query] = str(error)
    assert refused == {}


@pytest.mark.parametrize("articles", [seeds(), made()], ids=["seeds", "made"])
def test_engine_oracle_and_scan_find_as_much(articles, tmp_path):
    engine = whoosh_engine(articles, tmp_path)
    oracle = Oracle(articles, ANALYZER, SENTENCES)
    scan = Scan(articles, ANALYZER, SENTENCES)
    wrong = {}
    found = 0
    try:
        for query, scope in itertools.product(QUERIES, Scope):
            ask = Ask(tree(query), scope=scope, size=1)
            totals = {Totals(answer.paragraphs, answer.articles) for answer in (engine.search(ask), oracle.search(ask))}
            totals.add(scan.totals(ask.node, scope))
            found += any(total.paragraphs for total in totals)
            if len(totals) > 1:
                wrong[query, scope] = totals
    finally:
        engine.close()
    assert wrong == {}
    # Of nothing all are sure.
    assert found > len(QUERIES) * 2 * (0.2 if articles[0].id.startswith("0") else 0.5)
