"""Evaluate a query tree over the arrays of a segment: matching documents, exact totals, scores, spans."""
