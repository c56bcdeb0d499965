import hashlib
import pickle

import mlflow
import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from sentiment import ModelError, load_model, make_sentiment_pipeline, save_model

TEXTS = ["This movie is cool", "awful film", ""]


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_cloudpickle_is_loaded_only_when_allowed(pipeline, tmp_path):
    folder = tmp_path / "model"
    save_model(pipeline, folder, serialization_format="cloudpickle")
    with pytest.raises(ModelError, match=r"cloudpickle, .* allow_pickle=True"):
        load_model(folder)
    answers = load_model(folder, allow_pickle=True).predict_proba(TEXTS)
    np.testing.assert_array_equal(answers, pipeline.predict_proba(TEXTS))
    by_mlflow = mlflow.sklearn.load_model(str(folder)).predict_proba(TEXTS)
    np.testing.assert_array_equal(by_mlflow, answers)


def test_nothing_of_a_pickle_runs_unless_allowed(edit_mlmodel, pipeline, tmp_path):
    folder, trace = tmp_path / "model", tmp_path / "trace"
    save_model(pipeline, folder, serialization_format="cloudpickle")
    data = pickle.dumps(Trap(trace))
    (folder / "model.pkl").write_bytes(data)
    edit_mlmodel(
        folder,
        lambda content: content["flavors"]["sentiment"].update(
            sha256=hashlib.sha256(data).hexdigest()
        ),
    )
    with pytest.raises(ModelError, match="allow_pickle"):
        load_model(folder)
    assert not trace.exists()


def test_a_step_of_ones_own_class_travels_as_cloudpickle(reviews, tmp_path):
    step = FunctionTransformer(lambda documents: documents)
    pipeline = make_sentiment_pipeline("fast", prior=None, clean=step).fit(*reviews)
    save_model(pipeline, tmp_path / "model", serialization_format="cloudpickle")
    loaded = load_model(tmp_path / "model", allow_pickle=True)
    assert loaded.predict(TEXTS).tolist() == pipeline.predict(TEXTS).tolist()
