"""A training as a page: what a notebook shows of it."""

from sentiment.pages import Block, Page, Paragraph, Table
from sentiment.training._result import TrainingResult


def make_page(result: TrainingResult) -> Page:
    """Return the page of a training: its scores, and how its model is found."""
    header, *rows = result.to_table()
    lead: list[Block] = [Paragraph(note, "bad") for note in result.notes]
    lead.append(Table(["metric", *header[1:]], rows))
    own = [[name, f"{value:.4f}"] for name, value in result.own_metrics.items()]
    if result.prior is not None:
        lead.append(Paragraph(result.prior))
    if own:
        lead.append(Table(["metric of the hook", "value"], own))
    model = result.registered_uri or result.model_uri
    lead.append(Paragraph(f"sentiment.load_model({model!r}) loads the model."))
    facts = [
        ("run", result.run_id),
        ("model", model),
        ("experiment", result.experiment),
        ("rows", f"{result.n_rows:,}"),
        ("validation", result.validation),
        ("seconds", f"{result.seconds:.1f}"),
    ]
    return Page("Training", facts=facts, lead=lead)
