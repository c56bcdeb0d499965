"""Models of every kind that can be explained, and what holds for each explanation."""

import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from sentiment import LabelDecoder

TREES = {
    "classify__estimator__max_iter": 8,
    "classify__estimator__early_stopping": False,
    "classify__estimator__random_state": 0,
}
# Every setting of the text steps is in one of them, and every kind of classifier.
SETTINGS = {
    "linear start": ("fast", {}),
    "linear start and trees": ("accurate", TREES),
    "trees on tf-idf": (
        "tutorial",
        {"vectorize__max_features": 200, "classify__estimator__max_iter": 20},
    ),
    "contractions split, stems": (
        "accurate",
        {
            **TREES,
            "tokenize__contractions": "split",
            "tokenize__stemmer": "english",
            "vectorize__binary": False,
            "vectorize__ngram_range": (1, 2),
        },
    ),
    "NFKC, emphatic, stop words": (
        "fast",
        {
            "clean__form": "NFKC",
            "tokenize__punctuation": "emphatic",
            "tokenize__min_length": 2,
            "stop_words__stop_words": "english",
        },
    ),
    "as CountVectorizer": (
        "fast",
        {
            "clean__html": False,
            "clean__form": None,
            "clean__straighten_quotes": False,
            "clean__urls": "keep",
            "clean__lowercase": False,
            "tokenize__token_pattern": r"(?u)\b\w\w+\b",
        },
    ),
    "a pattern with a group": (
        "fast",
        {"tokenize__token_pattern": r"\b(\w)\w*|!"},
    ),
    "steps left out": (
        "accurate",
        {**TREES, "clean": "passthrough", "stop_words": "passthrough"},
    ),
    "another linear model": (
        "fast",
        {"classify": LabelDecoder(LogisticRegression(max_iter=200))},
    ),
}


def check_explanation(pipeline, explanation, text):
    """The answer is the Pipeline's, the parts add up, the places are right."""
    assert explanation.text == text
    assert explanation.label == pipeline.predict([text])[0]
    assert explanation.margin == pipeline.decision_function([text])[0]
    probabilities = pipeline.predict_proba([text])[0]
    labels = pipeline.classes_.tolist()
    assert explanation.score == probabilities[labels.index(explanation.label)]
    check_probability(explanation, probabilities[labels.index(explanation.target)])
    total = explanation.bias + sum(one.value for one in explanation.contributions)
    assert total == pytest.approx(explanation.margin, abs=1e-5)
    if all(start < end for start, end in explanation.words):
        heat = sum(one.value for one in explanation.heat())
        assert heat == pytest.approx(total - explanation.bias, abs=1e-8)
    for one in explanation.contributions:
        assert 0 <= one.start <= one.end <= len(text)
        # Only a pattern of the user's own gives empty tokens.
        assert one.start < one.end or not one.ngram.strip(" ")
        first, last = one.words
        spans = explanation.words[first:last]
        assert (one.start, one.end) == (spans[0][0], spans[-1][1])
        for token, (start, end) in zip(one.ngram.split(" "), spans, strict=True):
            check_word(pipeline, token, text[start:end])


def check_probability(explanation, probability):
    """What is left out changes the probability as said, by the formula of log-odds."""
    assert expit(explanation.log_odds) == pytest.approx(probability, abs=1e-6)
    for one in explanation.contributions:
        without = expit(explanation.log_odds - one.value)
        change = explanation.probability_change(one.value)
        assert change == pytest.approx(expit(explanation.log_odds) - without, abs=1e-12)
        assert change * one.value >= 0


def check_word(pipeline, token, written):
    """What stands at the place of a token is that token, before it was cleaned."""
    clean, tokenizer = pipeline.named_steps["clean"], pipeline.named_steps["tokenize"]
    cleaned = written
    if clean != "passthrough":
        cleaned = clean.transform([written]).iloc[0]
    # The last sigma of a word is another letter, and where a word ends may depend on
    # what follows.
    cleaned, token = (one.replace("ς", "σ") for one in (cleaned, token))
    if tokenizer.negation_scope and not cleaned.startswith("NOT_"):
        token = token.removeprefix("NOT_")
    if tokenizer.token_pattern is not None:
        # A pattern may take a part of what one character became.
        assert token in cleaned
    elif tokenizer.stemmer is not None:
        assert token[:1] == cleaned[:1]
    else:
        assert token == cleaned
