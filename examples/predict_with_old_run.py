"""Scenario 1: load the model of any old run and predict with it.

Usage: python predict_with_old_run.py RUN_ID
"""

import sys

import mlflow
import pandas as pd

from sentiment import load_instances, load_model

run_id = sys.argv[1]
instances = load_instances("sample", "test")

# As the Pipeline that was trained: labels, probabilities, every step.
pipeline = load_model(run_id)
predictions = pd.DataFrame(
    {
        "text": instances["text"].str.slice(0, 48),
        "predicted_label": pipeline.predict(instances),
        "predicted_score": pipeline.predict_proba(instances).max(axis=1).round(3),
    }
)
print(predictions.head(5).to_string(index=False))

# With MLflow alone, as somebody would who has never heard of this package.
answers = mlflow.pyfunc.load_model(f"runs:/{run_id}/model").predict(instances)
assert list(answers["label"]) == list(predictions["predicted_label"])

assert len(predictions) == len(instances)
print(f"{len(predictions)} predictions with the model of run {run_id}")
