"""Model files as only somebody with bad intentions makes them."""

import hashlib
import io
import json
import zipfile

import skops.io
import xgboost
import yaml

from sentiment.persistence._archive import TRUSTED_TYPES


def craft_command(arguments):
    """Make a skops file that runs a command when it is loaded and trusted."""
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps((arguments,)))) as dump:
        content = json.loads(dump.read("schema.json"))
    schema = {
        "__class__": "Popen",
        "__module__": "subprocess",
        "__loader__": "ConstructorFromReduceNode",
        "__id__": 0,
        "content": content,
        "protocol": content["protocol"],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as crafted:
        crafted.writestr("schema.json", json.dumps(schema))
    return buffer.getvalue()


def change_mlmodel(folder, change):
    """Change the flavors in the MLmodel file of a model folder."""
    path = folder / "MLmodel"
    content = yaml.safe_load(path.read_text())
    change(content["flavors"])
    path.write_text(yaml.safe_dump(content))


def put_data(folder, data, trusted=()):
    """Put other bytes in a model, as somebody would who can write to the folder."""

    def change(flavors):
        flavors["sentiment"]["sha256"] = hashlib.sha256(data).hexdigest()
        flavors["sklearn"]["skops_trusted_types"] += trusted

    (folder / "model.skops").write_bytes(data)
    change_mlmodel(folder, change)


def put_changed(folder, change):
    """Change the Pipeline of a model folder; its checksum fits what is in there then."""
    data = (folder / "model.skops").read_bytes()
    pipeline = skops.io.loads(data, trusted=list(TRUSTED_TYPES))
    change(pipeline)
    put_data(folder, skops.io.dumps(pipeline))


def change_trees(classifier, change):
    """Change the trees of a BoostedLinearClassifier, as XGBoost writes them as JSON."""
    content = json.loads(bytes(classifier._trees.booster.save_raw("json")))
    change(content["learner"])
    classifier._trees.booster = xgboost.Booster()
    classifier._trees.booster.load_model(bytearray(json.dumps(content).encode()))


def change_golden(folder, change):
    """Change the golden rows of a model folder."""
    path = folder / "golden_rows.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content))


def deflate(data, name=None, padding=b"", size=None):
    """Compress a skops file; pad one of its files, and understate that one's size."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as dump,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as crafted,
    ):
        for one in dump.namelist():
            crafted.writestr(one, dump.read(one) + (padding if one == name else b""))
        if size is not None:
            # The central directory is written last, from these.
            crafted.getinfo(name).file_size = size
    return buffer.getvalue()
