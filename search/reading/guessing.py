"""Which encoding of eight bits, or of Chinese, Japanese and Korean, a text is in. Bytes in, a choice out.

Each encoding is tried with each of the languages that are written in it. The cost of a reading is -ln of its
probability, from how often letters follow each other in the language, whether capitals, signs and quotation marks
are where words have them, and how usual the encoding is; the cheapest reading is chosen. That is naive Bayes over
pairs of letters, as in Cavnar and Trenkle (1994) and in Mozilla's detector of 2001, with a prior.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from search.reading.letters import NAMES, characters, group

Ints = npt.NDArray[np.int64]

_SAMPLE = 1 << 16
# Group, encodings and how much dearer each is than Windows-1252, in nats.
_ENCODINGS: dict[str, dict[str, float]] = {
    "western": {
        "cp1252": 0.0,
        "cp850": 4.0,
        "cp437": 4.5,
        "mac-roman": 4.5,
        "iso-8859-15": 6.0,
        "cp865": 9.0,
        "cp860": 9.5,
        "mac-iceland": 8.5,
    },
    "central": {"cp1250": 3.0, "iso-8859-2": 3.5, "cp852": 5.0, "mac-latin2": 8.0},
    "turkish": {"cp1254": 4.0, "iso-8859-9": 4.5, "cp857": 6.0, "mac-turkish": 9.0},
    "baltic": {"cp1257": 5.0, "iso-8859-13": 7.0, "iso-8859-4": 9.0, "cp775": 8.0},
    "cyrillic": {
        "cp1251": 1.0,
        "koi8-r": 1.5,
        "cp866": 2.0,
        "koi8-u": 2.0,
        "iso-8859-5": 2.5,
        "mac-cyrillic": 4.0,
        "cp1125": 4.0,
        "kz1048": 5.0,
        "cp855": 5.0,
    },
    "greek": {"cp1253": 2.0, "iso-8859-7": 2.2, "cp737": 4.0, "mac-greek": 6.0, "cp869": 6.0},
    "arabic": {"cp1256": 2.0, "iso-8859-6": 2.5, "cp720": 6.0},
    "hebrew": {"cp1255": 2.0, "iso-8859-8": 2.5, "cp862": 4.0},
    "thai": {"cp874": 2.0},
}
_WIDE: dict[str, tuple[float, str]] = {
    "cp932": (2.0, "ja"),
    "euc-jp": (2.5, "ja"),
    "gb18030": (2.0, "zh-hans"),
    "cp950": (2.0, "zh-hant"),
    "big5hkscs": (4.0, "zh-hant"),
    "cp949": (2.0, "ko"),
}

_USUAL = 0.5  # nats by which each sixteenth of the archive's other files makes an encoding cheaper
_PLAIN = 3.6  # nats a pair of bytes up to which Windows-1252 is taken without trying others
_LATIN = ("western", "central", "turkish", "baltic")

# What a byte is in an encoding.
_BLANK, _DIGIT, _LOWER, _UPPER, _OPENS, _CLOSES, _JOINS, _SIGN, _NOTHING = range(9)
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "THAI")
_OPENING, _CLOSING = "“„‚‘«‹¿¡", "”»›…"
_JOINING = "’—–‐\xad"
_USUAL_SIGNS = "·°€£§©®™•№\xa0"
_PER_BYTE_BROKEN = 30.0
_MIXED = 14.0  # letters of two scripts side by side
_BORDER = 8.0  # a Latin letter beside such a character
_HIGH = regex.compile(rb"[\x80-\xff]")
_AFTER_LETTER = regex.compile(r"[a-zA-Z][\u2e80-\uffff]")
_BEFORE_LETTER = regex.compile(r"[\u2e80-\uffff][a-zA-Z]")
_RARE = 12.0  # a character of Chinese, Japanese or Korean that is not among the frequent ones
_OTHER_LANGUAGE = 10.0  # what it costs at most that letters beyond ASCII are of another language than the rest
_BELIEVED = 6.0  # nats by which the choice is more probable than any other text
_BELIEVED_USUAL = 2.0  # the same for Windows-1252, which is by far the most frequent
_ASCII_WEIGHT = 150.0  # letters of ASCII that count; more would outweigh what decides
_DEAR = 5.0  # nats a pair of bytes above which no reading is any language's


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding, the language that made it the most probable, and whether another is nearly as probable."""

    encoding: str
    language: str
    doubtful: bool
    cost: float
    rival: str | None = None

    @property
    def language_name(self) -> str:
        """The language in English."""
        return NAMES[self.language]


def guess(data: bytes, usual: Mapping[str, int] | None = None) -> Guess | None:
    """The most probable encoding of `data`, which is not all ASCII; None where none is at all.

    `usual` tells how many sixteenths of the archive's other files have an encoding.
    """
    first = _HIGH.search(data)
    begin = max(0, first.start() - _SAMPLE // 4) if first else 0
    sample = data[begin : begin + _SAMPLE]
    pairs = _Pairs.of(sample)
    if (not usual or max(usual, key=usual.__getitem__) == "cp1252") and (western := _plainly_western(pairs)):
        return western
    found = sorted([*_narrow(pairs, usual or {}), *_wide(sample, pairs, usual or {})])
    if not found:
        return None
    cost, encoding, language = _most_usual(found, sample, usual or {})
    if (cost - _prior(encoding, usual or {})) > _DEAR * pairs.high_pairs + 30:
        return None
    text = sample.decode(encoding, "replace")
    rivals = (each for each in found[1:] if sample.decode(each[1], "replace") != text)
    second = next(rivals, None)
    margin = _BELIEVED_USUAL if encoding == "cp1252" else _BELIEVED
    doubtful = second is not None and second[0] - cost < margin
    return Guess(encoding, language, doubtful, cost, second[1] if second and doubtful else None)


def _most_usual(found: list[tuple[float, str, str]], sample: bytes, usual: Mapping[str, int]) -> tuple[float, str, str]:
    """The first of what was found, or the most usual encoding of those that read the very same text."""
    text = sample.decode(found[0][1], "replace")
    same = [
        each for each in found if each[0] < found[0][0] + 2 * _BELIEVED and sample.decode(each[1], "replace") == text
    ]
    return min(same, key=lambda each: (_prior(each[1], usual), each[0]))


def _plainly_western(pairs: "_Pairs") -> Guess | None:
    """Windows-1252 where it is as probable as right readings are and wrong ones never, which spares all others."""
    if not pairs.high_pairs:
        return None
    cost, language = _cheapest(pairs, "cp1252", "western", _ascii_costs(pairs, "western"))
    if cost > _PLAIN * pairs.high_pairs:
        return None
    return Guess("cp1252", language, doubtful=False, cost=cost)


def _prior(encoding: str, usual: Mapping[str, int]) -> float:
    """The cost of an encoding before anything of the text is known; less where the archive has it elsewhere."""
    own = next((group[encoding] for group in _ENCODINGS.values() if encoding in group), None)
    cost = own if own is not None else _WIDE[encoding][0]
    return cost - _USUAL * usual.get(encoding, 0)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Each pair of bytes that follow each other with at least one beyond ASCII or two letters, and how often it comes.

    `weights` are lower for pairs of ASCII alone, which every encoding reads alike. `high` counts bytes beyond ASCII.
    """

    before: Ints
    after: Ints
    weights: npt.NDArray[np.float64]
    ascii: npt.NDArray[np.bool_]
    high: int

    @property
    def high_pairs(self) -> float:
        """How many pairs have a byte beyond ASCII."""
        return float(self.weights[~self.ascii].sum())

    @classmethod
    def of(cls, data: bytes) -> "_Pairs":
        """The pairs of some bytes, a blank before and after them."""
        codes = np.frombuffer(b" " + data + b" ", np.uint8).astype(np.int64)
        counts = np.bincount((codes[:-1] << 8) | codes[1:], minlength=1 << 16)
        kinds = np.flatnonzero(counts)
        before, after = kinds >> 8, kinds & 255
        is_ascii = (before < 128) & (after < 128)
        weights = counts[kinds].astype(np.float64)
        if (total := weights[is_ascii].sum()) > _ASCII_WEIGHT:
            weights[is_ascii] *= _ASCII_WEIGHT / total
        return cls(before, after, weights, is_ascii, int((codes > 127).sum()))


def _narrow(pairs: _Pairs, usual: Mapping[str, int]) -> Iterator[tuple[float, str, str]]:
    for name, encodings in _ENCODINGS.items():
        ascii_costs = _ascii_costs(pairs, name)
        for encoding in encodings:
            cost, language = _cheapest(pairs, encoding, name, ascii_costs)
            yield cost + _prior(encoding, usual), encoding, language


def _cheapest(pairs: _Pairs, encoding: str, name: str, ascii_costs: npt.NDArray[np.float64]) -> tuple[float, str]:
    """The least cost of an encoding among the languages of a group, and that language."""
    languages = group(name)
    places, shape = _bytes_of(encoding, name)
    letters = languages.costs[:, places[pairs.before], places[pairs.after]] + shape[pairs.before, pairs.after]
    costs = letters @ np.where(pairs.ascii, 0.0, pairs.weights) + ascii_costs
    best = int(np.argmin(costs))
    return float(costs[best]), languages.languages[best]


def _ascii_costs(pairs: _Pairs, name: str) -> npt.NDArray[np.float64]:
    """What the pairs of ASCII cost in each language of a group, beyond what they cost where they cost the least."""
    cheapest = min(float(_ascii_letters(pairs, each).min()) for each in _LATIN)
    own = (
        _ascii_letters(pairs, name)
        if name in _LATIN
        else np.repeat(_ascii_letters(pairs, "western")[0], len(group(name).languages))
    )
    return np.minimum(own - cheapest, _OTHER_LANGUAGE)


def _ascii_letters(pairs: _Pairs, name: str) -> npt.NDArray[np.float64]:
    places, _ = _bytes_of("ascii", name)
    letters = group(name).costs[:, places[pairs.before], places[pairs.after]].astype(np.float64)
    return letters @ np.where(pairs.ascii, pairs.weights, 0.0)


@cache
def _bytes_of(encoding: str, name: str) -> tuple[Ints, npt.NDArray[np.float32]]:
    """Each byte's place among a group's letters, and what its kind costs after each other byte."""
    places = group(name).places
    chars = [bytes([code]).decode(encoding, "replace") for code in range(256)]
    kinds = np.array([_kind(char) for char in chars])
    letters = [
        places.get(_folded(char), len(places) + 1) if kind in {_LOWER, _UPPER} else 0
        for char, kind in zip(chars, kinds.tolist(), strict=True)
    ]
    shape = _SHAPES[kinds[:, None], kinds[None, :]]
    signs = np.array([char in _USUAL_SIGNS for char in chars])
    shape[:, signs & (kinds == _SIGN)] -= 3.0
    scripts = np.array(
        [_script(char) if kind in {_LOWER, _UPPER} else 0 for char, kind in zip(chars, kinds, strict=True)]
    )
    mixed = (scripts[:, None] * scripts[None, :] != 0) & (scripts[:, None] != scripts[None, :])
    return np.array(letters, np.int64), (shape + _MIXED * mixed).astype(np.float32)


def _script(char: str) -> int:
    """The number of a letter's script; 0 for one of no script that an encoding of eight bits has."""
    name = unicodedata.name(char, "").partition(" ")[0]
    return _SCRIPTS.index(name) + 1 if name in _SCRIPTS else 0


def _folded(char: str) -> str:
    return {"İ": "i", "Ș": "ş", "Ț": "ţ", "ș": "ş", "ț": "ţ"}.get(char, char.lower())


def _kind(char: str) -> int:
    category = unicodedata.category(char)
    if char in "ªºµƒ" or "\u02b0" <= char <= "\u02ff" or (category[0] == "S" and char >= "\x80"):
        return _NOTHING if char == "\ufffd" else _SIGN
    for chars, kind in ((_OPENING, _OPENS), (_CLOSING, _CLOSES), (_JOINING, _JOINS)):
        if char in chars:
            return kind
    if char >= "\x80" and category in {"Cc", "Cn", "Co"}:
        return _NOTHING
    if category in {"Lu", "Lt"}:
        return _UPPER
    if category[0] in "LM":
        return _LOWER
    if char < "\x80":
        return _DIGIT if char.isdigit() else _BLANK
    return _SIGN


def _shapes() -> npt.NDArray[np.float32]:
    """What each kind of character costs after each other, its letter apart."""
    shapes = np.zeros((9, 9), np.float32)
    shapes[:, _LOWER], shapes[:, _UPPER] = 0.2, 1.6
    shapes[_UPPER, _LOWER], shapes[_UPPER, _UPPER], shapes[_LOWER, _UPPER] = 0.3, 1.0, 7.0
    shapes[:, _OPENS] = shapes[:, _CLOSES] = shapes[:, _JOINS] = 5.0
    shapes[:, _SIGN], shapes[:, _NOTHING] = 10.0, _PER_BYTE_BROKEN
    letters = [_LOWER, _UPPER]
    shapes[letters, _OPENS] += 6.0
    shapes[letters, _SIGN] += 3.0
    for kind in (_CLOSES, _SIGN):
        shapes[kind, _LOWER] += 6.0
        shapes[kind, _UPPER] += 4.0
    shapes[_OPENS, _BLANK] = 4.0
    shapes[_BLANK, _CLOSES] += 2.0
    shapes[_DIGIT, letters] += 2.0
    return shapes


_SHAPES = _shapes()


def _wide(sample: bytes, pairs: _Pairs, usual: Mapping[str, int]) -> Iterator[tuple[float, str, str]]:
    """The encodings of two bytes a character, where the bytes can be that: most of them beyond ASCII in pairs."""
    paired = float(pairs.weights[(pairs.before > 127) & (pairs.after > 63)].sum())
    if paired * 4 < pairs.high:
        return
    english = float(_ascii_costs(pairs, "thai")[0])
    for encoding, (_, language) in _WIDE.items():
        text = sample.decode(encoding, "replace")
        cost = text_cost(text, language)
        yield cost + english + _prior(encoding, usual), encoding, language


def text_cost(text: str, language: str) -> float:
    """The cost of a text of Chinese, Japanese or Korean."""
    known = characters(language)
    cost = sum(count * _character_cost(char, known) for char, count in Counter(text).items() if char > "\x7f")
    return cost + _BORDER * (len(_AFTER_LETTER.findall(text)) + len(_BEFORE_LETTER.findall(text)))


def _character_cost(char: str, known: Mapping[str, float]) -> float:
    cost = known.get(char)
    if cost is not None:
        return cost
    if char == "\ufffd":
        return _PER_BYTE_BROKEN
    if "\u3000" <= char <= "\u3011" or char in "，：；！？（）、。・ー":
        return 3.5
    if "\uff10" <= char <= "\uff5a":  # letters and digits as wide as the others
        return 6.0
    if "\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" or "\u3041" <= char <= "\u30fe":
        return _RARE
    if char in "“”‘’《》—…·「」『』":
        return 6.0
    return 16.0
