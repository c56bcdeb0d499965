"""Fit, look at, log and load a sentiment Pipeline, on the bundled sample."""

import mlflow

from sentiment import load_model, load_reviews, log_model, make_sentiment_pipeline

texts, labels = load_reviews("sample", "train")
pipeline = make_sentiment_pipeline("accurate", vectorize__min_df=1)
pipeline.fit(texts, labels)

test_texts, test_labels = load_reviews("sample", "test")
print(
    f"accuracy on {len(test_labels)} reviews: "
    f"{pipeline.score(test_texts, test_labels):.3f}"
)

# What a document becomes on its way is always there to look at.
print(list(pipeline[:2].transform(["I didn’t like it.<br />Too long!"])[0]))

with mlflow.start_run() as run:
    log_model(pipeline)

loaded = load_model(run.info.run_id)
reviews = ["Wonderful, never boring", "awful film"]
print(loaded.predict(reviews).tolist())
assert (loaded.predict_proba(reviews) == pipeline.predict_proba(reviews)).all()
