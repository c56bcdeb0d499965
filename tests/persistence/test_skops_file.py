"""Our reader of skops files, beside skops: the same objects, and no more of them."""

import copy
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io

from sentiment import make_sentiment_pipeline
from sentiment.persistence._archive import TRUSTED_TYPES
from sentiment.persistence._loading import load_model
from sentiment.persistence._skops_file import ForeignFileError, read_ours
from sentiment.pipeline import PRESETS

OLD_MODELS = sorted(Path(__file__).parents[1].glob("models/*/*/model.skops"))


def assert_same(ours, theirs):
    """Compare two objects to the last bit and type."""
    assert type(ours) is type(theirs)
    if isinstance(ours, np.ndarray):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        assert ours.tobytes() == theirs.tobytes()
    elif isinstance(ours, list | tuple):
        for one, other in zip(ours, theirs, strict=True):
            assert_same(one, other)
    elif isinstance(ours, dict):
        assert list(ours) == list(theirs)
        assert_same(list(ours.values()), list(theirs.values()))
    elif hasattr(ours, "get_params"):
        assert_same(ours.__getstate__(), theirs.__getstate__())
    elif not hasattr(ours, "__dict__"):
        assert ours == theirs


def assert_read_alike(data):
    assert_same(read_ours(data), skops.io.loads(data, trusted=list(TRUSTED_TYPES)))


@pytest.mark.parametrize(
    "path", OLD_MODELS, ids=lambda p: f"{p.parts[-3]}-{p.parts[-2]}"
)
def test_an_old_model_is_read_as_skops_reads_it(path):
    assert_read_alike(path.read_bytes())


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("labels", [(0, 1), ("no", "yes"), (True, False), (1.5, 2.5)])
def test_a_new_model_is_read_as_skops_reads_it(preset, labels, reviews):
    texts, given = reviews
    given = [labels[label == given[0]] for label in given]
    pipeline = make_sentiment_pipeline(
        preset, vectorize__min_df=1, stop_words__stop_words=["the"]
    )
    assert_read_alike(skops.io.dumps(pipeline.fit(texts, given)))


def test_a_model_with_a_prior_is_read_as_skops_reads_it(pipeline, reviews):
    posterior = make_sentiment_pipeline("fast", prior=pipeline, vectorize__min_df=1)
    assert_read_alike(skops.io.dumps(posterior.fit(*reviews)))


def test_what_was_one_object_is_one_object_again(pipeline):
    pipeline = copy.deepcopy(pipeline)
    pipeline.steps[0][1].shared = pipeline.steps[1][1].shared = np.arange(3)
    read = read_ours(skops.io.dumps(pipeline))
    assert read.steps[0][1].shared is read.steps[1][1].shared


def changed(data, change):
    """Make a skops file whose schema was changed by hand."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as dump, zipfile.ZipFile(buffer, "w") as new:
        for name in dump.namelist():
            if name != "schema.json":
                new.writestr(name, dump.read(name))
        schema = json.loads(dump.read("schema.json"))
        change(schema)
        new.writestr("schema.json", json.dumps(schema))
    return buffer.getvalue()


def first(node, loader):
    """Return the first node of a kind."""
    if isinstance(node, dict):
        if node.get("__loader__") == loader:
            return node
        node = list(node.values())
    found = (first(one, loader) for one in node if isinstance(one, dict | list))
    return next((one for one in found if one is not None), None)


def put(loader, **values):
    return lambda schema: first(schema["content"], loader).update(values)


FOREIGN = {
    "a class of somebody": put("ObjectNode", __module__="os", __class__="DirEntry"),
    "a class that skops trusts": put(
        "ObjectNode", __module__="sklearn.linear_model", __class__="Ridge"
    ),
    "another module with the dots of ours": put(
        "ObjectNode", __module__="sklearn", __class__="pipeline.FeatureUnion"
    ),
    "a kind of node": put("ObjectNode", __loader__="ConstructorFromReduceNode"),
    "a function": put("JsonNode", __loader__="FunctionNode"),
    "a kind of list": put("ListNode", __module__="collections", __class__="deque"),
    "a kind of array": put("NdArrayNode", __class__="memmap"),
    "an array of objects": put("NdArrayNode", type="json", content=[]),
    "a type": put("TypeNode", __module__="builtins", __class__="map"),
    "an object within itself": lambda schema: put("ListNode", __id__=schema["__id__"])(
        schema
    ),
    "too few keys": lambda schema: first(schema["content"], "DictNode")["key_types"][
        "content"
    ].pop(),
    "a protocol of tomorrow": lambda schema: schema.update(protocol=3),
    "a protocol that is no number": lambda schema: schema.update(protocol=True),
    "no schema": lambda schema: schema.clear(),
}


@pytest.mark.attack
@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_a_file_with_anything_else_is_left_to_skops(pipeline, change):
    data = changed(skops.io.dumps(pipeline), change)
    with pytest.raises(ForeignFileError):
        read_ours(data)


@pytest.mark.attack
def test_a_type_is_refused_before_anything_is_built(pipeline, monkeypatch):
    built = []
    kind = type(pipeline.steps[0][1])
    monkeypatch.setattr(kind, "__setstate__", lambda self, state: built.append(self))

    def change(schema):
        last = schema["content"]["content"]["steps"]["content"][-1]
        put("ObjectNode", __module__="os", __class__="DirEntry")({"content": last})

    data = changed(skops.io.dumps(pipeline), change)
    with pytest.raises(ForeignFileError):
        read_ours(data)
    assert built == []


def test_skops_is_not_asked_about_a_model_of_ours(monkeypatch):
    monkeypatch.setattr(skops.io, "loads", lambda *_, **__: pytest.fail("asked"))
    monkeypatch.setattr(skops.io, "get_untrusted_types", skops.io.loads)
    for path in OLD_MODELS:
        load_model(path.parent)
