"""Text -> tokens (words, stems, offsets) and sentences: the one analysis that every engine indexes and asks with.

The only place that knows NLTK.
"""

from search.language.analysis import Analyzer
from search.language.remembering import remembered
from search.language.sentences import SentenceModel
from search.language.text_indexer import IndexedText, IndexedTexts, TextIndexer
from search.language.tokens import Token, fold, is_all_capitals, without_invisible

__all__ = [
    "Analyzer",
    "IndexedText",
    "IndexedTexts",
    "SentenceModel",
    "TextIndexer",
    "Token",
    "fold",
    "is_all_capitals",
    "remembered",
    "without_invisible",
]
