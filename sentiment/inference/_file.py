"""Files in, the same rows with their predictions out."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from sentiment.inference._journal import PredictionSummary
from sentiment.inference._output_file import choose_format
from sentiment.inference._rows import check_free, open_pipeline

if TYPE_CHECKING:
    from sentiment.datasets import Data, ReadingOptions

Progress = Callable[..., None]


def predict_file(
    model: Any,
    source: "Data",
    output: str | Path | None = None,
    *,
    split: str = "test",
    probabilities: bool = False,
    output_format: str | None = None,
    escape_formulas: bool = False,
    resume: bool = False,
    force: bool = False,
    allow_pickle: bool = False,
    progress: Progress | None = None,
    **reading: "Unpack[ReadingOptions]",
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
    probabilities : bool, default=False
        Whether to add the probability of every class.
    output_format : str, default=None
        csv, tsv, jsonl, json, parquet, arrow, xlsx or sqlite. None takes the ending of
        ``output``; stdout is csv then.
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
    **reading
        How the source is read: the keywords of :class:`Source`, ``text_column`` and
        ``on_bad_rows`` among them. The output is UTF-8. ``bad_rows`` is ``output`` with
        ``.bad-rows.jsonl`` behind if nothing else is said; on stdout, each bad row is a
        warning in the log.

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
    format is wanted. Use one of .csv, .tsv, .jsonl, .json, .parquet, .arrow, .xlsx,
    .sqlite (and .gz, .zst, .bz2 or .xz), or name it with output_format=...
    """
    target = None if output is None or str(output) == "-" else Path(output)
    chosen = choose_format(target, output_format)
    # Imported late: data sets and models bring in what takes seconds.
    from sentiment.datasets import find_inputs, source_of
    from sentiment.inference._answers import LABEL, SCORE, Answerer
    from sentiment.inference._destination import Destination, find_schema
    from sentiment.inference._run import PredictionRun

    given = source_of(source, split, **reading)
    destination = Destination(
        target, chosen, given.bad_rows, escape_formulas, resume, force
    )
    finished = destination.check()
    if finished is not None:
        return PredictionSummary(**finished, output=target)
    with ExitStack() as keep:
        inputs = find_inputs(given, keep)
        schema, inputs = find_schema(inputs, given, chosen, keep)
        names = () if schema is None else schema.names
        check_free((LABEL, SCORE), names)
        answerer = Answerer(open_pipeline(model, allow_pickle), probabilities)
        check_free(answerer.names, names)
        run = PredictionRun(answerer, schema, destination, progress)
        return run.write(inputs, given)
