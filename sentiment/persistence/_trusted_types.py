"""The types that a logged model may hold: a constant list, and nothing else.

skops builds only what it is told to trust. MLflow takes that list from the model's
own MLmodel file, so a crafted model says itself what to trust; :func:`load_model` and
the servers pass this list instead and refuse the rest by name.

What skops trusts without being told (scikit-learn's estimators, NumPy arrays, plain
containers) needs no entry. A class belongs here when its ``__setstate__`` and its
attributes can do no harm whatever a file puts in them: it must not open a path,
import a name or call what it is given.
"""

TRUSTED_TYPES = (
    "sentiment.classification._boosted_linear_classifier.BoostedLinearClassifier",
    "sentiment.classification._label_decoder.LabelDecoder",
    "sentiment.classification._naive_bayes_weighter.NaiveBayesWeighter",
    "sentiment.feature_extraction._ngram_vectorizer.NgramVectorizer",
    "sentiment.feature_extraction._text_pipeline.TextPipeline",
    "sentiment.prior.Prior",
    "sentiment.preprocessing._stop_word_remover.StopWordRemover",
    "sentiment.preprocessing._text_cleaner.TextCleaner",
    "sentiment.preprocessing._word_tokenizer.WordTokenizer",
)
