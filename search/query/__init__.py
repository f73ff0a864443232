"""What a person typed -> Query: an own tree, an own grammar, located diagnostics.

`parse` gives the tree as typed, `plan` the tree that engines answer. Engines never see the text.
"""

from search.query.dialects import Dialect
from search.query.parser import Query, parse
from search.query.planning import Match, can_relax, plan, with_forms

__all__ = ["Dialect", "Match", "Query", "can_relax", "parse", "plan", "with_forms"]
