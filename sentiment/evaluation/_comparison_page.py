"""The comparison of two models: a section of a page, and a page of its own."""

from collections.abc import Sequence

from sentiment._metric_names import format_metric, name_metric
from sentiment.evaluation._comparison import Comparison
from sentiment.evaluation._measures import LOWER_IS_BETTER
from sentiment.pages import Cell, Page, Paragraph, Section, Table


def make_comparison_page(comparison: Comparison) -> Page:
    """Return the page of two models on the same rows alone."""
    section = compare_models(comparison)
    return Page("Comparison", f"with {comparison.against}", lead=section.blocks)


def compare_models(comparison: Comparison) -> Section:
    """Return the section on two models and the same rows."""
    rows: list[Sequence[Cell | str]] = []
    for name, difference in comparison.differences.items():
        low, high = comparison.intervals[name]
        sure = low > 0 or high < 0
        better = (difference < 0) if name in LOWER_IS_BETTER else (difference > 0)
        tone = ("good" if better else "bad") if sure else "muted"
        rows.append(
            [
                name_metric(name),
                format_metric(name, comparison.metrics[name] + difference),
                format_metric(name, comparison.metrics[name]),
                Cell(f"{difference:+.4f}", tone=tone),  # type: ignore[arg-type]
                f"{low:+.4f} to {high:+.4f}",
            ]
        )
    p_value = comparison.p_value
    p_shown = f"{p_value:.3f}" if p_value >= 0.001 else "less than 0.001"
    words = (
        f"This model alone is right on {comparison.only_this_right:,} rows, the other "
        f"one alone on {comparison.only_other_right:,}. If neither were "
        f"better, so uneven a split had the probability {p_shown} (McNemar's exact "
        "test)."
    )
    columns = ["metric", "this model", "the other", "difference", "95 % interval"]
    return Section(
        f"Comparison with {comparison.against}",
        [Table(columns, rows, "On the same rows"), Paragraph(words)],
    )
