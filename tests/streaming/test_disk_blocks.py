"""Blocks of counts come back as they were written, in memory and from disk."""

import numpy as np
import pytest
import scipy.sparse as sp

from sentiment.streaming._disk_blocks import BlockWriter
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._spool import Spool

# One entry, none, fewer than before and more; counts at the end of each integer kind.
BLOCKS = {
    "one entry": [[[0, 1, 0]]],
    "one entry, then none, then one": [[[0, 1, 0]], [[0, 0, 0]], [[1, 0, 0]]],
    "three, then one, then two": [[[1, 1, 1]], [[1, 0, 0]], [[0, 1, 1]]],
    "large counts": [[[2, 0, 255]], [[1, 0, 256]], [[0, 65535, 1]], [[65536, 0, 1]]],
    "beyond 32 bits": [[[1, 0, 2**32 - 1]], [[2**32, 1, 0]]],
}


@pytest.mark.parametrize("limit", [0, 10**6])
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_read_back_as_they_were_written(name, n_jobs, limit, tmp_path):
    with Scratch(tmp_path) as scratch:
        writer = BlockWriter(Spool(scratch, "counts", limit), 3)
        for rows in BLOCKS[name]:
            writer.add(sp.csr_matrix(np.array(rows, dtype=np.int64)))
            writer._write()
        blocks = writer.finish(n_jobs)
        expected = [np.array(rows, dtype=float) for rows in BLOCKS[name]]
        number = np.arange(len(expected))
        found = list(blocks.map(lambda X, own: (X.toarray(), own), rows=[number]))
        assert len(found) == len(expected)
        for place, ((table, own), wanted) in enumerate(
            zip(found, expected, strict=True)
        ):
            assert np.array_equal(table, wanted)
            assert own.tolist() == [place]
        assert blocks.n_entries == sum(np.count_nonzero(rows) for rows in expected)
        assert np.array_equal(
            blocks.sum(lambda X: [X.toarray()])[0], np.sum(expected, axis=0)
        )


def test_a_block_ends_with_the_row_that_fills_it(monkeypatch, tmp_path):
    monkeypatch.setattr("sentiment.streaming._disk_blocks._BLOCK", 4)
    with Scratch(tmp_path) as scratch:
        writer = BlockWriter(Spool(scratch, "counts", 0), 2)
        for _ in range(5):
            writer.add(sp.csr_matrix(np.array([[1, 1]])))
        writer.add(sp.csr_matrix((0, 2), dtype=np.int64))
        assert writer.finish(1).bounds.tolist() == [0, 2, 4, 5]
