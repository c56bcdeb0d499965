"""
Learn from few labels, with a prior
===================================

Labels are what people lack. A model of English reviews, ``reviews-en``, comes with the
package: it answers before the first label, and is the prior of what few labels teach.
"""

import matplotlib.pyplot as plt

from sentiment import describe_prior, load_model, load_reviews, make_sentiment_pipeline

texts, labels = load_reviews("sample", "train")
test, truth = load_reviews("sample", "test")

# %%
# Without a label: the model as it is.
known = load_model("reviews-en")
print(known.predict(["Not bad at all.", "I did not like it."]).tolist())
print(f"right of the {len(truth)} test reviews: {known.score(test, truth):.1%}")

# %%
# With some: ``prior="auto"`` is the default. ``prior=None`` learns from the rows alone.
sizes = [20, 50, 100, 200, 370]
scores = {"with the prior": [known.score(test, truth)], "from the rows alone": []}
for n in sizes:
    for name, prior in [("with the prior", "auto"), ("from the rows alone", None)]:
        pipeline = make_sentiment_pipeline("fast", prior=prior)
        pipeline.fit(texts[:n], labels[:n])
        scores[name].append(pipeline.score(test, truth))
        if n == 50 and prior:
            print(describe_prior(pipeline))

# %%
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
axes.plot([0, *sizes], scores["with the prior"], "o-", label="with the prior")
axes.plot(sizes, scores["from the rows alone"], "o-", label="from the rows alone")
axes.set_xlabel("labelled rows")
axes.set_ylabel("share of the test reviews answered rightly")
axes.legend()
plt.show()

# %%
# Any model of yours can be the prior of the next: ``prior=pipeline``, or on the command
# line ``sentiment train DATA --prior RUN_ID``. How much it counts, the labels decide.
