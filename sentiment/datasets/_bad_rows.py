"""A row that cannot be predicted: which one it is, and why."""

from dataclasses import dataclass

from sentiment.exceptions import DataError

POLICIES = ("fail", "skip", "null")
"""What is done about a bad row: end, leave it out, or answer null."""


def check_policy(caller: str, policy: str, allowed: tuple[str, ...] = POLICIES) -> None:
    """Refuse what is none of the policies."""
    if policy not in allowed:
        raise ValueError(
            f"The 'on_bad_rows' parameter of {caller} must be one of {allowed}. "
            f"Got {policy!r} instead."
        )


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row.

    Attributes
    ----------
    reason : str
        Without a full stop.
    remedy : str
        One or more sentences.
    """

    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be predicted.

    Attributes
    ----------
    file : str
        The file as the user wrote it.
    row : int
        Its number among the rows of the file, from 1; a header is no row.
    line : int or None
        The line of the file on which it begins, from 1, where the format has lines.
    fault : Fault
        What is wrong with it.
    place : str
        File and line, or file and row.
    """

    file: str
    row: int
    line: int | None
    fault: Fault
    place: str

    def error(self, more: str = "") -> DataError:
        """Return the error that ends the reading, with a further remedy."""
        said = [f"{self.place}: {self.fault.reason}.", self.fault.remedy, more]
        return DataError(" ".join(part for part in said if part))


def bad_line(file: str, row: int, line: int, fault: Fault) -> BadRow:
    """Return the bad row that begins on a line of a file."""
    return BadRow(file, row, line, fault, f"{file}:{line}")
