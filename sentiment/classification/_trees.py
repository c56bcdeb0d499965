"""Trees that are grown: what they see of the counts, and what they add to margins."""

from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.classification._tree_boosting import load_booster, predict_trees
from sentiment.classification._tree_features import TreeFeatures
from sentiment.classification._tree_walk import TreeWalk

_STORED = ("_booster_ubj", "_tree_features_state")


class Trees:
    """XGBoost's trees, and the columns of the counts that they see.

    Parameters
    ----------
    features : TreeFeatures
        Fitted.
    model : bytes or ndarray of uint8
        As XGBoost saves them; no bytes of no trees.
    """

    def __init__(self, features: TreeFeatures, model: bytes | NDArray[np.uint8]):
        self.features = features
        self.booster = load_booster(model)
        self._walk = TreeWalk(self.booster)

    def add_to(
        self, margins: NDArray[np.float64], X: sp.csr_matrix, n_jobs: int
    ) -> NDArray[np.float64]:
        """Return the margins with what the trees add for rows of counts."""
        if self.booster is None:
            return margins
        seen, n_margins = self.features.transform(X), margins.shape[1]
        if seen.shape[0] == 1:
            return margins + self._walk.predict(seen, n_margins)
        return margins + predict_trees(self.booster, seen, n_margins, n_jobs)

    def gains(self) -> NDArray[np.float64]:
        """Return the total gain of the splits on each column of the counts."""
        gains = np.zeros(self.features.n_columns_in)
        if self.booster is not None:
            found = self.booster.get_score(importance_type="total_gain")
            for name, gain in found.items():
                # Without names, XGBoost calls feature 7 "f7".
                gains[self.features.columns[int(name[1:])]] = np.sum(gain)
        return gains

    def get_state(self) -> dict[str, Any]:
        """Return plain arrays: loadable without pickle and without more trust."""
        raw = b"" if self.booster is None else bytes(self.booster.save_raw("ubj"))
        stored = np.frombuffer(raw, np.uint8), self.features.get_state()
        return dict(zip(_STORED, stored, strict=True))

    @classmethod
    def take_from(cls, state: dict[str, Any]) -> Self:
        """Take out of a state what :meth:`get_state` put in; make the object of it."""
        model, features = (state.pop(name) for name in _STORED)
        return cls(TreeFeatures.from_state(features), model.tobytes())
