"""The OpenAPI document of a server: what each address takes and answers."""

from typing import Any

from sentiment.version import VERSION

_TEXT = {"type": "string", "description": "One document."}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}
_RECORDS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {"text": _TEXT},
        "required": ["text"],
        "additionalProperties": False,
    },
}
_COLUMN = {
    "type": "object",
    "properties": {"text": _TEXTS},
    "required": ["text"],
    "additionalProperties": False,
}
_SPLIT = {
    "type": "object",
    "properties": {
        "columns": {"type": "array", "const": ["text"]},
        "data": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 1},
        },
    },
    "required": ["columns", "data"],
    "additionalProperties": False,
}
_FORMS = {
    "dataframe_split": _SPLIT,
    "dataframe_records": _RECORDS,
    "instances": {"anyOf": [_TEXTS, _RECORDS, _COLUMN]},
    "inputs": {"anyOf": [_TEXTS, _RECORDS, _COLUMN]},
}
_PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}
_ERROR = {
    "type": "object",
    "properties": {
        "error_code": {"type": "string"},
        "message": {"type": "string", "description": "What is wrong, and where."},
    },
    "required": ["error_code", "message"],
    "additionalProperties": False,
}
_REFUSALS = {
    "400": "The body is not text in one of the forms.",
    "401": "The token is missing or unknown.",
    "413": "The body is larger than the server allows.",
    "415": "The body is of another media type.",
    "500": "The model failed.",
    "503": "The server is stopping.",
    "504": "The prediction took too long.",
}


def make_document(
    classes: list[Any], *, with_token: bool, with_metrics: bool
) -> dict[str, Any]:
    """Return the document of a server of one model.

    ``classes``: the labels of the model. ``with_token``: whether one is needed.
    ``with_metrics``: whether there is ``/metrics``.
    """
    guarded = ["401"] if with_token else []
    paths = {
        "/invocations": {"post": _invocations(classes, guarded)},
        "/health": {"get": _state("Whether the server is up.", [])},
        "/ready": {"get": _state("Whether it takes requests.", ["503"])},
        "/ping": {"get": _state("As /health.", [])},
    }
    pages = {"/": "How to ask.", "/openapi.json": "This document."}
    if with_metrics:
        pages["/metrics"] = "What was counted, for Prometheus."
    for path, text in pages.items():
        kind = "application/json" if path == "/openapi.json" else "text/plain"
        content = {kind: {"schema": {"type": "object"} if "json" in kind else {}}}
        paths[path] = {"get": _operation(text, {"200": _response(text, content)})}
        paths[path]["get"]["responses"] |= _refusals(guarded)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "sentiment",
            "version": VERSION,
            "description": "Which label does each text get? Every answer carries "
            "X-Request-ID, the client's own if it sent one.",
        },
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR}},
    }
    if with_token:
        schemes = {"token": {"type": "http", "scheme": "bearer"}}
        document["components"]["securitySchemes"] = schemes
        for path in ("/invocations", *pages):
            for operation in paths[path].values():
                operation["security"] = [{"token": []}]
    return document


def _invocations(classes: list[Any], guarded: list[str]) -> dict[str, Any]:
    answer = {
        "type": "object",
        "properties": {"predictions": {"type": "array", "items": _prediction(classes)}},
        "required": ["predictions"],
        "additionalProperties": False,
    }
    ok = _response("A label and more for each text, in their order.", _json(answer))
    codes = ["400", *guarded, "413", "415", "500", "504"]
    return {
        **_operation("Label texts.", {"200": ok, **_refusals(codes)}),
        "requestBody": {
            "required": True,
            "content": {
                **_json({"oneOf": [_form(name, classes) for name in _FORMS]}),
                "text/csv": {
                    "schema": {
                        "type": "string",
                        "pattern": r"\Atext\n([A-Za-z0-9 ]*[A-Za-z0-9]\n)+\Z",
                        "description": "A header that names the column text, and a "
                        "line a text.",
                    },
                    "example": "text\nWonderful\nawful film\n",
                },
            },
        },
    }


def _form(name: str, classes: list[Any]) -> dict[str, Any]:
    params: dict[str, Any] = {
        "probabilities": {
            "type": ["boolean", "null"],
            "description": "Answer the probability of each class, too.",
        },
        "explain": {
            "type": ["integer", "null"],
            "minimum": 1,
            "description": "Answer so many of the n-grams that matter most, too, for "
            "at most 1,000 texts.",
        },
    }
    if len(classes) == 2:
        what = f"Answer {classes[1]!r} from this probability on."
        params["threshold"] = {
            **_PROBABILITY,
            "type": ["number", "null"],
            "description": what,
        }
    return {
        "type": "object",
        "title": name,
        "properties": {
            name: _FORMS[name],
            "params": {
                "type": ["object", "null"],
                "properties": params,
                "additionalProperties": False,
            },
        },
        "required": [name],
        "additionalProperties": False,
    }


def _prediction(classes: list[Any]) -> dict[str, Any]:
    label = {"enum": classes}
    explained = {
        "class": label,
        "margin": {"type": "number"},
        "bias": {"type": "number"},
        "contributions": {"type": "array", "items": {"type": "object"}},
    }
    return {
        "type": "object",
        "properties": {
            "label": label,
            "score": {**_PROBABILITY, "description": "The probability of the label."},
            **{f"probability_{one}": _PROBABILITY for one in classes},
            **explained,
        },
        "required": ["label", "score"],
        "additionalProperties": False,
    }


def _state(text: str, codes: list[str]) -> dict[str, Any]:
    status = {
        "type": "object",
        "properties": {"status": {"const": "ok"}},
        "required": ["status"],
        "additionalProperties": False,
    }
    ok = {"200": _response(text, _json(status))}
    return _operation(text, {**ok, **_refusals(codes)})


def _operation(summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "responses": responses}


def _refusals(codes: list[str]) -> dict[str, Any]:
    error = _json({"$ref": "#/components/schemas/Error"})
    return {code: _response(_REFUSALS[code], error) for code in codes}


def _response(text: str, content: dict[str, Any]) -> dict[str, Any]:
    headers = {"X-Request-ID": {"schema": {"type": "string"}, "required": True}}
    return {"description": text, "headers": headers, "content": content}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
