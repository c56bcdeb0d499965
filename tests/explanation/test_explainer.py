import numpy as np
import pytest
from explanation_checks import SETTINGS, check_explanation
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import Pipeline
from text_strategies import NASTY, texts
from xgboost import XGBClassifier

from sentiment import (
    LabelDecoder,
    TextCleaner,
    make_sentiment_pipeline,
)
from sentiment.exceptions import (
    DocumentError,
    DocumentTypeError,
    LabelError,
    ModelError,
)
from sentiment.explanation import Explainer, explain_model
from sentiment.feature_extraction import make_count_vectorizer

_SETTING = pytest.mark.parametrize("name", SETTINGS)


@_SETTING
def test_contributions_add_up_and_lie_where_their_words_are(make_fitted, name):
    pipeline = make_fitted(name)
    explainer = Explainer(pipeline)

    @settings(max_examples=40)
    @given(text=texts)
    @example(text="".join(NASTY))
    @example(text=" great ".join(NASTY))
    def check(text):
        check_explanation(pipeline, explainer.explain(text), text)

    check()


@_SETTING
def test_contributions_add_up_on_reviews(make_fitted, sample, name):
    pipeline = make_fitted(name)
    explainer = Explainer(pipeline)
    n_found = 0
    for text in sample[0][:25]:
        explanation = explainer.explain(text)
        check_explanation(pipeline, explanation, text)
        n_found += len(explanation.contributions)
    assert n_found > 100


def test_what_is_not_shown_is_the_sum_of_the_others(make_fitted, sample):
    explanation = Explainer(make_fitted(next(iter(SETTINGS)))).explain(sample[0][0])
    shown = explanation.to_dict(top=3)["contributions"]
    assert len(shown) == 4
    assert shown[-1]["text"] == ""
    total = explanation.bias + sum(one["value"] for one in shown)
    assert total == pytest.approx(explanation.margin, abs=1e-5)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_contributions_add_up_on_ten_thousand_texts(make_fitted):
    explainers = {name: Explainer(make_fitted(name)) for name in SETTINGS}

    @settings(max_examples=10_000)
    @given(text=texts, name=st.sampled_from(sorted(SETTINGS)))
    def check(text, name):
        check_explanation(make_fitted(name), explainers[name].explain(text), text)

    check()


@given(text=texts, target=st.sampled_from([None, 0, 1, 2]))
@settings(max_examples=40)
def test_of_three_classes_the_predicted_or_the_wanted_margin_adds_up(
    three_classes, text, target
):
    explanation = Explainer(three_classes, target=target).explain(text)
    margins = three_classes.decision_function([text])[0]
    label = three_classes.predict([text])[0]
    assert explanation.target == (label if target is None else target)
    assert explanation.margin == margins[explanation.target]
    total = explanation.bias + sum(one.value for one in explanation.contributions)
    assert total == pytest.approx(explanation.margin, abs=1e-5)


def test_of_two_classes_the_margin_of_the_first_is_the_other_turned(make_fitted):
    pipeline = make_fitted("linear start and trees")
    text = "A great cast, an awful script."
    second = Explainer(pipeline).explain(text)
    first = Explainer(pipeline, target="negative").explain(text)
    assert (second.target, first.target) == ("positive", "negative")
    assert first.margin == -second.margin
    assert first.bias == -second.bias
    assert first.absent == -second.absent
    assert [-one.value for one in first.contributions] == [
        one.value for one in second.contributions
    ]


def test_of_three_classes_leaving_a_contribution_out_is_a_softmax_without_it(
    three_classes,
):
    text = "A great cast, an awful script."
    explanation = Explainer(three_classes).explain(text)
    margins = three_classes.decision_function([text])[0]
    for one in explanation.contributions:
        without = margins.copy()
        without[explanation.target] -= one.value
        change = softmax(margins) - softmax(without)
        said = explanation.probability_change(one.value)
        assert said == pytest.approx(change[explanation.target], abs=1e-9)


def test_a_probability_that_is_no_softmax_of_the_margins_has_no_change(sample):
    classifier = SGDClassifier(loss="modified_huber", random_state=0)
    pipeline = make_sentiment_pipeline(
        "fast", prior=None, classify=LabelDecoder(classifier)
    )
    explanation = Explainer(pipeline.fit(*sample)).explain("A great film")
    assert explanation.log_odds is None
    assert explanation.probability_change(1.0) is None
    assert explanation.contributions


def test_a_weight_of_the_model_is_what_a_text_of_a_hundred_ngrams_gets(sample):
    """Not ``coef_``: that is before a text is divided by its length."""
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        *sample
    )
    model = explain_model(pipeline, top=3)
    assert model.per == "a text of 100 n-grams"
    weights = [w for ngrams in model.classes.values() for _, w in ngrams]
    explainer = Explainer(pipeline)
    text = sample[0][0]
    n_ngrams = len(explainer.explain(text).contributions)
    strongest = max(
        abs(one.value) * (n_ngrams / 100) ** 0.5
        for one in explainer.explain(text).contributions
    )
    assert max(weights) < 5
    assert 0.2 * max(weights) < strongest < 2 * max(weights)
    assert np.abs(pipeline[-1].estimator_.coef_).max() > 5 * max(weights)
    ((_, weight), *_) = model.classes["positive"]
    assert model.probability_change(weight) == pytest.approx(expit(weight) - 0.5)


def test_words_are_found_through_everything_that_cleaning_changes():
    texts_ = ["café déjà great don't x not good", "awful film x y z"] * 5
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        texts_, ["good", "bad"] * 5
    )
    text = (
        "<p>CAFE\u0301&nbsp;D&eacute;j&agrave;</p> http://x.y <i>x</i>"
        "İ great&notit; x &lt;don’t y&gt; z x y z not<br/>  G&#111;&#x6f;d"
    )
    found = {
        one.ngram: text[one.start : one.end]
        for one in Explainer(pipeline).explain(text).contributions
    }
    assert found["café"] == "CAFE\u0301"
    assert found["déjà"] == "D&eacute;j&agrave;"
    assert found["café déjà"] == "CAFE\u0301&nbsp;D&eacute;j&agrave;"
    assert found["don't"] == "don’t"
    assert found["great"] == "great"
    assert found["not NOT_good"] == "not<br/>  G&#111;&#x6f;d"
    assert found["NOT_good"] == "G&#111;&#x6f;d"


def test_an_ngram_around_a_stop_word_holds_it(make_fitted):
    texts_ = ["waste of time", "gem of film"] * 5
    pipeline = make_sentiment_pipeline(
        "fast", prior=None, vectorize__min_df=1, stop_words__stop_words=["of"]
    ).fit(texts_, ["bad", "good"] * 5)
    explanation = Explainer(pipeline).explain("A WASTE of Time")
    place = next(one for one in explanation.contributions if " " in one.ngram)
    assert (place.ngram, place.start, place.end) == ("waste time", 2, 15)


def test_an_ngram_that_occurs_twice_shares_its_value(make_fitted):
    pipeline = make_fitted("linear start")
    once = Explainer(pipeline).explain("great")
    twice = Explainer(pipeline).explain("great; great")
    values = [one.value for one in twice.contributions if one.ngram == "great"]
    assert len(values) == 2
    assert values[0] == values[1] != 0
    assert [one.ngram for one in once.contributions] == ["great"]


def test_an_empty_text_has_the_bias_alone(make_fitted):
    explanation = Explainer(make_fitted("linear start and trees")).explain("")
    assert explanation.contributions == ()
    assert explanation.bias == pytest.approx(explanation.margin, abs=1e-5)
    assert explanation.heat() == ()


def test_what_trees_make_of_absent_words_is_part_of_the_bias(make_fitted):
    explanation = Explainer(make_fitted("trees on tf-idf")).explain("zzz")
    assert explanation.contributions == ()
    assert explanation.absent != 0
    assert explanation.bias == pytest.approx(explanation.margin, abs=1e-5)


def test_the_label_is_the_one_of_a_threshold(make_fitted, sample):
    fitted = make_fitted("linear start")
    text = "A great film"
    wrapped = FixedThresholdClassifier(
        fitted[-1], threshold=0.999999, response_method="predict_proba"
    )
    counts = fitted[:-1].transform(sample[0])
    pipeline = Pipeline(
        [*fitted.steps[:-1], ("classify", wrapped.fit(counts, sample[1]))]
    )
    explanation = Explainer(pipeline).explain(text)
    assert explanation.label == pipeline.predict([text])[0] == "negative"
    assert explanation.score == pipeline.predict_proba([text])[0, 0]
    assert explanation.margin == pipeline.decision_function([text])[0] > 0


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_both_engines_give_the_same_explanation(
    make_fitted, kernel, monkeypatch, engine
):
    pipeline = make_fitted("contractions split, stems")
    text = " great ".join(NASTY)
    expected = Explainer(pipeline).explain(text)
    monkeypatch.setenv("SENTIMENT_ENGINE", engine)
    assert Explainer(pipeline).explain(text) == expected


def test_pandas_output_between_the_steps_changes_nothing(make_fitted, sample):
    found = []
    for output in ("default", "pandas"):
        pipeline = make_sentiment_pipeline(
            "fast",
            prior=None,
            stop_words__stop_words="english",
            classify__estimator__random_state=0,
        )
        pipeline.set_output(transform=output).fit(sample[0][:40], sample[1][:40])
        found.append(Explainer(pipeline).explain(sample[0][0]))
    assert found[0] == found[1]
    assert found[0].contributions


class _Shouter(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return [text.upper() for text in X]


class _SlyCleaner(TextCleaner):
    def transform(self, X):
        return super().transform([text[::-1] for text in X])


def test_a_step_that_words_cannot_be_followed_through_is_named(sample):
    texts_, labels = sample[0][:40], sample[1][:40]
    for params, message in [
        ({"clean": _Shouter()}, "step 'clean' is a _Shouter"),
        (
            {"classify": XGBClassifier(n_estimators=1)},
            "step 'classify' is a XGBClassifier",
        ),
        (
            {"classify": LabelDecoder(XGBClassifier(n_estimators=1))},
            "is a LabelDecoder around a XGBClassifier",
        ),
    ]:
        pipeline = make_sentiment_pipeline("fast", prior=None, **params)
        y = [label == "positive" for label in labels]
        pipeline.fit(texts_, np.array(y, int))
        with pytest.raises(ModelError, match=message):
            Explainer(pipeline)


def test_steps_in_another_order_are_refused(sample):
    pipeline = make_sentiment_pipeline("fast", prior=None).fit(
        sample[0][:40], sample[1][:40]
    )
    steps = dict(pipeline.steps)
    twice = [("again", steps["clean"]), *pipeline.steps]
    with pytest.raises(
        ModelError, match=r"each once\. The step 'clean' is a TextCleaner"
    ):
        Explainer(Pipeline(twice))


def test_what_is_no_pipeline_of_ours_is_refused():
    with pytest.raises(ModelError, match="Got LogisticRegression"):
        Explainer(LogisticRegression())
    bare = Pipeline([("classify", LogisticRegression().fit([[0.0], [1.0]], [0, 1]))])
    with pytest.raises(ModelError, match="needs a WordTokenizer"):
        Explainer(bare)


def test_a_subclass_that_does_something_else_is_found_out(sample):
    pipeline = make_sentiment_pipeline("fast", prior=None, clean=_SlyCleaner())
    pipeline.fit(sample[0][:40], sample[1][:40])
    with pytest.raises(ModelError, match=r"cannot follow how the steps .* clean"):
        Explainer(pipeline).explain("a gem")


@pytest.mark.parametrize(
    ("text", "error"),
    [(None, DocumentError), (5, DocumentTypeError), ("\ud800", DocumentError)],
)
def test_what_is_no_text_is_refused(make_fitted, text, error):
    with pytest.raises(error):
        Explainer(make_fitted("linear start")).explain(text)


def test_an_unknown_class_is_refused_with_those_there_are(make_fitted):
    with pytest.raises(LabelError, match=r"'neutral'\. It has 'negative', 'positive'"):
        Explainer(make_fitted("linear start"), target="neutral")


def test_a_class_may_be_spelled_as_on_the_command_line(three_classes):
    assert Explainer(three_classes, target="2").explain("x").target == 2


def test_a_count_vectorizer_pipeline_can_be_explained(sample):
    front = make_count_vectorizer(ngram_range=(1, 2))
    pipeline = Pipeline([*front.steps, ("classify", LogisticRegression(max_iter=200))])
    pipeline.fit(*sample)
    text = sample[0][3]
    check_explanation(pipeline, Explainer(pipeline).explain(text), text)
