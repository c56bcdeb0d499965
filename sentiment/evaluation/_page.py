"""The page of an evaluation."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from sentiment._metric_names import (
    MAIN_METRICS,
    format_interval,
    format_metric,
    name_metric,
)
from sentiment.datasets import with_split
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._comparison_page import compare_models
from sentiment.evaluation._report import EvaluationReport
from sentiment.evaluation._threshold import TunedThreshold
from sentiment.pages import (
    Block,
    Cell,
    Drawing,
    Drawings,
    Page,
    Paragraph,
    Section,
    Table,
    TextRow,
    Texts,
    Tile,
    Tiles,
)
from sentiment.version import VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_CLASSES = 20


def make_page(report: EvaluationReport) -> Page:
    """Return the page of a report."""
    facts = [
        ("model", report.model),
        ("data", with_split(report.data, report.split)),
        ("rows", f"{report.n_rows:,}"),
        ("digest", report.digest),
        ("sentiment", VERSION),
    ]
    if report.threshold is not None:
        facts.append(("threshold", f"{report.threshold:.4g}"))
    lead: list[Block] = [Paragraph(one, "bad") for one in report.missed]
    lead.append(_tiles(report))
    lead.append(
        Paragraph(
            "AUC: area under the ROC curve. ECE: expected calibration error. Below: "
            "the 95 % confidence interval.",
            "muted",
        )
    )
    return Page(
        "Evaluation",
        f"{report.model} on {report.data}",
        facts,
        lead,
        list(_sections(report)),
    )


def _tiles(report: EvaluationReport) -> Tiles:
    missed = _missed(report)
    return Tiles(
        [
            Tile(
                name_metric(name),
                format_metric(name, report.metrics[name]),
                format_interval(name, report.intervals[name]),
                "bad" if name in missed else "plain",
            )
            for name in MAIN_METRICS
            if name in report.metrics
        ]
    )


def _missed(report: EvaluationReport) -> set[str]:
    return {sentence.split(" ", 1)[0] for sentence in report.missed}


def _sections(report: EvaluationReport) -> Iterator[Section]:
    if report.comparison is not None:
        yield compare_models(report.comparison)
    if report.answers is not None:
        yield _confusion(report, report.answers)
        yield _curves(report.answers)
    if report.tuned is not None:
        yield _threshold(report, report.tuned)
    yield _all_metrics(report)
    yield _slices(report)
    yield _mistakes(report)


def _all_metrics(report: EvaluationReport) -> Section:
    missed = _missed(report)
    rows: list[Sequence[Cell | str]] = [
        [
            name_metric(name),
            Cell(format_metric(name, value), tone="bad" if name in missed else "plain"),
            format_interval(name, report.intervals[name]),
        ]
        for name, value in report.metrics.items()
        if not name.startswith("f1_") or len(report.classes) == 2
    ]
    return Section("All metrics", [Table(["metric", "value", "95 % interval"], rows)])


def _confusion(report: EvaluationReport, answers: Answers) -> Section:
    counts = answers.confusion()
    true, said = counts.sum(axis=1), counts.sum(axis=0)
    names = [str(label) for label in report.classes]
    blocks: list[Block] = []
    if len(names) <= _MOST_CLASSES:
        rows: list[Sequence[Cell | str]] = []
        for place, name in enumerate(names):
            shares = counts[place] / max(1, true[place])
            cells = [
                Cell(f"{count:,}", float(share), note=f"{100 * share:.1f} %")
                for count, share in zip(counts[place], shares, strict=True)
            ]
            rows.append([name, *cells])
        caption = "Rows: true class. Columns: predicted class"
        blocks.append(Table(["", *names], rows, caption))
    each: list[Sequence[Cell | str]] = []
    for place, name in enumerate(names):
        right = counts[place, place]
        f1 = f"f1_{report.classes[place]}"
        each.append(
            [
                name,
                f"{true[place]:,}",
                _share(right, said[place]),
                _share(right, true[place]),
                Cell(
                    format_metric(f1, report.metrics.get(f1, float("nan"))),
                    note=format_interval(f1, report.intervals[f1])
                    if f1 in report.intervals
                    else "",
                ),
            ]
        )
    columns = ["class", "rows", "precision", "recall", "F1"]
    blocks.append(Table(columns, each, "By class"))
    return Section("Confusion matrix", blocks)


def _curves(answers: Answers) -> Section:
    from matplotlib.layout_engine import PlaceHolderLayoutEngine

    from sentiment.tracking import draw_calibration, draw_precision_recall, draw_roc

    given = ("", answers.codes, answers.probabilities, answers.classes)
    drawings = [
        Drawing(
            draw_roc(*given),
            "ROC curve: true positive rate over false positive rate. Dotted: chance.",
        ),
        Drawing(
            draw_precision_recall(*given), "Precision-recall curve. Dotted: chance."
        ),
        Drawing(
            draw_calibration(*given),
            "Calibration curve: how often the predicted class is true, over its "
            "predicted probability. Dotted: perfect calibration.",
        ),
    ]
    fixed = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
    for drawing in drawings:
        # Three stand beside each other: drawn small, so that their words stay readable,
        # and laid out beforehand, which takes half the time of finding the places.
        drawing.figure.set_size_inches(3.9, 3.9)
        drawing.figure.set_layout_engine(fixed)
        drawing.figure.subplots_adjust(0.16, 0.13, 0.97, 0.98, hspace=0.12)
        for axes in drawing.figure.axes:
            box = axes.get_position()
            axes.xaxis.set_label_coords(0.5, -0.075 / box.height)
            axes.yaxis.set_label_coords(-0.115 / box.width, 0.5)
    return Section("ROC, precision-recall and calibration", [Drawings(drawings)])


def _threshold(report: EvaluationReport, tuned: TunedThreshold) -> Section:
    metric, shown = tuned.metric, name_metric(tuned.metric)
    positive = report.classes[1]
    tiles = [
        Tile(
            "threshold", f"{tuned.threshold:.4g}", f"of the probability of {positive}"
        ),
        Tile(f"{shown} before", format_metric(metric, tuned.value_before)),
        Tile(f"{shown} after", format_metric(metric, tuned.value), "on these rows"),
        Tile(
            f"{shown}, held out",
            format_metric(metric, tuned.value_held_out),
            "chosen on one half, measured on the other",
        ),
    ]
    blocks: list[Block] = [
        Tiles(tiles),
        Drawings([Drawing(_draw_threshold(tuned), f"{shown} over the threshold")]),
    ]
    if report.saved_model is not None:
        blocks.append(Paragraph(f"Saved as {report.saved_model}.", "good"))
    return Section(f"Decision threshold for {shown}", blocks)


def _draw_threshold(tuned: TunedThreshold) -> "Figure":
    from sentiment.tracking import COLORS, MUTED, finish_axes, new_figure

    figure, axes = new_figure("", width=5.6, height=3.2)
    axes.plot(tuned.thresholds, tuned.values, color=COLORS[1], linewidth=2)
    axes.axvline(tuned.threshold, color=MUTED, linestyle=":", linewidth=1.4)
    finish_axes(axes, x="threshold", y=name_metric(tuned.metric).replace("$", ""))
    axes.set_xlim(0, 1)
    return figure


def _slices(report: EvaluationReport) -> Section:
    blocks: list[Block] = []
    for by, found in groupby(report.slices, key=lambda one: one.by):
        rows: list[Sequence[Cell | str]] = [
            [
                one.value,
                f"{one.n_rows:,}",
                Cell(
                    format_metric("accuracy", one.accuracy),
                    note=format_interval("accuracy", one.accuracy_interval),
                ),
                format_metric("log_loss", one.log_loss),
                "–" if one.roc_auc is None else format_metric("roc_auc", one.roc_auc),
            ]
            for one in found
        ]
        columns = [by, "rows", "accuracy", "log loss", "AUC"]
        blocks.append(Table(columns, rows, f"By {by}"))
    return Section("Slices", blocks)


def _mistakes(report: EvaluationReport) -> Section:
    rows = [
        TextRow(
            one.text,
            heading=f"predicted {one.predicted} ({one.score:.4f}), true {one.label}",
            spans=one.spans,
            facts=[("row", f"{one.row:,}")],
            tone="bad",
        )
        for one in report.mistakes
    ]
    if not rows:
        words = "Every row is predicted rightly."
        return Section("Most confident mistakes", [Paragraph(words, "good")])
    explained = any(row.spans for row in rows)
    return Section(
        "Most confident mistakes",
        [
            Texts(
                rows,
                "speaks for the predicted class" if explained else "",
                "speaks against it" if explained else "",
                unit="log-odds",
            )
        ],
        "Wrong predictions with the highest probability. Often the label is wrong.",
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
