"""CSV and TSV: cells as exact strings, and refusals that name the line."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from sentiment.datasets import SKIP_THEM, load_instances, load_labels, read_rows
from sentiment.exceptions import DataError

Write = Callable[[str, str | bytes], Path]


def test_na_and_empty_cells_stay_text(write: Write) -> None:
    path = write("reviews.csv", "text,label\nNA,a\n,b\nnull,c\n")
    assert load_instances(path)["text"].tolist() == ["NA", "", "null"]


def test_a_blank_line_of_one_column_is_an_empty_document(write: Write) -> None:
    path = write("reviews.csv", "text\nfine\n\nlast\n\n")
    assert load_instances(path)["text"].tolist() == ["fine", "", "last", ""]


def test_a_blank_line_of_several_columns_is_no_row(write: Write) -> None:
    path = write("reviews.csv", "\ntext,label\r\nfine,1\r\n\r\ndull,0\r\n\r\n")
    assert load_instances(path)["text"].tolist() == ["fine", "dull"]


def test_a_tsv_cell_may_hold_commas_and_a_quoted_tab(write: Write) -> None:
    path = write("reviews.tsv", 'text\tlabel\na, b\t1\n"a\tb"\t0\n')
    assert load_instances(path)["text"].tolist() == ["a, b", "a\tb"]


@pytest.mark.parametrize(
    "content",
    ["text,label\rfine,1\rdull,0\r", "text,label\r\r\nfine,1\r\r\ndull,0\r\r\n"],
    ids=["classic mac", "doubled"],
)
def test_odd_line_ends_end_lines(content: str, write: Write) -> None:
    path = write("reviews.csv", content)
    assert load_labels(path).tolist() == [1, 0]


def test_a_quoted_carriage_return_beside_an_unquoted_one(write: Write) -> None:
    path = write("reviews.csv", 'text,label\n"a\r\nb",1\nc\rd,0\n')
    assert load_instances(path)["text"].tolist() == ["a\r\nb", "c\rd"]


def test_the_process_keeps_its_own_limit_on_cells(write: Write) -> None:
    before = csv.field_size_limit()
    path = write("reviews.csv", "text\n" + "x" * 200_000 + "\n")
    assert load_instances(path)["text"].str.len().tolist() == [200_000]
    assert csv.field_size_limit() == before
    with pytest.raises(DataError):
        load_instances(write("bad.csv", 'text\n"x'))
    assert csv.field_size_limit() == before


def test_cells_of_other_columns_are_exact_strings(write: Write) -> None:
    path = write("reviews.csv", "id,text,score\n007,a,1.50\n,b,NaN\n")
    rows = read_rows(path)
    assert rows["id"].tolist() == ["007", ""]
    assert rows["score"].tolist() == ["1.50", "NaN"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            'text,label\nfine,1\n"open,1\nb,2\n',
            "{path}:3: a quote is opened here and never closed.",
        ),
        (
            'text,label\n"a"b,1\n',
            "{path}:2: text follows a closing quote. Write a quote inside a quoted "
            "cell twice.",
        ),
        (
            'text,label\n"two\nlines",1\na,b,1\n',
            "{path}:4: 3 cells where the header has 2. Put quotes around a cell that "
            "holds a comma.",
        ),
        (
            "text,label\na\n",
            "{path}:2: 1 cell where the header has 2. Put quotes around a cell that "
            "holds a comma.",
        ),
        ("", "{path} is empty. Its first line must name the columns."),
        ("\n\n", "{path} is empty. Its first line must name the columns."),
        ("text,label\n", "{path} has a header and no rows."),
        (
            "text,label,text\na,b,c\n",
            "{path} has two columns named 'text'. Give each its own name.",
        ),
        (
            "review;stars\ngood;5\n",
            "{path} has no column 'text'. It has 'review;stars'. "
            "Name the right one with text_column=... Its first line holds a "
            "semicolon: pass delimiter=';'.",
        ),
    ],
)
def test_a_broken_table_is_refused_with_its_line(
    content: str, said: str, write: Write
) -> None:
    path = write("reviews.csv", content)
    with pytest.raises(DataError) as refusal:
        load_instances(path)
    told = str(refusal.value).removesuffix(f" {SKIP_THEM}")
    assert told == said.format(path=path)


def test_many_columns_are_not_all_listed(write: Write) -> None:
    names = ",".join(f"c{number}" for number in range(40))
    path = write("reviews.csv", f"{names}\n{names}\n")
    with pytest.raises(DataError, match=r"It has 'c0', .* 'c9' and 30 more\. Name"):
        load_instances(path)
