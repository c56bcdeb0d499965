"""Explanations as one HTML page: a heat map of each text, and what adds up."""

from collections.abc import Sequence

from sentiment.explanation._explanation import Contribution, Explanation
from sentiment.explanation._model import ModelExplanation
from sentiment.pages import (
    Page,
    Paragraph,
    Section,
    Span,
    Table,
    TextRow,
    Texts,
)

__all__ = ["make_model_page", "make_page"]

_HOW = (
    "Each word stands on the colour of what it adds to the margin, the score that "
    "becomes the probability; the shares of longer n-grams are spread over their "
    "words. Point at a word to see its number."
)


def make_page(explanations: Sequence[Explanation], top: int) -> Page:
    """Return the page of some texts; a single one is shown with all that adds up."""
    targets = {one.target for one in explanations}
    # Of several classes each text has its own: then the heading says which.
    target = targets.pop() if len(targets) == 1 else "the class"
    texts = Texts(
        [_show_text(one, top, alone=len(explanations) == 1) for one in explanations],
        f"speaks for {target}",
        f"speaks against {target}",
    )
    if len(explanations) == 1:
        return Page("Explanation", lead=[texts, _show_sum(explanations[0], top)])
    title = f"{len(explanations):,} texts"
    return Page("Explanations", title, lead=[Paragraph(_HOW), texts])


def make_model_page(explanation: ModelExplanation) -> Page:
    """Return the page of a model as a whole."""
    sections = [
        Section(
            f"For {label}",
            [Table(["n-gram", "weight"], [[name, f"{w:+.3f}"] for name, w in ngrams])],
        )
        for label, ngrams in explanation.classes.items()
    ]
    if explanation.trees:
        rows = [[name, f"{gain:.1%}"] for name, gain in explanation.trees]
        sections.append(
            Section(
                "What the trees split on",
                [Table(["n-gram", "gain"], rows)],
                "The share of the whole gain. Trees do not say which class a word "
                "speaks for.",
            )
        )
    return Page("The strongest n-grams of the model", sections=sections)


def _show_text(explanation: Explanation, top: int, *, alone: bool) -> TextRow:
    facts = []
    if not alone:
        facts.append((f"margin of {explanation.target}", f"{explanation.margin:+.3f}"))
        shown, _ = explanation.strongest(top)
        facts += [(_name(explanation, one), f"{one.value:+.3f}") for one in shown]
    return TextRow(
        explanation.text,
        heading=f"{explanation.label}, {explanation.score:.4f}",
        spans=[Span(*heat) for heat in explanation.heat()],
        facts=facts,
    )


def _show_sum(explanation: Explanation, top: int) -> Table:
    shown, rest = explanation.strongest(top)
    rows = [[_name(explanation, one), f"{one.value:+.3f}"] for one in shown]
    n_others = len(explanation.contributions) - len(shown)
    if n_others:
        rows.append([f"{n_others:,} others", f"{rest:+.3f}"])
    rows.append(["bias", f"{explanation.bias:+.3f}"])
    rows.append([f"margin of {explanation.target}", f"{explanation.margin:+.3f}"])
    return Table(["n-gram", "adds"], rows)


def _name(explanation: Explanation, one: Contribution) -> str:
    return " ".join(explanation.text[one.start : one.end].split())
