import subprocess
import sys

import numpy as np
import pytest

import sentiment
from sentiment import engine
from sentiment.exceptions import SentimentError


def test_numpy_can_be_forced(monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", "numpy")
    assert engine.load_kernel() is None
    assert engine.engine_name() == "numpy"


def test_unknown_engine_is_refused(monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", "fortran")
    with pytest.raises(SentimentError, match="must be 'numpy', 'compiled' or not set"):
        engine.load_kernel()


def test_missing_kernel_is_named_when_it_is_asked_for(monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", "compiled")
    monkeypatch.setattr(engine, "_import_kernel", lambda: None)
    with pytest.raises(SentimentError, match="SENTIMENT_ENGINE=compiled asks for"):
        engine.load_kernel()


def test_missing_kernel_is_no_failure(monkeypatch):
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    monkeypatch.setattr(engine, "_import_kernel", lambda: None)
    assert engine.engine_name() == "numpy"


def test_broken_extension_is_passed_over(monkeypatch):
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    # As in a logged model that was made for another Python or platform.
    code = (
        "import sys; sys.modules['sentiment._kernel'] = None\n"
        "from sentiment.engine import engine_name; print(engine_name())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "numpy\n"


def test_kernel_of_another_version_is_passed_over(monkeypatch, kernel):
    monkeypatch.setattr(engine, "KERNEL_VERSION", kernel.VERSION + 1)
    assert engine._import_kernel.__wrapped__() is None


def test_show_versions_names_engine_and_libraries(capsys):
    sentiment.show_versions()
    shown = capsys.readouterr().out
    assert f"engine        {engine.engine_name()}" in shown
    assert "scikit-learn" in shown


@pytest.mark.parametrize("n_threads", [1, 2, 7])
def test_parts_cover_all_items_once(monkeypatch, n_threads):
    monkeypatch.setattr(engine, "count_threads", lambda: n_threads)
    monkeypatch.setattr(engine, "_BYTES_PER_THREAD", 1)
    sizes = np.cumsum([0, 5, 0, 100, 1, 1, 1])
    parts = engine.map_parts(lambda first, last: list(range(first, last)), sizes)
    assert [item for part in parts for item in part] == [0, 1, 2, 3, 4, 5]
    assert len(parts) == n_threads


@pytest.mark.parametrize("n_threads", [1, 2, 7])
@pytest.mark.parametrize("block_size", [1, 30, 1000])
def test_blocks_cover_all_items_once(monkeypatch, n_threads, block_size):
    monkeypatch.setattr(engine, "count_threads", lambda: n_threads)
    monkeypatch.setattr(engine, "_BYTES_PER_THREAD", 10)
    sizes = np.cumsum([0, 5, 0, 100, 1, 1, 1])
    blocks = engine.map_blocks(
        lambda first, last: list(range(first, last)), sizes, block_size
    )
    assert [item for block in blocks for item in block] == [0, 1, 2, 3, 4, 5]
    assert len(blocks) >= max(n_threads, 108 // block_size)


def test_work_within_a_block_is_not_shared_out_again(monkeypatch):
    monkeypatch.setattr(engine, "count_threads", lambda: 2)
    monkeypatch.setattr(engine, "_BYTES_PER_THREAD", 1)
    sizes = np.arange(9)

    def work(first, last):
        parts = engine.map_parts(lambda *edges: edges, sizes)
        blocks = engine.map_blocks(lambda *edges: edges, sizes, 1)
        return engine.is_shared_out(), parts, blocks

    assert engine.map_blocks(work, sizes, 4) == [(True, [(0, 8)], [(0, 8)])] * 2
    assert not engine.is_shared_out()
    assert len(engine.map_parts(lambda *edges: edges, sizes)) == 2


def test_a_process_among_others_can_be_kept_to_some_threads(monkeypatch):
    monkeypatch.setenv("SENTIMENT_THREADS", "3")
    assert engine.count_threads() == 3
    monkeypatch.setenv("SENTIMENT_THREADS", "all")
    with pytest.raises(SentimentError, match=r"a number from 1\. Got 'all'"):
        engine.count_threads()
