"""The local engine: segments of flat, memory-mapped arrays, which Whoosh reads through its codec seam.

`building` writes segments in bulk, `segment` opens them, `codec` serves them to Whoosh's readers and queries, `engine`
evaluates our own query tree over the same arrays. Nothing on disk is pickled.
"""
