"""What a server counts, for Prometheus: how much, how fast, which answers. No text."""

import asyncio
import logging
import os
from typing import Any

from sentiment.exceptions import ServingError
from sentiment.serving._exchange import Exchange

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The folder where several workers count together; read when they are imported."""

_LOGGER = logging.getLogger(__name__)
_SECONDS_BETWEEN = 1.0
_MOST_CHARACTERS = 1 << 20

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
        self._waiting: list[str] = []
        self._n_characters = 0
        self._timer: asyncio.TimerHandle | None = None
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

        self._texts.inc(len(exchange.texts))
        self._keep(exchange.texts)

    def _keep(self, texts: list[str]) -> None:
        """Keep texts until their words are counted, beside the loop.

        For one text alone it takes as long as answering it, for a hundred 2 % of that.
        """
        self._waiting += texts
        self._n_characters += sum(map(len, texts))
        if self._n_characters > _MOST_CHARACTERS:
            self._count_aside()
        elif self._waiting and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_SECONDS_BETWEEN, self._count_aside)

    def _count_aside(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        texts, self._waiting = self._waiting, []
        self._n_characters, self._timer = 0, None
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, self._count_words, texts)

    def _count_words(self, texts: list[str]) -> None:
        import pandas as pd

        from sentiment.feature_extraction import count_unseen

        try:
            series = pd.Series(texts, dtype="str")
            n_words, n_unseen = count_unseen(self._pipeline, series)
        except Exception:
            _LOGGER.exception("The words of %d texts cannot be counted.", len(texts))
            return
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
