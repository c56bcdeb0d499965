"""A report that is a page: what can be done with it."""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentiment.pages import Page


# What makes the page of each report. A page knows its report, and is imported when it
# is wanted; so the report names it, and does not import it.
_PAGES = {
    "AuditReport": "auditing._page:make_page",
    "Comparison": "evaluation._comparison_page:make_comparison_page",
    "EvaluationReport": "evaluation._page:make_page",
    "Explanation": "explanation._page:make_explanation_page",
    "ModelExplanation": "explanation._page:make_model_page",
    "MonitoringReport": "monitoring._page:make_page",
    "TrainingResult": "training._page:make_page",
    "TuningResult": "tuning._page:make_page",
}


class ShownAsPage:
    """Saves and shows the page of a report.

    The pages are imported when one is wanted: most reports are only printed.
    """

    def to_page(self, **options: Any) -> "Page":
        """Return the report as a page, figures included."""
        module, _, name = _PAGES[type(self).__name__].partition(":")
        return getattr(import_module(f"sentiment.{module}"), name)(self, **options)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        raise NotImplementedError

    def save(self, output: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write a self-contained page; a file that ends in ``.json`` gets the data.

        Raises
        ------
        DataError
            If the file exists and ``force`` is False, or it cannot be written.
        """
        if Path(output).suffix.lower() == ".json":
            from sentiment.inference import write_file

            data = json.dumps(self.to_dict(), indent=1, default=str) + "\n"
            write_file(Path(output), data.encode(), force=force)
            return
        from sentiment.pages import save_page

        save_page(self.to_page(), output, force=force)

    def _repr_html_(self) -> str:
        from sentiment.pages import render_fragment

        return render_fragment(self.to_page())
