"""Where predictions go: the output, its columns, its list of bad rows, its journal."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from sentiment.datasets import Input, JsonReader, Schema, Source, require_column
from sentiment.exceptions import DataError
from sentiment.inference._journal import Journal
from sentiment.inference._output_file import (
    COLUMNAR,
    DELIMITERS,
    JSON,
    beside,
    check_output,
    is_special,
    is_there,
    open_output,
)


class Destination:
    """The files that one run writes.

    ``output``: None is stdout. ``output_format``: as which it is written. ``bad_rows``:
    the list of bad rows, as :func:`predict_file` takes it. ``escape_formulas``,
    ``resume``, ``force``: as :func:`predict_file` takes them.
    """

    def __init__(
        self,
        output: Path | None,
        output_format: str,
        bad_rows: str | os.PathLike[str] | None,
        escape_formulas: bool,
        resume: bool,
        force: bool,
    ) -> None:
        self.output = output
        self.output_format = output_format
        self.is_file = output is not None and not is_special(output)
        self.escape_formulas = escape_formulas
        self.resume = resume
        self.force = force
        self.bad_rows = self._name_bad_rows(bad_rows)
        self.journal: Journal | None = None
        if output is not None and self.is_file:
            self.journal = Journal(beside(output, "journal"), output)

    def check(self) -> dict[str, Any] | None:
        """Refuse what must not be written; return what a finished run has done.

        A run that was killed after its output was in place is finished.
        """
        if self.escape_formulas and self.output_format not in DELIMITERS:
            raise DataError(
                "Formulas are escaped in csv and tsv, for spreadsheets. The output is "
                f"{self.output_format}. Leave the option out."
            )
        if self.output is None or self.journal is None:
            if self.resume:
                raise DataError(
                    "resume=True continues a file. Name one with output=..."
                )
            if self.output is not None:
                check_output(self.output, force=self.force)
            return None
        if self.resume and is_there(self.output):
            done = self.journal.completed() if self._in_place() else None
            if done is not None:
                self.journal.path.unlink()
                return done
        check_output(self.output, force=self.force)
        if self.bad_rows is not None and not self.resume:
            check_output(self.bad_rows, force=self.force)
        return None

    @property
    def temporary(self) -> Path | None:
        """Where the output is written before it is whole."""
        return beside(self.output, "tmp") if self.output and self.is_file else None

    def open(self, stack: ExitStack) -> BinaryIO:
        """Open the output; ``stack`` puts it in place or takes it away."""
        return stack.enter_context(
            open_output(self.output, force=self.force, temporary=self.temporary)
        )

    def bad_rows_opener(self, stack: ExitStack) -> Callable[[], BinaryIO] | None:
        """Return what opens the list of bad rows; it is in place before the output."""
        path = self.bad_rows
        if path is None:
            return None
        opened = open_output(
            path, force=self.force or self.resume, temporary=beside(path, "tmp")
        )
        return lambda: stack.enter_context(opened)

    def _in_place(self) -> bool:
        return self.temporary is not None and not self.temporary.exists()

    def _name_bad_rows(self, bad_rows: str | os.PathLike[str] | None) -> Path | None:
        if bad_rows is not None:
            return Path(bad_rows)
        if self.output is None or not self.is_file:
            return None
        name = f"{self.output.name}.bad-rows.jsonl"
        # Where the name is too long, the log says the rows.
        return self.output.with_name(name) if len(os.fsencode(name)) < 256 else None


def find_schema(
    inputs: list[Input], source: Source, output_format: str, keep: ExitStack
) -> tuple[Schema | None, list[Input]]:
    """Return the columns of all inputs with their types, and the inputs to read.

    The columns are None where they need not be known: JSON from JSON; or cannot be:
    standard input and pipes, whose first rows say them. JSON lines that become columns
    are looked through first, so standard input is copied to disk for it.
    """
    if output_format in COLUMNAR:
        inputs = [
            replace(one, rows=one.rows.spooled(keep), again=True)
            if isinstance(one.rows, JsonReader) and not one.again
            else one
            for one in inputs
        ]
    schema: Schema | None = None
    known = True
    for one in inputs:
        is_json = isinstance(one.rows, JsonReader)
        if not one.again or (is_json and output_format in JSON):
            known = False
            continue
        found = one.rows.schema()
        if not is_json:
            for column in source.text_columns:
                require_column(one.rows, found, column)
        name = found.repeated()
        if name is not None and output_format not in DELIMITERS:
            raise DataError(
                f"{one.rows.name} has two columns named {name!r}, which "
                f"{output_format} cannot hold. Write csv, or give each its own name."
            )
        schema = found if schema is None else schema.merged(found)
    return (schema if known else None), inputs
