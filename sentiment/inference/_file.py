"""A file in, the same rows with their predictions out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentiment.exceptions import DataError
from sentiment.inference._output_file import check_output, choose_format, open_output
from sentiment.inference._rows import Progress, predict_rows
from sentiment.inference._tables import write_table


@dataclass(frozen=True)
class PredictionSummary:
    """What :func:`predict_file` has done.

    Attributes
    ----------
    n_rows : int
        Rows read, predicted and written.
    output : Path or None
        The file written; None is stdout.
    """

    n_rows: int
    output: Path | None


def predict_file(
    model: Any,
    source: str | Path,
    output: str | Path | None = None,
    *,
    split: str = "test",
    text_column: str = "text",
    encoding: str = "utf-8",
    input_format: str | None = None,
    probabilities: bool = False,
    output_format: str | None = None,
    force: bool = False,
    allow_pickle: bool = False,
    progress: Progress | None = None,
) -> PredictionSummary:
    r"""Predict the label of every row of a file or data set.

    Every column of the source is kept as it was, in its place, so that the
    predictions need not be joined to anything. ``predicted_label``,
    ``predicted_score`` and, on request, one ``probability_<class>`` per class follow.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    source : str or Path
        Anything that :func:`sentiment.load_instances` reads; ``"-"`` is stdin.
    output : str or Path, default=None
        The file to write; None and ``"-"`` are stdout. It may be the source itself.
    split : str, default="test"
        Which split of a folder or hub data set is read; a file has no splits.
    text_column : str, default="text"
        The column that holds the text.
    encoding : str, default="utf-8"
        The encoding of a csv, tsv or jsonl source. The output is UTF-8.
    input_format : str, default=None
        The format of the source. None takes its ending; stdin is csv then.
    probabilities : bool, default=False
        Whether to add the probability of every class.
    output_format : {"csv", "tsv", "jsonl", "parquet"}, default=None
        None takes the ending of ``output``; stdout is csv then.
    force : bool, default=False
        Whether to overwrite an existing ``output``.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds.
    progress : callable, default=None
        Called with the number of rows done and of all rows, after each batch.

    Returns
    -------
    summary : PredictionSummary

    Raises
    ------
    DataError
        If the source cannot be read, has no rows or has a column named like one of
        the predictions, or the output cannot be written.
    ModelError
        If the model cannot be found or loaded.

    Notes
    -----
    The output is written when all rows are predicted, and renamed into place: there
    is never half a file. Memory is that of all rows, as read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sentiment import make_sentiment_pipeline
    >>> texts = ["A gem, great fun.", "Great!", "Awful, a waste.", "Dull and awful."]
    >>> labels = ["positive", "positive", "negative", "negative"]
    >>> pipeline = make_sentiment_pipeline("fast").fit(texts, labels)
    >>> with TemporaryDirectory() as folder:
    ...     new, output = Path(folder, "new.csv"), Path(folder, "predicted.tsv")
    ...     _ = new.write_text("id,text\n007,Great fun.\n")
    ...     predict_file(pipeline, new, output).n_rows
    ...     output.read_text().split()[:3], output.read_text().split()[-4:-1]
    1
    (['id', 'text', 'predicted_label'], ['Great', 'fun.', 'positive'])
    >>> predict_file(pipeline, "new.csv", "predicted.docx")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: predicted.docx does not say by its ending which
    format is wanted. Use one of .csv, .tsv, .jsonl, .parquet (and .gz), or --format.
    """
    target = None if output is None or str(output) == "-" else Path(output)
    chosen = choose_format(target, output_format)
    if target is not None:
        check_output(target, force=force)
    # Imported late: data sets and models bring in what takes seconds.
    from sentiment.datasets import read_rows

    rows = read_rows(
        source,
        split,
        text_column=text_column,
        encoding=encoding,
        input_format=input_format,
    )
    if not len(rows):
        raise DataError(f"{source} has no rows to predict.")
    predicted = predict_rows(
        model,
        rows,
        text_column=text_column,
        probabilities=probabilities,
        allow_pickle=allow_pickle,
        progress=progress,
    )
    with open_output(target, force=force) as stream:
        write_table(predicted, stream, chosen)
    return PredictionSummary(len(rows), target)
