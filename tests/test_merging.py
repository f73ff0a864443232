"""Merging segments: what is written is, byte for byte, a segment built from the live articles at once."""

import random
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from archives import ANALYZER, article, prepared
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import archives, examples

from search.articles import Article
from search.engines.whoosh.building import SegmentBuilder
from search.engines.whoosh.engine import WhooshKind
from search.engines.whoosh.layout import MOST_FREQUENT, SEGMENTS
from search.engines.whoosh.live import Deletions, LiveSegment
from search.engines.whoosh.merging import merge
from search.engines.whoosh.segment import Segment
from search.errors import IndexDamaged

Stems = Callable[[Sequence[str]], Sequence[str]]

MUTATIONS = 100
LETTERS = "bcdfghjklmnpqrsvwx"
OFTEN = " ".join(["talks"] * MOST_FREQUENT)
# Each word of it is in one of the articles alone; many are in one paragraph more often than a byte counts.
FREQUENT = [
    article("a", "NATO talks with Müller", title="", headline="E-mail from Oslo", place="Oslo"),
    article("b", OFTEN, f"{OFTEN} TALKS talking x", "—", title="US talks", date="2024-08-24", place="Bergen"),
    article("c", "", title="", agency="IANS"),
    article("d", f"{OFTEN} {OFTEN} the talk", title="L'Aquila", date="2019-12-31", section="world"),
]


def stems_of(words: Sequence[str]) -> list[str]:
    return [" ".join(ANALYZER.stems_of(word)) for word in words]


def built(articles: Sequence[Article], folder: Path, stems: Stems = stems_of) -> Path:
    """Build one segment and return its folder."""
    folder.mkdir()
    builder = SegmentBuilder(folder)
    builder.add(articles, prepared(WhooshKind(), articles))
    (name,) = builder.finish(stems)
    return folder / SEGMENTS / name


def live_segment(folder: Path, deleted: Sequence[int]) -> LiveSegment:
    """Open a segment of which some articles were deleted; what is counted of them is not known."""
    return LiveSegment(folder.name, Segment(folder), Deletions(np.array(deleted, np.int64), {}))


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def assert_merged(
    articles: Sequence[Article],
    cuts: Sequence[int],
    deleted: set[int],
    at_a_time: int,
    folder: Path,
    *,
    stems: Stems = stems_of,
) -> None:
    """Build a segment of the articles between each two cuts, merge them, and compare with one of those not deleted."""
    bounds = sorted({0, len(articles), *(min(cut, len(articles)) for cut in cuts)})
    segments = [
        live_segment(
            built(articles[start:end], folder / str(start), stems),
            [number - start for number in range(start, end) if number in deleted],
        )
        for start, end in pairwise(bounds)
    ]
    merge(segments, folder / "merged", at_a_time=at_a_time)
    live = [each for number, each in enumerate(articles) if number not in deleted]
    right, found = files_of(built(live, folder / "right", stems)), files_of(folder / "merged")
    assert [name for name in right if right[name] != found.get(name)] == []
    assert set(found) == set(right)


@given(
    articles=archives(),
    cuts=st.lists(st.integers(1, 11), max_size=3),
    deleted=st.sets(st.integers(0, 11)),
    at_a_time=st.sampled_from([1, 10, 1 << 20]),
)
@example(articles=FREQUENT, cuts=[2], deleted=set(), at_a_time=100)
@example(articles=FREQUENT, cuts=[1, 2, 3], deleted={0}, at_a_time=1)
@example(articles=FREQUENT, cuts=[1, 2], deleted={1, 2}, at_a_time=1 << 20)
@example(articles=FREQUENT, cuts=[], deleted={3}, at_a_time=1 << 20)
@examples(100)
def test_merged_segments_are_the_segment_of_their_live_articles(articles, cuts, deleted, at_a_time):
    with tempfile.TemporaryDirectory() as folder:
        if deleted >= set(range(len(articles))):
            with pytest.raises(ValueError, match="no article is live"):
                assert_merged(articles, cuts, deleted, at_a_time, Path(folder))
            assert not (Path(folder) / "merged").exists()
        else:
            assert_merged(articles, cuts, deleted, at_a_time, Path(folder))


def many_articles(number: int) -> list[Article]:
    """Articles whose words are some of many forms, some of them very frequent."""
    rng = random.Random(number)
    words = [f"{stem}{ending}" for stem in ("talk", "ferr", "port", "NATO", "müller") for ending in ("", "s", "ing")]
    words += [f"{rng.randrange(5000)}" for _ in range(900)]
    weights = [*(rng.randrange(1, 400) for _ in range(15)), *([1] * 900)]
    return [
        article(
            f"a{rng.randrange(10**6)}-{each}",
            *(" ".join(rng.choices(words, weights, k=rng.choice([0, 3, 60, 300]))) for _ in range(rng.randint(1, 4))),
            title=" ".join(rng.choices(words, k=rng.choice([0, 5]))),
            place=rng.choice([None, *words]),
        )
        for each in range(number)
    ]


@pytest.mark.parametrize("at_a_time", [1000, 1 << 20])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.9])
def test_many_postings_are_merged_in_parts(share, at_a_time, tmp_path):
    articles, rng = many_articles(300), random.Random(5)
    deleted = {number for number in range(len(articles)) if rng.random() < share}
    assert_merged(articles, [40, 200], deleted, at_a_time, tmp_path)


@pytest.mark.parametrize("deleted", [set(), {0}, {1}, {2}])
@pytest.mark.parametrize("words", [127, 128, 129, 255, 256, 257])
def test_numbers_take_as_many_bytes_as_those_of_live_articles_need(words, deleted, tmp_path):
    forms = [f"t{first}{second}" for first in LETTERS for second in LETTERS][:words]
    articles = [
        article("a", " ".join(forms[:100]), title=" ".join(forms[100:])),
        article("b", " ".join([*forms[:50], "talks"])),
        article("c", " ".join(forms), title="TALKS"),
    ]
    assert_merged(articles, [1, 2], deleted, 1 << 20, tmp_path, stems=lambda words: [word[0].lower() for word in words])


def test_what_is_damaged_is_never_merged(tmp_path):
    articles, rng, noticed = many_articles(150), random.Random(3), 0
    whole, damaged = built(articles[:50], tmp_path / "whole"), built(articles[50:], tmp_path / "damaged")
    merge([live_segment(whole, [3]), live_segment(damaged, [])], tmp_path / "right")
    right = files_of(tmp_path / "right")
    assert (damaged / "stored.arrays").stat().st_size > 4 * (1 << 14), "several blocks"
    for mutation in range(MUTATIONS):
        path = rng.choice(sorted(damaged.iterdir()))
        content = path.read_bytes()
        at = rng.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :])
        try:
            merge([live_segment(whole, [3]), live_segment(damaged, [])], tmp_path / str(mutation))
        except IndexDamaged:
            noticed += 1
        else:
            assert files_of(tmp_path / str(mutation)) == right, f"byte {at} of {path.name}"
        path.write_bytes(content)
    assert noticed > MUTATIONS * 0.9
