"""Explanations as one HTML page: a heat map of each text, and what adds up."""

import os
from collections.abc import Sequence

from sentiment.explanation._explanation import Contribution, Explanation
from sentiment.explanation._model import ModelExplanation
from sentiment.pages import (
    Block,
    Page,
    Paragraph,
    Section,
    Span,
    Table,
    TextRow,
    Texts,
    save_page,
)

__all__ = ["make_page", "save_explanations"]

_HOW = (
    "Each word stands on the colour of what it adds to the margin, the score that "
    "becomes the probability; the shares of longer n-grams are spread over their "
    "words. Point at a word to see its number."
)


def save_explanations(
    explanations: Sequence[Explanation] | ModelExplanation,
    output: str | os.PathLike[str],
    *,
    top: int = 10,
    force: bool = False,
) -> None:
    """Write explanations to one self-contained HTML page.

    Parameters
    ----------
    explanations : sequence of Explanation, or ModelExplanation
        What :func:`explain_texts` or :func:`explain_model` returns.
    output : str or path
        The file. It is written beside its target and renamed.
    top : int, default=10
        How many n-grams are listed below each text.
    force : bool, default=False
        Whether to overwrite a file that exists.

    Raises
    ------
    DataError
        If the file exists and ``force`` is False, or it cannot be written.
    """
    if isinstance(explanations, ModelExplanation):
        page = make_model_page(explanations)
    else:
        page = make_page(explanations, top)
    save_page(page, output, force=force)


def make_page(explanations: Sequence[Explanation], top: int) -> Page:
    """Return the page of some texts."""
    if len(explanations) == 1:
        return Page("Explanation", lead=_show(explanations[0], top))
    return Page(
        "Explanations",
        subtitle=f"{len(explanations):,} texts",
        lead=[Paragraph(_HOW)],
        sections=[
            Section(f"{number:,}: {one.label}", _show(one, top))
            for number, one in enumerate(explanations, start=1)
        ],
    )


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


def _show(explanation: Explanation, top: int) -> list[Block]:
    target = explanation.target
    row = TextRow(
        explanation.text,
        heading=f"{explanation.label}, {explanation.score:.4f}",
        spans=[Span(*heat) for heat in explanation.heat()],
    )
    shown, rest = explanation.strongest(top)
    rows = [[_name(explanation, one), f"{one.value:+.3f}"] for one in shown]
    n_others = len(explanation.contributions) - len(shown)
    if n_others:
        rows.append([f"{n_others:,} others", f"{rest:+.3f}"])
    rows.append(["bias", f"{explanation.bias:+.3f}"])
    rows.append([f"margin of {target}", f"{explanation.margin:+.3f}"])
    return [
        Texts([row], f"speaks for {target}", f"speaks against {target}"),
        Table(["n-gram", "adds"], rows),
    ]


def _name(explanation: Explanation, one: Contribution) -> str:
    return " ".join(explanation.text[one.start : one.end].split())
