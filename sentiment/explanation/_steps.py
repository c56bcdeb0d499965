"""Which steps a Pipeline has, and whether words can be followed through them."""

from typing import Any, NamedTuple

from sentiment.exceptions import ModelError
from sentiment.explanation._margin_parts import can_split
from sentiment.feature_extraction import NgramVectorizer
from sentiment.preprocessing import StopWordRemover, TextCleaner, WordTokenizer


class Steps(NamedTuple):
    """The steps of a Pipeline, each by its work; a step left out is None.

    ``answerer``: the last step as it is, whose ``predict`` is the model's.
    ``classifier``: what computes the margin: inside meta-estimators such as
    ``LabelDecoder``.
    """

    cleaner: TextCleaner | None
    tokenizer: WordTokenizer
    stop_words: StopWordRemover | None
    vectorizer: NgramVectorizer
    answerer: Any
    classifier: Any


_ORDER: tuple[type, ...] = (
    TextCleaner,
    WordTokenizer,
    StopWordRemover,
    NgramVectorizer,
)


def read_steps(pipeline: Any) -> Steps:
    """Return the steps of a fitted Pipeline.

    Raises ModelError if it is none, or a step is another than ours and not
    ``"passthrough"``.
    """
    from sklearn.pipeline import Pipeline

    if not isinstance(pipeline, Pipeline):
        raise ModelError(
            "explain takes a fitted Pipeline, such as make_sentiment_pipeline() makes. "
            f"Got {type(pipeline).__name__}."
        )
    found: list[Any] = [None] * len(_ORDER)
    least = 0
    for name, step in pipeline.steps[:-1]:
        if step is None or step == "passthrough":
            continue
        place = next((i for i, kind in enumerate(_ORDER) if isinstance(step, kind)), -1)
        if place < least:
            raise _cannot_follow(name, step)
        found[place], least = step, place + 1
    for needed in (1, 3):
        if found[needed] is None:
            raise ModelError(
                f"explain needs a {_ORDER[needed].__name__} among the steps of the "
                "Pipeline to tell the words of a text apart. This one has none."
            )
    answerer = pipeline[-1]
    classifier = _find_classifier(pipeline.steps[-1][0], answerer)
    return Steps(found[0], found[1], found[2], found[3], answerer, classifier)


def _find_classifier(name: str, estimator: Any) -> Any:
    inner = estimator
    while not can_split(inner):
        if not hasattr(inner, "estimator_"):
            raise ModelError(
                f"explain takes the margin of a BoostedLinearClassifier or a linear "
                f"model apart. The step {name!r} is a {type(estimator).__name__} "
                f"around a {type(inner).__name__}."
            )
        inner = inner.estimator_
    return inner


def _cannot_follow(name: str, step: Any) -> ModelError:
    return ModelError(
        f"explain follows words through {', '.join(kind.__name__ for kind in _ORDER)}, "
        f"in this order, each once. The step {name!r} is a {type(step).__name__}."
    )
