"""Part 4: building and asking as an archive grows; the same questions at every size."""

import engine_speed
from bench_run import Run
from builds import BuildFailedError
from tables import median, p99


def measure(run: Run) -> None:
    """Print one table: a row for each size and engine."""
    run.report.heading("4. Growth")
    whole = run.corpus.paragraphs
    sizes = [*sorted(size for size in run.options.sizes if size < whole), whole]
    rows = [row for size in sizes for engine in run.engines if (row := _row(run, engine, size))]
    header = ["engine", "paragraphs", "built/s", "mix median ms", "mix p99 ms", "facets median ms", "facets p99 ms"]
    run.report.table(
        "the first paragraphs of the archive; the mix asked of the engine, no answer remembered", header, rows
    )


def _row(run: Run, engine: str, size: int) -> list[object] | None:
    try:
        build = run.builds.ours(engine, size)
    except BuildFailedError as error:
        run.report.say(str(error))
        return None
    asked = engine_speed.ask(run, build)
    new, faceted = asked.new.of("all"), asked.faceted.of("all")
    rate = build.paragraphs / build.seconds
    return [engine, build.paragraphs, rate, median(new), p99(new), median(faceted), p99(faceted)]
