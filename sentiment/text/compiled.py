"""From text to counts with the compiled kernel: the arrays on either side of it."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._arrays import Ints
from sentiment.documents import text_buffers
from sentiment.text import reference
from sentiment.text._compiled_counting import KernelLookup, count
from sentiment.text._cutting import CONTRACTION, NEGATORS, PREFIX, make_stemmer
from sentiment.text._kernel_loading import kernel, running_total, table_of
from sentiment.threads import cut_into_blocks, map_parts
from sentiment.tokens import TokenLists, make_words

__all__ = [
    "NAME", "clean", "count", "count_texts", "cut", "gather_cells",
    "gather_json", "scan_delimited", "scan_json_lines",
]  # fmt: skip

NAME = "compiled"
# As the reference calls its own.
Lookup = KernelLookup
scan_delimited, gather_cells = kernel.scan_delimited, kernel.gather_cells
scan_json_lines, gather_json = kernel.scan_json_lines, kernel.gather_json
# Bytes of text whose tokens exist as Python strings at a time.
_BLOCK = 2**20
_PREFIX_BYTES = np.frombuffer(PREFIX.encode(), np.uint8)


class WordRules(NamedTuple):
    r"""What a token is, to the kernel.

    ``plain`` words are runs of ``\w``, as in scikit-learn; the others follow the rules
    of WordTokenizer.
    """

    plain: bool
    apostrophes: bool
    symbols: bool
    min_length: int


# The default pattern of CountVectorizer and its relatives. At both ends of a greedy run
# of word characters there is a boundary anyway.
PLAIN_PATTERNS = {
    r"(?u)\b\w\w+\b": 2,
    r"\b\w\w+\b": 2,
    r"\w\w+": 2,
    r"(?u)\b\w+\b": 1,
    r"\b\w+\b": 1,
    r"(?u)\w+": 1,
    r"\w+": 1,
}


def clean(texts: pa.Array, cleaner: Any) -> pa.Array:
    """Clean documents as a :class:`~sentiment.TextCleaner` says."""
    options = _clean_options(cleaner)
    if options is None:
        return reference.clean(texts, cleaner)
    data, offsets = text_buffers(texts)
    parts = map_parts(
        lambda first, last: kernel.clean(data, offsets, first, last, options), offsets
    )
    blocks = [_make_texts(text, np.maximum(sizes, 0)) for text, sizes in parts]
    cleaned = blocks[0] if len(blocks) == 1 else pa.concat_arrays(blocks)
    declined = np.concatenate([sizes for _, sizes in parts]) < 0
    if not declined.any():
        return cleaned
    mask = pa.array(declined)
    return pc.replace_with_mask(
        cleaned, mask, reference.clean(texts.filter(mask), cleaner)
    )


def _clean_options(cleaner: Any) -> int | None:
    """Return the parameters as the kernel's bits, None where it cannot."""
    # Of vars, which holds the parameters: get_params takes a tenth of one prediction.
    asked = {
        name
        for name, value in vars(cleaner).items()
        if value not in (False, None, "keep") and name[0] != "_" != name[-1]
    }
    # A rule that the kernel does not know is left to the reference, never forgotten.
    if cleaner.form == "NFKC" or not asked <= kernel.OPTIONS.keys():
        return None
    options: int = sum(kernel.OPTIONS[name] for name in asked)
    return options


def cut(texts: pa.Array, tokenizer: Any) -> TokenLists:
    """Cut documents as a :class:`~sentiment.WordTokenizer` says."""
    rules = _word_rules(tokenizer)
    if rules is None:
        return _cut_by_reference(texts, tokenizer)
    tokens = _find_tokens(texts, rules)
    if tokenizer.token_pattern is None and tokenizer.contractions == "split":
        tokens = _split_contractions(tokens)
    # The negators are found before stemming, which makes "noth" of "nothing".
    inside = _find_scope(tokens.ids, tokens.offsets, tokens.buffers(), tokenizer)
    if tokenizer.stemmer is not None:
        stem = make_stemmer(tokenizer.stemmer)
        stems = pa.array(map(stem, tokens.words.to_pylist()), pa.string())
        tokens = tokens.with_words(stems)
    if inside is None:
        return tokens
    ids, text, starts, is_known = _prefix(tokens.ids, inside, tokens.buffers())
    marked = TokenLists(ids, tokens.offsets, make_words(text, starts))
    # A document itself holds "NOT_good": with_words makes equal words one.
    return marked.with_words(marked.words) if is_known else marked


def _find_scope(
    ids: Any, offsets: Any, words: Any, tokenizer: Any
) -> NDArray[np.uint8] | None:
    """Say of each token whether a negator turns it around, None where none can."""
    if not tokenizer.negation_scope:
        return None
    kinds = kernel.word_kinds(*words, table_of(NEGATORS))
    inside: NDArray[np.uint8] = kernel.find_scope(
        ids, offsets, kinds, tokenizer.negation_scope
    )
    return inside


def _prefix(ids: Any, inside: NDArray[np.uint8], words: Any) -> Any:
    return kernel.prefix_tokens(ids, inside, *words, _PREFIX_BYTES)


def _word_rules(tokenizer: Any) -> WordRules | None:
    """Return the rules by which the kernel finds tokens, None where it cannot."""
    if tokenizer.token_pattern is not None:
        min_length = PLAIN_PATTERNS.get(tokenizer.token_pattern)
        if min_length is None:
            return None
        return WordRules(True, False, False, min_length)
    if tokenizer.punctuation == "emphatic":
        return None
    return WordRules(
        False,
        tokenizer.contractions != "break",
        tokenizer.punctuation == "all",
        tokenizer.min_length,
    )


def _cut_by_reference(texts: pa.Array, tokenizer: Any) -> TokenLists:
    """Cut block by block: Python strings of one are freed before those of the next."""
    edges = cut_into_blocks(text_buffers(texts)[1], 0, len(texts), _BLOCK)
    blocks = [
        reference.cut(texts[first:last], tokenizer) for first, last in pairwise(edges)
    ]
    coded = pa.chunked_array(
        [pa.DictionaryArray.from_arrays(pa.array(b.ids), b.words) for b in blocks]
    ).combine_chunks()
    offsets = running_total(np.concatenate([block.lengths() for block in blocks]))
    return TokenLists(coded.indices.to_numpy(), offsets, coded.dictionary)


def _find_tokens(texts: pa.Array, rules: WordRules) -> TokenLists:
    data, offsets = text_buffers(texts)
    parts = map_parts(
        lambda first, last: kernel.tokenize(data, offsets, first, last, *rules), offsets
    )
    token_offsets = running_total(np.concatenate([part[1] for part in parts]))
    ids, _, table = parts[0]
    if len(parts) > 1:
        ids = np.empty(token_offsets[-1], np.int32)
        at = len(parts[0][0])
        ids[:at] = parts[0][0]
        for part_ids, _, part_table in parts[1:]:
            end = at + len(part_ids)
            np.take(table.add_table(part_table), part_ids, out=ids[at:end])
            at = end
    return TokenLists(ids, token_offsets, make_words(*table.words()))


def _split_contractions(tokens: TokenLists) -> TokenLists:
    """Give each contracted word the place of two tokens, its stem and its ending."""
    words = tokens.words.to_pylist()
    matches = [CONTRACTION.fullmatch(word) if "'" in word else None for word in words]
    is_split = np.array([match is not None for match in matches], bool)
    if not is_split.any():
        return tokens
    stems = [match[1] if match else word for match, word in zip(matches, words)]  # noqa: B905
    endings = [match[2] for match in matches if match]
    table = pa.array([*stems, *endings], pa.string()).dictionary_encode()
    number = table.indices.to_numpy()
    ending_of = np.full(len(words), -1, np.int32)
    ending_of[is_split] = number[len(words) :]
    ends = np.cumsum(1 + is_split[tokens.ids])
    ids = np.empty(ends[-1] if len(ends) else 0, np.int32)
    # The ending is written first; where there is none, the stem then overwrites it.
    ids[ends - 1] = ending_of[tokens.ids]
    ids[ends - 1 - is_split[tokens.ids]] = number[tokens.ids]
    return TokenLists(
        ids, np.concatenate([[0], ends])[tokens.offsets], table.dictionary
    )


def count_texts(
    texts: pa.Array, cleaner: Any, tokenizer: Any, remover: Any, vectorizer: Any
) -> sp.csr_matrix | None:
    """Count what the four text steps make of documents, None to leave it to them.

    The same functions of the kernel as in the steps, without an Arrow array between
    them: for one review, making those takes longer than the work.
    """
    rules, lookup = _word_rules(tokenizer), vectorizer.lookup()
    splits = tokenizer.token_pattern is None and tokenizer.contractions == "split"
    if rules is None or splits or tokenizer.stemmer is not None:
        return None
    if lookup.is_spelled_out(vectorizer.ngram_range):
        return None
    options = _clean_options(cleaner)
    stops = table_of(tuple(remover.stop_words_)) if remover.stop_words_ else None
    data, offsets = text_buffers(texts)

    def count_part(first: int, last: int) -> Any:
        sizes = None
        if options is not None:
            text, sizes = kernel.clean(data, offsets, first, last, options)
        if sizes is None or (sizes < 0).any():
            text, ends = text_buffers(clean(texts[first:last], cleaner))
        else:
            ends = running_total(sizes)
        ids, lengths, table = kernel.tokenize(text, ends, 0, last - first, *rules)
        words: Any = table.words()
        ends = running_total(lengths)
        inside = _find_scope(ids, ends, words, tokenizer)
        if inside is not None:
            ids, *words, _ = _prefix(ids, inside, words)
        if stops is not None:
            kept = (stops.find_words(*words) < 0)[ids]
            ids, ends = ids[kept], running_total(kept)[ends]
        numbers = lookup.table.find_words(*words)
        return lookup.trie.look_up(
            ids, ends, 0, last - first, numbers, vectorizer.binary
        )

    return lookup.join(map_parts(count_part, offsets))


def _make_texts(text: NDArray[np.uint8], sizes: Ints) -> pa.Array:
    buffers = [None, pa.py_buffer(running_total(sizes)), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.large_string(), len(sizes), buffers)
