"""Eight clients at once, with good requests and bad ones: no wrong answer, no 5xx."""

import json
import os
import random
import threading
import time
from pathlib import Path

import pytest
import requests

GOOD, BAD = range(2)
SECONDS_TO_WARM_UP = 0.5
posix = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")


def make_requests(pipeline):
    """Return bodies with what each must be answered with."""
    reviews = [f"film {n} is {'great fun' if n % 3 else 'a waste'}" for n in range(40)]
    texts = [*reviews, "", "é\u0301 👍🏽", "not " * 200 + "good"]
    labels = pipeline.predict(texts).tolist()
    scores = pipeline.predict_proba(texts).max(axis=1).tolist()
    answers = dict(zip(texts, zip(labels, scores, strict=True), strict=True))
    good = []
    for size in (1, 1, 1, 2, 7, 20):
        for start in range(0, len(texts), size):
            part = texts[start : start + size]
            expected = [answers[text] for text in part]
            records = [{"text": text} for text in part]
            split = {"columns": ["text"], "data": [[text] for text in part]}
            good.append(({"dataframe_split": split}, expected))
            good.append(({"dataframe_records": records}, expected))
            good.append(({"inputs": {"text": part}}, expected))
    bad = [
        ({"dataframe_records": [{"text": "good"}, {"text": None}]}, "at row 1"),
        ({"dataframe_records": [{"text": 5}]}, "at row 0"),
        ({"dataframe_records": []}, ""),
        ({"dataframe_split": {"columns": ["a"], "data": [["b"]]}}, "text"),
        ({"inputs": {"text": ["a"]}, "params": {"threshold": 7}}, "from 0 to 1"),
        ({"text": ["a"]}, ""),
    ]
    return good, bad


class Clients:
    """Threads that ask until the time is up, and note what was wrong."""

    def __init__(self, url, good, bad, seconds):
        self._url = f"{url}/invocations"
        self._good, self._bad = good, bad
        self._end = time.monotonic() + seconds
        self.failures = []
        self.counts = [0, 0]

    def run(self, n_clients=8):
        threads = [
            threading.Thread(target=self._work, args=(random.Random(seed),))
            for seed in range(n_clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, chance):
        with requests.Session() as session:
            while time.monotonic() < self._end and not self.failures:
                kind = BAD if chance.random() < 0.3 else GOOD
                body, expected = chance.choice(self._bad if kind else self._good)
                try:
                    response = session.post(self._url, json=body, timeout=60)
                    problem = (check_bad if kind else check_good)(response, expected)
                except requests.RequestException as error:
                    problem = repr(error)
                if problem:
                    self.failures.append((json.dumps(body)[:200], problem))
                self.counts[kind] += 1


def check_good(response, expected):
    if response.status_code != 200:
        return f"{response.status_code}: {response.text:.300}"
    rows = [(row["label"], row["score"]) for row in response.json()["predictions"]]
    return None if rows == expected else f"{rows} instead of {expected}"


def check_bad(response, reason):
    is_refused = response.status_code == 400 and reason in response.text
    if is_refused and "Traceback" not in response.text:
        return None
    return f"{response.status_code}: {response.text:.300}"


def resident_mb(pid):
    """Return the memory of a process and of all beneath it."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(line.split()[1]) / 1024 + sum(map(resident_mb, map(int, children)))


def soak(server, pipeline, seconds):
    good, bad = make_requests(pipeline)
    Clients(server.url, good, bad, max(SECONDS_TO_WARM_UP, seconds / 6)).run()
    before = resident_mb(server.process.pid)
    clients = Clients(server.url, good, bad, seconds)
    clients.run()
    assert not clients.failures, clients.failures[0]
    assert "Traceback" not in server.log
    assert min(clients.counts) > 5 * seconds
    return resident_mb(server.process.pid) - before


@posix
@pytest.mark.parametrize("name", ["server", "mlflow_server"])
def test_eight_clients_for_two_seconds(name, request, pipeline):
    grown = soak(request.getfixturevalue(name), pipeline, 2)
    assert grown < 40, f"{grown:.0f} MB more"


@posix
@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["server", "mlflow_server"])
def test_eight_clients_for_a_minute(name, request, pipeline):
    grown = soak(
        request.getfixturevalue(name), pipeline, float(os.environ.get("SOAK", "60"))
    )
    assert grown < 20, f"{grown:.0f} MB more"


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_a_document_of_10_mb_and_10000_rows_with_it_are_answered(saved, serve):
    large = "a great film, not a waste of time . " * 290_000
    assert len(large) > 10e6
    texts = [large, *["good"] * 10_000]
    with serve(saved) as server:
        before = resident_mb(server.process.pid)
        for body in (
            {"instances": [{"text": text} for text in texts]},
            {"inputs": {"text": texts}},
            {"dataframe_records": [{"text": text} for text in texts]},
        ):
            response = server.post(json=body)
            assert response.status_code == 200, response.text[:300]
            assert len(response.json()["predictions"]) == len(texts)
        # The bytes of one such request are 10 MB; in fixed-width strings it were 420 GB.
        peak = Path(f"/proc/{server.process.pid}/status").read_text()
        (line,) = [one for one in peak.splitlines() if one.startswith("VmHWM")]
        assert int(line.split()[1]) / 1024 - before < 1500
