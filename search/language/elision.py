"""What is elided before a vowel in French, Italian and Catalan: the l of l'Élysée, the dell of dell'acqua.

Such an article, preposition or pronoun is a word of its own, so that what follows it is found by itself. English and
Irish names and contractions (O'Brien, don't, rock'n'roll, D'Souza) stay one word: no vowel follows, or the part before
is not in the list. Where the elided part may belong to a name (D'Angelo, L'Aquila, d'Artagnan), the word after it keeps
it as a further name, see `names`.

The lists: Lucene's FrenchAnalyzer, ItalianAnalyzer and CatalanAnalyzer, and further common Italian ones.
"""

from search.language.folding import fold

_ELIDED = """
c d j l m n s t qu jusqu lorsqu puisqu quoiqu
v all agl dall dagl dell degl gl nell negl sull sugl coll pell un
anch bell com cos dov nient quell quest sant senz tutt
"""
APOSTROPHES = "'’‘ʼ＇"
# The letters that something is elided before: vowels with any mark, and the h that is not spoken.
_LATIN_AND_EXTENSIONS = map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x250)))
_VOWELS = "".join(letter for letter in _LATIN_AND_EXTENSIONS if letter.isalpha() and fold(letter)[0] in "aeiouyh")
# In a pattern that ignores no case; longer ones first.
_PARTS = "|".join(sorted(_ELIDED.split(), key=len, reverse=True))
ELIDED = rf"(?<![\p{{L}}\p{{M}}\p{{N}}][{APOSTROPHES}]?+) (?i:{_PARTS}) (?= [{APOSTROPHES}] [{_VOWELS}] )"
