"""What an audit may find, and what goes beyond it."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sentiment._sklearn import InvalidParameterError
from sentiment.auditing._checks import CHECKS, WHOLE
from sentiment.auditing._finding import Finding, percent

ANY = "any"
"""Stands for every check; only what is a problem goes beyond it."""

Limits: TypeAlias = Mapping[str, int | float | None]


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
