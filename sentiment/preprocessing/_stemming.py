"""Stem a table of distinct words with NLTK's Snowball stemmers."""

import pyarrow as pa

# nltk.stem.snowball.SnowballStemmer.languages, without importing NLTK.
SNOWBALL_LANGUAGES = (
    "arabic", "danish", "dutch", "english", "finnish", "french", "german", "hungarian",
    "italian", "norwegian", "porter", "portuguese", "romanian", "russian", "spanish",
    "swedish",
)  # fmt: skip


def stem_words(words: pa.Array, language: str) -> pa.Array:
    """Return the stem of each word; punctuation stays as it is.

    The algorithms are code, not data: nothing is downloaded.
    """
    from nltk.stem.snowball import SnowballStemmer

    stem = SnowballStemmer(language).stem
    # Of a word that is nothing but an ending, such as the Russian "ь", nothing is left.
    return pa.array(
        [
            stem(word) or word if word[:1].isalpha() else word
            for word in words.to_pylist()
        ],
        pa.string(),
    )
