"""Part 3: what building takes, ours and the peers'. Theirs begins with analysed text, so both times are given."""

from bench_run import Run
from builds import FTS5, RAW, Build, BuildFailedError
from tables import ratio

RATE, TIMES, PEAK, SIZE = 15_000, 2.5, 1.5e9, 2.5


def measure(run: Run) -> None:
    """Print one table."""
    run.report.heading("3. Building")
    ours = [build for name in run.engines if (build := _tried(run, name))]
    theirs = [build for name in (RAW, FTS5) if name in run.peers and (build := _tried(run, name))]
    raw = next((build for build in theirs if build.name == RAW), None)
    header = [
        "built by",
        "s",
        "s with analysis",
        "paragraphs/s",
        "peak MB",
        "index/text",
        "times raw",
        "times raw + analysis",
    ]
    rows = [_row(run, build, build.seconds, raw) for build in ours]
    rows += [_row(run, build, build.seconds + run.corpus.seconds, raw) for build in theirs]
    run.report.table(f"{run.corpus.paragraphs:,} paragraphs, the whole process", header, rows)
    run.report.say(
        f"analysis alone, for the peers, in one process: {run.corpus.seconds:.1f} s; paragraphs a second with analysis"
    )
    for build in ours:
        _goals(run, build, raw)


def _tried(run: Run, name: str) -> Build | None:
    try:
        return run.builds.peer(name) if name in (RAW, FTS5) else run.builds.ours(name)
    except BuildFailedError as error:
        run.report.say(str(error))
        return None


def _row(run: Run, build: Build, seconds: float, raw: Build | None) -> list[object]:
    base = raw.seconds if raw else None
    return [
        build.name, build.seconds, seconds, build.paragraphs / seconds, build.peak_bytes / 1e6,
        build.index_bytes / build.text_bytes, ratio(seconds, base), ratio(seconds, base and base + run.corpus.seconds),
    ]  # fmt: skip


def _goals(run: Run, build: Build, raw: Build | None) -> None:
    goal, rate, share = run.report.goal, build.paragraphs / build.seconds, build.index_bytes / build.text_bytes
    goal(f"{build.name} builds {RATE:,} paragraphs a second", rate >= RATE, f"{rate:,.0f}")
    times = ratio(build.seconds, raw.seconds if raw else None)
    figure = f"{times:.1f}" if times else ""
    goal(f"{build.name} builds within {TIMES} times of raw tantivy", times <= TIMES if times else None, figure)
    goal(f"{build.name} builds below 1.5 GB", build.peak_bytes < PEAK, f"{build.peak_bytes / 1e9:.2f} GB")
    goal(f"{build.name} has an index of at most {SIZE} times the text", share <= SIZE, f"{share:.2f}")
