"""A training as a page: what a notebook shows of it."""

from sentiment._metric_names import MAIN_METRICS, name_metric
from sentiment.pages import Block, Page, Paragraph, Table
from sentiment.training._result import TrainingResult

__all__ = ["make_page"]

_PARTS = ("validation", "test")


def make_page(result: TrainingResult) -> Page:
    """Return the page of a training: its scores, and how its model is found."""
    metrics = result.metrics
    measured = [
        name
        for name in MAIN_METRICS
        if any(f"{part}_{name}" in metrics for part in _PARTS)
    ]
    rows = [
        [part, *(_number(metrics.get(f"{part}_{name}")) for name in measured)]
        for part in _PARTS
        if any(f"{part}_{name}" in metrics for name in measured)
    ]
    lead: list[Block] = [
        Table(["rows", *(name_metric(name) for name in measured)], rows)
    ]
    shown = {f"{part}_{name}" for part in _PARTS for name in MAIN_METRICS}
    own = [
        [name, _number(value)] for name, value in metrics.items() if name not in shown
    ]
    if own:
        lead.append(Table(["metric of the hook", "value"], own))
    model = result.registered_uri or result.model_uri
    lead.append(Paragraph(f"sentiment.load_model({model!r}) loads the model."))
    facts = [
        ("run", result.run_id),
        ("model", model),
        ("experiment", result.experiment),
        ("rows", f"{result.n_rows:,}"),
        ("seconds", f"{result.seconds:.1f}"),
    ]
    return Page("Training", facts=facts, lead=lead)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
