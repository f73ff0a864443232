"""Dateline's library: article files in, ranked paragraphs out."""

from pathlib import Path
from typing import TYPE_CHECKING

from search.errors import EngineUnavailable

if TYPE_CHECKING:
    from whoosh.reading import IndexReader


def open_whoosh(folder: Path | str) -> "IndexReader":
    """Return Whoosh's reader of the index in a folder: fields `words`, `stems` and stored metadata.

    Its documents are the headlines and paragraphs of the generation that serves; it does not follow later ones.

    Raises:
        EngineError: there is no index, it is damaged, or OpenSearch keeps it.
    """
    from search.archive import Archive  # noqa: PLC0415 - importing the library is quick, and opens no index
    from search.engines.whoosh.engine import WhooshKind, open_whoosh  # noqa: PLC0415 - Whoosh is loaded by who wants it

    archive = Archive(Path(folder))
    manifest = archive.manifest(archive.current_id())
    if manifest.engine != WhooshKind.name:
        raise EngineUnavailable(f"{folder} is kept by {manifest.engine}; run: dateline rebuild --engine whoosh")
    archive.checked(manifest.id)
    return open_whoosh(archive.path_of(manifest.id))
