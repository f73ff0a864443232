"""Words so common that alone they say nothing: they never exclude a paragraph, and their capitals make other words.

Our own lists, because NLTK's must be downloaded. A language without a list has no stop words: every word counts.
"""

_ENGLISH = """
a about after again all also am an and any are as at be because been before being between both but by can could did
do does doing during each few for from further had has have having he her here hers him his how i if in into is it
its itself just me more most my no nor not now of off on once only or other our ours out over own s same she should
so some such t than that the their theirs them then there these they this those through to too under until up us very
was we were what when where which while who whom why will with would you your yours
"""

STOP_WORDS: dict[str, frozenset[str]] = {"english": frozenset(_ENGLISH.split())}


def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, in normal form; empty where there is no list."""
    return STOP_WORDS.get(language, frozenset())
