from importlib import import_module

import pytest
import skops.io

from sentiment import NaiveBayesWeighter, make_sentiment_pipeline
from sentiment._old_names import OLD_NAMES
from sentiment.persistence._archive import TRUSTED_TYPES
from sentiment.pipeline import PRESETS


def find_untrusted(estimator):
    return set(skops.io.get_untrusted_types(data=skops.io.dumps(estimator)))


def fast(reviews):
    return make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        *reviews
    )


def test_the_list_is_what_our_models_need_and_no_more(pipeline, reviews):
    needed = find_untrusted(pipeline)
    for preset in PRESETS:
        fitted = make_sentiment_pipeline(preset, prior=None, vectorize__min_df=1).fit(
            *reviews
        )
        needed |= find_untrusted(fitted)
    taught = make_sentiment_pipeline("fast", prior=fast(reviews)).fit(*reviews)
    needed |= find_untrusted(taught)
    # Of use in Pipelines of one's own; ours keeps its weights as an array.
    needed |= find_untrusted(NaiveBayesWeighter().fit([[1, 0], [0, 1]], [0, 1]))
    public = {f"sentiment.{name}" for name in OLD_NAMES.values()}
    assert needed | public == set(TRUSTED_TYPES)
    assert not needed & public


@pytest.mark.parametrize("name", TRUSTED_TYPES)
def test_every_entry_is_a_class_of_ours(name):
    module, _, class_name = name.rpartition(".")
    found = getattr(import_module(module), class_name)
    assert isinstance(found, type)
    assert module == "sentiment" or found.__module__ == module
    assert module.startswith("sentiment")
