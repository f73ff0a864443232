"""What was typed for another archive -> our clauses: its operators, truncation and fields, read as their makers say."""

from enum import StrEnum

from search.query.context import Clause, Context
from search.query.dialects import factiva, lucene, nexis


class Dialect(StrEnum):
    """The language a query is written in."""

    DATELINE = "dateline"
    NEXIS = "nexis"
    FACTIVA = "factiva"
    LUCENE = "lucene"


_READERS = {Dialect.NEXIS: nexis.read, Dialect.FACTIVA: factiva.read, Dialect.LUCENE: lucene.read}


def read_query(context: Context, dialect: Dialect) -> Clause | None:
    """Read a query of a dialect; None where nothing in it holds a word. Errors are noted.

    What has no counterpart in our language is an error at its span, never dropped.

    Raises:
        QueryError: its structure is none.
    """
    return _READERS[dialect](context)
