"""
Text beside other columns
=========================

Reviews come with more than their text: a shop, a price, a date. skrub turns such columns
into numbers; this package turns the text into counts. A ``ColumnTransformer`` puts them
side by side.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skrub import DatetimeEncoder, StringEncoder, ToDatetime

from sentiment import NaiveBayesWeighter, load_reviews, make_count_vectorizer

texts, labels = load_reviews("sample", "train")

# %%
# The sample has texts only. Two columns are made up here: how many stars the shop has, in
# words, and when the review was sent. The first knows something about the label.
rng = np.random.default_rng(0)
good = (labels == "positive").to_numpy()
shop = np.where(rng.random(len(good)) < 0.8, good, ~good)
reviews = pd.DataFrame(
    {
        "text": texts["text"],
        "shop": np.where(shop, "four stars, quick", "two stars, slow"),
        "sent": pd.date_range("2026-01-01", periods=len(good), freq="7h").astype(str),
    }
)
reviews.head(3)

# %%
# A column named by a *string* is handed on as a Series, which is what the text steps and
# skrub's encoders both take. Dates become large numbers, so they are scaled.
words = make_pipeline(
    make_count_vectorizer(ngram_range=(1, 2)), NaiveBayesWeighter(alpha=3)
)
columns = {
    "text alone": [("text", words, "text")],
    "other columns alone": [
        ("shop", StringEncoder(n_components=2), "shop"),
        (
            "sent",
            make_pipeline(
                ToDatetime(), DatetimeEncoder(resolution="month"), StandardScaler()
            ),
            "sent",
        ),
    ],
}
columns["both"] = [step for steps in columns.values() for step in steps]

scores = {}
for name, steps in columns.items():
    model = make_pipeline(ColumnTransformer(steps), LogisticRegression(max_iter=1000))
    scores[name] = cross_val_score(model, reviews, labels, cv=5, error_score="raise")

# %%
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.barh(
    list(scores),
    [one.mean() for one in scores.values()],
    xerr=[one.std() for one in scores.values()],
    color="#0072b2",
    height=0.5,
)
axes.set_xlim(0.5, 1)
axes.set_xlabel("accuracy, five folds and their standard deviation")
axes.invert_yaxis()
plt.show()
