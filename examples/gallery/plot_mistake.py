"""
Explain a mistake
=================

A model answers wrongly, and is sure of it. Which words misled it?
"""

import matplotlib.pyplot as plt

from sentiment import evaluate, explain_texts, load_reviews, make_sentiment_pipeline

texts, labels = load_reviews("sample", "train")
pipeline = make_sentiment_pipeline("fast").fit(texts, labels)

# %%
# :func:`sentiment.evaluate` lists the wrong answers, the surest first.
report = evaluate(pipeline, "sample")
mistake = report.mistakes[0]
print(
    f"It is {mistake.label}; the model says {mistake.predicted} ({mistake.score:.2f})."
)

# %%
# :func:`sentiment.explain_texts` says what each word and n-gram adds to the answer, at
# its place in the text. The explanation shows itself in a notebook, and here.
(explanation,) = explain_texts(pipeline, [mistake.text])
explanation

# %%
# The parts and the bias add up to the margin: nothing is estimated.
parts = sum(one.value for one in explanation.contributions)
print(f"{parts:.4f} + {explanation.bias:.4f} = {explanation.margin:.4f}")

# %%
# The strongest of them as a picture. What points to the right speaks for the class
# ``positive``.
strongest, rest = explanation.strongest(12)
names = [" ".join(explanation.written(one)) for one in strongest]
values = [one.value for one in strongest]

figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
axes.barh(names, values, color=["#0072b2" if one > 0 else "#d55e00" for one in values])
axes.invert_yaxis()
axes.axvline(0, color="black", linewidth=0.8)
axes.set_xlabel("adds to the log-odds of positive")
axes.set_title(f"The 12 strongest n-grams; all others add {rest:+.2f}")
plt.show()

# %%
# On the command line the same is ``sentiment explain MODEL --text "..." -o why.html``.
