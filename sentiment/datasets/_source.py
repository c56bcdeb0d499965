"""What is read, and how: :class:`Source`."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeAlias, TypedDict

from sentiment._messages import shown
from sentiment.datasets._bad_rows import POLICIES
from sentiment.exceptions import DataError

HUB = "hf:"
SAMPLE = "sample"
STANDARD_INPUT = "-"

QUOTINGS = ("double", "none")

Data: TypeAlias = Any
"""A path, a pattern, ``sample``, ``-``, ``hf:owner/name``, a table, or a
:class:`Source`."""


class ReadingOptions(TypedDict, total=False):
    """The keywords by which every function that reads data says how.

    They are the fields of the same names of :class:`Source`.
    """

    text_column: str | Sequence[str]
    label_column: str
    label_names: "Sequence[str] | Mapping[str, str] | None"
    unlabelled: Any
    weight_column: str | None
    encoding: str
    input_format: str | None
    delimiter: str | None
    header: bool
    quoting: str
    on_bad_rows: str
    bad_rows: str | os.PathLike[str] | None


@dataclass(frozen=True)
class Source:
    r"""Data, and how they are read.

    Every function that takes a path or a table takes a Source as well, where one data
    set is read in another way than the rest.

    Parameters
    ----------
    data : str, Path, table or None, default=None
        A csv, tsv, jsonl (or ndjson), json, parquet, arrow (or feather), txt, xlsx or
        sqlite file (``file.db::table``, ``file.xlsx::sheet``); a pattern of files; a
        folder of one folder for each class, with or without a folder for each split
        above them, or one that ``sentiment etl`` wrote or ``datasets.load_dataset``
        reads; ``hf:owner/name`` or ``hf:owner/name:config``
        on the Hugging Face hub; ``-`` for standard input; ``sample`` or None for the
        bundled sample; or a DataFrame of pandas or polars, an Arrow table, or a
        ``datasets.Dataset``. A path named ``sample`` is written ``./sample``.
    split : str, default=None
        Of data that have splits. None takes what the function reads by default.
    text_column : str or sequence of str, default="text"
        The column of documents; of several, the cells are joined by a line end. In
        JSON, ``a.b`` is the key ``b`` of the object ``a``. Also as ``text=``.
    label_column : str, default="label"
        The column of labels. Also as ``label=``.
    label_names : sequence or mapping of str, default=None
        Names for labels: in order, for the different whole numbers there are, the
        smallest first; or each with its name, ``{"0": "bad", "4": "good"}``.
    unlabelled : str or int, default=None
        A label that means that there is none, besides an empty cell.
    weight_column : str, default=None
        A column of numbers: how much each row counts in training.
    encoding : str, default="utf-8"
        Of csv, tsv, json and txt; a byte order mark says it by itself.
    input_format : str, default=None
        ``"csv"``, ``"tsv"``, ``"jsonl"``, ``"json"``, ``"parquet"``, ``"arrow"``,
        ``"fasttext"``, ``"lines"``, ``"xlsx"`` or ``"sqlite"``, whatever the ending of
        the file. None reads standard input as csv.
    delimiter : str, default=None
        Between the cells of csv and tsv. None: a comma, and a tab.
    header : bool, default=True
        Whether the first line of csv and tsv names the columns. If not, they are named
        ``1``, ``2``, ...
    quoting : {"double", "none"}, default="double"
        Whether a cell of csv and tsv may stand in quotes, or a quote is like any other
        character.
    on_bad_rows : {"fail", "skip", "null"}, default="fail"
        What is done about a row that cannot be used: end, leave it out, or answer
        null. What learns or measures leaves it out in both cases.
    bad_rows : path, default=None
        A file of JSON lines that says which rows are bad, and why. None says them in
        the log; a prediction writes them beside its output.

    Examples
    --------
    >>> import pandas as pd
    >>> from sentiment import Source, load_reviews
    >>> reviews = pd.DataFrame({"title": ["Bad."], "body": ["Dull."], "stars": [1]})
    >>> X, y = load_reviews(Source(reviews, text=["title", "body"], label="stars"))
    >>> X["text"].tolist(), y.tolist()
    (['Bad.\nDull.'], [1])
    >>> Source("x.csv", quoting="single")
    Traceback (most recent call last):
    ...
    ValueError: quoting takes 'double' or 'none'. Got 'single'.
    """

    data: Data = None
    split: str | None = None
    text_column: str | Sequence[str] = "text"
    label_column: str = "label"
    label_names: "Sequence[str] | Mapping[str, str] | None" = None
    unlabelled: Any = None
    weight_column: str | None = None
    encoding: str = "utf-8"
    input_format: str | None = None
    delimiter: str | None = None
    header: bool = True
    quoting: str = "double"
    on_bad_rows: str = "fail"
    bad_rows: str | os.PathLike[str] | None = None
    text: InitVar[str | Sequence[str] | None] = None
    label: InitVar[str | None] = None

    def __post_init__(self, text: Any, label: Any) -> None:
        for name, value in (("text_column", text), ("label_column", label)):
            if value is not None:
                object.__setattr__(self, name, value)
        for name, allowed in (("quoting", QUOTINGS), ("on_bad_rows", POLICIES)):
            if getattr(self, name) not in allowed:
                *others, last = map(repr, allowed)
                raise ValueError(
                    f"{name} takes {', '.join(others)} or {last}. "
                    f"Got {getattr(self, name)!r}."
                )
        one = self.delimiter
        if one is not None and (len(one) != 1 or not one.isascii() or one in '"\r\n'):
            raise DataError(
                f"delimiter takes one ASCII character, no quote and no line end. Got "
                f"{shown(one)}."
            )

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns of documents."""
        one = self.text_column
        return (one,) if isinstance(one, str) else tuple(one)

    @property
    def is_path(self) -> bool:
        """Whether the data are named by a str or path."""
        return isinstance(self.data, str | os.PathLike)

    @property
    def is_sample(self) -> bool:
        """Whether it is the bundled sample."""
        return self.data is None or (self.is_path and self.data == SAMPLE)

    @property
    def is_hub(self) -> bool:
        """Whether it is a data set on the hub."""
        return isinstance(self.data, str) and self.data.startswith(HUB)

    @property
    def is_standard_input(self) -> bool:
        """Whether it is standard input."""
        return self.is_path and self.data == STANDARD_INPUT

    @property
    def is_file(self) -> bool:
        """Whether it is one file (or pipe), not a folder or a name."""
        if not self.is_path or self.is_sample or self.is_standard_input or self.is_hub:
            return False
        try:
            return self.data != "" and os.path.exists(self.data) and not self.is_folder  # noqa: PTH110
        except (OSError, ValueError):
            return False

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        # False of what is no path at all.
        return self.is_path and os.path.isdir(self.data)  # noqa: PTH112

    @property
    def has_splits(self) -> bool:
        """Whether there may be more than one split; a single file has not."""
        if self.is_sample or self.is_hub:
            return True
        if not self.is_folder:
            return False
        from sentiment.datasets._class_layout import is_flat

        return not is_flat(Path(self.data))

    @property
    def read_split(self) -> str | None:
        """The split that is read; None of data without splits."""
        return self.split if self.has_splits else None

    @property
    def name(self) -> str:
        """A short name, as a training run shows it."""
        if self.is_sample:
            return SAMPLE
        if self.is_standard_input:
            return "stdin"
        if self.is_hub:
            return self.data.removeprefix(HUB).rpartition("/")[2]
        if not self.is_path:
            return type(self.data).__name__
        # absolute(): the name of "." and of "data/.." is the folder's.
        path = Path(os.path.normpath(Path(self.data).absolute()))
        return path.name or str(path)

    def with_data(self, data: Data) -> "Source":
        """Return another source that is read in the same way."""
        return replace(self, data=data)

    def options(self) -> dict[str, Any]:
        """Return how the data are read, where that is not as by default."""
        return {
            one.name: value
            for one in fields(self)
            if one.name not in ("data", "bad_rows")
            and (value := getattr(self, one.name)) != one.default
        }


def source_of(data: Data, split: str | None = None, **options: Any) -> Source:
    """Return data as a Source; one that is a Source already keeps its own options.

    Raises
    ------
    TypeError
        If there is no such option.
    """
    if isinstance(data, Source):
        return replace(data, split=data.split or split)
    unknown = [name for name in options if name not in ReadingOptions.__annotations__]
    if unknown:
        raise TypeError(
            f"There is no option {unknown[0]!r} for reading data. There are "
            f"{', '.join(ReadingOptions.__annotations__)}."
        )
    return Source(data, split, **options)


def source_name(data: Data) -> str:
    """Return the short name of data, as a training run shows it.

    Parameters
    ----------
    data : str, Path, table, Source or None
        As :class:`Source` takes it; it need not exist.

    Returns
    -------
    name : str
        The last part of the path or hub name.

    Examples
    --------
    >>> source_name("data/reviews.csv"), source_name("hf:stanfordnlp/imdb")
    ('reviews.csv', 'imdb')
    >>> source_name(None), source_name("-")
    ('sample', 'stdin')
    """
    return source_of(data).name


def split_of(data: Data, split: str) -> str | None:
    """Return the split that is read of data; None of data without splits.

    Examples
    --------
    >>> split_of("sample", "test"), split_of("-", "test")
    ('test', None)
    """
    return source_of(data, split).read_split


def with_split(name: str, split: str | None) -> str:
    """Return the name of a source, with that of its split if it has some.

    Examples
    --------
    >>> with_split("imdb", "test"), with_split("reviews.csv", None)
    ('imdb, split test', 'reviews.csv')
    """
    return name if split is None else f"{name}, split {split}"


def existing_path(data: Data) -> Path:
    """Return a path, or refuse one that is not there."""
    if not isinstance(data, str | os.PathLike):
        raise TypeError(
            "A data source is a path, 'sample', '-', hf:owner/name or a table such as "
            f"a DataFrame. Got {type(data).__name__}."
        )
    path = Path(data)
    try:
        found = str(data) != "" and path.exists()
    except (OSError, ValueError):
        found = False
    if found:
        return path
    hint = ""
    if isinstance(data, str) and data.count("/") == 1 and not path.suffix:
        hint = f" For a data set on the hub write {HUB}{data}."
    raise DataError(f"No such file or folder: {shown(os.fspath(data), 200)}.{hint}")
