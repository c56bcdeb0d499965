import numpy as np
import pytest

from sentiment import threads
from sentiment.exceptions import SentimentError


@pytest.mark.parametrize("n_threads", [1, 2, 7])
def test_parts_cover_all_items_once(monkeypatch, n_threads):
    monkeypatch.setattr(threads, "count_threads", lambda: n_threads)
    monkeypatch.setattr(threads, "_BYTES_PER_THREAD", 1)
    sizes = np.cumsum([0, 5, 0, 100, 1, 1, 1])
    parts = threads.map_parts(lambda first, last: list(range(first, last)), sizes)
    assert [item for part in parts for item in part] == [0, 1, 2, 3, 4, 5]
    assert len(parts) == n_threads


@pytest.mark.parametrize("n_threads", [1, 2, 7])
@pytest.mark.parametrize("block_size", [1, 30, 1000])
def test_blocks_cover_all_items_once(monkeypatch, n_threads, block_size):
    monkeypatch.setattr(threads, "count_threads", lambda: n_threads)
    monkeypatch.setattr(threads, "_BYTES_PER_THREAD", 10)
    sizes = np.cumsum([0, 5, 0, 100, 1, 1, 1])
    blocks = threads.map_blocks(
        lambda first, last: list(range(first, last)), sizes, block_size
    )
    assert [item for block in blocks for item in block] == [0, 1, 2, 3, 4, 5]
    assert len(blocks) >= max(n_threads, 108 // block_size)


def test_work_within_a_block_is_not_shared_out_again(monkeypatch):
    monkeypatch.setattr(threads, "count_threads", lambda: 2)
    monkeypatch.setattr(threads, "_BYTES_PER_THREAD", 1)
    sizes = np.arange(9)

    def work(first, last):
        parts = threads.map_parts(lambda *edges: edges, sizes)
        blocks = threads.map_blocks(lambda *edges: edges, sizes, 1)
        return threads.is_shared_out(), parts, blocks

    assert threads.map_blocks(work, sizes, 4) == [(True, [(0, 8)], [(0, 8)])] * 2
    assert not threads.is_shared_out()
    assert len(threads.map_parts(lambda *edges: edges, sizes)) == 2


def test_a_process_among_others_can_be_kept_to_some_threads(monkeypatch):
    monkeypatch.setenv("SENTIMENT_THREADS", "3")
    assert threads.count_threads() == 3
    monkeypatch.setenv("SENTIMENT_THREADS", "all")
    with pytest.raises(SentimentError, match=r"a whole number, 1 or more\. Got 'all'"):
        threads.count_threads()
