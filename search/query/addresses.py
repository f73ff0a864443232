"""Web addresses, file names and e-mail addresses, as they are pasted into a query; and the words in them."""

import regex

# Endings of the names of files that hold text, pictures, sound or data.
_ENDING = (
    "pdf|docx?|rtf|odt|txt|md|html?|xhtml|xml|jsonl?|ndjson|csv|tsv|xlsx?|pptx?|eml|epub|jpe?g|png|gif|tiff?|webp"
    "|mp[34]|wav|zip|gz|warc"
)
_HOST = r"(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|int|info|news|[a-z]{2})"
_SCHEME = regex.compile(r"[a-z][a-z0-9+.-]*+://|www\.|mailto:", regex.IGNORECASE)
_PATH_AT_HOST = regex.compile(rf"{_HOST}(?::[0-9]+)?/\S+")
_MAIL = regex.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_FILE = regex.compile(rf"\S*[\w)\]-]\.(?:{_ENDING})", regex.IGNORECASE)
_FOLDERS = regex.compile(r"(?:~|\.{1,2})?/[\w.%~-]+/\S*|\\\\\S+|[a-z]:[\\/].*", regex.IGNORECASE)
# What may stand around an address in a text.
_AROUND = "<>,;.!\"'“”„«»[]{}"

_WORDS = regex.compile(r"\p{L}[\p{L}\p{M}]*+")
_FILE_ENDING = regex.compile(rf"\.(?:{_ENDING})$", regex.IGNORECASE)
_AFTER_PATH = regex.compile(r"[?#].*$", regex.DOTALL)
_FEWEST_LETTERS = 2


def is_web_address(text: str) -> bool:
    """Whether a piece of a query is the address of a web page: in it, ? and * are no wildcards."""
    bare = text.strip(_AROUND)
    return _SCHEME.match(bare) is not None or _PATH_AT_HOST.fullmatch(bare) is not None


def is_address(text: str) -> bool:
    """Whether a piece of a query is a web address, the name or path of a file, or an e-mail address."""
    bare = text.strip(_AROUND)
    return is_web_address(bare) or any(each.fullmatch(bare) for each in (_MAIL, _FILE, _FOLDERS))


def words_of_address(text: str) -> str:
    """Return the words that name what an address leads to, such as those of its headline; "" where it has none.

    They are those of the last part of its path that has any, or of what stands before the @.
    """
    bare = text.strip(_AROUND)
    scheme = _SCHEME.match(bare)
    if _MAIL.fullmatch(bare.removeprefix("mailto:")):
        return _words(bare.removeprefix("mailto:").partition("@")[0])
    path = _AFTER_PATH.sub("", bare[scheme.end() :] if scheme else bare).replace("\\", "/")
    parts = path.split("/")
    # The first part of what has a scheme, and of what looks like it, is the name of a computer or of a drive.
    if is_web_address(bare) or parts[0].endswith(":"):
        parts = parts[1:]
    return next((words for part in reversed(parts) if (words := _words(_FILE_ENDING.sub("", part)))), "")


def _words(text: str) -> str:
    return " ".join(word.lower() for word in _WORDS.findall(text) if len(word) >= _FEWEST_LETTERS)
