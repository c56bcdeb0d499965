"""Evaluating beside predicting the same rows, and explaining one review.

    python benchmarks/evaluate.py FOLDER-WITH-IMDB-PARQUET [--preset accurate ...]

Trains each preset on the training reviews, or takes the model folders given with
--model. Then the 25,000 test reviews are predicted to a parquet file and evaluated, in
turn, by the library (to a report, and to a page) and by the command; the medians are
compared. Last, reviews are explained one by one, as they come.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

NAMES = ["negative", "positive"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", nargs="*", default=["accurate", "fast"])
    parser.add_argument("--model", nargs="*", type=Path, default=[])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--texts", type=int, default=300)
    args = parser.parse_args()
    data = next(args.folder.rglob("test-*.parquet"))
    print("| model | by | predict s | evaluate s | ratio |")
    print("|---|---|---|---|---|")
    explained = []
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models(args, Path(folder)):
            for by, pair in ways(model, data, Path(folder)).items():
                predict, evaluate = in_turn(pair, args.runs)
                seconds = f"{predict:.2f} | {evaluate:.2f} | {evaluate / predict:.2f}"
                print(f"| {name} | {by} | {seconds} |", flush=True)
            explained.append((name, *explain(model, data, args.texts)))
    print("\n| model | explaining one review, p50 ms | p95 ms |\n|---|---|---|")
    for name, p50, p95 in explained:
        print(f"| {name} | {p50:.1f} | {p95:.1f} |")


def models(args: argparse.Namespace, folder: Path) -> Any:
    """Yield name and folder of each model: those given, else those trained."""
    from sentiment import load_reviews, make_sentiment_pipeline, save_model

    if args.model:
        yield from ((model.name, model) for model in args.model)
        return
    source = next(args.folder.rglob("train-*.parquet"))
    texts, labels = load_reviews(source, label_names=NAMES)
    for preset in args.preset:
        save_model(make_sentiment_pipeline(preset).fit(texts, labels), folder / preset)
        yield preset, folder / preset


def ways(model: Path, data: Path, folder: Path) -> dict[str, tuple[Any, Any]]:
    """Return how the rows are predicted and evaluated, loaded model or command."""
    from sentiment import evaluate, load_model
    from sentiment.inference import predict_file

    out, page = folder / "predicted.parquet", folder / "page.html"
    pipeline = load_model(model)
    program = [sys.executable, "-m", "sentiment"]
    files = [str(model), str(data), "--force", "-o"]
    names = ["--label-names", ",".join(NAMES)]
    labels = {"label_names": NAMES}

    def predict() -> None:
        predict_file(pipeline, data, out, force=True)

    return {
        "library, report": (predict, lambda: evaluate(pipeline, data, **labels)),
        "library, page": (
            predict,
            lambda: evaluate(pipeline, data, **labels, output=page, force=True),
        ),
        "command": (
            lambda: run([*program, "predict", *files, str(out)]),
            lambda: run([*program, "evaluate", *files, str(page), *names]),
        ),
    }


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def in_turn(calls: tuple[Callable[[], Any], ...], n_runs: int) -> list[float]:
    """Return the median seconds of each call, called in turn after one call unseen."""
    times = np.array([[clock(call) for call in calls] for _ in range(n_runs + 1)])
    return np.median(times[1:], axis=0).tolist()


def explain(model: Path, data: Path, n_texts: int) -> list[float]:
    """Return median and 95th percentile of explaining a review, in ms."""
    from sentiment import load_instances, load_model
    from sentiment.explanation import Explainer

    texts = load_instances(data)["text"].sample(n_texts + 20, random_state=0).tolist()
    explainer = Explainer(load_model(model))
    times = [clock(lambda text=text: explainer.explain(text)) for text in texts]
    return (np.percentile(times[20:], [50, 95]) * 1e3).tolist()


def clock(call: Callable[[], Any]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


if __name__ == "__main__":
    main()
