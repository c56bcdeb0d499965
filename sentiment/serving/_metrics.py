"""What a server counts, for Prometheus: how much, how fast, which answers. No text."""

import os
from typing import Any

from sentiment.exceptions import ServingError
from sentiment.serving._exchange import Exchange

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The folder where several workers count together; read when they are imported."""

_SECONDS = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
)  # fmt: skip


def check_metrics() -> None:
    """Refuse to count without the library.

    Raises ServingError if prometheus-client is not installed.
    """
    try:
        import prometheus_client  # noqa: F401
    except ImportError as error:
        raise ServingError(
            "metrics=True needs prometheus-client. Install it with "
            "`pip install 'sentiment-pipeline[serve]'`."
        ) from error


class RequestCounts:
    """Counts requests, texts and answers.

    ``pipeline``: whose vocabulary says which words are unknown.
    """

    def __init__(self, pipeline: Any) -> None:
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Histogram,
            disable_created_metrics,
        )

        disable_created_metrics()

        self._pipeline = pipeline
        self._registry = CollectorRegistry()

        def count(name: str, text: str, *labels: str) -> Any:
            return Counter(f"sentiment_{name}", text, labels, registry=self._registry)

        self._requests = count("requests", "Requests.", "endpoint", "status")
        self._errors = count("errors", "Requests that were refused.", "code")
        self._seconds = Histogram(
            "sentiment_request_seconds",
            "From the head of a request to the end of its answer.",
            ("endpoint",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._texts = count("texts", "Texts that were answered.")
        self._predictions = count("predictions", "Texts that got a label.", "label")
        self._words = count("words", "Words of the texts that were answered.")
        self._unknown = count("unknown_words", "Those that the model does not know.")

    def count_request(
        self, endpoint: str, status: int, seconds: float, exchange: Exchange
    ) -> None:
        """Count one request, and what was answered to it."""
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)
        if exchange.code is not None:
            self._errors.labels(exchange.code).inc()
        for label in exchange.labels:
            self._predictions.labels(str(label)).inc()

    def count_texts(self, texts: list[str]) -> None:
        """Count texts that were answered, and their words: O(n_tokens)."""
        import pandas as pd

        from sentiment.monitoring import count_unseen

        self._texts.inc(len(texts))
        n_words, n_unseen = count_unseen(self._pipeline, pd.Series(texts, dtype="str"))
        self._words.inc(n_words)
        self._unknown.inc(n_unseen)

    def render(self) -> tuple[bytes, str]:
        """Return the page of all workers, and its content type."""
        from prometheus_client import (
            CONTENT_TYPE_LATEST,
            CollectorRegistry,
            generate_latest,
            multiprocess,
        )

        registry = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry), CONTENT_TYPE_LATEST
