"""What a misspelt word is likely to mean is found among few of an archive's words, as among all of them."""

from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from strategies import examples

from search.engines.base import Form
from search.engines.vocabulary import Vocabulary

# Letters whose numbers end alike, in one byte and in more, and words of digits, which are never meant.
WORDS = st.one_of(
    st.text("abAá1ı中", min_size=1, max_size=7), st.sampled_from(["treaty", "treatise", "US", "2024", "a" * 40])
)
ARCHIVES = st.dictionaries(WORDS, st.integers(0, 5), max_size=80)


def vocabulary(frequencies):
    words = sorted(frequencies)
    return Vocabulary.of(words, [frequencies[word] for word in words], words)


@examples(400)
@given(ARCHIVES, WORDS, st.integers(1, 5))
@example({}, "treaty", 3)
@example({"treaty": 1}, "tretay", 3)
def test_all_words_that_are_near_are_considered(frequencies, word, limit):
    near = {}
    for other, frequency in frequencies.items():
        edits = OSA.distance(word.lower(), other)
        if frequency and edits <= (1 if len(word) < 5 else 2) and other not in (word, word.upper()):
            near[other] = (edits, other[0] != word[0].lower(), -frequency, other)
    expected = [Form(other, frequencies[other]) for other in sorted(near, key=near.get) if not other.isdigit()]
    assert vocabulary(frequencies).similar(word, limit=limit) == expected[:limit]


def test_the_most_frequent_of_many_is_the_first():
    letters = "abcdefghijklmnopqrstuvwxyz"
    frequencies = {f"tre{one}{other}y": 1 for one in letters for other in letters} | {"trezzy": 100}
    assert vocabulary(frequencies).similar("tre11y", limit=1) == [Form("trezzy", 100)]
