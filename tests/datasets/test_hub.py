"""hf:owner/name through the real datasets library, and with no network."""

import subprocess
import sys
import textwrap
from typing import Any

import pytest

from sentiment.datasets import load_instances
from sentiment.exceptions import DataError

SCRIPT = """
    import sys
    from sentiment.datasets import load_labels, load_reviews, read_rows
    from sentiment.exceptions import DataError

    if "fetch" in sys.argv:
        instances, labels = load_reviews("hf:tester/films")
        print(instances["text"].tolist(), labels.tolist())
        print(load_labels("hf:tester/films:plain_text", "unsupervised").tolist())
        print(read_rows("hf:tester/films")["label"].tolist())
    for source, split in [
        ("hf:tester/films", "dev"),
        ("hf:tester/films:other", "train"),
        ("hf:tester/nothing", "train"),
    ]:
        try:
            load_reviews(source, split)
        except DataError as error:
            print(error)
"""


def run(environment: dict[str, str], *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_data_set_of_the_hub_is_fetched_once_and_then_cached(
    hub: Any, hub_environment: dict[str, str]
) -> None:
    fetched = [
        "['Dull.', 'A gem.', 'Bleak.', ''] "
        "['negative', 'positive', 'negative', 'positive']",
        "[]",
        "[1, 0]",
    ]
    no_split = (
        "hf:tester/films has no split 'dev'. It has 'train', 'test', 'unsupervised'. "
        "Choose one of them."
    )
    assert run(hub_environment, "fetch") == [
        *fetched,
        no_split,
        "hf:tester/films:other cannot be read by the datasets library (BuilderConfig "
        "'other' not found. Available: ['plain_text']). "
        "A configuration is written hf:tester/films:CONFIG.",
        "hf:tester/nothing is not on the hub, or not open to you. Check the name; for "
        "a private or gated data set, log in with `hf auth login`.",
    ]
    asked = len(hub.requests)
    assert asked
    # The cache answers when the hub does not.
    offline = {**hub_environment, "HF_HUB_OFFLINE": "1"}
    assert run(offline, "fetch")[:4] == [*fetched, no_split]
    assert len(hub.requests) == asked


def test_without_network_one_line_names_the_offline_ways(
    no_network: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DataError) as refusal:
        load_instances("hf:stanfordnlp/imdb")
    said = str(refusal.value)
    assert said.startswith(
        "hf:stanfordnlp/imdb cannot be fetched: the hub does not answer ("
    )
    assert said.endswith(
        "). Without network, use a local copy of the data set's folder, a csv, tsv, "
        "jsonl or parquet file, or the bundled sample ('sample')."
    )
    assert "\n" not in said
    assert no_network
    assert caplog.records == []


@pytest.mark.parametrize("source", ["hf:", "hf:a/b/c", "hf:../folder", "hf:/etc"])
def test_what_is_no_name_on_the_hub_is_refused(
    source: str, no_network: list[object]
) -> None:
    with pytest.raises(DataError) as refusal:
        load_instances(source)
    assert str(refusal.value) == (
        f"{source!r} is not a data set on the hub. Write hf:owner/name or "
        "hf:owner/name:config, for example hf:stanfordnlp/imdb."
    )
    assert no_network == []
