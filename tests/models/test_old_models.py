"""Models that were saved by this version and earlier ones are read, for years.

A failure here means that models in people's stores can no longer be read. Before the
version is released, ``python tests/models/make.py`` makes its models again; afterwards
the code must read them, or a new format must say what to do.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from sentiment import __version__, load_model
from sentiment.persistence import check_model
from sentiment.persistence._golden_rows import read_golden_rows
from sentiment.serving import _load_pyfunc

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/*/MLmodel"))
every_model = pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}"
)


def test_this_version_has_its_models():
    names = {path.name for path in FOLDERS if path.parent.name == __version__}
    assert names == {"accurate", "fast", "tutorial", "stars"}


@every_model
def test_an_old_model_is_loaded_safely_and_answers_as_it_did(folder):
    pipeline = load_model(folder)
    golden = read_golden_rows(folder)
    assert isinstance(pipeline, Pipeline)
    assert pipeline.classes_.tolist() == golden.classes
    np.testing.assert_allclose(
        pipeline.predict_proba(golden.texts), golden.probabilities, rtol=0, atol=1e-6
    )


@every_model
def test_an_old_model_is_served(folder):
    golden = read_golden_rows(folder)
    frame = pd.DataFrame({"text": golden.texts})
    answer = _load_pyfunc(str(folder)).predict(frame, {"probabilities": True})
    names = [f"probability_{label}" for label in golden.classes]
    np.testing.assert_allclose(answer[names], golden.probabilities, rtol=0, atol=1e-6)


def test_an_old_model_passes_its_check():
    result = check_model(FOLDERS[0])
    assert result.passed, result.moved


@every_model
def test_an_old_model_is_small_and_holds_no_code(folder):
    files = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert set(files) == {
        "MLmodel",
        "golden_rows.json",
        "model.skops",
        "python_env.yaml",
        "requirements.txt",
    }
    assert sum(files.values()) < 200_000
