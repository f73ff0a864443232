"""Build an archive in a folder and print what is known of its days: run by a test, in several time zones."""

import os
import sys
from pathlib import Path

import orjson
from archives import CACHE_BYTES, SECONDS, article, rebuilt, tree

from search.answering.parameters import read_parameters
from search.answering.service import SearchService
from search.engines.base import Ask, Sort

ARTICLES = [
    article("b", "rain", date="2024-12-31"),
    article("a", "rain", date="2024-08-24"),
    article("c", "rain", date="2025-01-01"),
]


def main() -> None:
    """Print JSON."""
    archive, settings, _ = rebuilt(Path(sys.argv[1]), ARTICLES)
    generation = archive.open(archive.current_id(), cache_bytes=CACHE_BYTES, seconds=SECONDS)
    engine = generation.engine
    hits = engine.search(Ask(tree("rain"), sort=Sort.OLDEST)).hits
    day = engine.search(Ask(tree("rain date:2024-08-24"))).hits
    service = SearchService(archive, settings)
    year = service.search(read_parameters([("q", "rain"), ("from", "2024-09"), ("to", "2024")]))
    known = {
        "days": [str(hit.card.date) for hit in hits],
        "months": [month.value for month in engine.months_held()],
        "first": [hit.card.id for hit in day],
        "year": [hit.card.id for hit in year.hits],
        "manifest": [generation.manifest.first_day, generation.manifest.last_day],
        "zone": os.environ["TZ"],
    }
    sys.stdout.write(orjson.dumps(known).decode())
    engine.close()
    service.close()


if __name__ == "__main__":
    main()
