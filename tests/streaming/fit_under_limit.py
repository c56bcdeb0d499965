"""Fit on a file in a process of its own, and print its peak memory and accuracy.

    python fit_under_limit.py GROUP stream|memory TRAIN TEST

GROUP is a memory cgroup to enter first, or empty.
"""

import json
import os
import sys
from pathlib import Path

from sentiment import load_reviews, make_sentiment_pipeline
from sentiment.streaming import fit_streaming

# So that a model of a million reviews is as small as one of 25,000.
PARAMS = {
    "vectorize__ngram_range": (1, 2),
    "vectorize__min_df": 1e-3,
    "classify__estimator__random_state": 0,
    "classify__estimator__n_jobs": 1,
}


def main(group, way, train, test):
    if group:
        (Path(group) / "cgroup.procs").write_text(str(os.getpid()))
    pipeline = make_sentiment_pipeline("fast", prior=None, **PARAMS)
    if way == "stream":
        fit_streaming(pipeline, train, memory=32)
    else:
        pipeline.fit(*load_reviews(train))
    # Not ru_maxrss, which knows of the process that started this one.
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    X, y = load_reviews(test)
    # Each tenth row: what is predicted shall not need more memory than what is tested.
    accuracy = pipeline.score(X[::10], y[::10])
    sys.stdout.write(json.dumps({"peak": peak, "accuracy": accuracy}))


if __name__ == "__main__":
    main(*sys.argv[1:])
