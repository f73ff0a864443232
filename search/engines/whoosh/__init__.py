"""The local engine: segments of flat, memory-mapped arrays, which Whoosh reads through its codec seam.

`building` writes segments in bulk, `merging` makes one of several, `segment` opens them, `codec` serves them to
Whoosh's readers and queries, `engine` opens the evaluator over the same arrays. Nothing in an index is pickled.

A segment never changes: four files of arrays (`arrays`), each array at an aligned offset, with a checksum a block:

    terms.arrays     words and stems in order (`strings`), the stem of each word, its number among the stem's forms
    postings.arrays  for the text and for the titles, by stem: documents, frequencies, positions, forms
    stored.arrays    for each article its record, then the text of each of its units
    values.arrays    for each article and unit what is filtered, sorted and counted by (`values`)

An index is a `commit`: segments in order, which of their articles were deleted, and the order of all ids. An update
(`committing`) links the segments of the index before, writes one of what is new, marks what is gone (`deleting`), and
merges where there are too many (`merge_policy`). Statistics are those of `live` articles.

What was decided, and why. Measured over 625,030 headlines and paragraphs (209 MB of text), each question asked once:

- One list by stem, with the form of each token beside its position (a byte), answers `talks` and `=talks`; a list by
  word beside it would take as much room again. A phrase reads forms only where all its words stand in one paragraph.
- A frequency takes a byte; those of 255 and more stand beside. Where the positions of a posting begin is kept for every
  16th and counted from there: an offset for each posting would be 100 MB, and counting a whole list took most of the
  time of a phrase with a stop word.
- Positions are read only of the units that hold all parts: words near each other took 9.2 ms in the mean before, and
  1.4 ms so; phrases 3.1 and 1.4 ms.
- BM25 is looked up in a table by frequency and length, which are small nearly always, instead of computed.
- A word is found by its first eight bytes, as numbers; no dictionary is built on opening, which takes 0.1 s.
- Offsets of tokens are not kept: they would be a third of the text in size. What is shown is cut into words again,
  which takes 1 to 2 ms for 20 texts never shown before: most of what a whole answer takes beside the search.
- Blocks of 16 kB are checked when they are first read, which costs a tenth of a cold search; checking all on opening
  took 1.5 s.
- Merging copies each run of postings to its place and sorts none: 482,000 paragraphs, 32 million tokens, of ten
  segments take 2.6 s, where building these takes 28 s.
- Deleted articles are found like others and left out at the end: filtering each list would slow down every search.
  What they take from the frequencies of terms is counted when they are deleted, by analyzing them once more, so that
  the weights of an index are those of one that never held them.
- Nothing is remembered for the first answer; a small cache serves the pages and facets of a search that follow it.
"""
