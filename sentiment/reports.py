"""What an audit, an evaluation, an explanation and a monitoring have in common.

Labelled rows in batches in; one typed result, built once; a table, JSON or a page out.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from sentiment.datasets import Data, ReadingOptions, Source, source_of
from sentiment.exceptions import DataError

__all__ = ["ReportFrame", "ReportOptions", "name_of_model"]

Report = TypeVar("Report")


class ReportOptions(ReadingOptions, total=False):
    """The keywords of each function that makes a report.

    Beside those that say how rows are read: ``split``, which split of a folder or hub
    data set is read; ``output``, a page to write, and ``force``, whether to overwrite
    it; ``allow_pickle``, whether to load a model that was saved as a pickle, which runs
    whatever code it holds; ``progress``, called after each batch with the number of
    rows done, None, and the share of the source that is done, from 0 to 1, or None.
    """

    split: str
    output: str | os.PathLike[str] | None
    force: bool
    allow_pickle: bool
    progress: Callable[..., None] | None


@dataclass(frozen=True)
class ReportFrame:
    """The data, the output and the clock of one report.

    Attributes
    ----------
    source : Source
        What is read.
    reading : ReadingOptions
        How it is read, for further sources.
    output : Path or None
        What is written besides.
    force, allow_pickle : bool
        As :class:`ReportOptions` says.
    progress : callable or None
        As :class:`ReportOptions` says.
    started : float
        When the work began.
    """

    source: Source
    reading: ReadingOptions
    output: Path | None
    force: bool
    allow_pickle: bool
    progress: Callable[..., None] | None
    started: float

    @classmethod
    def begin(
        cls,
        data: Data,
        split: str,
        options: Any,
        *,
        endings: tuple[str, ...] | None = None,
    ) -> "ReportFrame":
        """Check the output and the options, before any work.

        ``endings`` are those that the output may have; None allows any.

        Raises
        ------
        DataError
            If the output cannot, or must not, be written.
        TypeError
            If there is no such option.
        """
        rest: Any = dict(options)
        split = rest.pop("split", split)
        output, force = rest.pop("output", None), rest.pop("force", False)
        allow_pickle = rest.pop("allow_pickle", False)
        progress = rest.pop("progress", None)
        source = source_of(data, split, **rest)
        if output is not None:
            # Imported late: predictions bring in what takes long.
            from sentiment.inference import check_output

            output = Path(output)
            if endings is not None and output.suffix.lower() not in endings:
                raise DataError(
                    f"{output} does not say by its ending what is wanted. Name it "
                    ".html for a page, or .json for the data."
                )
            check_output(output, force=force)
        started = time.perf_counter()
        return cls(source, rest, output, force, allow_pickle, progress, started)

    def open(self, model: Any) -> Any:
        """Return the Pipeline that ``model`` names."""
        from sentiment.inference import open_pipeline

        return open_pipeline(model, self.allow_pickle)

    def other(self, data: Data, split: str) -> Source:
        """Return further data, read in the same way."""
        return source_of(data, split, **self.reading)

    def finish(self, report: Report) -> Report:
        """Return a report with the seconds it took, and write it where it is wanted."""
        done: Any = self.timed(report)
        if self.output is not None:
            done.save(self.output, force=self.force)
        return done

    def timed(self, report: Report) -> Report:
        """Return a report with the seconds that it took."""
        seconds = round(time.perf_counter() - self.started, 3)
        timed: Any = replace(report, seconds=seconds)  # type: ignore[type-var]
        return timed


def name_of_model(model: Any) -> str:
    """Return a model as the user named it, or the kind of its Pipeline."""
    return str(model) if isinstance(model, str | Path) else type(model).__name__
