"""Make letters.txt, the letter frequencies by which encodings are told apart. A development script.

Run it with the folder of the language models of `lingua-language-detector` 1.3 (Apache 2.0), the last version that has
them as JSON: `python -m search.reading.make_letters .../lingua/language-models`. It needs `brotli` and `hanziconv`,
for the texts that the Chinese model was made of are nearly all in traditional characters.

A line of letters.txt is one language: its code, the letters that it uses, and for each letter a row of one character
for each letter: the cost of the second after the first, -ln P in quarters, from "!" on. The first row is the cost of a
letter at the beginning of a word. A line that begins with "*" lists the most frequent characters of Chinese, Japanese
or Korean in groups, each a third as frequent as the one before it.
"""

import json
import math
import string
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # only this script needs it
from hanziconv import HanziConv  # type: ignore[import-not-found]  # not locked: only this script needs it

# By language its letters beyond a to z, where it is written with these: the models were made of texts some of which had
# been decoded wrongly.
LATIN = {
    "en": "",
    "fr": "àâæçèéêëîïñôùûüÿœ",
    "de": "ßàäéöü",
    "es": "áçéíñóúü",
    "pt": "àáâãçéêíóôõúü",
    "it": "àèéìíîòóùú",
    "nl": "èéëïóöü",
    "da": "äåæéöøü",
    "sv": "àäåéöü",
    "nb": "äåæéòóôöø",
    "fi": "äåéöšž",
    "is": "áæéíðóöúýþ",
    "ca": "àçèéíïòóúü",
    "eu": "çñü",
    "ga": "áéíóú",
    "cs": "áäéíóöúüýčďěňřšťůž",
    "sk": "áäéíóôöúüýčďěĺľňŕřšťž",
    "pl": "äéóöüąćęłńśźż",
    "hu": "áäéíóöúüőű",
    "sl": "ćčđšž",
    "hr": "ćčđšž",
    "ro": "âîăşţ",
    "sq": "çë",
    "tr": "âçîöûüğış",
    "et": "äõöüšž",
    "lv": "āčēģīķļņōŗšūž",
    "lt": "ąčėęįšūųž",
}
OTHERS = ("ru", "uk", "be", "bg", "mk", "sr", "kk", "el", "ar", "fa", "ur", "he", "th")
CHARACTERS = {"zh-hans": ("zh", "gb2312"), "zh-hant": ("zh", "big5"), "ja": ("ja", "shift_jis"), "ko": ("ko", "euc_kr")}
_RAREST_LETTER = 1e-4
_CHARACTERS_LISTED = 2400
_STEPS, _DEAREST = 4, 88
_ALIKE = str.maketrans("șț", "şţ")  # the letters that encodings have for Romanian


def _read(folder: Path, language: str, what: str) -> dict[str, float]:
    packed = (folder / language / f"{what}.json.br").read_bytes()
    grams: dict[str, float] = {}
    for share, written in json.loads(brotli.decompress(packed))["ngrams"].items():
        for gram in written.translate(_ALIKE).split():
            grams[gram] = grams.get(gram, 0.0) + float(Fraction(share))
    return grams


def _row(shares: Iterator[float]) -> str:
    return "".join(chr(33 + min(round(-math.log(max(share, 1e-12)) * _STEPS), _DEAREST)) for share in shares)


def _language(folder: Path, language: str) -> str:
    single = _read(folder, language, "unigrams")
    pairs = _read(folder, language, "bigrams")
    letters = sorted(letter for letter, share in single.items() if share >= _RAREST_LETTER)
    if language in LATIN:
        letters = sorted({*string.ascii_lowercase, *LATIN[language]})
    rows = [_row(single.get(letter, 0.0) for letter in letters)]
    rows += [_row(pairs.get(first + second, 0.0) for second in letters) for first in letters]
    return "\t".join([language, "".join(letters), *rows])


def _characters(shares: Mapping[str, float], encoding: str) -> str:
    if encoding == "gb2312":
        shares = _simplified(shares)
    known = [char for char in shares if char.encode(encoding, "ignore")]
    known = sorted(known, key=lambda char: (-shares[char], char))[:_CHARACTERS_LISTED]
    total = sum(shares[char] for char in known)
    groups: dict[int, str] = {}
    for char in known:
        band = int(-math.log(shares[char] / total))
        groups[band] = groups.get(band, "") + char
    return "\t".join(f"{band} {groups[band]}" for band in sorted(groups))


def _simplified(shares: Mapping[str, float]) -> Mapping[str, float]:
    simplified: dict[str, float] = {}
    for char, share in shares.items():
        other = HanziConv.toSimplified(char)
        simplified[other] = simplified.get(other, 0.0) + share
    return simplified


def main(folder: Path) -> None:
    """Write letters.txt beside this file."""
    lines = [_language(folder, language) for language in (*LATIN, *OTHERS)]
    for name, (language, encoding) in CHARACTERS.items():
        lines.append(f"*{name}\t{_characters(_read(folder, language, 'unigrams'), encoding)}")
    Path(__file__).with_name("letters.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
