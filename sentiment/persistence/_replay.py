"""Run in a process of its own: load a model by our rules, and ask it some texts.

``python -P -m sentiment.persistence._replay QUESTION ANSWER``, two JSON files.
"""

import json
import sys
from pathlib import Path

from sentiment.exceptions import SentimentError
from sentiment.persistence._golden_rows import GoldenRows
from sentiment.persistence._loading import read_pipeline
from sentiment.persistence._model_file import read_model_file


def main(question: str, answer: str) -> None:
    """Answer the question in the file ``question``."""
    asked = json.loads(Path(question).read_text())
    model = read_model_file(Path(asked["folder"]))
    pipeline = read_pipeline(model, allow_pickle=asked["allow_pickle"])
    GoldenRows.ask(pipeline, asked["texts"]).write(Path(answer))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except SentimentError as error:
        sys.exit(" ".join(str(error).split()))
