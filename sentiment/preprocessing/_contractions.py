"""Split English contractions in two tokens, as the Penn Treebank does."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sentiment.engine import load_kernel
from sentiment.tokens import TokenLists

# is|n't, he|'s, they|'re. A word that is nothing but the ending ("'s") stays whole.
_CONTRACTION = re.compile(
    r"(.+?)(n't|'(?:s|re|ve|ll|d|m))", re.IGNORECASE | re.ASCII | re.DOTALL
)


def split_contractions(tokens: TokenLists) -> TokenLists:
    """Give each contracted word the place of two tokens, its stem and its ending."""
    has_apostrophe = pc.match_substring(tokens.words, "'").to_numpy(
        zero_copy_only=False
    )
    split, stems, endings = [], [], []
    for i in np.flatnonzero(has_apostrophe):
        match = _CONTRACTION.fullmatch(tokens.words[int(i)].as_py())
        if match:
            split.append(i)
            stems.append(match[1])
            endings.append(match[2])
    if not split:
        return tokens
    parts = [pa.array(part, tokens.words.type) for part in (stems, endings)]
    table = pa.concat_arrays([tokens.words, *parts]).dictionary_encode()
    place = table.indices.to_numpy()
    n_words, n_split = len(tokens.words), len(split)
    stem_of = place[:n_words].copy()
    stem_of[split] = place[n_words : n_words + n_split]
    ending_of = np.full(n_words, -1, np.int32)
    ending_of[split] = place[n_words + n_split :]
    kernel = load_kernel()
    divide = _divide if kernel is None else kernel.split_words
    ids, offsets = divide(tokens.ids, tokens.offsets, stem_of, ending_of)
    return TokenLists(ids, offsets, table.dictionary)


def _divide(
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    stem_of: NDArray[np.int32],
    ending_of: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    parts = 1 + (ending_of[ids] >= 0)
    ends = np.cumsum(parts)
    divided = np.empty(ends[-1] if len(ends) else 0, np.int32)
    # The ending is written first; where there is none, the stem then overwrites it.
    divided[ends - 1] = ending_of[ids]
    divided[ends - parts] = stem_of[ids]
    return divided, np.concatenate([[0], ends])[offsets]
