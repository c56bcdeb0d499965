"""Clean one document as :class:`TextCleaner` does, and remember where all came from."""

from sentiment.explanation._aligned_text import AlignedText
from sentiment.preprocessing import TextCleaner
from sentiment.text import cleaning_rules


def clean_aligned(text: str, cleaner: TextCleaner) -> AlignedText:
    """Return what ``cleaner`` makes of a document, with the place of each character."""
    aligned = AlignedText.of(text)
    for rule in cleaning_rules(cleaner):
        aligned = aligned.edit(rule.edits(aligned.text))
    return aligned
