"""What cannot work is refused before a run begins, with the name that was meant."""

import pytest
from sklearn.svm import LinearSVC

from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import TrackingError
from sentiment.training._configuration import build_pipeline, check_registration


def test_parameters_and_seeds_are_set():
    pipeline = build_pipeline("accurate", {"vectorize__min_df": 3}, 7)
    params = pipeline.get_params()
    assert params["vectorize__min_df"] == 3
    assert params["classify__estimator__random_state"] == 7


def test_a_seed_of_ones_own_stays():
    params = {"classify__estimator__random_state": 1}
    pipeline = build_pipeline("tutorial", params, 7)
    assert pipeline.get_params()["classify__estimator__random_state"] == 1


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("vectorize__mindf", "vectorize__min_df"),
        ("min_df", "vectorize__min_df"),
        ("classify__max_depth", "classify__estimator__max_depth"),
    ],
)
def test_an_unknown_parameter_is_refused_with_the_one_that_was_meant(name, close):
    with pytest.raises(InvalidParameterError) as caught:
        build_pipeline("fast", {name: 1}, 42)
    message = str(caught.value)
    assert message.startswith(f"The Pipeline has no parameter {name!r}. Did you mean ")
    assert close in message


@pytest.mark.parametrize("name", ["random_state", "preset"])
def test_what_is_no_parameter_of_the_pipeline_is_refused_not_a_type_error(name):
    with pytest.raises(InvalidParameterError, match=f"has no parameter '{name}'"):
        build_pipeline("fast", {name: 1}, 42)


def test_a_name_like_no_other_is_refused_without_a_guess():
    with pytest.raises(InvalidParameterError) as caught:
        build_pipeline("fast", {"zzz": 1}, 42)
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("params", "owner"),
    [
        ({"vectorize__min_df": -1}, "NgramVectorizer"),
        ({"clean__lowercase": "no"}, "TextCleaner"),
        ({"classify__estimator__max_depth": 0}, "BoostedLinearClassifier"),
        ({"classify__estimator": "xgboost"}, "LabelDecoder"),
    ],
)
def test_a_value_out_of_range_is_refused_now_and_not_in_fit(params, owner):
    with pytest.raises(InvalidParameterError, match=f"parameter of {owner} must be"):
        build_pipeline("accurate", params, 42)


def test_an_unknown_preset_is_refused():
    with pytest.raises(InvalidParameterError, match="'preset' parameter"):
        build_pipeline("slow", {}, 42)


def test_a_classifier_without_probabilities_is_refused():
    with pytest.raises(InvalidParameterError, match="with predict_proba"):
        build_pipeline("fast", {"classify__estimator": LinearSVC()}, 42)


@pytest.mark.parametrize(
    ("register", "alias"),
    [
        ("a/b", None),
        ("a:b", None),
        (" ", None),
        ("a", "v1"),
        ("a", "latest"),
        ("a", "x y"),
    ],
)
def test_a_name_that_the_registry_would_refuse_is_refused_now(register, alias):
    with pytest.raises(TrackingError, match="The model cannot be registered: "):
        check_registration(register, alias)


def test_an_alias_needs_a_registered_model():
    with pytest.raises(TrackingError, match="An alias belongs to a registered model"):
        check_registration(None, "champion")


def test_usual_names_are_fine():
    check_registration("film reviews", "champion")
    check_registration(None, None)
