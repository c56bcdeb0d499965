"""Text in, tokens out: the first three steps of the Pipeline."""

from sentiment.preprocessing._stop_word_remover import StopWordRemover
from sentiment.preprocessing._text_cleaner import TextCleaner
from sentiment.preprocessing._word_tokenizer import WordTokenizer

__all__ = ["StopWordRemover", "TextCleaner", "WordTokenizer"]
