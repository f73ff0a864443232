"""How probable letters are in each language: the tables of letters.txt as costs, which are -ln of probabilities.

The file is made by make_letters.py, which says its form. Languages that share an alphabet and its encodings are a
group; all costs of a group are one array, so that every language is tried at once.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float32]

_STEPS = 4  # of a cost of 1
_STRANGE = 9.0  # a letter that no language of the group has
_ASIDE = 0.03  # the share of words that are those of another language of the group

GROUPS = {
    "western": ("en", "fr", "de", "es", "pt", "it", "nl", "da", "sv", "nb", "fi", "is", "ca", "eu", "ga", "sq"),
    "central": ("en", "de", "cs", "sk", "pl", "hu", "sl", "hr", "ro", "sq"),
    "turkish": ("en", "tr"),
    "baltic": ("en", "et", "lv", "lt"),
    "cyrillic": ("en", "ru", "uk", "be", "bg", "mk", "sr", "kk"),
    "greek": ("en", "el"),
    "arabic": ("en", "ar", "fa", "ur"),
    "hebrew": ("en", "he"),
    "thai": ("en", "th"),
}
_NAMED = """
en English, fr French, de German, es Spanish, pt Portuguese, it Italian, nl Dutch, da Danish, sv Swedish, nb Norwegian,
fi Finnish, is Icelandic, ca Catalan, eu Basque, ga Irish, cs Czech, sk Slovak, pl Polish, hu Hungarian, sl Slovene,
hr Croatian, ro Romanian, sq Albanian, tr Turkish, et Estonian, lv Latvian, lt Lithuanian, ru Russian, uk Ukrainian,
be Belarusian, bg Bulgarian, mk Macedonian, sr Serbian, kk Kazakh, el Greek, ar Arabic, fa Persian, ur Urdu, he Hebrew,
th Thai, zh-hans Chinese, zh-hant Chinese, ja Japanese, ko Korean
"""
NAMES: dict[str, str] = dict(each.split() for each in _NAMED.split(","))


@dataclass(frozen=True, slots=True)
class Group:
    """The languages of a group, and the costs of their letters.

    `places` maps a letter to its place, from 1 on; 0 is what is no letter. `costs[language, before, letter]` is the
    cost of a letter after what stands before it; the last place is that of letters which none of these languages has.
    """

    languages: tuple[str, ...]
    places: dict[str, int]
    costs: Costs


@dataclass(frozen=True, slots=True)
class _Language:
    letters: str
    first: Costs
    after: Costs


@cache
def _lines() -> dict[str, list[str]]:
    lines = Path(__file__).with_name("letters.txt").read_text(encoding="utf-8").splitlines()
    return {name: rest for name, *rest in (line.split("\t") for line in lines)}


def _language(name: str) -> _Language:
    letters, *rows = _lines()[name]
    written = np.array([[(ord(char) - 33) / _STEPS for char in row] for row in rows], np.float32)
    return _Language(letters, written[0], written[1:])


@cache
def group(name: str) -> Group:
    """A group by its name in GROUPS."""
    languages = [_language(language) for language in GROUPS[name]]
    letters = sorted({letter for language in languages for letter in language.letters})
    places = {letter: place for place, letter in enumerate(letters, 1)}
    shares = np.stack([_spread(language, places) for language in languages])
    aside = shares.mean(axis=0)
    costs = -np.log((1 - _ASIDE) * shares + _ASIDE * aside + np.exp(-_STRANGE - 2))
    costs[:, :, 0] = 0.0
    costs[:, :, -1] = _STRANGE
    return Group(GROUPS[name], places, costs.astype(np.float32))


def _spread(language: _Language, places: dict[str, int]) -> Costs:
    """One language's probabilities at the places of its group's letters; those of a letter after a strange one too."""
    size = len(places) + 2
    shares = np.zeros((size, size), np.float32)
    here = np.array([places[letter] for letter in language.letters])
    first = np.exp(-language.first)
    shares[:, here] = 0.05 * first
    shares[np.ix_(here, here)] += 0.95 * np.exp(-language.after)
    shares[0, here] = shares[-1, here] = first
    return shares


@cache
def characters(name: str) -> dict[str, float]:
    """The cost of each frequent character of Chinese, Japanese or Korean."""
    groups = (each.split(" ", 1) for each in _lines()[f"*{name}"])
    return {char: float(band) + 0.5 for band, chars in groups for char in chars}
