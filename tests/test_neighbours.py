"""docs/neighbours.md is run: each section in a process and a folder of its own."""

import os
import re
import shutil
from pathlib import Path

import pytest
from training_fixtures import empty_store

__all__ = ["empty_store"]

pytestmark = pytest.mark.timeout(300)
PAGE = Path(__file__).parents[1] / "docs" / "neighbours.md"
START, *SECTIONS = PAGE.read_text(encoding="utf-8").split("\n## ")
# What is in no extra: the tests of these run where somebody has installed them.
OPTIONAL = {
    "imbalanced-learn": "imblearn", "skore": "skore", "optuna": "optuna", "shap": "shap"
}  # fmt: skip

OWN_FITS = """
>>> import mlflow
>>> from sentiment import BoostedLinearClassifier, audit, fit_pipeline
>>> from sentiment.tracking import tracked_run
>>> mlflow.sklearn.autolog(silent=True, log_models=False)
>>> texts, labels = texts[:60], labels[:60]
>>> pipeline = make_sentiment_pipeline("fast", prior=None, classify__estimator__alpha=1)
>>> with tracked_run() as run:
...     with tracked_run(nested=True):
...         pass
...     fitted = pipeline.fit(texts, labels)
>>> mlflow.get_run(run.run_id).data.params
{}
>>> counts = fitted[:-1].transform(texts)
>>> decoder = BoostedLinearClassifier(alpha=1, n_jobs=2).fit(counts, labels)
>>> fitted = fit_pipeline(pipeline, texts, labels, texts, labels)
>>> report = audit()
>>> len(mlflow.search_runs(search_all_experiments=True))
2
>>> fitted = pipeline.fit(texts, labels)
>>> len(mlflow.search_runs(search_all_experiments=True))
3
"""


@pytest.fixture
def run_session(tmp_path, empty_store, fork_command):
    """Run the lines of a session, after those that every section begins with."""

    def run_session(lines):
        script = tmp_path / "session.txt"
        script.write_text(f"{START}\n{lines}", encoding="utf-8")
        shutil.copy(empty_store, tmp_path / "mlflow.db")
        # Another test may have left an experiment there, which this store lacks.
        left = ("MLFLOW_TRACK", "MLFLOW_EXPERIMENT")
        env = {k: v for k, v in os.environ.items() if not k.startswith(left)}
        # MLflow finds requirements by importing all again, for half a minute.
        env |= {"MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1"}
        line = ["-m", "doctest", script]
        done = fork_command(line, cwd=tmp_path, env=env, timeout=240)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()

    return run_session


def as_case(section):
    title = section.splitlines()[0]
    marks = [pytest.mark.services] if title in OPTIONAL else []
    return pytest.param(title, section, id=re.sub(r"\W+", "_", title), marks=marks)


@pytest.mark.parametrize(("title", "section"), [as_case(each) for each in SECTIONS])
def test_the_lines_for_a_library_print_what_the_page_says(title, section, run_session):
    if title in OPTIONAL:
        pytest.importorskip(OPTIONAL[title])
    assert ">>>" in section
    run_session(section)


def test_every_optional_library_has_a_section():
    assert OPTIONAL.keys() <= {section.splitlines()[0] for section in SECTIONS}


def test_what_this_package_fits_on_its_own_account_is_no_run_of_autolog(run_session):
    run_session(OWN_FITS)
