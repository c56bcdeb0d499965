"""Ask a logged model its golden rows again, in a process of its own."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sentiment._messages import shown
from sentiment.exceptions import ModelError
from sentiment.persistence._golden_rows import GoldenRows, read_golden_rows
from sentiment.persistence._location import open_model_folder
from sentiment.persistence._model_environment import find_command, make_environment
from sentiment.persistence._model_file import read_model_file
from sentiment.persistence._requirements import DISTRIBUTIONS

TOLERANCE = 1e-6
"""What a probability may move by: other builds of BLAS add in another order."""


@dataclass(frozen=True)
class MovedRow:
    """A golden row whose label or probabilities have moved.

    ``row``: its number in the model's golden rows. ``text``: the document. ``label``,
    ``label_now``: the label when the model was saved, and now. ``difference``: the
    largest difference of a probability. None where a probability is no finite number,
    then or now, or the number of classes differs.
    """

    row: int
    text: str
    label: Any
    label_now: Any
    difference: float | None


@dataclass(frozen=True)
class CheckResult:
    """What :func:`check_model` has found.

    Attributes
    ----------
    n_rows : int
        The golden rows asked.
    max_difference : float or None
        The largest difference of any probability from what it was; None where that of
        some row is None.
    moved : list of MovedRow
        The rows in which one differs by more than 1e-6, or the label does.
    versions : dict of str to tuple of (str or None, str or None)
        Each library whose version differs: when the model was saved, and now. None
        where it was not installed.
    env_manager : str
        Where they were asked.
    classes : tuple of (list, list) or None
        The classes when the model was saved, and now, where they or their order
        differ. None where they are the same.
    """

    n_rows: int
    max_difference: float | None
    moved: list[MovedRow]
    versions: dict[str, tuple[str | None, str | None]]
    env_manager: str
    classes: tuple[list[Any], list[Any]] | None = None

    @property
    def passed(self) -> bool:
        """Whether no label, class or probability has moved."""
        return not self.moved and self.classes is None

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment check --format json`` prints."""
        return {"passed": self.passed, **asdict(self)}

    def describe(self) -> Iterator[str]:
        """Yield what has moved, a line each: classes, how many rows, and each row."""
        if self.classes is not None:
            then, now = (shown(classes, 200) for classes in self.classes)
            yield f"The classes were {then} and are {now} now."
        most = f"(largest difference {_number(self.max_difference)})"
        if not self.moved:
            yield (
                f"All {self.n_rows} documents get the answers they got when the model "
                f"was saved {most}."
            )
            return
        yield (
            f"{len(self.moved)} of {self.n_rows} documents get another label or "
            f"probability {most}:"
        )
        for one in self.moved:
            labels = dict.fromkeys(map(shown, (one.label, one.label_now)))
            difference, text = _number(one.difference), shown(one.text, 50)
            yield f"  {difference}  {' -> '.join(labels)}  {text}"


def check_model(
    model: str | Path, *, env_manager: str = "local", allow_pickle: bool = False
) -> CheckResult:
    """Ask a model whether it still answers as it did when it was saved.

    Every model carries a few documents with their answers. They are asked again
    in a fresh process, so that nothing imported or patched here has a say.

    Parameters
    ----------
    model : str or Path
        As :func:`load_model` takes it.
    env_manager : {"local", "uv"}, default="local"
        "local" asks with the packages installed here, and loads the model as
        safely as :func:`load_model`. "uv" makes the environment that the model asks
        for and asks there, through MLflow, with the code that the model carries: only
        for models whose source you trust.
    allow_pickle : bool, default=False
        As :func:`load_model` takes it.

    Returns
    -------
    result : CheckResult
        With ``passed``, ``moved`` and the ``versions`` that differ.

    Raises
    ------
    ModelError
        If the model cannot be found, loaded or asked.

    Examples
    --------
    >>> from sentiment.persistence import check_model
    >>> check_model("no/such/model")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.ModelError: No model at 'no/such/model'. A model is an MLflow
    URI (runs:/ID/model, models:/name@alias, models:/name/3, models:/m-...), a model
    folder, a run id of 32 hexadecimal digits, or reviews-en.
    """
    with open_model_folder(model) as folder:
        read_model_file(folder)
        golden = read_golden_rows(folder)
        answers = _replay(folder, golden, env_manager, allow_pickle)
    return _compare(golden, answers, env_manager)


def _replay(
    folder: Path, golden: GoldenRows, env_manager: str, allow_pickle: bool
) -> GoldenRows:
    """Return what a process answers that has asked."""
    command = find_command(folder, env_manager)
    with tempfile.TemporaryDirectory(prefix="sentiment-check-") as directory:
        question, answer = Path(directory, "question.json"), Path(directory, "answer")
        question.write_text(
            json.dumps(
                {
                    "folder": str(folder.resolve()),
                    "texts": golden.texts,
                    "classes": golden.classes,
                    "distributions": DISTRIBUTIONS,
                    "allow_pickle": allow_pickle,
                }
            )
        )
        done = subprocess.run(
            [*command, str(question), str(answer)],
            cwd=directory,
            env=make_environment(env_manager),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not answer.is_file():
            raise ModelError(
                f"{folder} cannot be asked: {_reason(done.stderr, done.returncode)}"
            )
        try:
            now = GoldenRows.read(answer)
        except ValueError:
            now = None
        if now is None or now.texts != golden.texts:
            raise ModelError(f"{folder} cannot be asked: its answer is not one.")
        return now


def _compare(golden: GoldenRows, now: GoldenRows, env_manager: str) -> CheckResult:
    differences = _measure(golden, now)
    labels, labels_now = _find_labels(golden, now)
    moved = [
        MovedRow(row, golden.texts[row], label, label_now, difference)
        for row, (difference, label, label_now) in enumerate(
            zip(differences, labels, labels_now, strict=True)
        )
        # As JSON: in Python 1 is True.
        if difference is None
        or difference > TOLERANCE
        or json.dumps(label) != json.dumps(label_now)
    ]
    versions = {
        name: (golden.versions.get(name), now.versions.get(name))
        for name in {**golden.versions, **now.versions}
        if golden.versions.get(name) != now.versions.get(name)
    }
    same = json.dumps(golden.classes) == json.dumps(now.classes)
    known = [one for one in differences if one is not None]
    return CheckResult(
        len(differences),
        max(known) if len(known) == len(differences) else None,
        moved,
        versions,
        env_manager,
        None if same else (golden.classes, now.classes),
    )


def _measure(golden: GoldenRows, now: GoldenRows) -> list[float | None]:
    """Return the largest difference in each row; None where it is no number."""
    if len(now.classes) != len(golden.classes):
        return [None] * len(golden.texts)
    tables = (golden.probabilities, now.probabilities)
    then, answered = (np.asarray(table, dtype=np.float64) for table in tables)
    with np.errstate(invalid="ignore", over="ignore"):
        differences = np.abs(answered - then).max(axis=1)
    return [float(one) if np.isfinite(one) else None for one in differences]


def _find_labels(golden: GoldenRows, now: GoldenRows) -> tuple[list[Any], list[Any]]:
    """Return the labels then and now; of old models the likeliest classes."""
    if golden.labels is not None and now.labels is not None:
        return golden.labels, now.labels
    labels, labels_now = (
        [rows.classes[place] for place in np.argmax(rows.probabilities, axis=1)]
        for rows in (golden, now)
    )
    return labels, labels_now


def _number(value: float | None) -> str:
    return "no number" if value is None else f"{value:.2g}"


def _reason(stderr: str, code: int) -> str:
    lines = stderr.strip().splitlines()
    if not lines:
        return f"its process ended with exit code {code}."
    # Of a trace the last line; what uv says of requirements takes several.
    return lines[-1] if "Traceback" in stderr else " ".join(stderr.split())[-400:]
