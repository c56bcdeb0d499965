"""Explanations as one HTML page: a heat map of each text, and what adds up."""

from collections.abc import Sequence

from sentiment.explanation._explanation import Explanation
from sentiment.explanation._model import ModelExplanation
from sentiment.pages import Cell, Page, Paragraph, Section, Span, Table, TextRow, Texts

_HOW = (
    "Each word stands on the colour of what it adds to the log-odds of the class, the "
    "margin that becomes the probability; the shares of longer n-grams are spread over "
    "their words. Point at a word to see its number. Above a text stand its strongest "
    "n-grams: log-odds, and how much lower the probability would be without each."
)
_COLUMNS = ("n-gram", "log-odds", "probability change")
_SUM = (
    "Log-odds are the logarithm of p / (1 − p). Those of n-grams and bias add up to "
    "the margin. The probability change is how much lower the probability of "
    "{target} would be without this n-gram alone; these changes do not add up."
)
_WEIGHTS = (
    "The log-odds that each n-gram adds in {per}, and how far they move a probability "
    "that is even without it."
)


def make_explanation_page(explanation: Explanation) -> Page:
    """Return the page of one text."""
    return make_page([explanation], top=10)


def make_page(explanations: Sequence[Explanation], top: int) -> Page:
    """Return the page of some texts; a single one is shown with all that adds up."""
    targets = {one.target for one in explanations}
    alone = len(explanations) == 1
    # Of several classes each text has its own: then the heading says which.
    target = targets.pop() if len(targets) == 1 else "the class"
    texts = Texts(
        [_show_text(one, top, alone=alone) for one in explanations],
        f"speaks for {target}",
        f"speaks against {target}",
        unit="log-odds",
    )
    if alone:
        words = Paragraph(_SUM.format(target=target), "muted")
        return Page("Explanation", lead=[texts, _show_sum(explanations[0], top), words])
    title = f"{len(explanations):,} texts"
    return Page("Explanations", title, lead=[Paragraph(_HOW), texts])


def make_model_page(explanation: ModelExplanation) -> Page:
    """Return the page of a model as a whole."""
    weights = [w for ngrams in explanation.classes.values() for _, w in ngrams]
    most = max(weights, default=1.0)
    sections = []
    for label, ngrams in explanation.classes.items():
        rows: list[Sequence[Cell | str]] = [
            [
                _ngram(name.split(" ")),
                Cell(f"{weight:+.3f}", bar=weight / most),
                f"{explanation.probability_change(weight):+.3f}",
            ]
            for name, weight in ngrams
        ]
        sections.append(Section(f"For {label}", [Table(_COLUMNS, rows)]))
    if explanation.trees:
        strongest = max(gain for _, gain in explanation.trees)
        gains: list[Sequence[Cell | str]] = [
            [_ngram(name.split(" ")), Cell(f"{gain:.1%}", bar=gain / strongest)]
            for name, gain in explanation.trees
        ]
        sections.append(
            Section(
                "Feature importance of the trees",
                [Table(["n-gram", "gain"], gains)],
                "The share of the whole gain. Trees do not say which class a word "
                "speaks for.",
            )
        )
    lead = [Paragraph(_WEIGHTS.format(per=explanation.per))] if weights else []
    return Page("The strongest n-grams of the model", lead=lead, sections=sections)


def _show_text(explanation: Explanation, top: int, *, alone: bool) -> TextRow:
    facts: list[tuple[Cell | str, str]] = []
    if not alone:
        facts.append((f"margin of {explanation.target}", f"{explanation.margin:+.3f}"))
        shown, _ = explanation.strongest(top)
        facts += [
            (_ngram(explanation.written(one)), _both(explanation, one.value))
            for one in shown
        ]
    return TextRow(
        explanation.text,
        heading=f"{explanation.label}, {explanation.score:.4f}",
        spans=[Span(*heat) for heat in explanation.heat()],
        facts=facts,
    )


def _show_sum(explanation: Explanation, top: int) -> Table:
    shown, rest = explanation.strongest(top)
    parts = [(_ngram(explanation.written(one)), one.value) for one in shown]
    n_others = len(explanation.contributions) - len(shown)
    if n_others:
        parts.append((Cell(f"{n_others:,} others"), rest))
    parts.append((Cell("bias"), explanation.bias))
    most = max(abs(value) for _, value in parts) or 1.0
    rows: list[Sequence[Cell | str]] = [
        [name, Cell(f"{value:+.3f}", bar=value / most), _change(explanation, value)]
        for name, value in parts
    ]
    rows.append([f"margin of {explanation.target}", f"{explanation.margin:+.3f}", ""])
    return Table(_COLUMNS, rows)


def _both(explanation: Explanation, value: float) -> str:
    change = _change(explanation, value)
    return f"{value:+.3f} ({change})" if change else f"{value:+.3f}"


def _change(explanation: Explanation, value: float) -> str:
    change = explanation.probability_change(value)
    return "" if change is None else f"{change:+.3f}"


def _ngram(words: Sequence[str]) -> Cell:
    words = [" ".join(word.split()) for word in words]
    return Cell(" ".join(words), words=words)
