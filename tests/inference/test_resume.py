"""A run that was killed goes on, and writes what it would have written."""

import random
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest
from hashing_pipeline import HashingPipeline

from sentiment.exceptions import DataError
from sentiment.inference import _run, predict_file
from sentiment.inference._output_file import beside

ENDINGS = ["csv", "jsonl", "jsonl.gz", "csv.zst", "parquet"]


class Killed(BaseException):
    """Stands for what ends a process with nothing tidied up."""


class Dying(HashingPipeline):
    """Is killed by its fourth batch."""

    n_batches = 3

    def predict_proba(self, X):
        if self.n_batches == 0:
            raise Killed
        self.n_batches -= 1
        return super().predict_proba(X)


class Counting(HashingPipeline):
    """Counts the documents that it was asked about."""

    n_documents = 0

    def predict_proba(self, X):
        self.n_documents += len(X)
        return super().predict_proba(X)


@pytest.fixture(autouse=True)
def _one_model(monkeypatch, few_rows):
    # The fingerprint of a pipeline is that of its class and its attributes.
    monkeypatch.setattr(_run.joblib, "hash", lambda pipeline: str(pipeline.classes_))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,text\n" + "".join(f"{n},film {n}\n" for n in range(31)))
    return path


def killed(source, output, **options):
    """Leave behind what a run leaves that is killed after three batches."""
    with pytest.raises(Killed):
        predict_file(Dying(), source, output, resume=True, **options)
    assert beside(output, "journal").exists()


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_output_is_that_of_a_run_that_nothing_interrupted(tmp_path, source, ending):
    output, whole = tmp_path / f"out.{ending}", tmp_path / f"whole.{ending}"
    predict_file(HashingPipeline(), source, whole)
    killed(source, output)
    pipeline = Counting()
    done = predict_file(pipeline, source, output, resume=True)
    assert output.read_bytes() == whole.read_bytes()
    # Of the nine rows that are known, the last three are asked again.
    assert (pipeline.n_documents, done.n_rows) == (31 - 9 + 3, 31)
    assert leftovers(tmp_path) == sorted(["in.csv", output.name, whole.name])


def test_a_journal_that_was_cut_anywhere_is_good_up_to_there(tmp_path, source):
    output, whole = tmp_path / "out.csv", tmp_path / "whole.csv"
    predict_file(HashingPipeline(), source, whole)
    killed(source, output)
    journal = beside(output, "journal")
    data = journal.read_bytes()
    chance = random.Random(7)
    for _ in range(25):
        rest = [b"", b"\0" * 64, chance.randbytes(40)][chance.randrange(3)]
        journal.write_bytes(data[: chance.randrange(len(data) + 1)] + rest)
        predict_file(HashingPipeline(), source, output, resume=True)
        assert output.read_bytes() == whole.read_bytes()
        output.unlink()


def test_bad_rows_are_listed_as_if_nothing_had_happened(tmp_path, source):
    lines = source.read_text().splitlines()
    lines[3] = lines[20] = "1,2,3"
    source.write_text("\n".join(lines))
    for name in ("whole", "out"):
        output = tmp_path / f"{name}.csv"
        if name == "out":
            killed(source, output, on_bad_rows="skip")
        predict_file(HashingPipeline(), source, output, on_bad_rows="skip", resume=True)
    for ending in ("csv", "csv.bad-rows.jsonl"):
        whole, out = (tmp_path / f"{name}.{ending}" for name in ("whole", "out"))
        assert whole.read_bytes() == out.read_bytes()


def test_a_run_can_be_resumed_that_has_not_begun(tmp_path, source):
    predict_file(HashingPipeline(), source, tmp_path / "out.csv", resume=True)
    assert leftovers(tmp_path) == ["in.csv", "out.csv"]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ("append", {}, "Its input has changed since"),
        ("rewrite", {}, "Its input has changed since"),
        ("", {"probabilities": True}, "The options have changed since"),
        ("", {"on_bad_rows": "skip"}, "The options have changed since"),
        ("model", {}, "The model has changed since"),
    ],
)
def test_what_has_changed_in_between_is_refused(
    tmp_path, source, change, options, message
):
    output = tmp_path / "out.csv"
    killed(source, output)
    text = source.read_text()
    if change == "append":
        source.write_text(text + "32,more\n")
    if change == "rewrite":
        source.write_text(text.replace("film 2", "Film 2"))
    pipeline = HashingPipeline(
        ("a", "b") if change == "model" else ("negative", "positive")
    )
    with pytest.raises(DataError, match=message):
        predict_file(pipeline, source, output, resume=True, **options)
    predict_file(pipeline, source, output, force=True, **options)
    assert leftovers(tmp_path) == ["in.csv", "out.csv"]


def test_a_text_that_has_changed_behind_the_same_size_and_time_is_refused(
    tmp_path, source, monkeypatch
):
    killed(source, tmp_path / "out.csv")
    source.write_text(source.read_text().replace("film 2\n", "Film 2\n"))
    monkeypatch.setattr(_run, "_state", lambda path: Anything())
    with pytest.raises(DataError, match="Its input has changed since"):
        predict_file(HashingPipeline(), source, tmp_path / "out.csv", resume=True)


class Anything(list):
    """Equals whatever the journal holds."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None


def test_a_library_that_answers_otherwise_is_refused(tmp_path, source):
    killed(source, tmp_path / "out.csv")

    class Drifted(HashingPipeline):
        def predict_proba(self, X):
            return super().predict_proba(X)[:, ::-1]

    with pytest.raises(DataError, match="answers otherwise than then"):
        predict_file(Drifted(), source, tmp_path / "out.csv", resume=True)


def test_what_a_killed_run_has_done_is_not_thrown_away_unasked(tmp_path, source):
    output = tmp_path / "out.csv"
    killed(source, output)
    with pytest.raises(
        DataError, match=r"Pass resume=True to continue it, or force=True"
    ):
        predict_file(HashingPipeline(), source, output)
    pipeline = Counting()
    predict_file(pipeline, source, output, force=True)
    assert pipeline.n_documents == 31


def test_a_second_run_on_the_same_output_is_refused(tmp_path, source):
    output = tmp_path / "out.csv"
    said = []

    def second(*_):
        with pytest.raises(DataError, match="Another run is writing") as refusal:
            predict_file(HashingPipeline(), source, output, force=True)
        said.append(refusal)

    predict_file(HashingPipeline(), source, output, progress=second)
    assert said
    assert leftovers(tmp_path) == ["in.csv", "out.csv"]


def test_a_run_that_was_killed_after_its_output_was_in_place_is_done(
    tmp_path, source, monkeypatch
):
    output = tmp_path / "out.csv"
    with monkeypatch.context() as patch:
        patch.setattr(_run.Journal, "close", lambda self, *, keep: self._file.close())
        predict_file(HashingPipeline(), source, output, resume=True)
    assert beside(output, "journal").exists()
    before = output.stat().st_ino
    assert predict_file(Dying(), source, output, resume=True).n_rows == 31
    assert output.stat().st_ino == before
    assert leftovers(tmp_path) == ["in.csv", "out.csv"]
    with pytest.raises(DataError, match=r"exists\. Pass force=True"):
        predict_file(HashingPipeline(), source, output, resume=True)


@pytest.mark.parametrize(
    ("source", "output", "message"),
    [
        ("-", "out.csv", "it takes files, not standard input"),
        ("sample", "out.csv", "it takes files, not standard input"),
        ("in.csv", None, "continues a file. Name one with output"),
        ("in.csv", "/dev/null", "continues a file. Name one with output"),
    ],
)
@pytest.mark.usefixtures("source")
def test_what_cannot_be_read_again_is_not_resumed(
    tmp_path, monkeypatch, source, output, message
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=message):
        predict_file(HashingPipeline(), source, output, resume=True)


# With real kills

N_KILLED_ROWS = 200
PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
SLOW = """
import sys, time
from hashing_pipeline import HashingPipeline
from sentiment.datasets import _batch
from sentiment.inference import predict_file
class Slow(HashingPipeline):
    def predict_proba(self, X):
        print("predicting", flush=True)
        time.sleep(0.02)
        return super().predict_proba(X)
_batch.BATCH_ROWS = 10
Slow.__module__ = Slow.__qualname__ = "slow"
predict_file(HashingPipeline() if "whole" in sys.argv[2] else Slow(),
             sys.argv[1], sys.argv[2], resume=True)
"""


def kill_until_done(folder, ending, seed):
    """Run with kills at random moments; return how many there were."""
    source = folder / "in.csv"
    source.write_text(
        "id,text\n" + "".join(f"{n},film {n}\n" for n in range(N_KILLED_ROWS))
    )
    output, chance, n_kills = folder / f"out.{ending}", random.Random(seed), 0
    command = [sys.executable, "-c", SLOW, source, output]
    path = {"PYTHONPATH": ":".join(sys.path), "PATH": ""}
    while True:
        process = subprocess.Popen(command, env=path, **PIPES)
        with process:
            # Some batches further, however slow the machine is.
            for _ in range(chance.randrange(1, 12)):
                process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.04))
            process.kill()
            _, said = process.communicate()
            code = process.returncode
        assert code in (0, -9), said.decode()
        # The kill may come between the last line of the run and its end.
        if code == 0 or (output.exists() and not beside(output, "journal").exists()):
            return n_kills
        n_kills += 1
        assert n_kills < 50


def check_after_kills(folder, ending, seed):
    n_kills = kill_until_done(folder, ending, seed)
    assert n_kills > 0
    output, whole = folder / f"out.{ending}", folder / f"whole.{ending}"
    done = subprocess.run(
        [sys.executable, "-c", SLOW, folder / "in.csv", whole],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == whole.read_bytes()
    if ending == "parquet":
        assert pq.read_table(output).num_rows == N_KILLED_ROWS
    assert leftovers(folder) == sorted(["in.csv", output.name, whole.name])


@pytest.mark.services
@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_a_run_killed_at_random_moments_writes_the_same(tmp_path, ending):
    check_after_kills(tmp_path, ending, seed=1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_killed_at_many_random_moments_writes_the_same(tmp_path, ending, seed):
    check_after_kills(tmp_path, ending, seed)
