"""What is no article by its name: hidden files, backup copies, what editors and systems leave behind. A name in."""

_NAMES = {
    "desktop.ini": "a folder's settings",
    "thumbs.db": "a folder's thumbnails",
    "ehthumbs.db": "a folder's thumbnails",
    "icon\r": "a folder's icon",
    "__macosx": "what macOS adds to an archive",
    "$recycle.bin": "a folder of deleted files",
    "system volume information": "a folder of the system",
    "lost+found": "a folder of the system",
}
_SUFFIXES = {
    "~": "a backup copy",
    ".bak": "a backup copy",
    ".orig": "a backup copy",
    ".rej": "what a patch left",
    ".swp": "an editor's swap file",
    ".swo": "an editor's swap file",
    ".tmp": "a temporary file",
    ".temp": "a temporary file",
    ".part": "a download that is not complete",
    ".partial": "a download that is not complete",
    ".crdownload": "a download that is not complete",
    ".download": "a download that is not complete",
    ".lock": "a lock file",
    ".lck": "a lock file",
}

_ENDS = tuple(_SUFFIXES)


def rubbish(name: str) -> str | None:
    """What a file or folder of this name is, such as "a backup copy"; None where it may be an article."""
    small = name.lower()
    if small in _NAMES:
        return _NAMES[small]
    if name.startswith("~$"):
        return "an open document's lock file"
    if name.startswith("."):
        return "hidden"
    if name.startswith("#") and name.endswith("#") and len(name) > 1:
        return "an editor's autosaved copy"
    if not small.endswith(_ENDS):
        return None
    return next(what for suffix, what in _SUFFIXES.items() if small.endswith(suffix))
