"""The model card: what a model is, in Markdown, for whoever finds it later."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        return "\n".join(
            [
                "# A text classifier made with sentiment",
                "",
                f"`{self.model_uri}`, preset `{self.settings['preset']}`, answers with "
                f"{_listed(self.classes)}.",
                "",
                *self._data(),
                *self._quality(),
                *self._cost(model_bytes),
                *_LIMITS,
                *_use(self.model_uri),
            ]
        )

    def _data(self) -> Iterator[str]:
        yield from (
            "## Data",
            "",
            "| for | name | rows | digest |",
            "|---|---|---|---|",
        )
        for one in self.datasets:
            name = _cell(one.name)
            yield f"| {one.context} | {name} | {one.n_rows:,} | {one.digest} |"
        yield ""
        yield f"Validation: {_cell(self.settings['validation'])}."
        yield ""

    def _quality(self) -> Iterator[str]:
        for part in self.parts:
            yield from (f"## {_title(part)}", "", "| metric | value | 95 % interval |")
            yield "|---|---|---|"
            for name, value in part.metrics.items():
                ends = part.intervals.get(name)
                interval = f"{ends[0]:.4f} to {ends[1]:.4f}" if ends else ""
                yield f"| {name_metric(name)} | {value:.4f} | {interval} |"
            yield ""
            yield from _by_class(part, self.classes)
            yield from _by_length(part)

    def _cost(self, model_bytes: int) -> Iterator[str]:
        versions = ", ".join(f"{k} {v}" for k, v in self.versions.items())
        yield from (
            "## Speed and size, measured at training",
            "",
            f"- Training took {self.seconds:.1f} s, without reading and recording.",
            f"- Prediction: {self.documents_per_second:,.0f} documents a second in a "
            f"batch, {self.milliseconds:.2f} ms for one.",
            f"- The model file has {model_bytes / 1e6:.2f} MB.",
            f"- Versions: {versions}.",
            "",
        )


_LIMITS = (
    "## Limits",
    "",
    "- It knows the words of its training data; on texts of another kind the figures "
    "above do not hold. Measure again with labelled rows of that kind.",
    "- A probability near one half is a guess. Nothing here has been checked for "
    "groups of people.",
    "- It is tied to the versions in `requirements.txt`.",
    "",
)


def _title(part: "Evaluation") -> str:
    n_rows = f"{len(part.codes):,}"
    if part.part == "cv":
        return f"Cross-validated on {n_rows} training rows"
    return f"Measured on {n_rows} {part.part} rows"


def _use(uri: str) -> Iterator[str]:
    yield from ("## Load, serve, check", "", "```python", "import sentiment")
    yield from (f'pipeline = sentiment.load_model("{uri}")', "```", "```sh")
    yield f'sentiment predict {uri} --text "{EXAMPLE_TEXTS[0]}"'
    yield f"sentiment serve {uri}"
    yield from (f"sentiment check {uri}", "```", "")


def _by_class(part: "Evaluation", classes: Sequence[Any]) -> Iterator[str]:
    chosen = part.chosen
    yield "| class | rows | precision | recall | F1 |"
    yield "|---|---|---|---|---|"
    for code, label in enumerate(classes[:_MAX_CLASSES]):
        true, said = part.codes == code, chosen == code
        hits = int((true & said).sum())
        precision, recall = _share(hits, said.sum()), _share(hits, true.sum())
        f1 = _share(2 * hits, true.sum() + said.sum())
        yield f"| {_cell(label)} | {true.sum():,} | {precision} | {recall} | {f1} |"
    if len(classes) > _MAX_CLASSES:
        yield f"| and {len(classes) - _MAX_CLASSES} more | | | | |"
    yield ""


def _by_length(part: "Evaluation") -> Iterator[str]:
    n_words, chosen = part.n_words, part.chosen
    yield from ("| words | rows | accuracy |", "|---|---|---|")
    for low, high in zip((0, *_LENGTHS), (*_LENGTHS, None), strict=True):
        inside = n_words >= low
        if high is not None:
            inside &= n_words < high
        n_rows = int(inside.sum())
        if n_rows:
            right = (part.codes == chosen)[inside].sum()
            name = f"{low} and more" if high is None else f"{low} to {high - 1}"
            yield f"| {name} | {n_rows:,} | {_share(right, n_rows)} |"
    yield ""


def _share(part: Any, whole: Any) -> str:
    return f"{part / whole:.3f}" if whole else "none"


def _listed(classes: Sequence[Any]) -> str:
    shown = ", ".join(f"`{_cell(one)}`" for one in classes[:_MAX_CLASSES])
    more = len(classes) - _MAX_CLASSES
    return f"{shown} and {more} more" if more > 0 else shown


def _cell(value: Any) -> str:
    """Return a value on one line that no table or page takes for markup."""
    text = " ".join(str(value).split())
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    for character, escaped in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "'")):
        text = text.replace(character, escaped)
    return text
