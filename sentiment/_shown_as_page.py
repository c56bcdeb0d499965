"""A report that is a page: what can be done with it."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentiment.pages import Page


class ShownAsPage:
    """Saves and shows what ``to_page`` of a subclass makes.

    The pages are imported when one is wanted: most reports are only printed.
    """

    def to_page(self) -> "Page":
        """Return the report as a page, figures included."""
        raise NotImplementedError

    def save(self, output: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the report as one self-contained HTML file.

        Raises
        ------
        DataError
            If the file exists and ``force`` is False, or it cannot be written.
        """
        from sentiment.pages import save_page

        save_page(self.to_page(), output, force=force)

    def _repr_html_(self) -> str:
        from sentiment.pages import render_fragment

        return render_fragment(self.to_page())
