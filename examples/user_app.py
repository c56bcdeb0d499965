"""Scenario 2: a trained model, frozen, as one step of somebody else's Pipeline.

The application answers reviews: it thanks, apologises, or hands the review to a person
when the model is not sure. The sentiment model comes from a run or from the registry
and is not trained again when the application's own Pipeline is fitted.

Usage: python user_app.py MODEL      (a run id, models:/name@alias, a folder, ...)
"""

import sys
from collections import Counter

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from sentiment import load_model, load_reviews


class ReviewDesk(ClassifierMixin, BaseEstimator):
    """Decide what to do with a review, from the model's probabilities."""

    def __init__(self, model, sure=0.7):
        self.model = model
        self.sure = sure

    def fit(self, X, y=None):
        # A frozen model keeps what it has learned.
        self.model.fit(X, y)
        self.classes_ = np.array(["apologise", "ask a person", "thank"])
        return self

    def predict(self, X):
        probabilities = self.model.predict_proba(X)
        labels = self.model.classes_[probabilities.argmax(axis=1)]
        action = np.where(labels == "positive", "thank", "apologise")
        return np.where(probabilities.max(axis=1) < self.sure, "ask a person", action)


def without_signature(X):
    """Cut what the application's mail program appends to every review."""
    return X["text"].str.replace(r"\n-- \n.*", "", regex=True)


reviews, labels = load_reviews("sample", "test")
model = load_model(sys.argv[1])
app = Pipeline(
    [
        ("signature", FunctionTransformer(without_signature)),
        ("desk", ReviewDesk(FrozenEstimator(model))),
    ]
)
before = model.predict_proba(reviews)
app.fit(reviews, labels)
actions = app.predict(reviews)
assert (model.predict_proba(reviews) == before).all(), "the frozen model has changed"

print(f"model {sys.argv[1]}: {dict(sorted(Counter(actions.tolist()).items()))}")
answered = actions != "ask a person"
right = (actions == "thank") == (labels == "positive").to_numpy()
print(
    f"{answered.sum()} of {len(actions)} reviews answered, "
    f"{right[answered].mean():.0%} of them with the right tone"
)
