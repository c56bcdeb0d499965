"""On real reviews: held-out ones raise no alarm, other texts and garbage do."""

import base64
import os

import numpy as np
import pandas as pd
import pytest

from sentiment import fit_pipeline, load_reviews, make_sentiment_pipeline, monitor
from sentiment.monitoring import make_profile

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        "SENTIMENT_IMDB" not in os.environ,
        reason="SENTIMENT_IMDB names no folder with the IMDB reviews",
    ),
]
LETTERS = [*"abcdefghijklmnopqrstuvwxyz0123456789!?.,;#      "]
GERMAN = (
    "der Akku hält leider nur einen Tag und das Bild ist trotz neuer Einstellung viel zu "
    "dunkel ich habe das Gerät deshalb wieder zurückgeschickt der Händler war freundlich"
).split()
PRODUCTS = """
The battery lasts two days and charges quickly.
Screen cracked after a week, and support never answered.
Fits my phone perfectly, good value for the price.
Stopped working after the second wash, returned for a refund.
Bluetooth keeps disconnecting from my laptop.
Easy to install, the instructions were clear.
The zipper broke the first day, cheap stitching.
Router drops the wifi signal every hour.
Very comfortable headphones, crisp treble, deep bass.
Arrived late and the box was dented, but the blender works.
""".strip().splitlines()


def make_garbage(kind, rng):
    match kind:
        case "random characters":
            return "".join(rng.choice(LETTERS, rng.integers(20, 800)))
        case "empty":
            return ""
        case "repeated words":
            return " ".join([str(rng.choice(["good", "film", "the"]))] * 150)
        case "another language":
            return " ".join(rng.choice(GERMAN, rng.integers(20, 300)))
        case _:
            return base64.b64encode(rng.bytes(int(rng.integers(60, 900)))).decode()


KINDS = ["random characters", "empty", "repeated words", "another language", "base64"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model of 22,500 reviews, with the profile of the other 2,500."""
    from sentiment import save_model

    X, y = load_reviews(os.environ["SENTIMENT_IMDB"], "train")
    rest = np.random.default_rng(0).permutation(len(X)) < 2500
    pipeline = fit_pipeline(
        make_sentiment_pipeline("fast", prior=None),
        X[~rest],
        y[~rest],
        X[rest],
        y[rest],
    )
    folder = tmp_path_factory.mktemp("imdb") / "model"
    profile = make_profile(pipeline, X["text"][rest], y[rest], rows="validation")
    assert len(profile.to_json().encode()) <= 16_000
    save_model(pipeline, folder, profile=profile)
    return folder


@pytest.fixture(scope="module")
def held_out():
    X, y = load_reviews(os.environ["SENTIMENT_IMDB"], "test")
    # The files are sorted by label; a window of them would be of one class.
    return X.assign(label=y).sample(frac=1, random_state=0, ignore_index=True)


def test_held_out_reviews_raise_none_whole_and_in_windows(model, held_out):
    report = monitor(model, held_out, window=500)
    assert report.alarms == ()
    assert len(report.windows) == 50
    # What differs a little is significant all the same: the films are others.
    unseen = next(c for c in report.whole.checks if c.name == "share of OOV words")
    assert unseen.corrected < 1e-6
    assert 0 < unseen.effect < 0.1


@pytest.mark.parametrize("n_rows", [50, 200, 1000])
def test_a_sample_of_held_out_reviews_by_itself_raises_none(model, held_out, n_rows):
    for seed in range(3):
        rows = held_out.sample(n_rows, random_state=seed)
        assert monitor(model, rows).alarms == ()


def test_another_domain_does(model):
    report = monitor(model, pd.DataFrame({"text": PRODUCTS * 10}))
    found = {check.name for check in report.whole.alarms}
    assert {"document length", "share of OOV words", "score"} <= found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_rows", [600, 2000])
def test_five_per_cent_of_garbage_does(model, held_out, kind, n_rows):
    rng = np.random.default_rng(0)
    rows = held_out[["text"]].sample(n_rows, random_state=0, ignore_index=True)
    rows.loc[::20, "text"] = [make_garbage(kind, rng) for _ in rows.index[::20]]
    report = monitor(model, rows)
    assert {check.name for check in report.whole.alarms} == {"outliers"}
