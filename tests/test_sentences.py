"""Where sentences start: at the start of a chunk, in the text and in its tokens alike, however it is written."""

import orjson
import pytest
from archives import ANALYZER
from hypothesis import example, given
from hypothesis import strategies as st
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
from strategies import examples, texts

from search.language import SentenceModel

TRAINED = SentenceModel.train(
    ["Mr. Lee met Mr. Ray. They left.", "Then Mr. Lee of Acme Corp. spoke. Corp. shares fell."] * 200
)
TEXT = st.one_of(texts(), st.text(alphabet="aB1 .?!\"')\u00a0\u2028é-", max_size=40), st.text(max_size=40))

PIECES = [
    "Mr.",
    "Lee",
    "A.",
    "5.",
    "U.S.",
    "corp.",
    "Corp.",
    "then.",
    "Then",
    "no?",
    "Go!",
    "...",
    "(so.)",
    '"Yes."',
    "b.)",
    "x-corp.",
]
WORDS = st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)

SIGNS = st.text(alphabet="aB.?! \"')(-1,“”‘’", max_size=30)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He met Mr. Lee. They left.", ["He met Mr. Lee. ", "They left."]),
        ("One. Two? Three!", ["One. ", "Two? ", "Three!"]),
        ('He said "Go." Then he went.', ['He said "Go." ', "Then he went."]),
        ("It rose 6.5 percent. It fell.", ["It rose 6.5 percent. ", "It fell."]),
        ("No end", ["No end"]),
        ("", [""]),
    ],
)
def test_a_text_is_cut_where_its_sentences_start(text, sentences):
    starts = TRAINED.starts(text)
    assert [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)] == sentences


@examples(2_000)
@given(st.one_of(TEXT, SIGNS, WORDS))
@example("U.S. Mr. Lee met A. Ray... No. 5. Then? (Yes.) \u201cGo!\u201d he said.")
def test_sentences_are_those_of_punkt(text):
    parameters = PunktParameters()
    parameters.abbrev_types = set(TRAINED.abbreviations)
    parameters.sent_starters = set(TRAINED.sentence_starters)
    assert TRAINED.spans(text) == list(PunktSentenceTokenizer(parameters).span_tokenize(text))


@examples(400)
@given(TEXT)
def test_every_sentence_but_the_first_starts_a_chunk(text):
    starts = TRAINED.starts(text)
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    for start in starts[1:]:
        assert text[start - 1].isspace()
        assert not text[start].isspace()


@examples(2_000)
@given(st.lists(st.one_of(TEXT, SIGNS, WORDS).map(str.strip), max_size=4))
@example(["U.S. Mr. Lee met A. Ray... No. 5. Then? (Yes.) \u201cGo!\u201d he said.", ".) Then", '(a.) ")-- b'])
@example(["It ended.", '"', "A. b", "?) ) A."])
def test_as_many_words_stand_before_a_sentence_as_tokens(several):
    for text, indexed in zip(several, ANALYZER.indexer(TRAINED).each(several), strict=True):
        starts = TRAINED.starts(text) if text else []
        tokens = ANALYZER.tokens(text)
        assert indexed.sentences == [sum(token.start < start for token in tokens) for start in starts]


def test_a_model_crosses_to_another_process_as_what_it_learned():
    model = SentenceModel(**orjson.loads(orjson.dumps(TRAINED.learned)))
    assert (model.abbreviations, model.sentence_starters) == (TRAINED.abbreviations, TRAINED.sentence_starters)
    assert model.starts("Mr. Lee. Acme Corp. rose.") == TRAINED.starts("Mr. Lee. Acme Corp. rose.")


def test_without_any_text_there_is_a_model_all_the_same():
    assert SentenceModel.train([]).starts("One. Two.") == [0, 5]
