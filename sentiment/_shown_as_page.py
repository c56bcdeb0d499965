"""A report that is a page: what can be done with it."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentiment.pages import Page


class ShownAsPage:
    """Saves and shows what ``to_page`` of a subclass makes.

    The pages are imported when one is wanted: most reports are only printed.
    """

    def to_page(self) -> "Page":
        """Return the report as a page, figures included."""
        raise NotImplementedError

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
