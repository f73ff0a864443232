"""What an index in the cluster looks like: a document for each article and one for each of its units, side by side.

Both say everything of the article that a query can ask (title, values, day, length), so that no question about a
paragraph needs two documents; the join between them is for what is asked of the article as a whole. Their fields hold
the tokens that `language` made, joined by blanks: `words` and `stems` at the same places, in `tokens` once more as
numbers, with capitals and the beginnings of sentences, for what stands near what.
"""

import hashlib
from typing import Any

from search.engines.base import VALUE_FIELDS

# A document is read by its fields; what is given back of it is one of these two.
RECORD, TEXT = "record", "text"
ARTICLE, PARAGRAPH = "article", "paragraph"
# The number, in its index, of the generation that an index is made with; see `opensearch_view`.
FIRST_GENERATION = 1
# So many values may be asked for in one query: each byline that fits a pattern, for one.
MOST_VALUES = 1_000_000

# A token beyond this length stands in the cluster's index under a name of this length at most.
_LONGEST = 200
_TOKENS = {"type": "text", "analyzer": "tokens", "similarity": "times", "norms": False}
_BINARY = {"type": "binary", "doc_values": True}
_NUMBER = {"type": "integer"}
_KEPT = {"type": "keyword", "index": False, "doc_values": False}


def key(token: str) -> str:
    """Return what a token is indexed as: itself, unless Lucene would not take it or cut it."""
    if len(token) <= _LONGEST:
        return token
    return f"{token[:100]}…{hashlib.sha256(token.encode()).hexdigest()}"


def is_text(article_id: str) -> bool:
    """Whether an id can be asked for at all: lone halves of a character cannot be sent."""
    try:
        article_id.encode()
    except UnicodeEncodeError:
        return False
    return True


def new_index(shards: int) -> dict[str, Any]:
    """Return the settings and the mapping of a new index, which nothing is copied of or searched in yet."""
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "max_terms_count": MOST_VALUES,
            "analysis": {
                "tokenizer": {"blanks": {"type": "whitespace", "max_token_length": 10_000}},
                "analyzer": {"tokens": {"type": "custom", "tokenizer": "blanks"}},
            },
            # A query for words then says how often they stand somewhere; what that scores is for us to say.
            "similarity": {
                "times": {"type": "scripted", "script": {"source": "return query.boost * doc.freq;"}},
            },
        },
        "mappings": {
            "dynamic": "strict",
            # The last number that a generation was given.
            "_meta": {"generation": FIRST_GENERATION},
            "_source": {"includes": [RECORD, TEXT]},
            "properties": {
                "kind": {"type": "join", "relations": {ARTICLE: PARAGRAPH}},
                "article": {"type": "keyword"},
                **dict.fromkeys(("words", "stems", "title_words", "title_stems"), _TOKENS),
                **dict.fromkeys(("tokens", "title_tokens"), _BINARY),
                **dict.fromkeys(("number", "length", "title_length", "words_of", "ordinal", "since", "until"), _NUMBER),
                **dict.fromkeys(("day", "month", "annual_day", *VALUE_FIELDS), _NUMBER),
                RECORD: _KEPT,
                TEXT: _KEPT,
            },
        },
    }
