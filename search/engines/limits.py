"""From which sizes on the same is done another way. No answer depends on them: tests try all ways on small archives."""

from dataclasses import dataclass

# Two bytes a token: the numbers of the words that have one of their own, and one for all others.
OWN_NUMBERS = 0xFFFF


@dataclass(frozen=True, slots=True)
class Limits:
    """The sizes that suit an archive of hundreds of thousands of paragraphs; each was measured on one.

    `read_whole`: a word in at most so many units is read whole, for it will be asked for again.
    `choosing`: reading some units costs so much more for each than reading all.
    `beginning`: and to begin with it costs as much as so many units.
    `own_numbers`: so many words, the most frequent ones, have a number of their own in the token files.
    `everywhere`: tantivy need not know a word that stands in more than one of so many paragraphs.
    `scan_one`, `scan_several`: a word (some words) in more than one of so many units is looked for in all tokens.
    `listed`: a bitmap is kept of what is in more than one of so many units: it takes about what the list does.
    `alone`: not to look at all that one word matches, which is listed already, pays for lists so many times as long.
    `counted`: and where articles are counted by facets, so many times.
    `bisected`: so many units are looked up in a long list itself; more, in its bitmap.
    `settled`: so many scores are made as they are; of more, only those that may be among the best.
    `tried`: so many blocks for each article that is to be shown are looked at first, to learn which others need be.
    """

    read_whole: int = 2_000
    choosing: int = 4
    beginning: int = 100
    own_numbers: int = OWN_NUMBERS
    everywhere: int = 8
    scan_one: int = 50
    scan_several: int = 16
    listed: int = 128
    alone: int = 5
    counted: int = 20
    bisected: int = 400
    settled: int = 200
    tried: int = 10
