"""What a monitoring found, as rows of words: for its page and for the terminal."""

from sentiment._metric_names import format_metric, name_metric
from sentiment.monitoring._checks import STRANGE, Check
from sentiment.monitoring._report import MonitoringReport, Part, format_p

CHECK_HEADER = (
    "test",
    "reference",
    "these rows",
    "change",
    "alarm from",
    "p",
    "result",
)

_MOST_SHARES = 4


def check_row(check: Check) -> list[str]:
    """Return a check as words: name, reference, value, effect, limit, p, verdict."""
    effect = f"{check.effect:.3f}" if _has_psi(check) else f"{100 * check.effect:.1f} %"
    limit = f"{check.limit:g}" if _has_psi(check) else f"{100 * check.limit:g} %"
    return [
        check.name,
        format_value(check, check.reference),
        format_value(check, check.value),
        f"PSI {effect}" if _has_psi(check) else effect,
        limit,
        format_p(check.corrected).removeprefix("= "),
        "alarm" if check.alarm else "",
    ]


def metric_rows(report: MonitoringReport) -> list[list[str]]:
    """Return each metric of the labelled rows: name, reference, value."""
    known = report.profile.metrics
    return [
        [
            name_metric(name),
            format_metric(name, known[name]) if name in known else "–",
            format_metric(name, value),
        ]
        for name, value in report.whole.metrics.items()
    ]


def window_rows(report: MonitoringReport) -> list[list[str]]:
    """Return a header, and a row of words for each window: number, name, values."""
    names = shown_classes(report)
    metrics = [
        one for one in report.profile.metrics or report.whole.metrics
        if any(one in part.metrics for part in report.windows)
    ]  # fmt: skip
    header = ["", "window", "rows", "OOV", "outliers"]
    header += [str(report.classes[place]) for place in names]
    header += [name_metric(one) for one in metrics]
    rows = [[*header, "alarms"]]
    for number, part in enumerate(report.windows, start=1):
        row = [
            str(number),
            part.name,
            f"{part.n_rows:,}",
            format_share(part.unseen_share),
        ]
        row.append(format_share(outlier_share(part)))
        row += [format_share(part.class_shares[place]) for place in names]
        row += [
            format_metric(one, part.metrics[one]) if one in part.metrics else "–"
            for one in metrics
        ]
        rows.append([*row, ", ".join(check.name for check in part.alarms)])
    return rows


def shown_classes(report: MonitoringReport) -> list[int]:
    """Return the places of the classes whose share is shown: of two the second."""
    if len(report.classes) == 2:
        return [1]
    shares = report.whole.class_shares
    order = sorted(range(len(shares)), key=lambda place: -shares[place])
    return sorted(order[:_MOST_SHARES])


def _has_psi(check: Check) -> bool:
    return check.kind in ("distribution", "shares")


def format_value(check: Check, value: float) -> str:
    if check.name == "document length":
        return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
    if check.name == "score":
        return f"{value:.3f}"
    return format_share(value)


def format_share(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def outlier_share(part: Part) -> float:
    return next(check.value for check in part.checks if check.name == STRANGE)
