"""Prometheus metrics in a registry of their own; labels are connections and kinds, never people or orders."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """Counters of the lanes. One per engine, so that tests and reloads do not meet in a global registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.fetched = self._counter("documents_fetched", "Documents stored, duplicates left out", "connection")
        self.duplicates = self._counter("documents_duplicated", "Documents dropped as duplicates", "connection")
        self.applied = self._counter("documents_applied", "Documents parsed and recorded", "connection")
        self.quarantined = self._counter("documents_quarantined", "Quarantine entries made", "connection", "code")
        self.sent = self._counter("outbox_settled", "Outbox items by outcome", "connection", "kind", "outcome")
        self.failures = self._counter("lane_failures", "Failed calls and jobs by error", "lane", "code")
        self.tasks = self._counter("tasks_done", "Timers worked", "kind", "outcome")
        self.backlog = Gauge("hub_backlog", "Rows waiting", ["connection", "queue"], registry=self.registry)
        self.state = Gauge("hub_connection_up", "1 ok, 0.5 degraded, 0 paused", ["connection"], registry=self.registry)
        self.stock_age = Gauge(
            "hub_stock_age_seconds", "Age of a location's newest count", ["location"], registry=self.registry
        )
        self.stock_band = Gauge(
            "hub_stock_believed",
            "1 whole, 0.5 in part (discounted or floored), 0 stale: nothing is promised from there",
            ["location"],
            registry=self.registry,
        )
        self.publications = Gauge(
            "hub_publications",
            "Quantities a channel is to be told (pending), and those it did not take (error)",
            ["channel", "state"],
            registry=self.registry,
        )
        self.send_seconds = Histogram(
            "hub_send_seconds", "Duration of one send", ["connection", "kind"], registry=self.registry
        )

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"hub_{name}", text, list(labels), registry=self.registry)

    def exposition(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
