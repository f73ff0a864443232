"""The formats that Dateline reads, told by a file's suffix. A name in, a format out."""

from enum import Enum

_JSON_LINES = {".jsonl", ".ndjson", ".jl", ".jsonlines"}
_JSON = {".json", *_JSON_LINES}
_UNREAD_TEXT = """
.7z .avi .bmp .bz2 .css .csv .db .doc .docx .eml .epub .gif .htm .html .jpeg .jpg .js .log .md .mp3
.mp4 .nitf .odt .parquet .pdf .pickle .pkl .png .ppt .pptx .py .rst .rtf .sgm .sgml .sqlite .svg .tar .tex
.tgz .tif .tiff .toml .tsv .wav .webp .xhtml .xls .xlsx .xml .xz .yaml .yml .zip .zst
"""
_UNREAD = frozenset(_UNREAD_TEXT.split())


class Format(Enum):
    """How a file is read."""

    TEXT = "plain text"
    JSON = "JSON"


def format_of(name: str) -> Format | None:
    """The format that a file's suffix tells; None for one that Dateline does not read."""
    suffix = suffix_of(name)
    return None if suffix in _UNREAD else Format.JSON if suffix in _JSON else Format.TEXT


def is_json_lines(name: str) -> bool:
    """Whether the suffix is one of JSON Lines."""
    return suffix_of(name) in _JSON_LINES


def is_packed(name: str) -> bool:
    """Whether the suffix is that of gzip."""
    return name[-3:].lower() == ".gz"


def suffix_of(name: str) -> str:
    """The suffix that tells the format, in small letters, that of .gz apart."""
    base = name.rpartition("/")[2].lower().removesuffix(".gz")
    return "." + base.rpartition(".")[2] if "." in base[1:] else ""
