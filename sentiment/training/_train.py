"""One training: read, fit, evaluate, record."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, Unpack

from sentiment.datasets import Data
from sentiment.pipeline import check_learns_unlabelled
from sentiment.streaming import DEFAULT_MEMORY
from sentiment.training._clock import Clock
from sentiment.training._configuration import build_pipeline, check_fraction
from sentiment.training._data import read_part, read_part_in_batches
from sentiment.training._fits import (
    Fit,
    Phases,
    fit_in_batches,
    fit_in_memory,
    make_room,
)
from sentiment.training._options import TrainingOptions, take_recording
from sentiment.training._record_training import record_training
from sentiment.training._result import TrainingResult
from sentiment.training._training_data import (
    ReadPart,
    make_sources,
    read_training_data,
)


def train(
    source: Data = None,
    *,
    preset: str = "accurate",
    params: Mapping[str, Any] | None = None,
    prior: Any = "auto",
    prune: int | None = None,
    validation_fraction: float | None = None,
    random_state: int | None = 42,
    streaming: bool = False,
    memory: int = DEFAULT_MEMORY,
    progress: Callable[[str], None] | None = None,
    **options: Unpack[TrainingOptions],
) -> TrainingResult:
    """Train a Pipeline and record everything about it in MLflow.

    Whatever can be wrong with the data or the arguments is found before a run is
    started. A run that is started ends FINISHED, FAILED or KILLED.

    Parameters
    ----------
    source : str, Path, DataFrame or None, default=None
        The training data, as :func:`load_reviews` takes them; None for the bundled
        sample.
    test : as source, default=None
        Test data; they give the ``test_`` metrics and are used for nothing else.
    validation : as source, default=None
        Validation data, of the split ``validation`` if there are splits. None sets
        ``validation_fraction`` of the training rows aside, or cross-validates.
    instances, labels : as source, default=None
        Documents and labels in two files, as ``sentiment etl`` writes them,
        instead of ``source``.
    unlabelled_texts : as source, default=None
        Texts of the same kind without labels, of the split ``unsupervised`` if there
        are splits: the linear start learns from them, too, as :func:`fit_pipeline` does
        from ``X_unlabelled``.
    split, test_split : str
        Which split of ``source`` and of ``test`` is read.
    preset : {"accurate", "fast", "tutorial"}, default="accurate"
        As in :func:`make_sentiment_pipeline`.
    params : mapping of str to value, default=None
        Parameters of the steps: ``{"vectorize__min_df": 5}``.
    prior : model, "auto" or None, default="auto"
        What knows before the first label, as in :func:`make_sentiment_pipeline`.
    prune : int, default=None
        Keep only so many n-grams, the strongest: sets ``max_linear_features`` of the
        classifier, and drops the other n-grams from the model; those of a prior stay.
        Of 25,000 long reviews, 30,000 n-grams say what all say. None keeps all.
    experiment : str, default="sentiment"
        The MLflow experiment; made if there is none of that name.
    run_name : str, default=None
        None lets MLflow invent one.
    register, alias : str, default=None
        Registers the model under a name, and gives this version an alias.
    model_name : str, default="model"
        What the model is called within its run: ``runs:/ID/model``.
    serialization : {"skops", "cloudpickle"}, default="skops"
        How the model is stored, as in :func:`save_model`. "cloudpickle" holds steps of
        your own classes, and whoever loads it runs whatever code it holds.
    pip_requirements, conda_env : path, default=None
        A file with the environment that the model asks for, instead of the
        requirements found here. One of them at most.
    artifacts : sequence of path, default=()
        Files to keep with the run, such as the one the parameters are from.
    hook : callable or str, default=None
        Called with a :class:`HookContext` when the model is logged and before the run
        ends; or its name, ``module:function``. What it returns, a mapping of names to
        numbers or None, becomes metrics. If it raises, the run is FAILED.
    validation_fraction : float, default=None
        None is 0.3 for "tutorial" and 0.1 otherwise; of fewer than 1,000 rows in memory
        none are set aside. These are cross-validated, five folds twice, and the model
        is fitted on all of them. Small values make the choice of the number of trees a
        matter of luck, large ones leave less to learn from.
    random_state : int or None, default=42
        Seeds the split and every step that takes a ``random_state``, unless ``params``
        sets it.
    streaming : bool, default=False
        Train on files that need not fit in memory, as :func:`fit_streaming` does:
        ``source`` may be a pattern, ``"parts/*.parquet"``. The rows keep their order,
        which gives other folds than the shuffled ones of a training in memory.
    memory : int, default=512
        With ``streaming``: so many megabytes of data are kept in memory.
    progress : callable, default=None
        Called with one line at the start of each stage. None: the logger
        ``sentiment``, at INFO.
    **options
        Of the data, ``test``, ``validation``, ``instances``, ``labels``,
        ``unlabelled_texts``, ``split``, ``test_split``; of the record in MLflow,
        ``experiment``, ``run_name``, ``register``, ``alias``, ``model_name``,
        ``serialization``, ``pip_requirements``, ``conda_env``, ``artifacts``, ``hook``;
        and how the data are read, as :class:`Source` says, for all of them that are not
        a Source.

    Returns
    -------
    result : TrainingResult
        With ``run_id``, ``model_uri`` and ``metrics``.

    Raises
    ------
    DataError
        If data cannot be read or do not fit together.
    LabelError
        If there is one class only, or a class with one row.
    TrackingError
        If the MLflow store cannot be used, or a run is active.
    InvalidParameterError
        If ``preset`` or ``params`` name what does not exist.

    See Also
    --------
    make_sentiment_pipeline : The Pipeline alone, without data or MLflow.

    Examples
    --------
    >>> from sentiment import train
    >>> train("reviews.csv")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: No such file or folder: 'reviews.csv'.
    """
    clock = Clock(progress)
    pipeline = build_pipeline(preset, params or {}, random_state, prune, prior)
    recording, rest = take_recording(options)
    fraction = check_fraction(validation_fraction)
    sources = make_sources(source, **rest)
    if sources.unlabelled is not None:
        check_learns_unlabelled(pipeline)
    settings = {
        "preset": preset,
        "prior": None if prior is None else str(prior),
        "random_state": random_state,
        "prune": prune,
    }
    with ExitStack() as stack:
        read: ReadPart = read_part
        fit: Fit = fit_in_memory
        if streaming:
            settings["streaming"] = True
            room = make_room(pipeline, sources, memory, stack)
            phases = Phases(clock.tell)
            read = partial(read_part_in_batches, room=room, tell=phases.tell_read)
            fit = partial(fit_in_batches, room=room, progress=phases)
        with clock.stage("read", "Reading the data ..."):
            data = read_training_data(sources, fraction, random_state, read, preset)
        return record_training(pipeline, data, settings, recording, clock, fit)
