import hashlib
import logging
import pickle
import shutil
import sys

import mlflow
import pandas as pd
import pytest
import yaml

import sentiment
from sentiment import ModelError, load_model, save_model
from sentiment.serving import StrictModel, _load_pyfunc
from sentiment.serving._loader import load_pyfunc_model, load_strict_model


def test_mlflow_loads_our_wrapper_by_name(saved):
    assert isinstance(_load_pyfunc(str(saved)), StrictModel)


def test_importing_the_loader_module_imports_nothing_heavy(run_python):
    code = "import sys, sentiment.serving; print('pandas' in sys.modules)"
    assert run_python(code).strip() == "False"


def test_a_served_model_uses_one_thread_and_a_loaded_one_what_it_was_given(saved):
    served = load_strict_model(saved, allow_pickle=False).get_raw_model()
    assert served[-1].estimator_.n_jobs == 1
    assert served.get_params()["classify__estimator__n_jobs"] == 1
    assert load_model(saved)[-1].estimator_.n_jobs == -1


def test_the_pyfunc_model_gives_the_pipeline_back(saved, pipeline):
    raw = mlflow.pyfunc.load_model(str(saved)).get_raw_model()
    answers = raw.predict_proba(["awful film"])
    assert answers.tolist() == pipeline.predict_proba(["awful film"]).tolist()


def test_our_own_way_to_a_pyfunc_model_leaves_the_path_of_modules_alone(saved):
    before = list(sys.path)
    model = load_pyfunc_model(saved, allow_pickle=False)
    assert sys.path == before
    assert model.predict(pd.DataFrame({"text": ["awful film"]})).shape == (1, 2)
    assert model.metadata.get_input_schema().input_names() == ["text"]


def test_a_signature_that_cannot_be_read_is_refused(saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / "model")
    content = yaml.safe_load((folder / "MLmodel").read_text())
    content["signature"]["inputs"] = "no JSON"
    (folder / "MLmodel").write_text(yaml.safe_dump(content))
    with pytest.raises(ModelError, match="MLmodel is damaged"):
        load_pyfunc_model(folder, allow_pickle=False)


def test_another_version_of_the_package_is_said_once(saved, monkeypatch, caplog):
    monkeypatch.setattr(sentiment, "__version__", "99.0")
    load_strict_model(saved, allow_pickle=False)
    (record,) = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert "saved by sentiment 0." in record.getMessage()
    assert "answered for by sentiment 99.0" in record.getMessage()


def test_the_same_version_is_not_worth_a_word(saved, caplog):
    load_strict_model(saved, allow_pickle=False)
    assert not caplog.records


def test_mlflows_own_switch_decides_on_pickles_at_mlflows_door(
    pipeline, tmp_path, monkeypatch
):
    folder = tmp_path / "model"
    save_model(pipeline, folder, serialization_format="cloudpickle")
    answer = _load_pyfunc(str(folder)).predict(["awful film"])
    assert answer["label"].tolist() == pipeline.predict(["awful film"]).tolist()
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(ModelError, match="allow_pickle"):
        _load_pyfunc(str(folder))


def test_our_own_door_refuses_pickles(pipeline, tmp_path):
    folder = tmp_path / "model"
    save_model(pipeline, folder, serialization_format="cloudpickle")
    with pytest.raises(ModelError, match="allow_pickle=True"):
        load_pyfunc_model(folder, allow_pickle=False)


def test_a_model_that_cannot_predict_is_refused_before_it_serves(
    pipeline, tmp_path, monkeypatch
):
    folder = tmp_path / "model"
    broken = pickle.loads(pickle.dumps(pipeline))
    save_model(broken, folder, serialization_format="cloudpickle")
    path = folder / "MLmodel"
    content = yaml.safe_load(path.read_text())
    broken[-1].estimator_.linear_coef_ = broken[-1].estimator_.linear_coef_[:, :1]
    data = pickle.dumps(broken)
    (folder / "model.pkl").write_bytes(data)
    content["flavors"]["sentiment"]["sha256"] = hashlib.sha256(data).hexdigest()
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ModelError, match="BoostedLinearClassifier is damaged"):
        load_strict_model(folder, allow_pickle=True)
