"""Postings as a segment keeps them, against the tokens that they were made of: many documents, blocks of postings."""

import random

import numpy as np
import pytest

from search.engines.whoosh.arrays import ArrayFile, write_arrays
from search.engines.whoosh.building import MOST_FREQUENT, Terms, inverted
from search.engines.whoosh.segment import FieldPostings

WORDS = ["a", "ab", "b", "ba", "bb", "c"]
STEMS = ["a", "a", "b", "b", "b", "c"]


@pytest.fixture(scope="module", params=["short", "very frequent"])
def field(request, tmp_path_factory):
    """What was opened, and of each document its tokens: numbers of words, times two, plus capitals."""
    rng = random.Random(5)
    weights = [1, 2, 30, 5, 1, 1]
    documents = [
        [rng.choices(range(len(WORDS)), weights)[0] * 2 + rng.randrange(2) for _ in range(rng.choice([0, 1, 5, 40]))]
        for _ in range(700)
    ]
    if request.param == "very frequent":
        for number in (0, 17, 18, 300, 699):
            documents[number] = [4] * (MOST_FREQUENT + number) + [0, 5]
    lengths = np.array(list(map(len, documents)), np.uint32)
    tokens = np.array([token for document in documents for token in document], np.uint32)
    arrays = inverted(tokens, lengths, Terms.of(WORDS, STEMS)) | {"word_docs": np.zeros(len(WORDS), np.uint32)}
    path = tmp_path_factory.mktemp("postings") / "x.arrays"
    write_arrays(path, {f"text_{name}": each for name, each in arrays.items()})
    return FieldPostings(ArrayFile(path), "text"), documents


def expected(documents, stem):
    """Return the positions and forms of a stem in each document that has it."""
    words = [number for number, each in enumerate(STEMS) if each == "abc"[stem]]
    form = {word: index for index, word in enumerate(words)}
    return {
        number: [(at, form[token >> 1] * 2 + (token & 1)) for at, token in enumerate(document) if token >> 1 in form]
        for number, document in enumerate(documents)
        if any(token >> 1 in form for token in document)
    }


def read(postings, found):
    """Return the same of what was found, in its order."""
    frequencies = postings.frequencies(found.at)
    tokens = postings.tokens(found.at, frequencies)
    pairs = list(zip(tokens.positions.tolist(), tokens.forms.tolist(), strict=True))
    ends = np.cumsum(frequencies, dtype=np.int64).tolist()
    return [
        (doc, pairs[end - int(frequency) : end])
        for doc, end, frequency in zip(found.docs.tolist(), ends, frequencies.tolist(), strict=True)
    ]


@pytest.mark.parametrize("stem", range(3))
def test_all_postings_of_a_stem_are_its_tokens(field, stem):
    postings, documents = field
    assert read(postings, postings.find(stem)) == list(expected(documents, stem).items())


@pytest.mark.parametrize("stem", range(3))
@pytest.mark.parametrize("share", [1, 3, 40, 300])
def test_postings_in_some_documents_are_those_of_these(field, stem, share):
    postings, documents = field
    right, rng = expected(documents, stem), random.Random(share)
    for _ in range(20):
        asked = sorted(rng.sample(range(len(documents)), len(documents) // share))
        found = read(postings, postings.find(stem, np.array(asked, np.int64)))
        assert found == [(doc, right[doc]) for doc in asked if doc in right]


def test_stems_that_are_read_together_are_read_one_after_the_other(field):
    postings, documents = field
    found = postings.find_together([0, 2])
    assert read(postings, found) == [*expected(documents, 0).items(), *expected(documents, 2).items()]
    firsts = len(expected(documents, 0))
    assert postings.stems_of([0, 2], found.at).tolist() == [0] * firsts + [1] * (len(found.docs) - firsts)
    some = np.arange(0, len(documents), 7)
    assert sorted(postings.find_together([0, 2], some).docs.tolist()) == sorted(
        doc for stem in (0, 2) for doc in expected(documents, stem) if doc % 7 == 0
    )
