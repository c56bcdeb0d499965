"""What the trees add to the margins of one row, without XGBoost's way in and out.

Handing one row to XGBoost takes 0.3 ms, most of it Python that describes the row. Here
all trees are walked down at once, one level a step. The leaves are added in XGBoost's
order and precision, so the bits are the same. Should a release of XGBoost add otherwise
or write its trees in another form, XGBoost is asked instead.
"""

import json
import logging
from typing import Any, NamedTuple, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._sparse import take_columns
from sentiment.classification._tree_boosting import predict_trees

__all__ = ["TreeWalk"]

_LOGGER = logging.getLogger(__name__)
_N_PROBES = 64
# With more, XGBoost's own loop is quicker than steps of numpy.
_MOST_TREES = 1000


class _Nodes(NamedTuple):
    """The nodes of all trees in one table. A leaf is its own child."""

    roots: NDArray[np.intp]
    depth: int
    columns: NDArray[np.intp]  # of the matrix: those that any node asks for
    feature: NDArray[np.intp]  # the place of a node's column among them
    value: NDArray[np.float32]  # below it to the left; of a leaf, what it adds
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    missing: NDArray[np.intp]

    @classmethod
    def read(cls, booster: Any, n_margins: int) -> Self:
        """Read the trees of a booster; each round has one tree a margin, in order."""
        model = json.loads(bytes(booster.save_raw("json")))
        model = model["learner"]["gradient_booster"]["model"]
        trees = model["trees"]
        if model["tree_info"] != [*range(n_margins)] * booster.num_boosted_rounds():
            raise ValueError("the trees are in another order")
        sizes = [len(tree["left_children"]) for tree in trees]
        roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        first, own = np.repeat(roots, sizes), np.arange(sum(sizes))

        def column(name: str, dtype: Any) -> NDArray[Any]:
            return np.concatenate([np.asarray(tree[name], dtype) for tree in trees])

        columns, feature = np.unique(
            column("split_indices", np.intp), return_inverse=True
        )
        left, right = (column(f"{s}_children", np.intp) for s in ("left", "right"))
        is_leaf = left < 0
        left = np.where(is_leaf, own, left + first)
        right = np.where(is_leaf, own, right + first)
        return cls(
            roots,
            _find_depth(roots, left, right),
            columns,
            feature,
            column("split_conditions", np.float32),
            left,
            right,
            np.where(column("default_left", bool), left, right),
        )

    def add_up(self, row: NDArray[np.float32], n_margins: int) -> NDArray[np.float32]:
        """Return what the trees add for the values of ``columns``; 0 is missing."""
        node = self.roots
        for _ in range(self.depth):
            x = row[self.feature[node]]
            below = np.where(x < self.value[node], self.left[node], self.right[node])
            node = np.where(x == 0.0, self.missing[node], below)
        # One after the other, as XGBoost does; a plain sum would add in pairs.
        added = self.value[node].reshape(-1, n_margins)
        return np.add.accumulate(added, axis=0, dtype=np.float32)[-1:]


class TreeWalk:
    """The trees of a booster, walked for one row at a time.

    Parameters
    ----------
    booster : xgboost.Booster
        With one tree a round and margin.
    """

    def __init__(self, booster: Any) -> None:
        self._booster = booster
        self._nodes: _Nodes | None = None
        self._is_read = False

    def predict(self, X: sp.csr_matrix, n_margins: int) -> NDArray[np.float32]:
        """Return what :func:`predict_trees` returns for a matrix of one row."""
        if not self._is_read:
            # Two threads at once read the same twice.
            self._nodes = self._read(X.shape[1], n_margins)
            self._is_read = True
        if self._nodes is None:
            return predict_trees(self._booster, X, n_margins, 1)
        known = take_columns(X, self._nodes.columns)
        row = np.zeros(known.shape[1], np.float32)
        row[known.indices] = known.data
        return self._nodes.add_up(row, n_margins)

    def _read(self, n_features: int, n_margins: int) -> _Nodes | None:
        """Return the nodes if they give what XGBoost gives for rows made up of them."""
        if self._booster.num_boosted_rounds() * n_margins > _MOST_TREES:
            return None
        try:
            nodes = _Nodes.read(self._booster, n_margins)
            probes = _make_probes(nodes)
            found = np.concatenate([nodes.add_up(row, n_margins) for row in probes])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            _LOGGER.debug("The trees cannot be walked: %s", error)
            return None
        rows, places = probes.nonzero()
        wide = sp.csr_matrix(
            (probes[rows, places], (rows, nodes.columns[places])),
            shape=(len(probes), n_features),
        )
        expected = predict_trees(self._booster, wide, n_margins, 1)
        return nodes if np.array_equal(found, expected) else None


def _find_depth(
    roots: NDArray[np.intp], left: NDArray[np.intp], right: NDArray[np.intp]
) -> int:
    depth, level = 0, roots
    while len(inner := level[left[level] != level]):
        level = np.concatenate([left[inner], right[inner]])
        depth += 1
    return depth


def _make_probes(nodes: _Nodes) -> NDArray[np.float32]:
    """Make rows that lie on and about the thresholds, with some values missing."""
    chance = np.random.RandomState(0)
    probes = np.zeros((_N_PROBES, len(nodes.columns)), np.float32)
    inner = np.flatnonzero(nodes.left != nodes.right)
    for row in probes[1:]:
        some = chance.permutation(inner)
        exact = nodes.value[some]
        above, below = (np.nextafter(exact, np.float32(s)) for s in (np.inf, -np.inf))
        values = [exact, above, below, np.ones_like(exact), np.zeros_like(exact)]
        row[nodes.feature[some]] = np.choose(chance.randint(5, size=len(some)), values)
    return probes
