"""
Find drift without labels
=========================

New texts come in every day, and nobody labels them. Are they still what the model was
tested on?
"""

import matplotlib.pyplot as plt
import pandas as pd

from sentiment import load_reviews, make_sentiment_pipeline, monitor

texts, labels = load_reviews("sample", "train")
pipeline = make_sentiment_pipeline("fast").fit(texts, labels)
known, _ = load_reviews("sample", "test")

# %%
# A stream of eight days. On the first four the reviews are those of the test data; then a
# form on the web site begins to cut texts after 12 words.
stream = pd.concat([known] * 8, ignore_index=True)
stream["sent"] = pd.date_range("2026-11-02", periods=len(stream), freq="708s")
late = stream["sent"] >= "2026-11-06"
stream.loc[late, "text"] = stream.loc[late, "text"].str.split().str[:12].str.join(" ")

# %%
# A model that ``train`` has logged keeps a profile of its test rows. This one was only
# fitted, so it is told what is normal.
report = monitor(pipeline, stream, window="day", time_column="sent", reference=known)
print(*report.alarms, sep="\n")

# %%
# A check alarms where the change is large *and* not by chance. Here are two of the
# effects, day by day.
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
days = [window.name for window in report.windows]
for name, color in [("document length", "#0072b2"), ("score", "#d55e00")]:
    checks = [
        next(one for one in window.checks if one.name == name)
        for window in report.windows
    ]
    axes.plot(days, [one.effect for one in checks], "o-", color=color, label=name)
axes.axhline(report.limits.psi, color="gray", linestyle=":", label="limit")
axes.set_ylabel("population stability index")
axes.tick_params(axis="x", rotation=45)
axes.legend()
plt.show()

# %%
# ``sentiment monitor MODEL NEW_DATA -o monitoring.html`` writes a page with all checks and
# the strangest documents, and exits with 3 on an alarm.
