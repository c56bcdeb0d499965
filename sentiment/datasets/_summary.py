"""What was read, in one line, and what looks wrong with it."""

import logging
import math
import warnings
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sentiment._messages import shown
from sentiment.exceptions import DataWarning

_LOGGER = logging.getLogger("sentiment")
# So many different numbers are a scale, not classes.
_SCALE = 20
_SHOWN = 10
# How people and programs write that there is nothing.
_MISSING = {"nan", "na", "n/a", "#n/a", "null", "none", "<na>"}
# In fewer rows than this, a class of one row is an example.
_FEW = 10


@dataclass(frozen=True)
class DataSummary:
    """What was read of a source.

    Attributes
    ----------
    name : str
        The source.
    n_rows : int
        Its rows, without those that were left out as bad.
    n_unlabelled : int
        How many of them have no label.
    n_bad : int
        How many further rows were left out.
    classes : dict of label to int
        The rows of each class, in the order of the classes.
    mapping : dict of str to str
        Which label got which name, where labels were named.
    warnings : tuple of str
        What looks wrong.
    """

    name: str
    n_rows: int
    n_unlabelled: int
    n_bad: int
    classes: Mapping[Any, int]
    mapping: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line.

        Examples
        --------
        >>> print(DataSummary("x.csv", 12, 2, 0, {"bad": 7, "good": 3}))
        x.csv: 12 rows, 2 of them without a label; 2 classes: bad 7, good 3
        >>> print(DataSummary("new.csv", 12, 12, 0, {}))
        new.csv: 12 rows, none of them with a label
        """
        said = f"{self.name}: {_count(self.n_rows, 'row')}"
        if self.n_unlabelled and not self.classes:
            said += ", none of them with a label"
        elif self.n_unlabelled:
            said += f", {self.n_unlabelled:,} of them without a label"
        if self.n_bad:
            said += f"; {_count(self.n_bad, 'bad row')} left out"
        if not self.classes:
            return said
        shown_classes = [f"{label} {n:,}" for label, n in self.classes.items()]
        more = len(shown_classes) - _SHOWN
        listed = ", ".join(shown_classes[:_SHOWN]) + (f", and {more} more" * (more > 0))
        said += f"; {_count(len(self.classes), 'class')}: {listed}"
        if self.mapping:
            pairs = ", ".join(f"{old} = {new}" for old, new in self.mapping.items())
            said += f" ({pairs})"
        return said

    def tell(self, stacklevel: int = 2) -> None:
        """Say in the log what was read, and warn of what looks wrong.

        Warns
        -----
        DataWarning
            For each of ``warnings``.
        """
        _LOGGER.info("%s.", self)
        for said in self.warnings:
            warnings.warn(said, DataWarning, stacklevel=stacklevel + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON can hold it."""
        return {
            "name": self.name,
            "rows": self.n_rows,
            "rows_without_label": self.n_unlabelled,
            "bad_rows": self.n_bad,
            "classes": {str(label): n for label, n in self.classes.items()},
            "label_names": dict(self.mapping),
            "warnings": list(self.warnings),
        }


def summarize(
    name: str, labels: pd.Series, n_rows: int, n_bad: int, column: str,
    mapping: Mapping[str, str], remarks: tuple[str, ...] = (),
) -> DataSummary:  # fmt: skip
    """Return what was read, and what looks wrong with the labels."""
    counts = labels.value_counts(sort=False).sort_index()
    classes = {label: int(n) for label, n in counts.items()}
    return DataSummary(
        name,
        n_rows,
        n_rows - len(labels),
        n_bad,
        classes,
        mapping,
        (*remarks, *_find_oddities(name, column, classes)),
    )


def _find_oddities(name: str, column: str, classes: Mapping[Any, int]) -> list[str]:
    said = []
    alike = defaultdict(list)
    for label in classes:
        alike[_plain(label)].append(label)
    for group in alike.values():
        if len(group) > 1:
            listed = ", ".join(f"{shown(one)} ({classes[one]:,})" for one in group)
            said.append(
                f"{name}: the classes {listed} differ only in case, space or spelling. "
                "If they are one, write it one way, or give them one name with "
                "label_names=..."
            )
    for label, n in classes.items():
        if str(label).strip().casefold() in _MISSING:
            said.append(
                f"{name}: a class is named {shown(label)} ({_count(n, 'row')}). If "
                f"that means no label, pass unlabelled={label!r}."
            )
    if column in classes:
        said.append(
            f"{name}: a class is named {column!r}, as its column is "
            f"({_count(classes[column], 'row')}). Is the header repeated in the file?"
        )
    numbers = [one for one in classes if _is_number(one)]
    if len(numbers) > _SCALE:
        said.append(
            f"{name}: this trains a classifier of {len(classes):,} classes. Column "
            f"{column!r} looks like numbers on a scale: a classifier does not know "
            "that 2 lies between 1 and 3. Make a few classes of them first."
        )
    else:
        single = [label for label, n in classes.items() if n == 1]
        if single and sum(classes.values()) >= _FEW:
            listed = ", ".join(shown(one) for one in single[:_SHOWN])
            said.append(
                f"{name}: {_count(len(single), 'class')} of a single row: {listed}. "
                "Nothing can be learned from one row."
            )
    return said


def _plain(label: Any) -> Any:
    """Return a label without what people write in different ways."""
    text = str(label).strip().casefold()
    text = " ".join(text.split())
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _is_number(label: Any) -> bool:
    return isinstance(_plain(label), float)


def _count(n: int, what: str) -> str:
    plural = "classes" if what == "class" else f"{what}s"
    return f"{n:,} {what if n == 1 else plural}"
