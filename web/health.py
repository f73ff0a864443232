"""What machines ask of a running server: is it alive, is it ready, how is it doing. Plain text, not the archive's."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import perf_counter

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from search.answering.service import SearchService
from search.currency import utc_now
from search.errors import EngineError

PLAIN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_RETRY_AFTER = 60


class _Archive(Collector):
    """The state of the archive, asked when metrics are read."""

    def __init__(self, service: SearchService) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        ready = GaugeMetricFamily("dateline_ready", "1 where an index is open, else 0.")
        try:
            status = self._service.status()
        except EngineError:
            ready.add_metric([], 0)
            yield ready
            return
        ready.add_metric([], 1)
        yield ready
        labels = ["id", "built_at", "engine"]
        generation = GaugeMetricFamily("dateline_generation_info", "The generation that answers.", labels=labels)
        generation.add_metric([status.generation.id, status.generation.built_at, status.generation.engine], 1)
        yield generation
        age = status.currency.seconds(utc_now())
        yield GaugeMetricFamily("dateline_generation_age_seconds", "Seconds since it was built.", value=age)
        if status.currency.waiting is not None:
            waiting = "Files that changed and are not searchable yet."
            yield GaugeMetricFamily("dateline_files_waiting", waiting, value=status.currency.waiting)
        yield GaugeMetricFamily("dateline_articles", "Articles in the index.", value=status.articles)
        yield GaugeMetricFamily("dateline_paragraphs", "Paragraphs in the index.", value=status.paragraphs)


class Metrics:
    """Counts and times of requests: of one app or, in the folder `counts`, of all processes that count there.

    A process counts in the folder that PROMETHEUS_MULTIPROC_DIR names when it starts; it must be the same.
    """

    def __init__(self, service: SearchService, counts: Path | None) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Archive(service))
        # What is read of the folder has what was counted here in it.
        registry = self.registry if counts is None else None
        if counts is not None:
            MultiProcessCollector(self.registry, counts)  # type: ignore[no-untyped-call]  # it ships none for this
        self._requests = Counter("dateline_requests", "Requests answered.", ["endpoint", "status"], registry=registry)
        self._seconds = Histogram(
            "dateline_request_seconds", "Time to answer, in seconds.", ["endpoint"], registry=registry
        )

    def watch(self, app: Flask) -> None:
        """Count and time every request of the app."""

        # To find a counter takes longer than to count; there are only so many endpoints and statuses.
        requests, seconds = cache(self._requests.labels), cache(self._seconds.labels)

        def begin() -> None:
            g.began = perf_counter()

        def end(response: Response) -> Response:
            # Addresses that lead nowhere share a label: anyone could make up any number of them.
            endpoint = request.endpoint or "none"
            requests(endpoint, response.status_code).inc()
            seconds(endpoint).observe(perf_counter() - g.began)
            return response

        app.before_request(begin)
        app.after_request(end)


def health_blueprint(service: SearchService, metrics: Metrics) -> Blueprint:
    """Return /healthz, /readyz and /metrics."""
    blueprint = Blueprint("health", __name__)

    def healthz() -> Response:
        return _plain("alive\n")

    def readyz() -> Response:
        try:
            return _plain(f"ready {service.generation_id()}\n{service.currency().words(utc_now())}\n")
        except EngineError as error:
            response = _plain(f"{error}\n")
            response.status_code = 503
            response.retry_after = _RETRY_AFTER
            return response

    def metrics_page() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    blueprint.add_url_rule("/healthz", view_func=healthz)
    blueprint.add_url_rule("/readyz", view_func=readyz)
    blueprint.add_url_rule("/metrics", "metrics", metrics_page)
    return blueprint


def _plain(text: str) -> Response:
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.cache_control.no_store = True
    return response
