"""The model card: what a model is, in Markdown, for whoever finds it later."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sentiment._metric_names import name_metric
from sentiment.persistence import EXAMPLE_TEXTS
from sentiment.tracking._records import DatasetRecord

if TYPE_CHECKING:
    from sentiment.tracking._training_records import Evaluation

_MAX_CLASSES = 15
_LENGTHS = (50, 150, 300)
_SHOWN = 60


@dataclass(frozen=True)
class ModelCard:
    """All that the card of a model says.

    Attributes
    ----------
    model_uri : str
        What the model is found by.
    settings : mapping of str to value
        What ``train`` was asked for.
    classes : sequence
        The labels.
    datasets : sequence of DatasetRecord
        What was read.
    parts : sequence of Evaluation
        The rows it was measured on.
    seconds : float
        What the fit took.
    documents_per_second : float
        At prediction, on the largest part.
    milliseconds : float
        For one document.
    versions : mapping of str to str
        Of Python and the libraries.
    """

    model_uri: str
    settings: Mapping[str, Any]
    classes: Sequence[Any]
    datasets: Sequence[DatasetRecord]
    parts: Sequence["Evaluation"]
    seconds: float
    documents_per_second: float
    milliseconds: float
    versions: Mapping[str, str]

    def to_markdown(self, model_bytes: int) -> str:
        """Return the card of the model whose file has this size."""
        import jinja2

        # Not HTML: what is markup to Markdown is taken out of each cell.
        environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)
        environment.filters |= {
            "cell": _cell,
            "metric": name_metric,
            "quote": lambda label: f"`{_cell(label)}`",
            "whole": lambda number: f"{number:,.0f}",
        }
        # From an archive, too: that of a model.
        text = files("sentiment.tracking").joinpath("model_card.md").read_text("utf-8")
        template = environment.from_string(text)
        classes = self.classes[:_MAX_CLASSES]
        return template.render(
            card=self,
            classes=classes,
            n_more=len(self.classes) - len(classes),
            by_class=lambda part: _by_class(part, classes),
            by_length=_by_length,
            model_bytes=model_bytes,
            example=EXAMPLE_TEXTS[0],
        )


def _by_class(part: "Evaluation", classes: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield label, rows, precision, recall and F1 of each class."""
    for code, label in enumerate(classes):
        true, said = part.codes == code, part.chosen == code
        hits = int((true & said).sum())
        precision, recall = _share(hits, said.sum()), _share(hits, true.sum())
        f1 = _share(2 * hits, true.sum() + said.sum())
        yield label, true.sum(), precision, recall, f1


def _by_length(part: "Evaluation") -> Iterator[tuple[Any, ...]]:
    """Yield length, rows and accuracy of texts of like length."""
    n_words, right = part.n_words, part.codes == part.chosen
    for low, high in zip((0, *_LENGTHS), (*_LENGTHS, None), strict=True):
        inside = n_words >= low
        if high is not None:
            inside &= n_words < high
        n_rows = int(inside.sum())
        if n_rows:
            name = f"{low} and more" if high is None else f"{low} to {high - 1}"
            yield name, n_rows, _share(right[inside].sum(), n_rows)


def _share(part: Any, whole: Any) -> str:
    return f"{part / whole:.3f}" if whole else "none"


def _cell(value: Any) -> str:
    """Return a value on one line that no table or page takes for markup."""
    text = " ".join(str(value).split())
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    for character, escaped in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "'")):
        text = text.replace(character, escaped)
    return text
