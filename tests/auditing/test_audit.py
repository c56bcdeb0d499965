"""Each check both ways: it finds the fault that was put in, and nothing without it."""

import json

import numpy as np
import pandas as pd
import pytest

from sentiment import DataError, audit, load_reviews
from sentiment.auditing import CHECKS

MISREAD = "It was a naïve café film".encode().decode("cp1252")
FRENCH = (
    "Ce film est une merveille, les acteurs jouent avec une grande justesse et la "
    "musique accompagne chaque scène sans jamais déranger"
)
RUSSIAN = "Этот фильм мне очень понравился, актёры играют прекрасно и сюжет хорош"


def put(frame, column, cells):
    """Return rows with some cells replaced; the first of them are at 5, 10, ..."""
    changed = frame.astype(object)
    for row, cell in zip(range(5, 180, 5), cells, strict=False):
        changed.loc[row, column] = cell
    return changed


def found(report, check):
    return [row["row"] for row in report[check].rows]


@pytest.fixture(scope="module")
def of_clean(clean, look):
    return look(clean)


@pytest.mark.parametrize("check", [c for c in CHECKS if c != "label_errors"])
def test_a_check_is_silent_where_nothing_is_wrong(of_clean, check):
    finding = of_clean[check]
    assert finding.state == ("skipped" if check == "overlap" else "fine")
    assert not finding.rows
    assert not finding.remedy


@pytest.mark.parametrize(
    ("check", "column", "cells"),
    [
        ("not_text", "text", [None, 7, b"bytes", ["a"], float("nan"), "\ud800"]),
        ("empty", "text", ["", "   ", "\n", "..."]),
        ("unlabelled", "label", [None, float("nan")]),
        ("encoding", "text", [MISREAD, "It\x92s fine", "lost \ufffd sign", "a\x00b c"]),
        ("markup", "text", ["A<br />gem", "Tom &amp; Jerry", "<i>so</i> good"]),
        ("length", "text", ["so good " * 3000]),
        ("language", "text", [FRENCH, RUSSIAN]),
    ],
)
def test_a_check_finds_what_was_put_in(clean, look, check, column, cells):
    report = look(put(clean, column, cells))
    expected = list(range(5, 5 + 5 * len(cells), 5))
    assert sorted(found(report, check)) == expected
    assert report[check].n_rows == len(cells)
    assert report[check].remedy == CHECKS[check].remedy
    for row in report[check].rows:
        assert row["place"] == f"the DataFrame, position {row['row']}"


@pytest.mark.parametrize(
    "text",
    [
        "Un café… « là\xa0», naïve, “à la carte”, MENÜ–",
        "3 < 4 and AT&T; R&B, a <3 for it, x<y>z is 5 > 2",
        "😀 great 👍🏽 مرحبا by the way, quite a film",
    ],
)
def test_odd_but_sound_texts_are_neither_damaged_nor_markup(clean, look, text):
    report = look(put(clean, "text", [text]))
    assert report["encoding"].state == "fine"
    assert found(report, "markup") == ([5] if "<y>" in text else [])


def test_damage_is_shown_where_it_is_and_as_it_was(clean, look):
    (row,) = look(put(clean, "text", [MISREAD]))["encoding"].rows
    assert MISREAD[row["start"] : row["end"]] == "naÃ¯ve"
    assert row["meant"] == "naïve"


def test_equal_texts_are_found_with_the_first_one_and_their_labels(clean, look):
    again = pd.concat([clean, clean.iloc[[3, 8, 3]]], ignore_index=True)
    again.loc[181, "label"] = {"positive": "negative", "negative": "positive"}[
        again.loc[8, "label"]
    ]
    report = look(again)
    assert [(row["row"], row["other"]) for row in report["duplicates"].rows] == [
        (180, 3),
        (181, 8),
        (182, 3),
    ]
    (conflict,) = report["conflicts"].rows
    assert (conflict["row"], conflict["other"]) == (181, 8)
    assert conflict["label"] != conflict["other_label"]
    assert report["near_duplicates"].state == "fine"


def test_edited_copies_are_found_each_with_its_original(clean, look, edit):
    long = clean[clean["text"].str.split().str.len() >= 20].head(30)
    copies = long.assign(
        text=[edit(text, seed) for seed, text in enumerate(long["text"])]
    )
    report = look(pd.concat([clean, copies], ignore_index=True))
    pairs = {(row["row"], row["other"]) for row in report["near_duplicates"].rows}
    assert pairs == set(zip(range(180, 210), long.index, strict=True))
    assert report["duplicates"].state == "fine"


def test_test_texts_that_were_trained_on_are_found(clean, look, edit):
    copied, edited = clean["text"][:5], [edit(text, 1) for text in clean["text"][5:10]]
    texts, _ = load_reviews("sample", "test")
    test = pd.concat([texts, pd.DataFrame({"text": [*copied, *edited]})])
    report = look(clean, test=test)
    rows = report["overlap"].rows
    assert [(r["row"], r["other"]) for r in rows if r["equal"]] == [
        (len(texts) + n, n) for n in range(5)
    ]
    assert {(r["row"], r["other"]) for r in rows if not r["equal"]} == {
        (len(texts) + n, n) for n in range(5, 10)
    }
    assert report["overlap"].n_total == len(test)
    assert report["overlap"].summary == "5 of them word for word"
    assert report["duplicates"].state == report["near_duplicates"].state == "fine"
    assert look(clean, test=texts)["overlap"].state == "fine"


def test_labels_in_order_are_found(clean, look):
    report = look(clean.sort_values("label", ignore_index=True))
    assert report["label_order"].state == "problem"
    assert report["label_order"].summary.startswith("the label changes once")


def test_labels_with_somewhat_longer_runs_than_chance_are_no_order(clean, look):
    labels = np.resize(["a", "a", "a", "b", "b", "b"], len(clean))
    assert look(clean.assign(label=labels))["label_order"].state == "fine"


def test_a_small_class_is_found(clean, look):
    some = clean[(clean["label"] == "positive") | (clean.index < 30)]
    assert look(some)["balance"].state == "problem"
    (one,) = look(clean.assign(label=1))["balance"].to_dict()["summary"].splitlines()
    assert one == "all rows are 1"


def test_without_labels_the_texts_are_looked_at(clean, look):
    report = look(clean.assign(label=None), skip=())
    assert report["label_errors"].state == report["label_order"].state == "skipped"
    assert report["balance"].state == "skipped"
    assert report["unlabelled"].n_rows == len(clean)
    assert report["duplicates"].state == "fine"


# Where rows are


def test_rows_are_named_as_their_file_names_them(tmp_path, clean, look):
    faulty = clean.assign(text=clean["text"].where(clean.index != 7, ""))
    faulty.to_csv(tmp_path / "reviews.csv", index=False)
    faulty.to_parquet(tmp_path / "reviews.parquet")
    faulty.to_json(tmp_path / "reviews.jsonl", orient="records", lines=True)
    for name, place in [
        ("reviews.csv", "reviews.csv, row 8"),
        ("reviews.parquet", "reviews.parquet, row 8"),
        ("reviews.jsonl", "reviews.jsonl:8"),
    ]:
        (row,) = look(tmp_path / name)["empty"].rows
        assert row == {"row": 7, "place": str(tmp_path / place)}


def test_a_folder_is_compared_with_its_own_test_split(tmp_path, clean, look):
    for split, start in [("train", 0), ("test", 9)]:
        for name in ("pos", "neg"):
            folder = tmp_path / split / name
            folder.mkdir(parents=True)
            for row in range(start, start + 10):
                text = f"{name} {clean['text'][row]}"
                (folder / f"{row}_1.txt").write_text(text, encoding="utf-8")
    report = look(tmp_path)
    assert report.n_test_rows == 20
    equal = [row for row in report["overlap"].rows if row["equal"]]
    assert [(row["place"], row["other_place"]) for row in equal] == [
        (str(tmp_path / f"test/{one}/9_1.txt"), str(tmp_path / f"train/{one}/9_1.txt"))
        for one in ("neg", "pos")
    ]
    assert look(tmp_path, split="test").n_test_rows == 0
    with pytest.raises(DataError, match="has no split 'dev'"):
        look(tmp_path, test=tmp_path, test_split="dev")
    assert look(tmp_path, test_split="dev").n_test_rows == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text_column": "review"}, "no column 'review'"),
        ({"text_column": "label"}, "cannot be text and label at once"),
        ({"test": pd.DataFrame({"review": ["a"]})}, "no column 'text'"),
        ({"output": "audit.pdf"}, "Name it .html for a page"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(clean, look, options, message):
    with pytest.raises(DataError, match=message):
        look(clean, **options)


# What may be found


@pytest.mark.parametrize(
    ("limits", "missed"),
    [
        ({}, []),
        ({"any": None}, ["empty", "duplicates"]),
        ({"duplicates": 2}, []),
        ({"duplicates": 1}, ["duplicates"]),
        ({"duplicates": 0.01}, ["duplicates"]),
        ({"duplicates": 0.02}, []),
        ({"markup": None}, ["markup"]),
        ({"markup": 1, "empty": None}, ["empty"]),
        ({"any": None, "duplicates": 5}, ["empty"]),
        ({"overlap": None}, ["overlap"]),
        ({"balance": None, "label_order": None}, []),
    ],
)
def test_what_goes_beyond_its_limit_is_missed(clean, look, limits, missed):
    # Copies that bear the label of their originals: no conflict.
    originals = [clean[clean["label"] == clean["label"][row]] for row in (5, 10)]
    texts = [rows["text"].iloc[-n] for n, rows in enumerate(originals, 1)]
    texts += ["", "A<br>gem"]
    report = look(put(clean, "text", texts), fail_on=limits)
    assert [sentence.split(":")[0].split()[0] for sentence in report.missed] == missed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fail_on": {"spelling": None}}, "must name checks among"),
        ({"fail_on": {"any": 3}}, "takes no limit for 'any'"),
        ({"fail_on": {"balance": 3}}, "takes no limit for 'balance'"),
        ({"fail_on": {"empty": -1}}, "must be a number of rows or a share"),
        ({"fail_on": {"empty": 1.5}}, "must be a number of rows or a share"),
        ({"fail_on": {"empty": float("nan")}}, "must be a number of rows or a share"),
        ({"skip": ["spelling"]}, "must hold names among"),
        ({"near": 0.0}, "must be a number above 0"),
        ({"near": 40}, "must be a number above 0"),
    ],
)
def test_checks_and_limits_that_say_nothing_are_refused(clean, options, message):
    with pytest.raises(ValueError, match=message):
        audit(clean, **options)


# What it says


def test_the_report_is_plain_data(clean, look):
    stars = clean.assign(label=np.arange(len(clean)) % 3)
    stars.loc[3, "text"] = stars.loc[2, "text"]
    report = look(stars)
    data = json.loads(json.dumps(report.to_dict()))
    assert [one["check"] for one in data["findings"]] == list(CHECKS)
    assert data["classes"] == [{"label": n, "n_rows": 60} for n in range(3)]
    (conflict,) = report["conflicts"].rows
    assert conflict["label"] == 0
    assert type(conflict["label"]) is int


def test_the_data_are_left_as_they_are(clean, look):
    before = clean.copy(deep=True)
    look(clean)
    pd.testing.assert_frame_equal(clean, before)


def test_progress_counts_the_checks(clean, look):
    calls = []
    look(clean, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(n + 1, len(CHECKS)) for n in range(len(CHECKS))]
