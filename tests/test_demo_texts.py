"""The texts that somebody is told to try are answered rightly.

They are found in the pages, examples, help and messages, so that a new one is asked of
the models, too.
"""

import ast
import os
import re
from pathlib import Path

import pytest
from training_fixtures import leave_out_figures

from sentiment import load_model, load_reviews, make_sentiment_pipeline, train
from sentiment.persistence import EXAMPLE_TEXTS

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/*.md", "examples/*")
SOURCES = ("cli/**/*.py", "sentiment/**/*.py")
TYPED = re.compile(r'--text "([^"]+)"')
SENT = re.compile(r'\{"text": "([^"]+)"')
LISTED = re.compile(
    r"""(?i:predict\(|reviews = |explain_texts\(\s*pipeline, )(\["[^\]]*\])"""
)

# Shown with reviews-en alone: reviews tell little of it.
SHORT = {"Not bad at all."}
ANSWERS = {
    "Not bad at all.": "positive",
    "Wonderful, never boring": "positive",
    "A wonderful film": "positive",
    "A <b>GEM</b>!": "positive",
    "A <b>gem</b>, never dull, though the ending isn't great.": "positive",
    "awful film": "negative",
    "awful, a waste": "negative",
}


def read(*patterns):
    for path in sorted(one for pattern in patterns for one in ROOT.glob(pattern)):
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                content = re.sub(r'\\n",\n\s*"', "\n", content).replace('\\"', '"')
            yield content.replace("{EXAMPLE_TEXTS[0]}", EXAMPLE_TEXTS[0])


def find_demo_texts():
    found = set(EXAMPLE_TEXTS)
    for content in read(*PAGES, *SOURCES):
        found.update(TYPED.findall(content))
    for content in read(*PAGES):
        found.update(SENT.findall(content))
        for listed in LISTED.findall(content):
            found.update(ast.literal_eval(listed))
    return sorted(found - {"..."})


def check_answers(model, texts):
    wrong = [
        f"{text!r} is answered {answer}"
        for text, answer in zip(texts, model.predict(texts), strict=True)
        if answer != ANSWERS[text]
    ]
    assert wrong == []


def test_every_text_that_is_shown_has_its_answer_here():
    assert set(find_demo_texts()) == ANSWERS.keys()


def test_the_model_of_the_sample_answers_the_texts_shown_with_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.chdir(tmp_path)
    leave_out_figures(monkeypatch)
    check_answers(load_model(train().model_uri), find_demo_texts())


def test_reviews_en_answers_every_text_that_is_shown():
    check_answers(load_model("reviews-en"), find_demo_texts())


@pytest.mark.data
@pytest.mark.skipif("SENTIMENT_IMDB" not in os.environ, reason="needs SENTIMENT_IMDB")
@pytest.mark.parametrize("preset", ["fast", "accurate"])
def test_a_model_of_imdb_answers_the_texts_shown_with_it(preset):
    pipeline = make_sentiment_pipeline(
        preset, prior=None, classify__estimator__random_state=42
    )
    pipeline.fit(*load_reviews(os.environ["SENTIMENT_IMDB"], "train"))
    check_answers(pipeline, sorted({*find_demo_texts()} - SHORT))
