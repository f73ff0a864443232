"""One complete generation, open for asking: its manifest, its engine, and what questions are read by."""

from search.engines.base import Engine
from search.language import Analyzer, SentenceModel
from search.manifest import Manifest
from search.seen import Seen


class Generation:
    """One complete generation, open for asking."""

    def __init__(
        self, manifest: Manifest, engine: Engine, analyzer: Analyzer, sentences: SentenceModel, seen: Seen
    ) -> None:
        self.manifest = manifest
        self.engine = engine
        self.analyzer = analyzer
        self.sentences = sentences
        self.seen = seen
