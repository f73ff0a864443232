"""Text -> tokens (words, stems, offsets) and sentences: the one analysis that every engine indexes and asks with.

The only place that knows NLTK.
"""

from search.language.analysis import Analyzer
from search.language.folding import fold
from search.language.initials import bound
from search.language.names import is_otherwise_written, names_of, spellings
from search.language.remembering import remembered
from search.language.sentences import SentenceModel
from search.language.text_indexer import IndexedText, IndexedTexts, TextIndexer
from search.language.tokens import UNDECIDED_HYPHEN, Token, is_all_capitals, plain_word, without_invisible

__all__ = [
    "UNDECIDED_HYPHEN",
    "Analyzer",
    "IndexedText",
    "IndexedTexts",
    "SentenceModel",
    "TextIndexer",
    "Token",
    "bound",
    "fold",
    "is_all_capitals",
    "is_otherwise_written",
    "names_of",
    "plain_word",
    "remembered",
    "spellings",
    "without_invisible",
]
