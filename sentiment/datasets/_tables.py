"""Reading a sheet of a workbook, or a table of an SQLite database, as a whole."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from sentiment.datasets._batch import Batch, numbered_rows, quoted, to_column
from sentiment.datasets._bytes import first_sentence
from sentiment.exceptions import DataError

PART = "::"
"""Between a file and the table in it: ``reviews.db::films``."""


def split_part(data: str) -> tuple[str, str | None]:
    """Return a file and the table in it that is named, if one is.

    Examples
    --------
    >>> split_part("reviews.db::films"), split_part("reviews.csv")
    (('reviews.db', 'films'), ('reviews.csv', None))
    """
    path, found, part = data.rpartition(PART)
    return (path, part) if found else (data, None)


def read_workbook(path: Path, sheet: str | None) -> Batch:
    """Read a sheet of an xlsx, xls or ods file; its first row names the columns."""
    name = _name(path, sheet)
    try:
        with pd.ExcelFile(path, engine="calamine") as book:
            _check_part(path, sheet, [str(one) for one in book.sheet_names], "sheet")
            frame = pd.read_excel(
                book,
                sheet if sheet is not None else 0,
                header=None,
                dtype=object,
                keep_default_na=False,
            )
    except ImportError:
        raise DataError(
            f"{path} is a workbook. Install its reader: pip install "
            "'sentiment-pipeline[excel]'. Or save it as csv."
        ) from None
    except DataError:
        raise
    except Exception as error:  # whatever the reader raises about a damaged file
        said = first_sentence(error)
        raise DataError(
            f"{path} is not a readable workbook ({said}). Save it again, or as csv."
        ) from None
    if frame.empty:
        raise DataError(f"{name} is empty. Its first row must name the columns.")
    names = tuple(str(one) for one in frame.iloc[0])
    return _batch(name, names, frame.iloc[1:].to_numpy(object).tolist())


def read_database(path: Path, table: str | None) -> Batch:
    """Read a table or view of an SQLite database, which stays as it is."""
    name = _name(path, table)
    try:
        link = f"file:{quote(str(path.absolute()))}?mode=ro"
        with closing(sqlite3.connect(link, uri=True)) as database:
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
            known = [row[0] for row in tables]
            _check_part(path, table, known, "table")
            if table is None and len(known) != 1:
                raise DataError(
                    f"{path} has {len(known)} tables: {quoted(known)}. Name one: "
                    f"{path}{PART}TABLE."
                )
            chosen = (table or known[0]).replace('"', '""')
            found = database.execute(f'SELECT * FROM "{chosen}"')
            names = tuple(one[0] for one in found.description)
            rows = found.fetchall()
    except sqlite3.Error as error:
        said = first_sentence(error)
        raise DataError(
            f"{path} is not a readable SQLite file ({said}). Copy it again."
        ) from None
    return _batch(name, names, rows)


READERS: dict[str, Callable[[Path, str | None], Batch]] = {
    "xlsx": read_workbook,
    "sqlite": read_database,
}


def _batch(name: str, names: tuple[str, ...], rows: list[Any]) -> Batch:
    if not rows:
        raise DataError(f"{name} has no rows.")
    columns = zip(*rows, strict=True)
    return Batch(
        name=name,
        names=names,
        n_rows=len(rows),
        cells=tuple(to_column([*cells]) for cells in columns),
        place=numbered_rows(name),
        share=1.0,
    )


def _check_part(path: Path, part: str | None, known: list[str], what: str) -> None:
    if part is not None and part not in known:
        raise DataError(f"{path} has no {what} {part!r}. It has {quoted(known)}.")


def _name(path: Path, part: str | None) -> str:
    return str(path) if part is None else f"{path}{PART}{part}"
