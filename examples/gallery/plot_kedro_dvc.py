"""
From kedro, or DVC
==================

Both call your code as steps, with data in and data out. Here are three steps as plain
functions, and what kedro and DVC need to run them.
"""

import tempfile

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.metrics import ConfusionMatrixDisplay

from sentiment import evaluate, load_reviews, make_sentiment_pipeline, save_model


def fit(reviews, parameters):
    """Fit a Pipeline on the rows with the parameters of ``parameters.yml``."""
    pipeline = make_sentiment_pipeline(parameters["preset"], **parameters["params"])
    return pipeline.fit(reviews["text"], reviews["label"])


def predict(pipeline, reviews):
    """Add the predicted label to the rows."""
    return reviews.assign(predicted_label=pipeline.predict(reviews["text"]))


def measure(pipeline, reviews):
    """Return the metrics, as JSON takes them."""
    return evaluate(pipeline, reviews).metrics


# %%
# Without either of them they are run like this:
parameters = {"preset": "fast", "params": {"vectorize__min_df": 1}}
train, test = [
    texts.assign(label=labels)
    for texts, labels in (load_reviews("sample", part) for part in ("train", "test"))
]
pipeline = fit(train, parameters)
predicted = predict(pipeline, test)
pd.Series(measure(pipeline, test)).round(3)

# %%
figure, axes = plt.subplots(figsize=(4, 3.6), layout="constrained")
ConfusionMatrixDisplay.from_predictions(
    test["label"], predicted["predicted_label"], ax=axes, colorbar=False, cmap="Blues"
)
plt.show()

# %%
# kedro
# -----
# The functions are nodes, and no line of them changes::
#
#     from kedro.pipeline import Pipeline, node
#
#     def create_pipeline():
#         return Pipeline([
#             node(fit, ["train", "params:model"], "pipeline"),
#             node(predict, ["pipeline", "test"], "predicted"),
#             node(measure, ["pipeline", "test"], "metrics"),
#         ])
#
# kedro keeps what a node returns. To open the model later through every door of this
# package, let ``fit`` save it, or log it with :func:`sentiment.log_model`: such a model
# carries its requirements and can be checked.
save_model(pipeline, f"{tempfile.mkdtemp()}/model")

# %%
# DVC
# ---
# DVC runs commands, so it needs no Python at all. ``dvc repro`` runs what has changed::
#
#     stages:
#       fit:
#         cmd: sentiment train data/train.csv --test data/test.csv
#           --config params.yaml --format json > metrics.json
#         deps: [data/train.csv, data/test.csv, params.yaml]
#         metrics: [metrics.json]
#       predict:
#         cmd: sentiment predict
#           $(python -c "import json; print(json.load(open('metrics.json'))['run_id'])")
#           data/new.csv -o predicted.parquet --force
#         deps: [data/new.csv, metrics.json]
#         outs: [predicted.parquet]
