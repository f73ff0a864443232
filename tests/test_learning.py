"""What is learned of a whole archive: of which texts the sentences begin elsewhere once something else was learned."""

from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from search.language import SentenceModel
from search.learning import sentences_differ

WORDS = ["gov", "u.s", "co", "the", "however", "mr", "no", "ph.d", "e.g", "##number##", "st-a"]
PIECES = [
    "Gov.", "gov.", "The", "the", "U.S.", "However", '"However', "(the", "Mr.", "No.", "5.", "1,000.", "J.", "...",
    "e.g.", "co.,", 'Co."', "St-A.", "rain", "fell.", "fell.)", "Really?", "no.", "Ph.D.", "12", "-", "x.", "Ünruh.",
    "\n",
]  # fmt: skip


@st.composite
def models(draw: st.DrawFn) -> SentenceModel:
    some = st.lists(st.sampled_from(WORDS), max_size=4, unique=True)
    return SentenceModel(draw(some), draw(some))


@examples(300)
@given(before=models(), now=models(), pieces=st.lists(st.sampled_from(PIECES), max_size=12))
def test_a_text_is_told_whose_sentences_begin_elsewhere(
    before: SentenceModel, now: SentenceModel, pieces: list[str]
) -> None:
    text = " ".join(pieces).strip()
    differs = sentences_differ(before, now)
    told = differs is not None and differs(text)
    assert told == (before.starts(text) != now.starts(text))


def test_the_same_model_tells_all_texts_alike() -> None:
    assert sentences_differ(SentenceModel(["gov"], ["the"]), SentenceModel(["gov"], ["the"])) is None
