"""The page of an audit."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sentiment.auditing._checks import WHOLE
from sentiment.auditing._finding import Finding, percent
from sentiment.auditing._report import AuditReport
from sentiment.datasets import with_split
from sentiment.pages import (
    Block,
    Cell,
    Drawing,
    Drawings,
    Page,
    Paragraph,
    Section,
    Span,
    Table,
    TextRow,
    Texts,
    Tile,
    Tiles,
    Tone,
)
from sentiment.version import VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SNIPPET = 160
_MOST_CLASSES = 50
_MARKS: dict[str, Tone] = {
    "problem": "bad",
    "notice": "plain",
    "fine": "good",
    "skipped": "muted",
}


def make_page(report: AuditReport, *, top: int | None = None) -> Page:
    """Return the page of a report, with so many rows of each check."""
    top = report.top if top is None else top
    facts = [
        ("data", with_split(report.data, report.split)),
        ("rows", f"{report.n_rows:,}"),
        ("sentiment", VERSION),
    ]
    if report.n_test_rows:
        facts.insert(2, ("test rows", f"{report.n_test_rows:,}"))
    lead: list[Block] = [Paragraph(one, "bad") for one in report.missed]
    lead += [_tiles(report), _overview(report)]
    return Page("Audit", report.data, facts, lead, list(_sections(report, top)))


def _tiles(report: AuditReport) -> Tiles:
    states = [one.state for one in report.findings]
    n_problems, n_notices = states.count("problem"), states.count("notice")
    return Tiles(
        [
            Tile(
                "problems",
                str(n_problems),
                "look at them before you train" if n_problems else "go ahead and train",
                "bad" if n_problems else "good",
            ),
            Tile("notices", str(n_notices), "good to know"),
            Tile("passed", str(states.count("fine"))),
            Tile("skipped", str(states.count("skipped"))),
        ]
    )


def _overview(report: AuditReport) -> Table:
    rows: list[Sequence[Cell | str]] = [
        [
            Cell(_name(one), note=one.title),
            Cell(
                "passed" if one.state == "fine" else one.state, tone=_MARKS[one.state]
            ),
            one.summary,
            "" if one.check in WHOLE or not one.n_total else f"{one.n_rows:,}",
            "" if one.check in WHOLE or not one.n_total else percent(one.share, 1),
        ]
        for one in report.findings
    ]
    return Table(["check", "result", "detail", "rows", "share"], rows, "All checks", 3)


def _sections(report: AuditReport, top: int) -> Iterator[Section]:
    for state in ("problem", "notice"):
        for one in report.findings:
            if one.state == state:
                yield _section(report, one, top)
    yield Section("Class balance and text length", list(_whole(report)))


def _section(report: AuditReport, found: Finding, top: int) -> Section:
    counted = found.title[0].upper() + found.title[1:]
    counted += ". " if found.check in WHOLE else f": {found.size}. "
    said = f"{found.summary[:1].upper()}{found.summary[1:]}. " if found.summary else ""
    blocks: list[Block] = []
    rows = found.rows[:top]
    if found.check in _AS_TEXTS:
        blocks.append(_AS_TEXTS[found.check](report, rows))
    elif rows:
        blocks.append(_table(report, found.check, rows))
    if len(found.rows) > len(rows):
        rest = len(found.rows) - len(rows)
        words = f"And {rest:,} more; the JSON report names every row."
        blocks.append(Paragraph(words, "muted"))
    blocks.insert(0, Paragraph(found.remedy))
    return Section(_name(found).capitalize(), blocks, counted + said)


def _table(report: AuditReport, check: str, rows: Sequence[dict[str, Any]]) -> Table:
    """Return the rows with whatever the check says of them; numbers come last."""
    shown = [
        name
        for name in ("found", "label", "other_place", "other_label")
        if name in rows[0]
    ]
    numbers = [name for name in ("words", "similarity") if name in rows[0]]
    texts = report.test_texts if check == "overlap" else report.texts
    cells: list[Sequence[Cell | str]] = []
    for row in rows:
        text = _snippet(texts[row["row"]])
        other = _snippet(report.texts[row["other"]]) if "other" in row else text
        cells.append(
            [
                row["place"],
                *(str(row[name]) for name in shown),
                Cell(text, note="" if other == text else other),
                *(f"{row[name]:,}" for name in numbers),
            ]
        )
    names = [name.replace("_", " ").removesuffix(" place") for name in shown]
    columns = ["row", *names, "text", *numbers]
    return Table(columns, cells, left=2 + len(shown))


def _label_errors(report: AuditReport, rows: Sequence[dict[str, Any]]) -> Texts:
    return Texts(
        [
            TextRow(
                report.texts[row["row"]],
                heading=f"labelled {row['label']}, probably {row['suggested']}",
                facts=[
                    ("row", row["place"]),
                    (f"probability of {row['label']}", f"{row['probability']:.4f}"),
                ],
                tone="bad",
            )
            for row in rows
        ]
    )


def _damage(report: AuditReport, rows: Sequence[dict[str, Any]]) -> Texts:
    shown = []
    for row in rows:
        text = report.texts[row["row"]]
        facts = [("row", row["place"])]
        if "meant" in row:
            facts.append(("was", row["meant"]))
        # The damage with its surroundings: a review may be long.
        start = max(0, row["start"] - _SNIPPET // 2)
        end = row["end"] + _SNIPPET // 2
        before, after = "…" * (start > 0), "…" * (end < len(text))
        part = f"{before}{text[start:end]}{after}"
        start -= len(before)
        span = Span(row["start"] - start, row["end"] - start, -1.0, row["found"])
        shown.append(TextRow(part, heading=row["found"], spans=[span], facts=facts))
    return Texts(shown)


_AS_TEXTS = {"label_errors": _label_errors, "encoding": _damage}


def _whole(report: AuditReport) -> Iterator[Block]:
    largest = max(report.classes.values(), default=1)
    labelled = sum(report.classes.values())
    rows: list[Sequence[Cell | str]] = [
        [str(label), Cell(f"{n:,}", n / largest), percent(n / labelled, 1)]
        for label, n in list(report.classes.items())[:_MOST_CLASSES]
    ]
    if rows:
        yield Table(["class", "rows", "share"], rows, "Class balance")
    if (report.lengths > 0).any():
        yield Drawings(
            [
                Drawing(
                    _draw_lengths(report.lengths),
                    "Distribution of text lengths in words (logarithmic axis).",
                )
            ]
        )


def _draw_lengths(lengths: Any) -> "Figure":
    import numpy as np

    from sentiment.tracking import COLORS, finish_axes, new_figure

    present = lengths[lengths > 0]
    figure, axes = new_figure("", width=6.4, height=3.2)
    edges = np.unique(np.geomspace(1, present.max() + 1, 40).round())
    axes.hist(present, edges, color=COLORS[1])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    finish_axes(axes, x="words", y="texts", grid="y")
    return figure


def _name(found: Finding) -> str:
    return found.check.replace("_", " ")


def _snippet(text: str) -> str:
    line = " ".join(text[: 4 * _SNIPPET].split())
    return line if len(line) <= _SNIPPET else f"{line[: _SNIPPET - 1]}…"
