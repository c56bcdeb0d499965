"""A search as a page: what a notebook shows of it."""

from sentiment._metric_names import name_metric
from sentiment.pages import Block, Page, Paragraph, Table
from sentiment.tuning._result import TuningResult


def make_page(result: TuningResult) -> Page:
    """Return the page of a search: what it found, and what that is worth."""
    scores = [["chosen", f"{result.score:.4f}"]]
    if result.preset_score is not None:
        scores.append(["preset", f"{result.preset_score:.4f}"])
    if result.gain is not None:
        error = result.gain_error
        doubt = "" if error is None else f" ± {error:.4f}"
        scores.append(["gain of the best", f"{result.gain:+.4f}{doubt}"])
    columns = ["cross-validated", name_metric(result.metric)]
    lead: list[Block] = [Table(columns, scores)]
    if result.params:
        rows = [[name, repr(value)] for name, value in result.params.items()]
        lead.append(Table(["parameter", "best"], rows, left=2))
    else:
        beaten = (
            "may have beaten it by chance" if result.rejected else "did not beat it"
        )
        lead.append(Paragraph(f"The preset is kept: what was tried {beaten}."))
    model = result.training.registered_uri or result.training.model_uri
    lead.append(Paragraph(f"sentiment.load_model({model!r}) loads the model."))
    facts = [
        ("search", result.search_id),
        ("model", model),
        ("trials", f"{result.n_trials:,}"),
    ]
    if result.interrupted:
        facts.append(("ended", "by Ctrl-C"))
    return Page("Hyperparameter search", facts=facts, lead=lead)
