"""What one check found, and what goes beyond what it may find."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sentiment._shown_as_page import plain_fields
from sentiment._sklearn import InvalidParameterError
from sentiment.auditing._checks import CHECKS, WHOLE

State = Literal["problem", "notice", "fine", "skipped"]

ANY = "any"
"""Stands for every check; only what is a problem goes beyond it."""
Limits: TypeAlias = Mapping[str, int | float | None]


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check : str
        Its name, a key of ``CHECKS``.
    state : {"problem", "notice", "fine", "skipped"}
        "problem": look before you train. "notice": good to know, and the Pipeline
        copes with it. "skipped": the check could not be made; the summary says why.
    n_rows : int
        How many rows it found. 0 of a check of the data as a whole.
    n_total : int
        Of how many.
    summary : str
        What more there is to say.
    rows : tuple of dict
        The rows, the worst first: ``row``, counted from 0, ``place``, which names it
        in its file, and what the check says of it, such as ``suggested``.
    """

    check: str
    state: State
    n_rows: int
    n_total: int
    summary: str = ""
    rows: tuple[dict[str, Any], ...] = ()

    @property
    def title(self) -> str:
        """What was looked for."""
        return CHECKS[self.check].title

    @property
    def remedy(self) -> str:
        """What to do about it; nothing if nothing was found."""
        found = self.state in ("problem", "notice")
        return CHECKS[self.check].remedy if found else ""

    @property
    def share(self) -> float:
        """Which part of the rows it found."""
        return self.n_rows / self.n_total if self.n_total else 0.0

    @property
    def size(self) -> str:
        """How many rows it found in words: ``96 of 25,000 (0.4 %)``."""
        return f"{self.n_rows:,} of {self.n_total:,} ({percent(self.share, 1)})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return plain_fields(self, title=self.title, remedy=self.remedy)


def make_finding(
    check: str,
    rows: Sequence[dict[str, Any]],
    n_total: int,
    summary: str = "",
    *,
    state: State = "problem",
) -> Finding:
    """Return a finding of some rows; without any, all is fine."""
    found = state if rows else "fine"
    return Finding(check, found, len(rows), n_total, summary, tuple(rows))


def skipped(check: str, why: str) -> Finding:
    """Return the finding of a check that was not made."""
    return Finding(check, "skipped", 0, 0, why)


def percent(value: float, digits: int = 0) -> str:
    """Return a share in per cent: ``0.4 %``."""
    return f"{100 * value:.{digits}f} %"


def check_limits(limits: Limits) -> None:
    """Refuse checks that there are not, and limits that say nothing.

    Raises InvalidParameterError with the first of them.
    """
    for name, limit in limits.items():
        if name != ANY and name not in CHECKS:
            raise InvalidParameterError(
                f"The 'fail_on' parameter of audit must name checks among "
                f"{[*CHECKS, ANY]}. Got {name!r} instead."
            )
        if limit is None:
            continue
        if name == ANY or name in WHOLE:
            raise InvalidParameterError(
                f"The 'fail_on' parameter of audit takes no limit for {name!r}, which "
                f"counts no rows. Got {limit!r}; leave it out."
            )
        if not limit >= 0 or (isinstance(limit, float) and limit > 1):
            raise InvalidParameterError(
                "A limit in the 'fail_on' parameter of audit must be a number of rows "
                f"or a share from 0.0 to 1.0. Got {limit!r} for {name!r} instead."
            )


def find_missed(findings: Iterable[Finding], limits: Limits) -> list[str]:
    """Return a sentence for each finding that goes beyond its limit."""
    missed = []
    for one in findings:
        if one.check not in limits and (ANY not in limits or one.state != "problem"):
            continue
        limit = limits.get(one.check)
        if one.state == "skipped":
            # A gate that was asked for and cannot be judged is not passed.
            missed.append(f"{one.check} was not checked: {one.summary}.")
        elif limit is None:
            if one.state in ("problem", "notice"):
                found = one.summary if one.check in WHOLE else f"{one.size} found"
                missed.append(f"{one.check}: {found}.")
        elif isinstance(limit, float):
            if one.share > limit:
                allowed = f"at most {percent(limit, 1)} allowed"
                missed.append(f"{one.check}: {one.size} found, {allowed}.")
        elif one.n_rows > limit:
            allowed = f"at most {limit:,} allowed"
            missed.append(f"{one.check}: {one.size} found, {allowed}.")
    return missed
