"""Texts as only a test writes them, and the containers they may come in."""

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

NASTY = [
    "",
    " ",
    "\0",
    "a\0b",
    "cafe\u0301 cafés",  # combining mark, composed
    "\u0301leading mark",
    "שלום עולם \u202eright to left\u202c",
    "مَرْحَبًا يا عالم",
    "नमस्ते दुनिया",
    "👩\u200d👩\u200d👧 🏳️\u200d🌈 👍🏽",
    "ΟΔΥΣΣΕΥΣ ΣΟΦΟΣ",  # lower-cased, the last sigma of a word is another letter
    "İstanbul ISPARTA ı",  # U+0130 lower-cased is two characters
    "Straße ﬁne ｆｕｌｌ ２０２４",
    "日本語のレビュー ภาษาไทย 很好",
    "\ufeffmark \u200bzero\u200cwidth\u00adhyphen",
    "line\u2028and\u2029para\x85graph\x0b\x0c\x1c",
    "𝒻𝒶𝓃𝒸𝓎 \U0010ffff",
    "I DON’T like it.<br />Boring &amp; long, isn't it?",
    "<3 :-) ^_^ !!! ??? ... 10/10",
    "'quoted' ''double'' `back` rock'n'roll y'all'd've",
    "see https://example.org/a?b=c or www.example.org, Awww...",
    "not good, never ever bad; nothing NEW n't cannot",
    "NOT_good not NOT_good",
]
# Pieces that mean something to one of the steps, so that chance puts them side by side.
_PIECES = [
    *NASTY, "<b>", "</b", "<!--", "-->", "&", "&lt;", "&#65;", "&#0;", "&#xD800;",
    "http://", "www.", "n't", "'s", "'", "’", "`", "_", "not ", "never", "good", "!",
    "?", ":-)", "\n", "\t", "\u0130", "Σ", "\u0301", "\u200d", "语", "ก", "ั",
]  # fmt: skip

characters = st.characters(exclude_categories=["Cs"])
texts = st.lists(
    st.one_of(st.sampled_from(_PIECES), st.text(characters, max_size=6), st.just(" ")),
    max_size=12,
).map("".join)
documents = st.lists(texts, min_size=1, max_size=5)

# Few tokens, so that n-grams meet again; some that hold what joins them, or nothing.
plain_tokens = st.sampled_from(["a", "b", "ab", "é", "a!", "z", "語", "\U0001f600"])
odd_tokens = st.sampled_from(["a", "b", "a b", "", "\x01", " ", "b a", "\0", "\x7f"])
token_lists = st.one_of(
    st.lists(st.lists(plain_tokens, max_size=7), min_size=1, max_size=6),
    st.lists(st.lists(plain_tokens | odd_tokens, max_size=7), min_size=1, max_size=6),
)

CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "list of numpy.str_": lambda texts: [np.str_(text) for text in texts],
    "ndarray of object": lambda texts: np.array(texts, dtype=object),
    "ndarray of U": lambda texts: np.array(texts, dtype=np.str_),
    "ndarray of StringDType": lambda texts: np.array(texts, np.dtypes.StringDType()),
    "ndarray of one column": lambda texts: np.array(texts, dtype=object)[:, None],
    "Series of str": pd.Series,
    "Series of object": lambda texts: pd.Series(texts, dtype=object),
    "Series of string[python]": lambda texts: pd.Series(texts, dtype="string[python]"),
    "Series of string[pyarrow]": lambda texts: pd.Series(
        texts, dtype="string[pyarrow]"
    ),
    "Series of category": lambda texts: pd.Series(texts, dtype="category"),
    "Series of Arrow string": lambda texts: pd.Series(
        texts, dtype=pd.ArrowDtype(pa.string())
    ),
    "slice of a Series": lambda texts: pd.Series(["x", *texts, "y"])[1:-1].reset_index(
        drop=True
    ),
    "chunks of a Series": lambda texts: pd.concat(
        [pd.Series(texts[:1]), pd.Series(texts[1:])], ignore_index=True
    ),
    "Index": pd.Index,
    "Index of object": lambda texts: pd.Index(texts, dtype=object),
    "DataFrame of one column": lambda texts: pd.DataFrame({"review": texts}),
    "DataFrame with a text column": lambda texts: pd.DataFrame(
        {"stars": range(len(texts)), "text": texts}
    ),
    "Arrow string": lambda texts: pa.array(texts, pa.string()),
    "Arrow large_string": lambda texts: pa.array(texts, pa.large_string()),
    "Arrow string_view": lambda texts: pa.array(texts, pa.string_view()),
    "Arrow dictionary": lambda texts: pa.array(texts, pa.string()).dictionary_encode(),
    "Arrow chunks": lambda texts: pa.chunked_array([texts[:1], texts[1:]], pa.string()),
}
