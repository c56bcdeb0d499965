"""Fetching a data set from the Hugging Face hub: the only use of the network."""

from typing import Any

from sentiment.datasets import _hub_library as library
from sentiment.datasets._batch import Batch
from sentiment.datasets._source import HUB
from sentiment.exceptions import DataError

# Seconds to wait for the hub's first answer.
_TIMEOUT = 10.0


def fetch_hub_rows(source: str, split: str) -> Batch:
    """Fetch one split of ``hf:owner/name`` or ``hf:owner/name:config``."""
    import datasets

    name, _, config = source.removeprefix(HUB).partition(":")
    if not name or name.startswith((".", "/")) or name.count("/") > 1:
        raise DataError(
            f"{source!r} is not a data set on the hub. Write hf:owner/name or "
            "hf:owner/name:config, for example hf:stanfordnlp/imdb."
        )
    unreachable = _ask_hub(source, name)
    try:
        with library.quiet(progress=True):
            if unreachable is None:
                builder = datasets.load_dataset_builder(name, config or None)
                return library.prepared_rows(builder, split, source)
            # What was fetched before is in the library's cache.
            with library.offline():
                builder = datasets.load_dataset_builder(name, config or None)
                return library.prepared_rows(builder, split, source)
    except DataError:
        raise
    except Exception as error:  # the libraries' HTTP client has changed twice
        if unreachable is not None or isinstance(error, ConnectionError):
            raise _no_network(source, unreachable or error) from None
        raise DataError(
            f"{source} cannot be read by the datasets library "
            f"({library.reason(error)}). A configuration is written {HUB}{name}:CONFIG."
        ) from None


def _ask_hub(source: str, name: str) -> Exception | None:
    """Return why the hub does not answer, or None when it does.

    One question with a timeout comes first because the library itself retries
    for 23 seconds, with a log line for each, when there is no network.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        HfApi().dataset_info(name, timeout=_TIMEOUT)
    except RepositoryNotFoundError:
        raise DataError(
            f"{source} is not on the hub, or not open to you. Check the name; for a "
            "private or gated data set, log in with `hf auth login`."
        ) from None
    except Exception as error:  # connection errors of whichever HTTP client is in use
        return error
    return None


def _no_network(source: str, error: Any) -> DataError:
    return DataError(
        f"{source} cannot be fetched: the hub does not answer "
        f"({library.reason(error)}). Without network, use a local copy of the data "
        "set's folder, a csv, tsv, jsonl or parquet file, or the bundled sample "
        "('sample')."
    )
