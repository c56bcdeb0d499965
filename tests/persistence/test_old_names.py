"""Models name public paths, and those of before open wherever our files stand now."""

import io
import json
import os
import pickle
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import skops.io
import yaml

import sentiment
from sentiment import make_sentiment_pipeline
from sentiment._old_names import OLD_NAMES

MODELS = Path(__file__).parents[1] / "models"
# Each is renamed in the copy of the package, a folder of them as a whole.
MOVED = (
    "_boosted_linear_classifier|_label_decoder|_text_cleaner|_word_tokenizer|"
    "_stop_word_remover|(?<!sklearn.)feature_extraction"
)
OPEN = """
import json, pickle, sys
import mlflow.pyfunc, mlflow.sklearn
import pandas as pd
import sentiment
from sentiment.persistence import check_model

frame = pd.DataFrame({"text": ["A gem, wonderful!", "awful and dull"]})
pickled, *folders = sys.argv[1:]
with open(pickled, "rb") as file:
    answers = {pickled: [pickle.load(file).predict(frame).tolist()]}
for folder in folders:
    pipelines = sentiment.load_model(folder), mlflow.sklearn.load_model(folder)
    served = mlflow.pyfunc.load_model(folder).predict(frame)["label"]
    answers[folder] = [one.predict(frame).tolist() for one in pipelines]
    answers[folder].append(served.tolist())
passed = check_model(folders[0]).passed
print(json.dumps([sentiment.__file__, passed, answers]))
"""
LOAD = """
import sys
import mlflow.sklearn
model = mlflow.sklearn.load_model(sys.argv[1])
print(sys.modules["sentiment"].__file__, *model.predict(["awful"]))
"""


def read_names(data):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        schema = packed.read("schema.json").decode()
    return set(re.findall(r'"__module__": "(sentiment[^"]*)"', schema))


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The package, with the files of most classes in other places."""
    root = tmp_path_factory.mktemp("moved")
    copy = root / "sentiment"
    leave_out = shutil.ignore_patterns("__pycache__", "kernel")
    shutil.copytree(Path(sentiment.__file__).parent, copy, ignore=leave_out)
    for path in sorted(copy.rglob("*.py")):
        if path.name != "_old_names.py":
            text = path.read_text("utf-8")
            path.write_text(re.sub(rf"\b({MOVED})\b", r"\1_moved", text), "utf-8")
    for path in sorted(copy.rglob("*"), reverse=True):
        if re.fullmatch(MOVED, path.stem):
            path.rename(path.with_stem(f"{path.stem}_moved"))
    return root


def without_code(folder, copy):
    """Copy a model; its own code would be taken before that of the process."""
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("code"))
    content = yaml.safe_load((copy / "MLmodel").read_text())
    for flavor in content["flavors"].values():
        flavor.pop("code", None)
    (copy / "MLmodel").write_text(yaml.safe_dump(content))
    return copy


def test_a_saved_model_names_public_paths_only(saved):
    assert read_names((saved / "model.skops").read_bytes()) == {"sentiment"}


def test_a_saved_model_with_a_prior_names_public_paths_only(tmp_path):
    texts, labels = ["fine", "fine film", "dull", "dull film"] * 3, [1, 1, 0, 0] * 3
    first = make_sentiment_pipeline("fast").fit(texts, labels)
    second = make_sentiment_pipeline("fast", prior=first).fit(texts, labels)
    sentiment.save_model(second, tmp_path / "model")
    names = read_names((tmp_path / "model" / "model.skops").read_bytes())
    assert names == {"sentiment", "sentiment.prior"}


def test_a_public_path_gives_the_class_that_stood_in_each_old_place():
    for module, name in OLD_NAMES.items():
        assert getattr(sentiment, name).__module__ == module


def test_models_open_through_every_door_when_files_have_moved(
    saved, pipeline, moved, tmp_path, fork_without_us
):
    pickled = tmp_path / "pipeline.pkl"
    pickled.write_bytes(pickle.dumps(pipeline))
    olds = sorted((MODELS / "0.1.0").iterdir())
    folders = [without_code(one, tmp_path / one.name) for one in (*olds, saved)]
    names = [read_names((one / "model.skops").read_bytes()) for one in folders]
    assert all(any("._" in name for name in old) for old in names[:-1])
    found = fork_without_us(
        ["-c", OPEN, pickled, *folders],
        env=os.environ | {"PYTHONPATH": str(moved)},
        cwd=moved,
    )
    assert found.returncode == 0, found.stderr
    package, passed, answers = json.loads(found.stdout.splitlines()[-1])
    assert Path(package).parents[1] == moved
    assert passed
    assert len(answers) == 6
    assert all(one == given[0] for given in answers.values() for one in given)


def test_a_model_of_before_is_served_by_the_code_it_brings(
    saved, pipeline, tmp_path, fork_without_us
):
    # As main logged it before: private names, and the package as it was then.
    folder = tmp_path / "model"
    shutil.copytree(saved, folder)
    data = skops.io.dumps(pipeline)
    assert all("._" in name or name == "sentiment.prior" for name in read_names(data))
    (folder / "model.skops").write_bytes(data)
    given = folder, saved
    answered = []
    for one in given:
        found = fork_without_us(["-c", LOAD, one], cwd=tmp_path, env=os.environ)
        assert found.returncode == 0, found.stderr
        answered.append(found.stdout.decode().splitlines()[-1].split())
    assert [Path(package).parents[1] for package, _ in answered] == [
        one / "code" for one in given
    ]
    assert {label for _, label in answered} <= set(pipeline.classes_)
