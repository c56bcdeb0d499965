"""Explanations to a file."""

import os
from collections.abc import Sequence

from sentiment.explanation._explanation import Explanation
from sentiment.explanation._model import ModelExplanation


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
    # Late: a server that explains needs no template engine.
    from sentiment.explanation._page import make_model_page, make_page
    from sentiment.pages import save_page

    if isinstance(explanations, ModelExplanation):
        page = make_model_page(explanations)
    else:
        page = make_page(explanations, top)
    save_page(page, output, force=force)
