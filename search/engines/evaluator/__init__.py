"""Evaluate a query tree over the arrays of segments: matching documents, exact totals, scores, spans.

leaves            a leaf of the query -> stems and forms of each segment
field_segment     -> the units that hold them, and positions, in one field of one segment
field_index       -> the same over all segments, with BM25
field_searcher    -> spans, scores and nearness of nodes, for one search
paragraph_scope, article_scope   -> the whole tree, in one paragraph or anywhere in an article
match_set, collector             -> articles, a page in order, facets
local_engine      all of it behind the Protocol of engines
"""
