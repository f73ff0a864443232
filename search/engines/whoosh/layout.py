"""The files of a segment, and what numbers in them are agreed on by who writes and who reads them."""

# Where segments lie in the folder of an index, each in a folder of its own name.
SEGMENTS = "segments"
TERMS, POSTINGS, STORED, VALUES = "terms.arrays", "postings.arrays", "stored.arrays", "values.arrays"
FIELDS = ("text", "title")
# Postings of a block; the highest frequency that fits into a byte, which stands for itself and more.
BLOCK = 16
MOST_FREQUENT = 255
