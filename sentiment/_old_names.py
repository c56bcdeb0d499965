"""Where the classes that models hold were once, so that files may move ever after.

A model that we save names a class by its public path, ``sentiment.TextCleaner``. Models
of before, pickles and what ``skops.io.dump`` writes name the file it stood in. Where
that file is no more, its name is found here: it holds what ``sentiment`` has.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

OLD_NAMES = {
    "sentiment.classification._boosted_linear_classifier": "BoostedLinearClassifier",
    "sentiment.classification._label_decoder": "LabelDecoder",
    "sentiment.classification._naive_bayes_weighter": "NaiveBayesWeighter",
    "sentiment.feature_extraction._ngram_vectorizer": "NgramVectorizer",
    "sentiment.feature_extraction._text_pipeline": "TextPipeline",
    "sentiment.preprocessing._stop_word_remover": "StopWordRemover",
    "sentiment.preprocessing._text_cleaner": "TextCleaner",
    "sentiment.preprocessing._word_tokenizer": "WordTokenizer",
}
"""The class of ``sentiment`` that stands or stood in a module. Nothing is taken out."""


class _OldModules:
    """Finds the modules of the table, and their folders, where no file does."""

    @classmethod
    def find_spec(cls, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        is_folder = any(old.startswith(f"{name}.") for old in OLD_NAMES)
        if not is_folder and name not in OLD_NAMES:
            return None
        return ModuleSpec(name, cls, is_package=is_folder)  # type: ignore[arg-type]

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """Leave it to Python."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        if module.__name__ in OLD_NAMES:
            name = OLD_NAMES[module.__name__]
            setattr(module, name, getattr(sys.modules["sentiment"], name))


# Behind all others: a file that is there goes first.
sys.meta_path.append(_OldModules)
