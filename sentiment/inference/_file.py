"""Files in, the same rows with their predictions out."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sentiment.inference._output_file import choose_format
from sentiment.inference._rows import check_free, open_pipeline
from sentiment.inference._summary import PredictionSummary

Progress = Callable[..., None]


def predict_file(
    model: Any,
    source: str | Path | Sequence[str | Path],
    output: str | Path | None = None,
    *,
    split: str = "test",
    text_column: str = "text",
    encoding: str = "utf-8",
    input_format: str | None = None,
    probabilities: bool = False,
    output_format: str | None = None,
    on_bad_rows: str = "fail",
    bad_rows: str | Path | None = None,
    escape_formulas: bool = False,
    resume: bool = False,
    force: bool = False,
    allow_pickle: bool = False,
    progress: Progress | None = None,
) -> PredictionSummary:
    r"""Predict the label of every row of files or a data set.

    Every column of the source is kept as it was, in its place, so that the
    predictions need not be joined to anything. ``predicted_label``,
    ``predicted_score`` and, on request, one ``probability_<class>`` per class follow.
    Rows are read, predicted and written in batches.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    source : str, Path or list of them
        Anything that :func:`sentiment.load_instances` reads; ``"-"`` is stdin. Several
        are files, and so are those that a pattern such as ``"data/*.csv"`` finds; their
        rows come in this order, the matches of a pattern as ``2.csv``, ``10.csv``.
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
    on_bad_rows : {"fail", "skip", "null"}, default="fail"
        What is done about a row whose text is missing or no text, or that cannot be
        read: end, leave it out, or write it with empty predictions.
    bad_rows : str or Path, default=None
        The file of JSON lines that says which rows are bad. None is ``output`` with
        ``.bad-rows.jsonl`` behind; on stdout, a warning in the log for each.
    escape_formulas : bool, default=False
        Whether to put ``'`` before each text and name of a csv or tsv output that a
        spreadsheet would run as a formula.
    resume : bool, default=False
        Whether to continue a run that was killed, and to keep what is predicted if this
        one ends early. The output is that of a run that nothing interrupted.
    force : bool, default=False
        Whether to overwrite an existing ``output``.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds.
    progress : callable, default=None
        Called after each batch with the number of rows done, None, and the share of the
        input that is done, from 0 to 1, or None.

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
    The output is renamed into place when all of it is written: there is never half a
    file. Memory is that of some batches of 2,500 rows, however many there are; a folder
    or a data set of the hub is read as a whole.

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
    format is wanted. Use one of .csv, .tsv, .jsonl, .parquet (and .gz or .zst), or
    --format.
    """
    target = None if output is None or str(output) == "-" else Path(output)
    chosen = choose_format(target, output_format)
    # Imported late: data sets and models bring in what takes seconds.
    from sentiment.datasets._bad_rows import check_policy
    from sentiment.datasets._batches import Reading
    from sentiment.datasets._files import ReadOptions
    from sentiment.datasets._inputs import find_inputs
    from sentiment.inference._answers import LABEL, SCORE, Answerer
    from sentiment.inference._columns import find_types
    from sentiment.inference._destination import Destination
    from sentiment.inference._run import PredictionRun

    check_policy("predict_file", on_bad_rows)
    destination = Destination(
        target,
        chosen,
        bad_rows,
        escape_formulas=escape_formulas,
        resume=resume,
        force=force,
    )
    finished = destination.check()
    if finished is not None:
        return PredictionSummary(**finished, output=target)
    options = ReadOptions(encoding, input_format)
    with ExitStack() as keep:
        inputs = find_inputs(source, split, options, keep)
        types, inputs = find_types(inputs, chosen, text_column, keep)
        check_free((LABEL, SCORE), types or ())
        answerer = Answerer(open_pipeline(model, allow_pickle), probabilities)
        check_free(answerer.names, types or ())
        run = PredictionRun(answerer, types, destination, progress)
        return run.write(inputs, Reading(text_column, on_bad_rows), options)
