"""The Pipeline that the tests fit on a cluster, beside the one that they compare."""

from sentiment import load_reviews, make_sentiment_pipeline


def make_pipeline(preset="accurate", prior=None, **parameters):
    return make_sentiment_pipeline(
        preset,
        prior=prior,
        vectorize__min_df=2,
        classify__estimator__max_iter=12,
        classify__estimator__early_stopping=False,
        # One value: of few counts, a fit in memory would try several.
        classify__estimator__alpha=1.0,
        classify__estimator__cv=2,
        classify__estimator__random_state=0,
        classify__estimator__n_jobs=1,
        **parameters,
    )


def make_prior():
    instances, labels = load_reviews("sample", "test")
    return make_pipeline(preset="fast").fit(instances, labels)
