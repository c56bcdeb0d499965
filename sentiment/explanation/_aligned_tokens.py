"""Cut one text into tokens as :class:`WordTokenizer` does, with the place of each."""

from sentiment.explanation._aligned_text import AlignedText
from sentiment.preprocessing import WordTokenizer
from sentiment.text import find_tokens, mark_tokens

Span = tuple[int, int]


def cut_aligned(
    cleaned: AlignedText, tokenizer: WordTokenizer
) -> tuple[list[str], list[Span]]:
    """Return the tokens of a text and where in the original each came from."""
    spans = find_tokens(cleaned.text, tokenizer)
    words = [cleaned.text[first:last] for first, last in spans]
    return mark_tokens(words, tokenizer), [_origin(cleaned, *span) for span in spans]


def _origin(cleaned: AlignedText, first: int, last: int) -> Span:
    if first < last:
        return cleaned.span(first, last)
    # An empty token, of a pattern of the user's own.
    place = int(cleaned.starts[first]) if first < len(cleaned.text) else _end(cleaned)
    return place, place


def _end(cleaned: AlignedText) -> int:
    return int(cleaned.ends[-1]) if len(cleaned.text) else 0
