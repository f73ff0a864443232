"""See to it that no two articles of an archive share an id, and tell of duplicates. Articles in, with Notes out.

Two articles with one id are two articles: the second gets an id of its own, made of the first's and a digest of its
file's name or, within one file, of its text. An article that repeats another's title and text stays, with a note.
"""

from collections.abc import Iterator
from dataclasses import replace

from xxhash import xxh3_64_intdigest

from search.articles import DIGEST, Article, Note, NoteKind
from search.reading import identifiers

_NUMBER_BITS = 36  # of a place: the number of a line or record, below the kinds of these and the count of files
_KIND_BITS = 4
_FILE_SHIFT = _NUMBER_BITS + _KIND_BITS


def hash_of(text: str) -> int:
    """Return a hash of a text, of 64 bits, which is the same in every process."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def text_hash_of(article: Article) -> int:
    """Return a hash of the title, where it is no derived one, and the text of an article: duplicates have the same."""
    title = "" if article.title_derived else f"{article.title}\n"
    return hash_of("\0".join([title, *(paragraph.text for paragraph in article.paragraphs)]))


class Uniqueness:
    """The ids and texts of the articles so far, as 64-bit hashes, and where the first of each was.

    `tried` has the hashes of all ids that were tried for articles whose own id another one has.
    """

    def __init__(self) -> None:
        self.tried: set[int] = set()
        self._files: list[str] = [""]
        self._kinds: list[str] = []
        self._ids: dict[int, int] = {}
        self._texts: dict[int, int] = {}
        self._repeats: dict[str, int] = {}

    def checked(self, article: Article, where: str | None) -> Iterator[Article | Note]:
        """The article, by an id that no other has, after Notes on that and on being a duplicate.

        Articles of one file come one after another.
        """
        here = self._place(article.source.path, where)
        first = self._ids.get(hash_of(article.id))
        if first is None:
            self._ids[hash_of(article.id)] = here
        else:
            new_id = self._own_id(article, self._files[first >> _FILE_SHIFT])
            self._ids[hash_of(new_id)] = here
            if article.origins.id != DIGEST:
                reason = f"its id {article.id!r} is already that of {self._told(first)}; it is kept as {new_id!r}"
                yield Note(article.source.path, reason, where, NoteKind.SAME_ID)
            article = replace(article, id=new_id)
        text = text_hash_of(article)
        first = self._texts.get(text)
        if first is None:
            self._texts[text] = here
        else:
            reason = f"is a duplicate: its title and text are those of {self._told(first)}"
            yield Note(article.source.path, reason, where, NoteKind.DUPLICATE)
        yield article

    def _own_id(self, article: Article, first_file: str) -> str:
        """An id that no article before has: one that the order of records decides only where nothing else does."""
        path = article.source.path
        text = "\n\n".join([article.title, *(paragraph.text for paragraph in article.paragraphs)])
        by_text = identifiers.distinguished(article.id, text)
        candidates = [by_text] if path == first_file else [identifiers.distinguished(article.id, path), by_text]
        if article.origins.id == DIGEST:  # which is one of its text already
            candidates = []
        for candidate in candidates:
            if self._is_free(hash_of(candidate)):
                return candidate
        while True:
            number = self._repeats[article.id] = self._repeats.get(article.id, 1) + 1
            candidate = identifiers.numbered(article.id, number)
            if self._is_free(hash_of(candidate)):
                return candidate

    def _is_free(self, hashed: int) -> bool:
        self.tried.add(hashed)
        return hashed not in self._ids

    def _place(self, path: str, where: str | None) -> int:
        if path != self._files[-1]:
            self._files.append(path)
        file = len(self._files) - 1 << _FILE_SHIFT
        kind, _, rest = (where or "").partition(" ")
        number = rest.partition(",")[0]
        if not number.isdecimal():
            return file
        if kind not in self._kinds:
            self._kinds.append(kind)
        return file | self._kinds.index(kind) << _NUMBER_BITS | int(number)

    def _told(self, place: int) -> str:
        name = self._files[place >> _FILE_SHIFT]
        number = place & (1 << _NUMBER_BITS) - 1
        if not number:
            return name
        return f"{name}, {self._kinds[place >> _NUMBER_BITS & (1 << _KIND_BITS) - 1]} {number}"
