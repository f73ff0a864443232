"""Dateline's library: article files in, ranked paragraphs out."""
