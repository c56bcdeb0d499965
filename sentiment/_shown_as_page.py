"""A report that is a page: what can be done with it."""

import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
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


def plain_fields(report: Any, *left_out: str, **beside: Any) -> dict[str, Any]:
    """Return the fields of a dataclass as JSON takes them, and others beside them."""
    names = [one.name for one in fields(report) if one.name not in left_out]
    found = {name: getattr(report, name) for name in names} | beside
    return {name: _as_plain(value) for name, value in found.items()}


def _as_plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _as_plain(one) for name, one in value.items()}
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return plain_fields(value) if is_dataclass(value) else value


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
