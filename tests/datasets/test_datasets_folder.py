"""Local folders that datasets.load_dataset reads: no network, no cache."""

import gc
import gzip
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sentiment.datasets import load_instances, load_labels, load_reviews, read_rows
from sentiment.exceptions import DataError

Write = Callable[[str, str | bytes], Path]

CSV_CARD = """---
configs:
- config_name: default
  data_files:
  - split: train
    path: train.csv
{setting}
---
"""


@pytest.fixture(autouse=True)
def temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network: list[object]
) -> Path:
    """Let every test see what it leaves behind, and where it wanted to connect."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_class_labels_become_their_names_in_full(
    films: Path, temporary: Path, no_network: list[object]
) -> None:
    instances, labels = load_reviews(films)
    assert instances["text"].tolist() == ["Dull.", "A gem.", "Bleak.", ""]
    assert labels.tolist() == ["negative", "positive", "negative", "positive"]
    assert load_labels(films, "test").tolist() == ["positive", "negative"]
    assert list(temporary.iterdir()) == []
    assert no_network == []


def test_minus_one_in_a_class_label_is_no_label(films: Path) -> None:
    assert load_instances(films, "unsupervised")["text"].tolist() == ["Who knows?"]
    assert load_labels(films, "unsupervised").empty


def test_read_rows_leaves_the_integers_as_stored(films: Path) -> None:
    assert read_rows(films, "train")["label"].tolist() == [0, 1, 0, 1]


def test_an_unknown_split_names_those_there_are(films: Path, temporary: Path) -> None:
    with pytest.raises(DataError) as refusal:
        load_instances(films, "dev")
    assert str(refusal.value) == (
        f"{films} has no split 'dev'. It has 'train', 'test', 'unsupervised'. "
        "Choose one of them."
    )
    assert list(temporary.iterdir()) == []


def test_a_class_number_without_a_name_is_refused(films: Path) -> None:
    import pandas as pd

    path = films / "plain_text" / "train-00001-of-00002.parquet"
    pd.DataFrame({"text": ["a", "b"], "label": [1, 2]}).to_parquet(path)
    with pytest.raises(DataError) as refusal:
        load_labels(films)
    assert str(refusal.value) == (
        f"{path}, row 2: label 2 is none of its ClassLabel's 2 names ['neg', 'pos']. "
        "Correct the label, or give each class a name with label_names=..."
    )


def test_shards_are_joined_and_a_null_names_its_file(films: Path) -> None:
    import pandas as pd

    path = films / "plain_text" / "train-00001-of-00002.parquet"
    pd.DataFrame({"text": ["more"], "label": [1]}).to_parquet(path)
    assert load_instances(films)["text"].tolist()[-1] == "more"
    assert len(load_labels(films)) == 5
    pd.DataFrame({"text": ["more", None], "label": [1, 0]}).to_parquet(path)
    with pytest.raises(DataError) as refusal:
        load_instances(films)
    assert str(refusal.value).startswith(f"{path}, row 2: null in column 'text'.")


def test_csv_files_keep_na_and_empty_cells(write: Write, tmp_path: Path) -> None:
    write("folder/train.csv", "text,label\nNA,1\n,0\na\0b,\n")
    write("folder/test.csv.gz", gzip.compress(b"text,label\nnull,1\n"))
    folder = tmp_path / "folder"
    assert load_instances(folder)["text"].tolist() == ["NA", "", "a\0b"]
    assert load_labels(folder).to_dict() == {0: 1, 1: 0}
    assert load_instances(folder, "test")["text"].tolist() == ["null"]


def test_a_tsv_folder_is_split_at_tabs(write: Write, tmp_path: Path) -> None:
    write("folder/train.tsv", "text\tlabel\na, b\t1\n")
    assert load_instances(tmp_path / "folder")["text"].tolist() == ["a, b"]


def test_jsonl_files_name_their_line(write: Write, tmp_path: Path) -> None:
    path = write("folder/train.jsonl", '{"text": "a"}\n{"text": null}\n')
    write("folder/test.jsonl", '{"text": "a", "label": "x"}\n')
    with pytest.raises(DataError, match=r"train\.jsonl:2: null in column 'text'\."):
        load_instances(path.parent)
    assert load_labels(path.parent, "test").tolist() == ["x"]


def test_a_separator_set_in_the_card_is_honoured(write: Write, tmp_path: Path) -> None:
    write("folder/README.md", CSV_CARD.format(setting='  sep: ";"'))
    write("folder/train.csv", "text;label\na, b;1\n;0\n")
    instances, labels = load_reviews(tmp_path / "folder")
    assert instances["text"].tolist() == ["a, b", ""]
    assert labels.tolist() == [1, 0]


# datasets 4.0 leaves the csv file it reads open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_other_settings_in_the_card_are_left_to_the_library(
    write: Write, tmp_path: Path, temporary: Path
) -> None:
    write("folder/README.md", CSV_CARD.format(setting="  skiprows: 1"))
    write("folder/train.csv", "a title\ntext,label\na,1\n")
    instances, labels = load_reviews(tmp_path / "folder")
    assert (instances["text"].tolist(), labels.tolist()) == (["a"], [1])
    assert list(temporary.iterdir()) == []
    gc.collect()


def test_a_format_only_the_library_reads(
    write: Write, tmp_path: Path, temporary: Path
) -> None:
    records = [{"text": "a", "label": "x"}, {"text": "b", "label": None}]
    write("folder/train.json", json.dumps(records))
    folder = tmp_path / "folder"
    assert load_instances(folder)["text"].tolist() == ["a", "b"]
    assert load_labels(folder).to_dict() == {0: "x"}
    assert list(temporary.iterdir()) == []
    write("folder/train.json", json.dumps([*records, {"text": None}]))
    with pytest.raises(
        DataError, match=r"folder/train.json:1: null in column 'text'\."
    ):
        load_instances(folder)


def test_a_card_wins_over_text_files_that_look_like_classes(films: Path) -> None:
    notes = films / "notes" / "old" / "todo.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("nothing", encoding="utf-8")
    assert len(load_instances(films)) == 4


def test_a_card_that_points_to_the_network_gets_none(
    write: Write, tmp_path: Path, no_network: list[object]
) -> None:
    card = CSV_CARD.format(setting="").replace(
        "train.csv", "https://example.com/train.csv"
    )
    folder = write("folder/README.md", card).parent
    with pytest.raises(DataError) as refusal:
        load_instances(folder)
    assert str(refusal.value) == (
        f"{folder}: its README.md names data files on the network (https://). Download "
        "them beside it, or use hf:owner/name for a data set on the hub."
    )
    assert no_network == []


def test_the_process_is_not_left_offline_or_silent(films: Path) -> None:
    import datasets
    import huggingface_hub

    before = datasets.config.HF_HUB_OFFLINE, huggingface_hub.constants.HF_HUB_OFFLINE
    bars = datasets.utils.are_progress_bars_disabled()
    level = datasets.utils.logging.get_verbosity()
    load_instances(films)
    assert before == (
        datasets.config.HF_HUB_OFFLINE,
        huggingface_hub.constants.HF_HUB_OFFLINE,
    )
    assert datasets.utils.are_progress_bars_disabled() == bars
    assert datasets.utils.logging.get_verbosity() == level


@pytest.mark.parametrize("stray", [None, "notes.doc", "README.md"])
def test_a_folder_of_no_layout_says_what_was_looked_for(
    stray: str | None, write: Write, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if stray:
        write(f"folder/{stray}", "# Notes\n")
    with pytest.raises(DataError) as refusal:
        load_instances(folder)
    said = str(refusal.value)
    assert said.startswith(
        f"{folder} is a folder of no known layout. Looked for text files as in aclImdb "
        "(train/pos/*.txt), for files written by `sentiment etl` "
        "(instances_train.parquet), and for what datasets.load_dataset reads ("
    )
    assert "\n" not in said
