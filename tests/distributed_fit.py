"""The Pipeline that the tests fit on a cluster, beside the one that they compare."""

from sentiment import make_sentiment_pipeline


def make_pipeline(**parameters):
    return make_sentiment_pipeline(
        "accurate",
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
