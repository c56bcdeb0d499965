"""The page of a monitoring."""

from collections.abc import Iterator, Sequence

from sentiment._metric_names import MAIN_METRICS, name_metric
from sentiment.datasets import with_split
from sentiment.monitoring._checks import LEVEL, OOV, STRANGE
from sentiment.monitoring._distribution import expected_share
from sentiment.monitoring._figures import draw_histogram, draw_over_time
from sentiment.monitoring._report import MonitoringReport, Part
from sentiment.monitoring._shown_rows import (
    CHECK_HEADER,
    check_row,
    format_share,
    format_value,
    metric_rows,
    outlier_share,
    shown_classes,
    window_rows,
)
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
    Tone,
)
from sentiment.version import VERSION

_MOST_ALARMS = 8
_MEANS = ("document length", "score")
_CAPTIONS = {
    "length": "Length of the documents in words.",
    "unseen": "Share of out-of-vocabulary words: those the model has not seen.",
    "repeated": "Share of repeated words in a document.",
    "score": "The score.",
}


def make_page(report: MonitoringReport) -> Page:
    """Return the page of a report."""
    profile = report.profile
    facts = [
        ("model", report.model),
        ("data", with_split(report.data, report.split)),
        ("rows", f"{report.n_rows:,}"),
        ("reference", f"{profile.n_rows:,} rows, {profile.rows}"),
        ("sentiment", VERSION),
    ]
    lead: list[Block] = [*_verdict(report), _tiles(report)]
    lead.append(Paragraph("Below each value: the reference.", "muted"))
    return Page(
        "Monitoring",
        f"{report.data}, seen by {report.model}",
        facts,
        lead,
        list(_sections(report)),
    )


def _verdict(report: MonitoringReport) -> Iterator[Block]:
    alarms = report.alarms
    if not alarms:
        yield Paragraph(
            "No alarm: these rows look like those that the model was tested on, as far "
            "as can be seen.",
            "good",
        )
    for sentence in alarms[:_MOST_ALARMS]:
        yield Paragraph(sentence[0].upper() + sentence[1:], "bad")
    if len(alarms) > _MOST_ALARMS:
        yield Paragraph(f"And {len(alarms) - _MOST_ALARMS:,} more, below.", "bad")


def _tiles(report: MonitoringReport) -> Tiles:
    whole, profile = report.whole, report.profile
    alarmed = {check.name for check in whole.alarms}
    tiles = [
        Tile(
            f"mean {check.name}" if check.name in _MEANS else check.name,
            format_value(check, check.value),
            format_value(check, check.reference),
            "bad" if check.alarm else "plain",
        )
        for check in whole.checks
        if check.kind in ("distribution", "strange")
    ]
    tiles += [
        Tile(
            f"predicted {report.classes[place]}",
            format_share(whole.class_shares[place]),
            format_share(profile.chosen.get(place, 0) / profile.n_rows),
            "bad" if "predicted classes" in alarmed else "plain",
        )
        for place in shown_classes(report)
    ]
    main = [name_metric(name) for name in MAIN_METRICS]
    for name, known, value in metric_rows(report):
        if name in main:
            tone: Tone = "bad" if name in alarmed else "plain"
            tiles.append(Tile(name, value, known, tone))
    return Tiles(tiles)


def _sections(report: MonitoringReport) -> Iterator[Section]:
    if report.windows:
        yield _over_time(report)
    yield _comparisons(report)
    yield Section(
        "Distributions",
        [
            Drawings(
                [
                    Drawing(draw_histogram(one), _caption(report, one.name))
                    for one in report.histograms
                ]
            )
        ],
        "Filled: reference. Line: these rows. The outer bins hold what lies beyond.",
    )
    if report.strange:
        yield _strange(report)


def _caption(report: MonitoringReport, name: str) -> str:
    if name != "score":
        return _CAPTIONS[name]
    if len(report.classes) == 2:
        return f"Score: the probability of {report.classes[1]}."
    return "Score: the probability of the likeliest class."


def _comparisons(report: MonitoringReport) -> Section:
    rows: list[Sequence[Cell | str]] = []
    for check in report.whole.checks:
        *cells, verdict = check_row(check)
        tone = "bad" if check.alarm else "plain"
        rows.append([*cells, Cell(verdict, tone=tone)])  # type: ignore[arg-type]
    expected = format_share(expected_share(1, report.profile.n_rows))
    strange = report.whole.strange_shares.items()
    kinds = Table(
        ["outliers", "expected", "these rows"],
        [[name, expected, format_share(share)] for name, share in strange],
        "A document can be an outlier in several ways",
    )
    words = (
        "An alarm needs both: a change that is large enough to matter, and a p-value "
        f"below {LEVEL:g} after Holm's correction for all checks of this report. "
        "Distributions are compared by the population stability index (PSI) and the "
        "test of Kolmogorov and Smirnov. An outlier is a document with more "
        "out-of-vocabulary (OOV) words, more repeated words, or fewer or more words at "
        "all than 99.9 % of the reference rows."
    )
    blocks = [Table(CHECK_HEADER, rows), kinds]
    metrics = metric_rows(report)
    if metrics:
        columns = ["metric", "reference", "these rows"]
        blocks.insert(1, Table(columns, metrics, "On the labelled rows"))
    return Section("Drift tests", blocks, words)


def _over_time(report: MonitoringReport) -> Section:
    windows, profile = report.windows, report.profile
    drawings = [
        _drawing(
            [_percent(part.unseen_share) for part in windows],
            _alarmed(windows, OOV),
            _percent(profile.unseen_share),
            "% of words",
            "Out-of-vocabulary (OOV) words by window.",
        ),
        _drawing(
            [_percent(outlier_share(part)) for part in windows],
            _alarmed(windows, STRANGE),
            _percent(_expected_strange(report)),
            "% of documents",
            "Outliers by window.",
        ),
    ]
    place = shown_classes(report)[-1]
    drawings.append(
        _drawing(
            [_percent(part.class_shares[place]) for part in windows],
            _alarmed(windows, "predicted classes", "score"),
            _percent(profile.chosen.get(place, 0) / profile.n_rows),
            "% of rows",
            f"Share predicted {report.classes[place]}.",
        )
    )
    if any(part.metrics for part in windows):
        drawings.append(
            _drawing(
                [_percent(part.metrics.get("accuracy")) for part in windows],
                _alarmed(windows, "accuracy"),
                _percent(profile.metrics.get("accuracy")),
                "accuracy in %",
                "Accuracy on the rows that have a label.",
            )
        )
    blocks: list[Block] = [Drawings(drawings), _windows(report)]
    return Section("Over time", blocks)


def _windows(report: MonitoringReport) -> Table:
    header, *rows = window_rows(report)
    cells: list[Sequence[Cell | str]] = [
        [f"{number}: {name}", Cell(alarms, tone="bad" if alarms else "plain"), *values]
        for number, name, *values, alarms in rows
    ]
    return Table(["window", "alarms", *header[2:-1]], cells, left=2)


def _expected_strange(report: MonitoringReport) -> float:
    checks = report.whole.checks
    return next(check.reference for check in checks if check.name == STRANGE)


def _drawing(
    values: list[float | None],
    alarms: list[bool],
    reference: float | None,
    name: str,
    caption: str,
) -> Drawing:
    words = f"{caption} Dotted: the reference. A cross: alarm."
    return Drawing(draw_over_time(values, alarms, reference, name), words)


def _alarmed(windows: Sequence[Part], *names: str) -> list[bool]:
    return [any(check.name in names for check in part.alarms) for part in windows]


def _strange(report: MonitoringReport) -> Section:
    rows = [
        TextRow(
            one.text, heading=one.name, facts=[("row", f"{one.row + 1:,}")], tone="bad"
        )
        for one in report.strange
    ]
    return Section(
        "Outliers",
        [Texts(rows)],
        "Of each kind, those that go furthest beyond the reference.",
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
