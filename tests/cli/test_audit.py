import json

import pytest

CSV = "text,label\nA gem.,good\nDull!,bad\nA gem.,bad\n,good\n"


@pytest.fixture
def reviews(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(CSV)
    return path


def test_a_table_on_stdout_names_rows_and_remedy(invoke, reviews):
    result = invoke("audit", reviews, "-o", "audit.html")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[1].split() == "problem empty 1 25.0 %".split()
    assert f"  {reviews}, row 3: other: {reviews}, row 1" in lines
    assert any(line.startswith("  Keep one row of each") for line in lines)
    read = "reviews.csv: 4 rows; 2 classes: bad 2, good 2."
    assert result.stderr.splitlines() == [read, "Wrote audit.html."]
    again = invoke("audit", reviews, "-o", "audit.html")
    assert again.exit_code == 1
    assert "--force" in again.stderr


def test_json_of_stdin(invoke):
    result = invoke("audit", "-", "--format", "json", input=CSV)
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["data"] == "stdin"
    rows = {one["check"]: one["rows"] for one in data["findings"]}
    assert rows["empty"] == [{"row": 3, "place": "standard input, row 4"}]
    assert data["read"]["classes"] == {"bad": 2, "good": 2}
    assert result.stderr == "stdin: 4 rows; 2 classes: bad 2, good 2.\n"


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        (["duplicates"], 3),
        (["duplicates=1"], 0),
        (["duplicates=24%"], 3),
        (["duplicates=25%"], 0),
        (["any"], 3),
        (["markup", "encoding=0"], 0),
        (["markup", "empty=0"], 3),
        (["overlap"], 3),
    ],
)
def test_the_exit_code_is_3_when_more_is_found_than_allowed(
    invoke, reviews, limits, status
):
    options = [word for limit in limits for word in ("--fail-on", limit)]
    result = invoke("audit", reviews, *options)
    assert result.exit_code == status
    assert result.stdout.startswith(" ")
    missed = [line for line in result.stderr.splitlines() if "Missed: " in line]
    assert bool(missed) == (status == 3)


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--fail-on", "duplicates=many"], 2, "not of the form check"),
        (["--fail-on", "=3"], 2, "not of the form check"),
        (["--fail-on", "spelling"], 2, "must name checks among"),
        (["--fail-on", "balance=3"], 2, "takes no limit"),
        (["--skip", "spelling"], 2, "must hold names among"),
        (["--text-column", "review"], 1, "no column 'review'"),
        (["--test", "nowhere.csv"], 1, "No such file"),
        (["-o", "audit.pdf"], 1, ".html for a page"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(invoke, reviews, options, status, message):
    result = invoke("audit", reviews, *options)
    assert result.exit_code == status
    assert message in result.stderr.splitlines()[-1]
    assert not result.stdout


def test_an_empty_file_is_refused(invoke, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    result = invoke("audit", "empty.csv")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: empty.csv is empty. Its first line must name the columns.\n"
    )


def test_a_tag_cannot_make_the_terminal_do_something(invoke, tmp_path):
    (tmp_path / "evil.csv").write_text("text,label\na <b \x1b[2J>,x\nfine,y\n")
    result = invoke("audit", "evil.csv")
    assert "<b " in result.stdout
    assert "\x1b" not in result.stdout


def test_all_bad_rows_are_listed_in_one_go_with_their_lines(invoke, tmp_path):
    path = tmp_path / "bad.csv"
    lines = ["text,label", '"open,a', "fine,b", "one,two,a", "good,a", "so,b"]
    path.write_text("\n".join(lines) + "\n")
    result = invoke("audit", path, "--format", "json")
    assert result.exit_code == 0
    rows = {one["check"]: one["rows"] for one in json.loads(result.stdout)["findings"]}
    assert [(row["row"], row["found"]) for row in rows["not_text"]] == [
        (0, "a quote is opened here and never closed (line 2)"),
        (2, "3 cells where the header has 2 (line 4)"),
    ]
