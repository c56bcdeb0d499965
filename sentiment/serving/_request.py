"""From the bytes of a request to texts that are known to be texts."""

import json
from typing import Any

from sentiment._messages import shown_as_json as shown
from sentiment.serving._csv_body import read_csv_body
from sentiment.serving._json_body import read_json_body
from sentiment.serving._options import read_options
from sentiment.serving._refusal import Refusal

# An explanation takes some ten times as long as a prediction.
_MOST_EXPLAINED = 1000
_INVALID = "INVALID_PARAMETER_VALUE"
_JSON, _CSV = "application/json", "text/csv"


class PredictionRequest:
    """Checked texts and params, to be handed to MLflow in one form.

    ``texts``: at least one, each valid Unicode. ``params``: as they were sent, and
    checked.
    """

    def __init__(self, texts: list[str], params: Any) -> None:
        self.texts = texts
        self.params = params

    def to_json(self) -> bytes:
        """Return a body that MLflow does not cast: ``dataframe_split``."""
        content: dict[str, Any] = {
            "dataframe_split": {
                "columns": ["text"],
                "data": [[text] for text in self.texts],
            }
        }
        if self.params is not None:
            content["params"] = self.params
        return json.dumps(content, ensure_ascii=False).encode()


def check_content_type(content_type: str, content_encoding: str) -> str:
    """Return the media type of a body that we read.

    Raises Refusal 415 if it is another, compressed, or in another encoding than UTF-8.
    """
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    if media_type.lower() not in (_JSON, _CSV):
        got = shown(media_type) if media_type else "none"
        raise Refusal(
            f"A request takes the Content-Type {_JSON} or {_CSV}. Got {got}. With "
            f"curl: -H 'Content-Type: {_JSON}'.",
            status=415,
        )
    for parameter in filter(None, parameters):
        name, _, value = parameter.partition("=")
        if name.lower() != "charset" or value.strip('"').lower() not in (
            "utf-8",
            "utf8",
        ):
            raise Refusal(
                "A request takes charset=utf-8 and no other parameter of Content-Type. "
                f"Got {shown(parameter)}.",
                status=415,
            )
    if content_encoding.lower() not in ("", "identity"):
        raise Refusal(
            f"A request takes a body that is not compressed. Got the Content-Encoding "
            f"{shown(content_encoding)}.",
            status=415,
        )
    return media_type.lower()


def read_request(media_type: str, body: bytes, n_classes: int) -> PredictionRequest:
    """Return the texts and params of a request body.

    Raises Refusal 400, with what is wrong and where.
    """
    if media_type == _CSV:
        cells: list[Any] = list(read_csv_body(body))
        params = None
    else:
        cells, params = read_json_body(body)
    if not cells:
        raise Refusal("A request takes at least one text. Got no rows.", code=_INVALID)
    for row, cell in enumerate(cells):
        _check_cell(cell, row)
    try:
        options = read_options(params, n_classes)
        if options.explain and len(cells) > _MOST_EXPLAINED:
            raise ValueError(
                f"The param 'explain' is for at most {_MOST_EXPLAINED:,} texts a "
                f"request. Got {len(cells):,}. Send them in several requests."
            )
    except (TypeError, ValueError) as error:
        raise Refusal(str(error), code=_INVALID) from None
    if options.explain is not None:
        params = {**(params or {}), "explain": options.explain}  # no 10.0 for MLflow
    return PredictionRequest(cells, params)


def _check_cell(cell: Any, row: int) -> None:
    if not isinstance(cell, str):
        hint = " An empty document is an empty string." if cell is None else ""
        raise Refusal(
            f"The column 'text' takes strings. Got {shown(cell)} at row {row}.{hint}",
            code=_INVALID,
        )
    if cell.isascii():
        return
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        raise Refusal(
            f"The column 'text' takes Unicode text. Got a lone surrogate "
            f"\\u{ord(cell[error.start]):04x} at row {row}, character {error.start}.",
            code=_INVALID,
        ) from None
