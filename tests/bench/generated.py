"""An archive of made-up words for who has none at hand: as unevenly frequent as a language's, the same every time."""

import random
from pathlib import Path

import orjson

ARTICLES = 10_000
_PARAGRAPHS = 5
_WORDS = 50_000
_SECTIONS = ("world", "business", "sport", "culture")


def generated(path: Path, articles: int = ARTICLES) -> Path:
    """Write an archive whose words' frequencies follow Zipf's law."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(_WORDS)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    with path.open("wb") as file:
        for number in range(articles):
            texts = [
                " ".join(chance.choices(words, weights, k=chance.randint(10, 60))) + "." for _ in range(_PARAGRAPHS)
            ]
            file.write(orjson.dumps(_article(number, words, texts)) + b"\n")
    return path


def _article(number: int, words: list[str], texts: list[str]) -> dict:
    return {
        "id": str(number),
        "title": texts[0][:60],
        "date": f"{2000 + number % 25}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "place": words[number % 100].title(),
        "agency": f"Agency {number % 7}",
        "section": _SECTIONS[number % len(_SECTIONS)],
        "paragraphs": texts,
    }
