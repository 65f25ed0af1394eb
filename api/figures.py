"""Figures for whoever watches over the running program (Prometheus): nothing about any person.

Addresses of pages are told by their pattern, never as they were asked for; of the data only what
the machine does with it is counted.
"""

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import Program, allowed
from jobs.listing import count_by_kind, oldest_due_s, throughput
from jobs.program import Program as OpenProgram
from resources.changes import latest_revision

router = APIRouter(tags=["health"])

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
NOWHERE = "(none)"


class Figures:
    """What one process has counted since it started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter(
            "ibasho_http_answers", "Answers, by the pattern of the address",
            ("method", "route", "status"), registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "ibasho_http_seconds", "Time to the answer, in seconds",
            ("route",), buckets=BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        # By what is counted apart: to find it by its labels takes a lock and longer than to count.
        self._answers: dict[tuple[str, str, int], Counter] = {}
        self._seconds: dict[str, Histogram] = {}
        self.at_once = Gauge(
            "ibasho_http_at_once", "Requests that are being answered", registry=self.registry
        )
        self.turned_away = Counter(
            "ibasho_http_turned_away", "Requests that found the program too busy",
            registry=self.registry,
        )  # fmt: skip

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer and the time to it."""
        answers = self._answers.get((method, route, status))
        if answers is None:
            answers = self.answers.labels(method, route, str(status))
            self._answers[method, route, status] = answers
        answers.inc()
        taken = self._seconds.get(route)
        if taken is None:
            taken = self._seconds[route] = self.seconds.labels(route)
        taken.observe(seconds)


class Counted:
    """Counts each answer and the time it took."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app = app
        self.figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self.figures.at_once.inc()
        try:
            await self.app(scope, receive, noting)
        finally:
            self.figures.at_once.dec()
            route = _pattern(scope)
            self.figures.count(scope["method"], route, status, time.perf_counter() - began)


def _pattern(scope: Scope) -> str:
    """Return the pattern of the address that answered; what was asked for stands nowhere."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    return "/static" if scope["path"].startswith("/static/") else NOWHERE


class _Ledger(Collector):
    """What stands in the database at the moment somebody asks for the figures."""

    def __init__(self, program: OpenProgram) -> None:
        self._program = program

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily(
            "ibasho_jobs", "Jobs in the ledger, by kind and state", labels=("kind", "state")
        )
        with self._program.database.reading() as session:
            for (kind, state), count in sorted(count_by_kind(session).items()):
                jobs.add_metric((kind, state), count)
            oldest_s = oldest_due_s(session)
            revision = latest_revision(session)
            lately = throughput(session)
        yield jobs
        yield GaugeMetricFamily(
            "ibasho_oldest_due_job_seconds", "For how long the oldest due job has waited",
            value=oldest_s or 0.0,
        )  # fmt: skip
        yield GaugeMetricFamily(
            "ibasho_jobs_done_last_hour", "Jobs done in the last hour", value=lately.done
        )
        yield GaugeMetricFamily(
            "ibasho_jobs_per_worker_second", "Jobs that a worker does in a second of work, lately",
            value=lately.per_worker_s,
        )  # fmt: skip
        yield GaugeMetricFamily(
            "ibasho_revision", "Newest revision of the change log", value=revision
        )


class _Of(Collector):
    """Figures of others, each with the name of the municipality that they are about."""

    def __init__(self, slug: str, *collectors: Collector) -> None:
        self._slug = slug
        self._collectors = collectors

    def collect(self) -> Iterator[Metric]:
        for collector in self._collectors:
            for metric in collector.collect():
                if self._slug:
                    metric.samples = [
                        sample._replace(labels={**sample.labels, "municipality": self._slug})
                        for sample in metric.samples
                    ]
                yield metric


@router.get(
    "/metrics",
    summary="Figures of the running program, for Prometheus",
    response_class=Response,
    dependencies=[allowed("administrator")],
)
def metrics(request: Request, program: Program) -> Response:
    """Answer in the text form of Prometheus; ask with an administrator's API token."""
    figures: Figures = request.app.state.figures
    at_the_moment = CollectorRegistry()
    at_the_moment.register(_Of(program.settings.municipality, figures.registry, _Ledger(program)))
    text = generate_latest(at_the_moment)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
